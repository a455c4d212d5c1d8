// SPDX-License-Identifier: Apache-2.0
#include <florin/onboarding/directory.hpp>

#include <boost/test/unit_test.hpp>

#include <memory>
#include <thread>
#include <utility>

#include "onboarding/memory_store.hpp"

/// The end of a directory.
BOOST_AUTO_TEST_SUITE(onboarding_closing)
namespace {

using namespace florin_test;

/// A store that tells which thread has ended it.
struct MortalStore : MemoryStore {
  MortalStore(std::shared_ptr<MemoryDatabase> database, std::thread::id& ended_by)
      : MemoryStore(std::move(database)),
        end(&ended_by, [](std::thread::id* by) { *by = std::this_thread::get_id(); }) {}

  std::shared_ptr<std::thread::id> end;
};

BOOST_AUTO_TEST_CASE(store_is_ended_by_the_thread_that_used_it) {
  std::thread::id ended_by;
  {
    const ob::Directory directory{MortalStore{std::make_shared<MemoryDatabase>(), ended_by}};
    BOOST_TEST(directory.count({}).has_value());
    BOOST_TEST((ended_by == std::thread::id{}));
  }
  BOOST_TEST((ended_by != std::thread::id{}));
  BOOST_TEST((ended_by != std::this_thread::get_id()));
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()

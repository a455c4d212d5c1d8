// SPDX-License-Identifier: Apache-2.0
#include <florin/onboarding/soci_store.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <exception>
#include <filesystem>
#include <string>

/// A database that goes away for longer than one attempt to connect.
BOOST_AUTO_TEST_SUITE(onboarding_soci_reconnect)

BOOST_AUTO_TEST_CASE(is_tried_until_the_database_is_back) {
  std::string pattern =
      (std::filesystem::temp_directory_path() / "florin reconnect XXXXXX").string();
  BOOST_REQUIRE(::mkdtemp(pattern.data()) != nullptr);
  const std::filesystem::path folder{pattern};
  const std::filesystem::path away{pattern + " away"};
  florin::onboarding::SociStore store{"sqlite:" + (folder / "customers.db").string()};
  std::filesystem::rename(folder, away);
  for (int i = 0; i < 3; ++i) BOOST_CHECK_THROW(store.recover(), std::exception);
  std::filesystem::rename(away, folder);
  store.recover();
  store.begin();
  BOOST_CHECK_GT(store.now(), 0);
  store.commit();
  std::filesystem::remove_all(folder);
}

BOOST_AUTO_TEST_SUITE_END()

// SPDX-License-Identifier: Apache-2.0
#include <florin/wire/buffer.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>

#include "support/allocations.hpp"

BOOST_AUTO_TEST_SUITE(wire_buffer)

using florin::wire::Buffer;
using florin_test::AllocationCount;
using florin_test::FreedMemoryWatch;

BOOST_AUTO_TEST_CASE(appends_and_grows) {
  Buffer buffer;
  std::string expected;
  for (int i = 0; i < 3000; ++i) {
    const std::string piece = std::to_string(i) + ";";
    buffer.append(piece);
    expected += piece;
  }
  buffer.append("");
  buffer.append(std::string_view{});
  BOOST_TEST(buffer.size() == expected.size());
  BOOST_TEST((buffer.view() == expected));
  BOOST_TEST((buffer.view(10) == std::string_view{expected}.substr(10)));
  BOOST_TEST(buffer.view(buffer.size()).empty());
}

BOOST_AUTO_TEST_CASE(is_empty_at_first) {
  const Buffer buffer;
  BOOST_TEST(buffer.size() == 0U);
  BOOST_TEST(buffer.view().empty());
  BOOST_TEST(!buffer.ends_with(','));
}

BOOST_AUTO_TEST_CASE(writes_into_reserved_room) {
  Buffer buffer;
  buffer.reserve(6);
  buffer.put('a');
  buffer.put("bc");
  std::memcpy(buffer.end(), "def", 3);
  buffer.commit(3);
  BOOST_TEST(buffer.view() == "abcdef");
  BOOST_TEST(buffer.ends_with('f'));
  buffer.truncate(2);
  BOOST_TEST(buffer.view() == "ab");
  buffer.data()[0] = 'x';
  BOOST_TEST(buffer.view() == "xb");
  buffer.clear();
  BOOST_TEST(buffer.size() == 0U);
}

BOOST_AUTO_TEST_CASE(keeps_its_memory_between_uses) {
  Buffer buffer;
  const std::string large(5000, 'x');
  buffer.append(large);
  const AllocationCount count;
  for (int i = 0; i < 10; ++i) {
    buffer.clear();
    buffer.append(large);
  }
  BOOST_TEST(count.value() == 0U);
  BOOST_TEST((buffer.view() == large));
}

BOOST_AUTO_TEST_CASE(moves) {
  Buffer a;
  a.append("content");
  Buffer b{std::move(a)};
  BOOST_TEST(b.view() == "content");
  BOOST_TEST(a.size() == 0U);  // NOLINT(bugprone-use-after-move)
  a.append("new");
  a = std::move(b);
  BOOST_TEST(a.view() == "content");
  auto& same = a;
  a = std::move(same);
  BOOST_TEST(a.view() == "content");
  b.append("again");  // NOLINT(bugprone-use-after-move)
  BOOST_TEST(b.view() == "again");
}

BOOST_AUTO_TEST_CASE(leaves_nothing_in_freed_memory) {
  constexpr std::string_view secret = "a secret that nothing else has";
  const FreedMemoryWatch watch{secret};
  {
    Buffer grown;
    grown.append(secret);
    grown.append(std::string(5000, 'x'));
    Buffer cleared;
    cleared.append(secret);
    cleared.clear();
    Buffer truncated;
    truncated.append(secret);
    truncated.truncate(0);
    // Grows after the old content was dropped but not overwritten.
    cleared.append(std::string(5000, 'x'));
    Buffer assigned;
    assigned.append(secret);
    assigned = std::move(truncated);
  }
  BOOST_TEST(!watch.seen());
}

BOOST_AUTO_TEST_SUITE_END()

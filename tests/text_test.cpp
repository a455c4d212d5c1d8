// SPDX-License-Identifier: Apache-2.0
#include <florin/text.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "support/allocations.hpp"
#include "support/skipped.hpp"

BOOST_AUTO_TEST_SUITE(text)

using florin::Text;
using florin_test::AllocationCount;

static_assert(std::is_nothrow_move_constructible_v<Text>);
static_assert(std::is_nothrow_move_assignable_v<Text>);

BOOST_AUTO_TEST_CASE(is_empty_at_first) {
  const Text text{};
  BOOST_TEST(text.empty());
  BOOST_TEST(text.size() == 0U);
  BOOST_TEST(text.view() == std::string_view{});
}

BOOST_AUTO_TEST_CASE(keeps_every_length_and_byte) {
  for (std::size_t size = 0; size <= 120; ++size) {
    std::string source;
    for (std::size_t i = 0; i < size; ++i) source.push_back(static_cast<char>(i * 7));
    const Text text{source};
    BOOST_TEST(text.size() == size);
    BOOST_TEST(text.str() == source);
  }
}

BOOST_AUTO_TEST_CASE(allocates_only_beyond_its_inline_capacity,
                     *florin_test::not_under_tsan(florin_test::allocates)) {
  const std::string fits(Text::inline_capacity, 'a');
  const std::string exceeds(Text::inline_capacity + 1, 'b');
  {
    const AllocationCount count;
    const Text text{fits};
    const Text copy{text};  // NOLINT(performance-unnecessary-copy-initialization)
    BOOST_TEST(count.value() == 0U);
    BOOST_TEST(copy == fits);
  }
  {
    const AllocationCount count;
    const Text text{exceeds};
    BOOST_TEST(count.value() == 1U);
    BOOST_TEST(text == exceeds);
  }
}

BOOST_AUTO_TEST_CASE(copies_and_moves) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{5}, Text::inline_capacity,
                                 Text::inline_capacity + 1, std::size_t{500}}) {
    const std::string source(size, 'x');
    Text a{source};
    Text b{a};
    BOOST_TEST(b == source);
    Text c{std::move(a)};
    BOOST_TEST(c == source);
    BOOST_TEST(a.empty());  // NOLINT(bugprone-use-after-move)
    a = c;
    BOOST_TEST(a == c);
    b = std::move(c);
    BOOST_TEST(b == source);
    BOOST_TEST(c.empty());  // NOLINT(bugprone-use-after-move)
    auto& same = b;
    b = same;
    BOOST_TEST(b == source);
    b = std::move(same);
    BOOST_TEST(b == source);
  }
}

BOOST_AUTO_TEST_CASE(changes_between_inline_and_heap) {
  const std::string large(300, 'l');
  Text text{"small"};
  text = Text{large};
  BOOST_TEST(text == large);
  text.assign("small again");
  BOOST_TEST(text == "small again");
  text.assign("");
  BOOST_TEST(text.empty());
}

BOOST_AUTO_TEST_CASE(assigns_a_part_of_itself) {
  Text inline_text{"0123456789"};
  inline_text.assign(inline_text.view().substr(3, 4));
  BOOST_TEST(inline_text == "3456");

  const std::string source = std::string(100, 'a') + std::string(100, 'b');
  Text heap_text{source};
  heap_text.assign(heap_text.view().substr(50, 100));
  BOOST_TEST(heap_text == source.substr(50, 100));
  heap_text.assign(heap_text.view().substr(45, 10));
  BOOST_TEST(heap_text == "aaaaabbbbb");
}

BOOST_AUTO_TEST_CASE(compares_and_streams) {
  const Text text{"cus_1"};
  BOOST_TEST((text == std::string{"cus_1"}));
  BOOST_TEST((text == std::string_view{"cus_1"}));
  BOOST_TEST(!(text == "cus_2"));
  BOOST_TEST(!(text == "cus_11"));
  std::ostringstream out;
  out << text;
  BOOST_TEST(out.str() == "cus_1");
}

BOOST_AUTO_TEST_SUITE_END()

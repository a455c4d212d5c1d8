// SPDX-License-Identifier: Apache-2.0
#include <florin/secret.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <functional>
#include <new>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <version>
#if defined(__cpp_lib_format)
#include <format>
#endif

#include "support/allocations.hpp"
#include "support/sanitizers.hpp"

BOOST_AUTO_TEST_SUITE(secret)

using florin::Secret;
using florin_test::FreedMemoryWatch;

// Only `reveal()` leads to the value.
static_assert(!std::is_convertible_v<Secret, std::string>);
static_assert(!std::is_convertible_v<Secret, std::string_view>);
static_assert(!std::is_convertible_v<Secret, const char*>);
static_assert(!std::is_convertible_v<Secret, bool>);
static_assert(!std::is_constructible_v<std::string, Secret>);
static_assert(!std::is_constructible_v<std::string_view, Secret>);
static_assert(!std::ranges::range<Secret>);
// A copy has to be asked for, but a struct that has one can be copied.
static_assert(std::is_constructible_v<Secret, const Secret&>);
static_assert(!std::is_convertible_v<const Secret&, Secret>);
static_assert(!std::is_convertible_v<Secret&, Secret>);
static_assert(std::is_copy_constructible_v<std::optional<Secret>>);
template <class Stream>
concept Printing = requires(Stream& out, const Secret& secret) {
  out << secret;
};
static_assert(!Printing<std::ostringstream> && !Printing<std::ostream> && !Printing<std::wostream>);
#if defined(__cpp_lib_format)
static_assert(!std::is_default_constructible_v<std::formatter<Secret, char>>);
#endif
static_assert(!std::is_default_constructible_v<std::hash<Secret>>);
static_assert(!std::totally_ordered<Secret>);
template <class Other>
concept Comparable = requires(const Secret& secret, const Other& other) {
  secret == other;
}
|| requires(const Secret& secret, const Other& other) {
  other == secret;
};
static_assert(Comparable<Secret> && !Comparable<std::string> && !Comparable<std::string_view> &&
              !Comparable<const char*> && !Comparable<char[4]>);
static_assert(std::is_nothrow_move_constructible_v<Secret>);
static_assert(std::is_nothrow_move_assignable_v<Secret>);

namespace {

constexpr std::string_view value = "sk_test_a_value_that_nothing_else_has";

}  // namespace

BOOST_AUTO_TEST_CASE(reveals_what_it_was_given) {
  BOOST_TEST(Secret{value}.reveal() == value);
  BOOST_TEST(Secret{value.data()}.reveal() == value);
  BOOST_TEST(Secret{std::string{value}}.reveal() == value);
  BOOST_TEST(!Secret{value}.empty());
  BOOST_TEST(Secret{}.empty());
  BOOST_TEST(Secret{}.reveal() == std::string_view{});
  BOOST_TEST(Secret{""}.empty());
  const std::string with_nul{"a\0b", 3};
  BOOST_TEST(Secret{with_nul}.reveal() == with_nul);
}

BOOST_AUTO_TEST_CASE(copies_and_moves) {
  Secret a{value};
  const Secret b{a};
  BOOST_TEST(b.reveal() == value);
  Secret c{std::move(a)};
  BOOST_TEST(c.reveal() == value);
  BOOST_TEST(a.empty());  // NOLINT(bugprone-use-after-move)
  BOOST_TEST(a.reveal().size() == 0U);
  a = c;
  BOOST_TEST((a == c));
  auto& same = a;
  a = same;
  BOOST_TEST(a.reveal() == value);
  a = std::move(same);
  BOOST_TEST(a.reveal() == value);
  c = Secret{"other"};
  BOOST_TEST(c.reveal() == "other");
  BOOST_TEST(!(a == c));
}

BOOST_AUTO_TEST_CASE(compares_by_value) {
  BOOST_TEST((Secret{"abc"} == Secret{"abc"}));
  BOOST_TEST(!(Secret{"abc"} == Secret{"abd"}));
  BOOST_TEST(!(Secret{"abc"} == Secret{"xbc"}));
  BOOST_TEST(!(Secret{"abc"} == Secret{"ab"}));
  BOOST_TEST((Secret{} == Secret{""}));
  BOOST_TEST(!(Secret{"\xff"} == Secret{"\x7f"}));
}

BOOST_AUTO_TEST_CASE(empties_a_string_that_is_moved_in) {
  std::string text{value};
  const Secret secret{std::move(text)};
  BOOST_TEST(secret.reveal() == value);
  BOOST_TEST(text.empty());  // NOLINT(bugprone-use-after-move)
}

BOOST_AUTO_TEST_CASE(leaves_nothing_in_freed_memory) {
  const FreedMemoryWatch watch{value};
  { const Secret destroyed{value}; }
  Secret assigned{value};
  assigned = Secret{"short"};
  Secret moved_over{value};
  moved_over = std::move(assigned);
  Secret copied_over{value};
  copied_over = moved_over;
  std::optional<Secret> reset{value};
  reset.reset();
  { const Secret from_string{std::string{value}}; }
  BOOST_TEST(!watch.seen());
  BOOST_TEST(copied_over.reveal() == "short");
}

BOOST_AUTO_TEST_CASE(leaves_nothing_behind_a_move) {
  const FreedMemoryWatch watch{value};
  alignas(Secret) std::array<unsigned char, sizeof(Secret)> place{};
  const auto holds_nothing = [&place] {
    return std::all_of(place.begin(), place.end(), [](unsigned char byte) { return byte == 0; });
  };
  auto* const from = new (place.data()) Secret{value};
  BOOST_TEST(!holds_nothing());
  Secret to{std::move(*from)};
  BOOST_TEST(holds_nothing());  // neither the value, nor where it is, nor how long
  *from = std::move(to);
  BOOST_TEST(to.empty());  // NOLINT(bugprone-use-after-move)
  Secret over{"another"};
  over = std::move(*from);
  BOOST_TEST(holds_nothing());
  BOOST_TEST(over.reveal() == value);
  over = Secret{};
  from->~Secret();
  BOOST_TEST(!watch.seen());
}

#if !FLORIN_TEST_TSAN
BOOST_AUTO_TEST_CASE(leaves_nothing_behind_when_there_is_no_memory) {
  const FreedMemoryWatch watch{value};
  std::string text{value};
  Secret kept{value};
  const Secret other{"something else that is longer than what a string has room for"};
  bool thrown = false;
  {
    florin_test::AllocationFailure failure{0};
    try {
      const Secret secret{std::move(text)};
    } catch (const std::bad_alloc&) {
      thrown = true;
    }
  }
  BOOST_TEST(thrown);
  BOOST_TEST(text.empty());  // NOLINT(bugprone-use-after-move)
  {
    florin_test::AllocationFailure failure{0};
    BOOST_CHECK_THROW(kept = other, std::bad_alloc);
  }
  BOOST_TEST(kept.reveal() == value);
  { std::string().swap(text); }
  kept = Secret{};
  BOOST_TEST(!watch.seen());
}
#endif

BOOST_AUTO_TEST_CASE(wipe_zeroes_exactly_what_it_is_told) {
  std::string text = "0123456789";
  florin::wipe(text.data() + 2, 3);
  BOOST_TEST((text == std::string{"01\0\0\0"
                                  "56789",
                                  10}));
  florin::wipe(nullptr, 0);
  florin::wipe(text.data(), 0);
  BOOST_TEST(text[0] == '0');
}

BOOST_AUTO_TEST_SUITE_END()

// SPDX-License-Identifier: Apache-2.0
#include <florin/wire/base64.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(wire_base64)

namespace {

using florin::wire::detail::Base64Key;

struct Characters {
  std::string text{};
  void put(char c) { text += c; }
};

template <bool Url = false>
std::string encoded(std::string_view bytes) {
  Characters out;
  florin::wire::detail::Base64Writer<Characters, Url> writer{out};
  writer.put(bytes);
  writer.finish();
  return out.text;
}

std::string decoded(std::string_view text) {
  return std::string{Base64Key{text}.bytes()};
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_vectors_of_rfc_4648) {
  const std::string_view whole = "foobar";
  const std::string_view padded[] = {"",         "Zg==",     "Zm8=",    "Zm9v",
                                     "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy"};
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    BOOST_TEST(encoded(whole.substr(0, size)) == padded[size]);
    BOOST_TEST(encoded<true>(whole.substr(0, size)) ==
               padded[size].substr(0, padded[size].find('=')));
    BOOST_TEST(decoded(padded[size]) == whole.substr(0, size));
  }
  BOOST_TEST(encoded("\xFB\xFF\xBF") == "+/+/");
  BOOST_TEST(encoded<true>("\xFB\xFF\xBF") == "-_-_");
}

BOOST_AUTO_TEST_CASE(every_byte_of_a_key_is_read) {
  std::string all;
  for (unsigned c = 0; c < 256; ++c) all += static_cast<char>(c);
  BOOST_TEST(decoded(encoded(all)) == all);
}

BOOST_AUTO_TEST_CASE(what_is_no_base64_is_no_key) {
  for (const std::string_view text :
       {"",         "=",     "==",   "====",  "A",        "A=",     "A==",
        "A===",     "Zg",    "Zg=",  "Zg===", "Z===",     "Zg=a",   "Zm9v=",
        "Zm9v====", "Zm 9v", "Zm-_", "Zm9*",  "********", "Zm9v\n", "\xC3\xA9Zg"})
    BOOST_TEST(decoded(text).empty(), text);
}

BOOST_AUTO_TEST_CASE(a_key_has_a_longest_size) {
  BOOST_TEST(decoded(encoded(std::string(1022, 'k'))).size() == 1022U);
  BOOST_TEST(decoded(encoded(std::string(1024, 'k'))).size() == 1024U);
  BOOST_TEST(decoded(encoded(std::string(1025, 'k'))).empty());
  BOOST_TEST(decoded(encoded(std::string(5000, 'k'))).empty());
}

BOOST_AUTO_TEST_CASE(a_key_is_wiped) {
  alignas(Base64Key) std::byte memory[sizeof(Base64Key)];
  auto* const key = ::new (static_cast<void*>(memory)) Base64Key{"c2VjcmV0LWtleQ=="};
  BOOST_TEST(key->bytes() == "secret-key");
  const char* const at = key->bytes().data();
  key->~Base64Key();
  asm volatile("" : : "r"(at) : "memory");
  BOOST_TEST(std::string(at, 10) == std::string(10, '\0'));
}

BOOST_AUTO_TEST_SUITE_END()

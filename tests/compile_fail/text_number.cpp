// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: this is not a text: give a literal, a std::string, a std::string_view, a const char\* or a std::optional of one
// names: florin::field::Email
#include <florin/static_request.hpp>

#include <string>

auto request(int number) {
  using namespace florin::fields;
#ifdef FLORIN_GOOD_TWIN
  return florin::customer(email = std::to_string(number));
#else
  return florin::customer(email = number);
#endif
}

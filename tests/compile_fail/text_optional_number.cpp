// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: this is not a text: give a literal, a std::string, a std::string_view, a const char\* or a std::optional of one
// names: florin::field::Phone
#include <florin/static_request.hpp>

#include <optional>

auto request() {
  using namespace florin::fields;
#ifdef FLORIN_GOOD_TWIN
  return florin::customer(phone = std::optional<const char*>{});
#else
  return florin::customer(phone = std::optional<int>{});
#endif
}

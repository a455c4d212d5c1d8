// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: this is not a text: give a literal, a std::string, a std::string_view, a const char\* or a std::optional of one
#include <florin/static_request.hpp>

auto request() {
  using namespace florin::fields;
#ifdef FLORIN_GOOD_TWIN
  return florin::customer(metadata = {{"level", "3"}});
#else
  return florin::customer(metadata = {{"level", 3}});
#endif
}

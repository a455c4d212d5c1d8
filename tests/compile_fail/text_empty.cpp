// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: an empty text is given: remove it, an absent field is left out
// names: florin::field::Email
#include <florin/static_request.hpp>

auto request() {
  using namespace florin::fields;
#ifdef FLORIN_GOOD_TWIN
  return florin::customer(email = "ana@example.com");
#else
  return florin::customer(email = "");
#endif
}

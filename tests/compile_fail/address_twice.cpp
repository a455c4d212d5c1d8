// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a field is given twice in customer\(\.\.\.\): remove one of the two
#include <florin/static_request.hpp>

auto request() {
  using namespace florin::fields;
#ifdef FLORIN_GOOD_TWIN
  return florin::customer(address = {.zip = "12345"});
#else
  return florin::customer(address = {.zip = "12345"}, address_zip = "12345");
#endif
}

// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a country is an ISO 3166-1 alpha-2 code of 2 letters: write e.g. "US"
// names: florin::field::AddressCountry.* 3
#include <florin/static_request.hpp>

auto request() {
  using namespace florin::fields;
#ifdef FLORIN_GOOD_TWIN
  return florin::customer(address_country = "US");
#else
  return florin::customer(address_country = "USA");
#endif
}

// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: metadata is a list of entries: write one more pair of braces, `metadata = \{\{"key", "value"\}\}`
#include <florin/static_request.hpp>

auto request() {
  using namespace florin::fields;
#ifdef FLORIN_GOOD_TWIN
  return florin::customer(metadata = {{"tier", "gold"}});
#else
  return florin::customer(metadata = {"tier", "gold"});
#endif
}

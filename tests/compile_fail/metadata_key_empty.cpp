// SPDX-License-Identifier: Apache-2.0
// expect: (expression '<throw-expression>'|call to consteval function .*) is not a constant expression
// shows: florin: a metadata key is empty: give each entry of `metadata = \{\.\.\.\}` a key
#include <florin/static_request.hpp>

auto request() {
  using namespace florin::fields;
#ifdef FLORIN_GOOD_TWIN
  return florin::customer(metadata = {{"tier", ""}});
#else
  return florin::customer(metadata = {{"", "gold"}});
#endif
}

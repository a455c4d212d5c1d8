// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: one part of a name is cleared without the other
#include "parts.hpp"

using namespace florin::fields;

florin::Result<void> encode_changes(florin::EncodedRequest& out) {
#ifdef FLORIN_GOOD_TWIN
  return parts::encode_changes(florin::customer_changes(email = "a@b.example"), out);
#else
  return parts::encode_changes(florin::customer_changes(email = "a@b.example", clear(family_name)),
                               out);
#endif
}

// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: this processor has no metadata that an update could change
#include "parts.hpp"

using namespace florin::fields;

florin::Result<void> encode_changes(florin::EncodedRequest& out) {
#ifdef FLORIN_GOOD_TWIN
  return parts::encode_changes(florin::customer_changes(email = "a@b.example"), out);
#else
  return parts::encode_changes(
      florin::customer_changes(email = "a@b.example", clear_metadata("tier")), out);
#endif
}

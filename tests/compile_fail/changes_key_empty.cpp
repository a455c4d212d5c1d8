// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a metadata key is empty: name the entry that changes
#include "parts.hpp"

using namespace florin::fields;

florin::Result<void> encode_changes(florin::EncodedRequest& out) {
#ifdef FLORIN_GOOD_TWIN
  return parts::encode_changes(
      florin::customer_changes(email = "a@b.example", metadata_entry("tier", "gold"),
                               droppable(metadata)),
      out);
#else
  return parts::encode_changes(
      florin::customer_changes(email = "a@b.example", metadata_entry("", "gold"),
                               droppable(metadata)),
      out);
#endif
}

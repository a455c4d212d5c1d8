// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: metadata are cleared as a whole and by key
#include "parts.hpp"

using namespace florin::fields;

florin::Result<void> encode_changes(florin::EncodedRequest& out) {
#ifdef FLORIN_GOOD_TWIN
  return parts::encode_changes(
      florin::customer_changes(clear(metadata), droppable(metadata), email = "a@b.example"), out);
#else
  return parts::encode_changes(florin::customer_changes(clear(metadata), clear_metadata("k"),
                                                        droppable(metadata), email = "a@b.example"),
                               out);
#endif
}

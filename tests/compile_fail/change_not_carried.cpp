// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: this processor cannot change this field: remove it from customer_changes
// names: ChangingPolicy
#include "parts.hpp"

using namespace florin::fields;

florin::Result<void> encode_changes(florin::EncodedRequest& out) {
#ifdef FLORIN_GOOD_TWIN
  return parts::encode_changes(
      florin::customer_changes(email = "a@b.example", phone = "1", droppable(phone)), out);
#else
  return parts::encode_changes(florin::customer_changes(email = "a@b.example", phone = "1"), out);
#endif
}

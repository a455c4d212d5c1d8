// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: customer_changes\(\.\.\.\) changes nothing: write `field = value` or
#include "parts.hpp"

using namespace florin::fields;

florin::Result<void> encode_changes(florin::EncodedRequest& out) {
#ifdef FLORIN_GOOD_TWIN
  return parts::encode_changes(florin::customer_changes(connector_customer_id = "1", clear(email)),
                               out);
#else
  return parts::encode_changes(florin::customer_changes(connector_customer_id = "1"), out);
#endif
}

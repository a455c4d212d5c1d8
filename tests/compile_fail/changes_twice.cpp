// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a field is given twice in customer_changes\(\.\.\.\): remove one
#include "parts.hpp"

using namespace florin::fields;

florin::Result<void> encode_changes(florin::EncodedRequest& out) {
#ifdef FLORIN_GOOD_TWIN
  return parts::encode_changes(florin::customer_changes(email = "a@b.example"), out);
#else
  return parts::encode_changes(
      florin::customer_changes(email = "a@b.example", email = "c@d.example"), out);
#endif
}

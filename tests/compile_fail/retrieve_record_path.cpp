// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a path in record is not well-formed
// names: AcmePolicy
#include "parts.hpp"

#ifdef FLORIN_GOOD_TWIN
struct AcmePolicy : parts::Facts, parts::Recorded, parts::Retrieving {};
#else
struct AcmePolicy : parts::Facts, parts::Retrieving {
  static constexpr florin::wire::json::Record record{.id = "id", .email = "a..b"};
};
#endif

florin::Result<void> encode_retrieve(florin::EncodedRequest& out) {
  return parts::encode_retrieve<AcmePolicy>(out);
}

// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: `.pages` and `.total` of a find's page count nothing: add
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Facts, parts::Recorded {
  struct Find {
    struct ByEmail : parts::Got, parts::Placed, parts::Filtered {
#ifdef FLORIN_GOOD_TWIN
      static constexpr florin::wire::json::Page page{
          .items = "data", .next = florin::wire::json::Next::number, .total = "total"};
#else
      static constexpr florin::wire::json::Page page{.items = "data", .total = "total"};
#endif
    };
  };
};

florin::Result<void> encode_find(florin::EncodedRequest& out) {
  return parts::encode_find<AcmePolicy>(out);
}

// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a path in a find's page is not well-formed
// names: AcmePolicy
#include "parts.hpp"

#ifdef FLORIN_GOOD_TWIN
struct AcmePolicy : parts::Facts, parts::Recorded, parts::Finding {};
#else
struct AcmePolicy : parts::Facts, parts::Recorded {
  struct Find {
    struct ByEmail : parts::Got, parts::Placed, parts::Filtered {
      static constexpr florin::wire::json::Page page{.items = "data..items"};
    };
  };
};
#endif

florin::Result<void> encode_find(florin::EncodedRequest& out) {
  return parts::encode_find<AcmePolicy>(out);
}

// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the operation has no method: add `static constexpr auto method = Method::post;`
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Facts {
  struct Create : parts::Placed, parts::Filled, parts::Accounted, parts::Answered {
#ifdef FLORIN_GOOD_TWIN
    static constexpr auto method = florin::Method::post;
#endif
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}

// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a path in reply is not well-formed: write names with dots
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Facts {
  struct Create : parts::Posted, parts::Placed, parts::Filled, parts::Accounted {
#ifdef FLORIN_GOOD_TWIN
    static constexpr florin::wire::json::Reply reply{.id = "data[0].id"};
#else
    static constexpr florin::wire::json::Reply reply{.id = "data..id"};
#endif
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}

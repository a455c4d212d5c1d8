// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the operation has no body: add `using Body = json::Object<Put<"email", field::Email>
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Facts {
  struct Create : parts::Posted, parts::Placed, parts::Accounted, parts::Answered {
#ifdef FLORIN_GOOD_TWIN
    using Body = parts::Filled::Body;
#endif
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}

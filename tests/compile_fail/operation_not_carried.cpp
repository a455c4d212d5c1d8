// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the operation does not say what is not carried: add `using NotCarried = Fields<
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Facts {
  struct Create : parts::Posted, parts::Placed, parts::Filled, parts::Answered {
#ifdef FLORIN_GOOD_TWIN
    using NotCarried = parts::Accounted::NotCarried;
#endif
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}

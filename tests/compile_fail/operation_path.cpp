// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the operation has no path: add `static constexpr std::string_view path = "/
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Facts {
  struct Create : parts::Posted, parts::Filled, parts::Accounted, parts::Answered {
#ifdef FLORIN_GOOD_TWIN
    static constexpr std::string_view path = "/customers";
#endif
  };
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}

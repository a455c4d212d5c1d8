// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: response_headers is of another type: write `static constexpr ResponseHeaders
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Facts, parts::Creating {
#ifdef FLORIN_GOOD_TWIN
  static constexpr florin::wire::ResponseHeaders response_headers{.request_id = "Request-Id"};
#else
  static constexpr std::string_view response_headers = "Request-Id";
#endif
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}

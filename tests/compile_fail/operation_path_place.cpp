// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a path has a place that the operation has no value for: `\{email\}`
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Facts {
  struct Create : parts::Posted, parts::Filled, parts::Accounted, parts::Answered {
#ifdef FLORIN_GOOD_TWIN
    static constexpr std::string_view path = "/customers";
#else
    static constexpr std::string_view path = "/customers/{email}";
#endif
  };
};

florin::Result<void> encode_create(florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(florin::CreateRequestView{}, {"key"}, out);
}

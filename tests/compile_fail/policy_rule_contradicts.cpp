// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a rule fits no answer
// names: AcmePolicy
#include <array>

#include "parts.hpp"

struct AcmePolicy : parts::Facts, parts::Creating {
#ifdef FLORIN_GOOD_TWIN
  static constexpr std::array rules{florin::wire::Rule {.no_param = true }};
#else
  static constexpr std::array rules{florin::wire::Rule{.param = "email", .no_param = true}};
#endif
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}

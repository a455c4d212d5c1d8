// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: rules is not an array of Rule: write `static constexpr std::array
// names: AcmePolicy
#include <array>

#include "parts.hpp"

struct AcmePolicy : parts::Facts, parts::Creating {
#ifdef FLORIN_GOOD_TWIN
  static constexpr std::array rules{florin::wire::Rule {.code = "taken" }};
#else
  static constexpr florin::wire::Rule rules[]{{.code = "taken"}};
#endif
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}

// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a path in failure is not well-formed: write names with dots
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Named,
                    parts::Hosted,
                    parts::Keyed,
                    parts::KeyNamed,
                    parts::Headed,
                    parts::Repeatable,
                    parts::Creating {
#ifdef FLORIN_GOOD_TWIN
  static constexpr florin::wire::json::Failure failure{.code = "errors[0].code"};
#else
  static constexpr florin::wire::json::Failure failure{.code = "errors[0.code"};
#endif
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}

// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a host is a name alone: write `\.live = "api\.example\.com"`, without scheme
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Named,
                    parts::Keyed,
                    parts::KeyNamed,
                    parts::Headed,
                    parts::Repeatable,
                    parts::Failing,
                    parts::Creating {
#ifdef FLORIN_GOOD_TWIN
  static constexpr florin::Hosts hosts{.live = "api.acme.example", .sandbox = "test.acme.example"};
#else
  static constexpr florin::Hosts hosts{.live = "https://api.acme.example/v1",
                                       .sandbox = "test.acme.example"};
#endif
};

florin::Result<void> encode_customer(const florin::CreateRequest& request,
                                     florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy>(request, {"key"}, out);
}

// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the policy has no name: add `static constexpr std::string_view name
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Hosted,
                    parts::Keyed,
                    parts::KeyNamed,
                    parts::Headed,
                    parts::Repeatable,
                    parts::Failing,
                    parts::Creating {
#ifdef FLORIN_GOOD_TWIN
  static constexpr std::string_view name = "acme";
#endif
};
static_assert(florin::diagnose<AcmePolicy>());

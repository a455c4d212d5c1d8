// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: Update does not say where the id goes: add `static constexpr std::string_view path = "/\.\.\./{id}";`
// names: AcmePolicy
#include "parts.hpp"

#ifdef FLORIN_GOOD_TWIN
struct AcmePolicy : parts::Facts, parts::Recorded, parts::Updating {};
#else
struct AcmePolicy : parts::Facts, parts::Recorded {
  struct Update : parts::Posted, parts::Placed, parts::Filled, parts::Accounted {};
};
#endif

florin::Result<void> encode_update(florin::EncodedRequest& out) {
  return parts::encode_update<AcmePolicy>(out);
}

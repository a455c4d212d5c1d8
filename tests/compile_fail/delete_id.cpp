// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: Delete does not say where the id goes: add `static constexpr std::string_view path = "/\.\.\./{id}";`
// names: AcmePolicy
#include "parts.hpp"

#ifdef FLORIN_GOOD_TWIN
struct AcmePolicy : parts::Facts, parts::Deleting {};
#else
struct AcmePolicy : parts::Facts {
  struct Delete : parts::Posted, parts::Placed, parts::Answered {};
};
#endif

florin::Result<void> encode_delete(florin::EncodedRequest& out) {
  return parts::encode_by_id<AcmePolicy, florin::Delete>(out);
}

// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: Retrieve does not say where the id goes: add `static constexpr std::string_view path = "/\.\.\./{id}";`
// names: AcmePolicy
#include "parts.hpp"

#ifdef FLORIN_GOOD_TWIN
struct AcmePolicy : parts::Facts, parts::Recorded, parts::Retrieving {};
#else
struct AcmePolicy : parts::Facts, parts::Recorded {
  struct Retrieve : parts::Got, parts::Placed {};
};
#endif

florin::Result<void> encode_retrieve(florin::EncodedRequest& out) {
  return parts::encode_retrieve<AcmePolicy>(out);
}

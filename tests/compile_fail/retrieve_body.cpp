// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: Retrieve does not say where the id goes: add `static constexpr std::string_view path = "/\.\.\./{id}";`
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Facts, parts::Recorded {
  struct Retrieve : parts::Posted, parts::Placed {
#ifdef FLORIN_GOOD_TWIN
    using Body = florin::wire::json::Object<florin::wire::json::Nested<
        "find", florin::wire::Put<"customer", florin::wire::CustomerId>>>;
#else
    using Body = florin::wire::json::Object<florin::wire::Const<"find", "customer">>;
#endif
  };
};

florin::Result<void> encode_retrieve(florin::EncodedRequest& out) {
  return parts::encode_retrieve<AcmePolicy>(out);
}

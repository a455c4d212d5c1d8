// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: the policy does not say how a customer is read back: add `static constexpr json::Record record
// names: AcmePolicy
#include "parts.hpp"

struct AcmePolicy : parts::Facts {
#ifdef FLORIN_GOOD_TWIN
  static constexpr florin::wire::json::Record record{.id = "id", .email = "email"};
  struct Retrieve {
    static constexpr auto method = florin::Method::get;
    static constexpr std::string_view path = "/customers/{id}";
  };
#else
  struct Retrieve {
    static constexpr auto method = florin::Method::get;
    static constexpr std::string_view path = "/customers/{id}";
  };
#endif
};

florin::Result<void> encode_retrieve(florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy, florin::Retrieve>(florin::RetrieveRequest{"id-1"}, {"key"},
                                                      out);
}

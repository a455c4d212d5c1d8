// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: this policy does not offer retrieve: a customer cannot be read back by its id there; it offers create
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
  static constexpr florin::wire::json::Record record{.id = "id", .email = "email"};
#endif
};

florin::Result<void> encode_retrieve(florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy, florin::Retrieve>(florin::RetrieveRequest{"id-1"}, {"key"},
                                                      out);
}

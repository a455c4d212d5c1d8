// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: Retrieve does not say where the id goes: add `static constexpr std::string_view path = "/\.\.\./{id}";`
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
  struct Retrieve {
    static constexpr auto method = florin::Method::get;
    static constexpr std::string_view path = "/customers";
  };
#endif
};

florin::Result<void> encode_retrieve(florin::EncodedRequest& out) {
  return florin::encode<AcmePolicy, florin::Retrieve>(florin::RetrieveRequest{"id-1"}, {"key"},
                                                      out);
}

// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: a JSON text replaces the metadata that are there
// names: AcmePolicy
#include <florin/wire/json_text.hpp>

#include "parts.hpp"

struct AcmePolicy : parts::Facts, parts::Recorded {
  struct Update : parts::Posted, parts::PlacedById {
    using Body = florin::wire::Form<
        florin::wire::Put<"reference", florin::field::MerchantCustomerId>,
        florin::wire::Put<"email", florin::field::Email>,
        florin::wire::JsonText<"metadata", florin::wire::Entries<"{}", florin::field::Metadata>>>;
    using NotCarried = florin::Fields<florin::field::Name, florin::field::Phone,
                                      florin::field::Description, florin::field::Address>;
#ifdef FLORIN_GOOD_TWIN
    static constexpr florin::wire::Replaces replaces{.metadata = true};
#endif
  };
};

florin::Result<void> encode_customer(florin::EncodedRequest& out) {
  return parts::encode_update<AcmePolicy>(out);
}

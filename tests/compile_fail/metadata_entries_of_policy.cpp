// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: metadata has more entries than this processor allows: give fewer in `metadata = \{\.\.\.\}`
// names: TightPolicy.* 3.* 2
#include "parts.hpp"

/// Three entries, of which the policy itself writes one.
struct TightPolicy : parts::Facts {
  struct Create : parts::Posted, parts::Placed, parts::Answered {
    using Body = florin::wire::Form<
        florin::wire::Entries<"metadata[{}]", florin::field::Metadata, florin::wire::MaxEntries<3>,
                              florin::wire::Reserved<1>>,
        florin::wire::Put<"metadata[merchant_customer_id]", florin::field::MerchantCustomerId>>;
    using NotCarried =
        florin::Fields<florin::field::Email, florin::field::Name, florin::field::Phone,
                       florin::field::Description, florin::field::Address>;
  };
};

florin::Result<void> encode_customer(florin::EncodedRequest& out) {
  using namespace florin::fields;
#ifdef FLORIN_GOOD_TWIN
  const auto request =
      florin::customer(merchant_customer_id = "m-1", metadata = {{"k1", "v"}, {"k2", "v"}});
#else
  const auto request = florin::customer(merchant_customer_id = "m-1",
                                        metadata = {{"k1", "v"}, {"k2", "v"}, {"k3", "v"}});
#endif
  return florin::encode<TightPolicy>(request, {"key"}, out);
}

// SPDX-License-Identifier: Apache-2.0
#include <florin/customer.hpp>
#include <florin/encode.hpp>
#include <florin/masked.hpp>
#include <florin/policy.hpp>
#include <florin/wire/form.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "compile_fail/parts.hpp"

namespace key_place_cases {

using namespace florin;
using namespace florin::wire;

namespace {

/// The key stands in the body of a create and in the query of a retrieve, and in no header.
struct BareKeyPolicy : parts::Named,
                       parts::Hosted,
                       parts::Keyed,
                       parts::KeyNamed,
                       parts::Failing,
                       parts::Recorded {
  using RequestHeaders = Headers<>;
  using Idempotency = NoIdempotency;
  using Key = Put<"security_key", FromCredential<&Credentials::api_key>, Required>;
  struct Create : parts::Posted, parts::Placed, parts::Accounted, parts::Answered {
    using Body = Form<Key, Put<"reference", field::MerchantCustomerId>, Put<"email", field::Email>>;
  };
  struct Retrieve : parts::Got, parts::PlacedById {
    using Query = florin::wire::Query<Key>;
  };
};
static_assert(diagnose<BareKeyPolicy>() && diagnose<BareKeyPolicy, florin::Retrieve>());

const CreateRequest request{.merchant_customer_id = "m-1"};
const RetrieveRequest retrieval{"cus_1"};

}  // namespace

BOOST_AUTO_TEST_SUITE(wire_key_place)

BOOST_AUTO_TEST_CASE(a_key_can_stand_in_a_body_or_a_query) {
  EncodedRequest out;
  const BareKeyPolicy::Credentials credentials{"se cret&1"};
  BOOST_TEST_REQUIRE(static_cast<bool>(encode<BareKeyPolicy>(request, credentials, out)));
  BOOST_TEST(out.body() == "security_key=se%20cret%261&reference=m-1");
  BOOST_TEST(out.head().find("cret") == std::string_view::npos);
  BOOST_TEST_REQUIRE(
      static_cast<bool>(encode<BareKeyPolicy, Retrieve>(retrieval, credentials, out)));
  BOOST_TEST(out.target() == "/customers/cus_1?security_key=se%20cret%261");
}

BOOST_AUTO_TEST_CASE(a_key_is_masked_wherever_it_stands) {
  const BareKeyPolicy::Credentials credentials{"secret-1"};
  for (const std::string& text :
       {masked_request<BareKeyPolicy>(request, credentials).value(),
        masked_request<BareKeyPolicy, Retrieve>(retrieval, credentials).value()}) {
    BOOST_TEST(text.find("secret-1") == std::string::npos);
    BOOST_TEST(text.find("security_key=%2A%2A") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_key_that_is_missing_is_not_left_out) {
  EncodedRequest out;
  const auto encoded = encode<BareKeyPolicy, Retrieve>(retrieval, {""}, out);
  BOOST_TEST_REQUIRE(!encoded);
  BOOST_TEST(encoded.error().code == Errc::invalid_credentials);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace key_place_cases

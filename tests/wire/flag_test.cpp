// SPDX-License-Identifier: Apache-2.0
#include <florin/customer.hpp>
#include <florin/encode.hpp>
#include <florin/policy.hpp>
#include <florin/secret.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "compile_fail/parts.hpp"

namespace flag_cases {

using namespace florin;
using namespace florin::wire;

namespace {

struct Account {
  struct Credentials {
    Secret api_key{};
    std::optional<std::string> test_mode{};
  };
  using CredentialNames = CredentialList<Credential<"api_key", &Credentials::api_key>,
                                         OptionalCredential<"test_mode", &Credentials::test_mode>>;
  using RequestHeaders = Headers<BearerAuth<&Credentials::api_key>>;
};
using Test = Flag<"test mode", &Account::Credentials::test_mode>;

struct FlaggedPolicy : parts::Named,
                       parts::Hosted,
                       Account,
                       parts::Repeatable,
                       parts::Failing,
                       parts::Recorded {
  struct Create : parts::Posted, parts::Placed, parts::Accounted, parts::Answered {
    using Body =
        json::Object<Put<"reference", field::MerchantCustomerId>, Put<"email", field::Email>, Test>;
  };
  struct Retrieve : parts::Got, parts::PlacedById {
    using Query = florin::wire::Query<Test>;
  };
  struct Delete : parts::PlacedById, parts::Answered {
    static constexpr auto method = Method::delete_;
    using Query = florin::wire::Query<Const<"force", "1">, Test>;
    using Body = Form<Test>;
  };
};
static_assert(diagnose<FlaggedPolicy>() && diagnose<FlaggedPolicy, florin::Retrieve>() &&
              diagnose<FlaggedPolicy, florin::Delete>());

/// Target and body, or the reason why nothing is sent.
template <class Operation, class Request>
std::string sent(const Request& request, std::optional<std::string> test_mode) {
  EncodedRequest out;
  const auto encoded =
      encode<FlaggedPolicy, Operation>(request, {"key", std::move(test_mode)}, out);
  if (!encoded) return std::string{encoded.error().reason};
  return std::string{out.target()} + " " + std::string{out.body()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wire_flag)

BOOST_AUTO_TEST_CASE(a_flag_is_in_the_body_what_a_credential_says) {
  const CreateRequest request{.merchant_customer_id = "m"};
  BOOST_TEST(sent<Create>(request, std::nullopt) == R"(/customers {"reference":"m"})");
  BOOST_TEST(sent<Create>(request, "true") == R"(/customers {"reference":"m","test mode":true})");
  BOOST_TEST(sent<Create>(request, "false") == R"(/customers {"reference":"m","test mode":false})");
}

BOOST_AUTO_TEST_CASE(a_flag_stands_in_a_query_behind_the_id) {
  const RetrieveRequest request{"cus_1"};
  BOOST_TEST(sent<Retrieve>(request, std::nullopt) == "/customers/cus_1 ");
  BOOST_TEST(sent<Retrieve>(request, "true") == "/customers/cus_1?test%20mode=true ");
  const DeleteRequest removal{"cus_1"};
  BOOST_TEST(sent<Delete>(removal, std::nullopt) == "/customers/cus_1?force=1 ");
  BOOST_TEST(sent<Delete>(removal, "false") ==
             "/customers/cus_1?force=1&test%20mode=false test%20mode=false");
}

BOOST_AUTO_TEST_CASE(a_flag_that_is_neither_is_not_sent) {
  const std::string reason = "the credential of test mode is neither true nor false";
  for (const auto wrong : {"True", "1", "true ", "true,\"a\":1"}) {
    BOOST_TEST(sent<Create>(CreateRequest{.merchant_customer_id = "m"}, wrong) == reason);
    BOOST_TEST(sent<Retrieve>(RetrieveRequest{"cus_1"}, wrong) == reason);
  }
  BOOST_TEST(
      static_cast<bool>(validate<FlaggedPolicy>(CreateRequest{.merchant_customer_id = "m"})));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace flag_cases

// SPDX-License-Identifier: Apache-2.0
#include <florin/policies/paysafe.hpp>
#include <florin/testing/processors/paysafe.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_paysafe)

using namespace florin_test;
using florin::PaysafePolicy;

static_assert(florin::ConnectorPolicy<PaysafePolicy>);
static_assert(florin::has_idempotency<PaysafePolicy>);
static_assert(!PaysafePolicy::Idempotency::takes_key);
static_assert(!florin::carries<PaysafePolicy, florin::field::AddressCountry>);

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_says) {
  const auto sent =
      send<PaysafePolicy>(full_request(), {.api_key = "1001FAKE:B-tst1-0-FAKEKEY0001"},
                          {.environment = florin::Environment::sandbox});
  BOOST_TEST(sent.has_line("POST /customervault/v1/profiles HTTP/1.1"));
  BOOST_TEST(sent.has_line("Host: api.test.paysafe.com"));
  BOOST_TEST(sent.has_line("Authorization: Basic MTAwMUZBS0U6Qi10c3QxLTAtRkFLRUtFWTAwMDE="));
  BOOST_TEST(sent.body ==
             R"({"merchantCustomerId":"m-1001","locale":"en_US","firstName":"Ana",)"
             R"("lastName":"Example","email":"ana@example.com","phone":"+15555550100"})");
  BOOST_TEST(sent.dropped.size() == 8U);
}

BOOST_AUTO_TEST_CASE(reads_the_answers_of_the_sheet) {
  BOOST_TEST(summary(receive<PaysafePolicy>(
                 201, R"({"id":"0fa4e000-0000-4000-8000-00000000c001","status":"INITIAL"})")) ==
             "success:0fa4e000-0000-4000-8000-00000000c001");
  const auto invalid = receive<PaysafePolicy>(
      400, R"({"error":{"code":"5068","message":"Either ...","fieldErrors":[{"field":"locale",)"
           R"("error":"Invalid Locale"}]}})");
  BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
  BOOST_TEST(invalid.error().param == "locale");
  BOOST_TEST(summary(receive<PaysafePolicy>(
                 401, R"({"error":{"code":"5279","message":"Invalid credentials"}})")) ==
             "unauthorized/no_effect/401");
  BOOST_TEST(summary(receive<PaysafePolicy>(
                 403, R"({"error":{"code":"5270","message":"Unauthorized access"}})")) ==
             "forbidden/no_effect/403");
  BOOST_TEST(summary(receive<PaysafePolicy>(
                 404, R"({"error":{"code":"5269","message":"Entity not found"}})")) ==
             "not_found/no_effect/404");
}

BOOST_AUTO_TEST_CASE(a_duplicate_names_the_first_profile) {
  constexpr std::string_view id = "0fa4e000-0000-4000-8000-00000000c001";
  const std::string linked =
      R"({"links":[{"rel":"existing_entity","href":"http://localhost:8412/customervault/v1/profiles/)" +
      std::string{id} + R"("}],"error":{"code":"7505","message":"The merchantCustomerId ..."}})";
  const std::string told =
      R"({"error":{"code":"7505","message":"The merchantCustomerId provided for this profile has )"
      R"(already been used for another profile - )" +
      std::string{id} + R"("}})";
  for (const auto& body : {linked, told}) {
    const auto refused = receive<PaysafePolicy>(409, body);
    BOOST_TEST(summary(refused) == "customer_exists/in_effect/409");
    BOOST_TEST(refused.error().existing_customer_id.view() == id);
    const auto used = receive<PaysafePolicy>(409, body, {}, florin::OnExists::use_existing);
    BOOST_REQUIRE(used);
    BOOST_TEST(used->connector_customer_id.view() == id);
    BOOST_TEST((used->origin == florin::Origin::already_existed));
  }
}

BOOST_AUTO_TEST_CASE(no_other_link_is_taken_for_the_first_profile) {
  const std::string manual =
      R"({"rel":"errorinfo","href":"https://developer.paysafe.com/en/rest-api/vault/)"
      R"(test-and-go-live/vault-errors/#ErrorCode7505"})";
  const auto refused = [&manual](std::string_view text) {
    return receive<PaysafePolicy>(409, R"({"links":[)" + manual +
                                           R"(],"error":{"code":"7505","message":")" +
                                           std::string{text} + R"("}})");
  };
  const auto told = refused(
      "The merchantCustomerId provided for this profile has already been used for another "
      "profile - 0fa4e000-0000-4000-8000-00000000c001");
  BOOST_TEST(summary(told) == "customer_exists/in_effect/409");
  BOOST_TEST(told.error().connector_code == "7505");
  BOOST_TEST(told.error().existing_customer_id.view() == "0fa4e000-0000-4000-8000-00000000c001");
  const auto untold = refused("The merchantCustomerId has already been used");
  BOOST_TEST(summary(untold) == "customer_exists/in_effect/409");
  BOOST_TEST(untold.error().existing_customer_id.empty());
}

BOOST_AUTO_TEST_CASE(is_read_back) {
  using namespace florin;
  BOOST_TEST((ask<PaysafePolicy, Retrieve>("0fa4e000-0000-4000-8000-00000000c001")
                  .has_line("GET /customervault/v1/profiles/0fa4e000-0000-4000-8000-00000000c001 "
                            "HTTP/1.1")));
  BOOST_TEST(shown(read<PaysafePolicy, Retrieve>(
                 "0fa4e000-0000-4000-8000-00000000c001", 200,
                 R"({"id":"0fa4e000-0000-4000-8000-00000000c001","status":"ACTIVE",)"
                 R"("merchantCustomerId":"mc-0001","locale":"en_US","firstName":"Ana",)"
                 R"("lastName":"Example","email":"ana.example@example.com",)"
                 R"("phone":"+14155550100","paymentToken":"PFAKEtoken0001"})")) ==
             "ACTIVE|merchant_customer_id=mc-0001|email=ana.example@example.com|given_name=Ana|"
             "family_name=Example|phone=+14155550100");
  BOOST_TEST(short_verdict(read<PaysafePolicy, Retrieve>(
                 "unknown", 404,
                 R"({"error":{"code":"5269","message":"The id in the URL is not known: x"}})")) ==
             "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(is_changed) {
  using namespace florin;
  const std::string_view id = "0fa4e000-0000-4000-8000-00000000c001";
  const auto profile = [](std::string_view rest) {
    return R"({"id":"0fa4e000-0000-4000-8000-00000000c001","status":"ACTIVE",)"
           R"("merchantCustomerId":"mc-0001","locale":"en_US","firstName":"Ana",)" +
           std::string{rest} + R"("paymentToken":"PFAKEtoken0001"})";
  };
  const auto current = customer_of<PaysafePolicy>(
      id, profile(R"("lastName":"Example","email":"ana.example@example.com",)"));
  const UpdateRequest changes{.name = "Ana Sample"};
  const auto sent = request_of<PaysafePolicy, Update>(change_of(current, changes));
  BOOST_TEST(sent.has_line(
      "PUT /customervault/v1/profiles/0fa4e000-0000-4000-8000-00000000c001 HTTP/1.1"));
  BOOST_TEST(sent.body == R"({"merchantCustomerId":"mc-0001","locale":"en_US","firstName":"Ana",)"
                          R"("lastName":"Sample","email":"ana.example@example.com"})");
  BOOST_TEST(changed_body<PaysafePolicy>(id, changes) == "invalid_options:");
  BOOST_TEST(changed_body<PaysafePolicy>(current, {.name = "Cher"}) ==
             R"({"merchantCustomerId":"mc-0001","locale":"en_US","firstName":"Cher",)"
             R"("email":"ana.example@example.com"})");
  const UpdateRequest clearing{.cleared = {Field::email}};
  BOOST_TEST(changed_body<PaysafePolicy>(current, clearing) ==
             R"({"merchantCustomerId":"mc-0001","locale":"en_US","firstName":"Ana",)"
             R"("lastName":"Example"})");
  BOOST_TEST((answer_to<PaysafePolicy, Update>(change_of(id, changes), 200,
                                               profile(R"("lastName":"Sample",)"))
                  .has_value()));
  BOOST_TEST(
      (answer_to<PaysafePolicy, Update>(change_of(id, clearing), 200, profile("")).has_value()));
  BOOST_TEST(short_verdict(answer_to<PaysafePolicy, Update>(
                 change_of(id, clearing), 200, profile(R"("email":"ana.example@example.com",)"))) ==
             "rejected/in_effect");
  BOOST_TEST(
      short_verdict(answer_to<PaysafePolicy, Update>(
          change_of(id, changes), 400,
          R"({"error":{"code":"5068","message":"A mandatory field is missing or )"
          R"(malformed.","fieldErrors":[{"field":"locale","error":"may not be empty"}]}})")) ==
      "invalid_data/no_effect");
}

BOOST_AUTO_TEST_CASE(is_deleted) {
  using namespace florin;
  const std::string_view id = "0fa4e000-0000-4000-8000-00000000c001";
  BOOST_TEST((ask<PaysafePolicy, Delete>(id).has_line("DELETE /customervault/v1/profiles/" +
                                                      std::string{id} + " HTTP/1.1")));
  BOOST_TEST(removed<PaysafePolicy>(id, 200, "") == "deleted");
  BOOST_TEST(removed<PaysafePolicy>(id, 200, "[]") == "deleted");
  BOOST_TEST(
      removed<PaysafePolicy>(id, 200, "<!DOCTYPE html><html><body>Please wait</body></html>") ==
      "unreadable_reply/unknown");
  BOOST_TEST(
      removed<PaysafePolicy>(
          id, 404,
          R"({"error":{"code":"5269","message":"The id in the URL is not known: unknown"}})") ==
      "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(is_found) {
  using namespace florin;
  BOOST_TEST(by_reference<PaysafePolicy>("mc-0001").has_line(
      "GET /paymenthub/v1/customers?merchantCustomerId=mc-0001 HTTP/1.1"));
  const FindRequest request{.merchant_customer_id = "mc-0001"};
  BOOST_TEST(found<PaysafePolicy>(
                 request, 200,
                 R"({"id":"0fa4e000-0000-4000-8000-00000000c001","status":"ACTIVE",)"
                 R"("merchantCustomerId":"mc-0001","email":"ana.example@example.com"})") ==
             "0fa4e000-0000-4000-8000-00000000c001");
  BOOST_TEST(found<PaysafePolicy>(
                 request, 404, R"({"error":{"code":"5269","message":"Entity not found"}})") == "");
  BOOST_TEST(found<PaysafePolicy>(request, 200, "[]") == "unreadable_reply");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::PaysafePolicy>(florin::testing::paysafe());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::PaysafePolicy>(florin::testing::paysafe());
}

BOOST_AUTO_TEST_CASE(survives_faults) {
  florin_test::survives_faults(trial());
}

BOOST_AUTO_TEST_CASE(is_ensured_once) {
  florin_test::is_ensured_once(trial());
}

BOOST_AUTO_TEST_CASE(lives_under_faults) {
  florin_test::lives_under_faults(trial());
}

BOOST_AUTO_TEST_SUITE_END()

// SPDX-License-Identifier: Apache-2.0
#include <florin/policies/stax.hpp>
#include <florin/testing/processors/stax.hpp>

#include <boost/test/unit_test.hpp>

#include <string>
#include <string_view>

#include "policies/exchange.hpp"
#include "policies/operations.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_stax)

using namespace florin_test;
using florin::StaxPolicy;

static_assert(florin::ConnectorPolicy<StaxPolicy>);
static_assert(!florin::has_idempotency<StaxPolicy>);
static_assert(!florin::carries<StaxPolicy, florin::field::Metadata>);
static_assert(florin::max_length<StaxPolicy, florin::field::Description> == 21844);

BOOST_AUTO_TEST_CASE(sends_what_the_sheet_shows) {
  const auto sent = send<StaxPolicy>(full_request(), {.api_key = "eyFAKE.eyFAKE.FAKESIG"});
  BOOST_TEST(sent.has_line("POST /customer HTTP/1.1"));
  BOOST_TEST(sent.has_line("Authorization: Bearer eyFAKE.eyFAKE.FAKESIG"));
  BOOST_TEST(sent.head.find("Idempotency") == std::string::npos);
  BOOST_TEST(
      sent.body ==
      R"({"firstname":"Ana","lastname":"Example","email":"ana@example.com","phone":"15555550100",)"
      R"("address_1":"1 Example Street","address_2":"Apt 2","address_city":"Springfield",)"
      R"("address_state":"IL","address_zip":"62701","address_country":"USA",)"
      R"("notes":"Example buyer","reference":"m-1001"})");
  BOOST_TEST((sent.dropped == florin::FieldSet{florin::Field::metadata}));
}

BOOST_AUTO_TEST_CASE(refuses_what_would_be_refused) {
  const auto refusal = [](auto change) {
    auto request = full_request();
    change(request);
    return send<StaxPolicy>(request, {.api_key = "k"}).refusal();
  };
  BOOST_TEST(refusal([](auto& r) { r.name = r.email = ""; }) == "missing_field:name");
  BOOST_TEST(refusal([](auto& r) { r.name = ""; }) == "");
  BOOST_TEST(refusal([](auto& r) { r.phone = "(555) 555-010"; }) == "invalid_field:phone");
  BOOST_TEST(refusal([](auto& r) { r.phone = "(555) 555-0100"; }) == "");
  BOOST_TEST(refusal([](auto& r) { r.phone = "5555550100 ext. 7"; }) == "invalid_field:phone");
  BOOST_TEST(refusal([](auto& r) { r.address.state = "Illinois"; }) ==
             "invalid_field:address.state");
  BOOST_TEST(refusal([](auto& r) { r.address.country = "ZZ"; }) == "invalid_field:address.country");
  BOOST_TEST(refusal([](auto& r) { r.address.zip = "12345678901234567"; }) ==
             "invalid_field:address.zip");
}

BOOST_AUTO_TEST_CASE(reads_answers_without_an_envelope) {
  BOOST_TEST(summary(receive<StaxPolicy>(
                 200, R"({"id":"0a1b2c3d-0000-4000-8000-00000000fa4e","firstname":"Ana"})")) ==
             "success:0a1b2c3d-0000-4000-8000-00000000fa4e");
  const auto invalid =
      receive<StaxPolicy>(422, R"({"email":["The email must be a valid email address."]})");
  BOOST_TEST(summary(invalid) == "invalid_data/no_effect/422");
  BOOST_TEST(invalid.error().param == "email");
  BOOST_TEST(invalid.error().connector_message == "The email must be a valid email address.");
  const auto several = receive<StaxPolicy>(422, R"({"firstname":["first"],"lastname":["last"]})");
  BOOST_TEST(several.error().param == "firstname");
  BOOST_TEST(several.error().connector_message == "first");
  const auto role = receive<StaxPolicy>(401, R"(["not team admin"])");
  BOOST_TEST(summary(role) == "unauthorized/no_effect/401");
  BOOST_TEST(role.error().connector_message == "not team admin");
  BOOST_TEST(summary(receive<StaxPolicy>(404, R"({"id":"customer not found"})")) ==
             "not_found/no_effect/404");
  BOOST_TEST(summary(receive<StaxPolicy>(422, "plain text")) == "invalid_data/no_effect/422");
  const auto limited = receive<StaxPolicy>(429, "", {{"Retry-After", "60"}});
  BOOST_TEST(summary(limited) == "rate_limited/no_effect/429");
  BOOST_TEST((limited.error().retry_after == std::chrono::seconds{60}));
}

static_assert(florin::shows_deleted<StaxPolicy>);

BOOST_AUTO_TEST_CASE(is_read_back) {
  using namespace florin;
  const std::string_view id = "0a1b2c3d-0000-4000-8000-00000000fa4e";
  BOOST_TEST(
      (ask<StaxPolicy, Retrieve>(id).has_line("GET /customer/" + std::string{id} + " HTTP/1.1")));
  const std::string record =
      R"({"id":"0a1b2c3d-0000-4000-8000-00000000fa4e","firstname":"Ana","lastname":"Sample",)"
      R"("company":null,"email":"ana@example.com","phone":"15555550100","notes":"Example buyer",)"
      R"("reference":"m-1001","address_1":"1 Example Street","address_country":"USA",)"
      R"("options":null,"created_at":"2026-01-05 08:00:00","deleted_at":)";
  BOOST_TEST(shown(read<StaxPolicy, Retrieve>(id, 200, record + "null}"))
                 .starts_with("ACTIVE|merchant_customer_id=m-1001|email=ana@example.com|"
                              "given_name=Ana|family_name=Sample|phone=15555550100|"
                              "description=Example buyer|address.line1=1 Example Street|"
                              "address.country=US"));
  BOOST_TEST(shown(read<StaxPolicy, Retrieve>(id, 200, record + R"("2026-01-06 08:00:00"})"))
                 .starts_with("DELETED"));
  BOOST_TEST(short_verdict(read<StaxPolicy, Retrieve>(id, 404, R"({"id":"customer not found"})")) ==
             "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(an_empty_text_is_absent) {
  const auto customer = customer_of<StaxPolicy>(
      "0a1b2c3d-0000-4000-8000-00000000fa4e",
      R"({"id":"0a1b2c3d-0000-4000-8000-00000000fa4e","firstname":"Ana","lastname":"",)"
      R"("company":null,"email":"ana@example.com","phone":"","address_1":"","address_2":"",)"
      R"("address_city":"","address_country":"","notes":"","reference":"","deleted_at":null})");
  BOOST_TEST(shown(customer) == "ACTIVE|email=ana@example.com|given_name=Ana");
}

BOOST_AUTO_TEST_CASE(is_changed) {
  using namespace florin;
  const std::string_view id = "0a1b2c3d-0000-4000-8000-00000000fa4e";
  const auto current = customer_of<StaxPolicy>(
      id, R"({"id":"0a1b2c3d-0000-4000-8000-00000000fa4e","firstname":"Ana","lastname":"Example",)"
          R"("email":"ana@example.com","reference":"m-1001","deleted_at":null})");
  const UpdateRequest changes{.name = "Ana Sample"};
  const auto sent = request_of<StaxPolicy, Update>(change_of(current, changes));
  BOOST_TEST(sent.has_line("PUT /customer/0a1b2c3d-0000-4000-8000-00000000fa4e HTTP/1.1"));
  BOOST_TEST(sent.body == R"({"firstname":"Ana","lastname":"Sample","email":"ana@example.com",)"
                          R"("reference":"m-1001"})");
  const auto full = customer_of<StaxPolicy>(
      id,
      R"({"id":"0a1b2c3d-0000-4000-8000-00000000fa4e","firstname":"Ana","lastname":null,)"
      R"("company":null,"email":"ana@example.com","phone":"+1 555 x5","notes":"Example buyer",)"
      R"("address_1":"1 Example Street","address_state":"Illinois","address_country":"Nowhere",)"
      R"("reference":"m-1001","deleted_at":null})");
  // What does not change goes out as it came.
  BOOST_TEST(changed_body<StaxPolicy>(full, {.address = {.city = "Chicago"}}) ==
             R"({"firstname":"Ana","email":"ana@example.com","phone":"+1 555 x5",)"
             R"("address_1":"1 Example Street","address_city":"Chicago",)"
             R"("address_state":"Illinois","address_country":"Nowhere","notes":"Example buyer",)"
             R"("reference":"m-1001"})");
  BOOST_TEST(changed_body<StaxPolicy>(id, changes) == "invalid_options:");
  BOOST_TEST(changed_body<StaxPolicy>(id, {.description = "D"}) == "invalid_options:");
  BOOST_TEST(changed_body<StaxPolicy>(full, {.cleared = {Field::phone}}) == "invalid_field:phone");
  BOOST_TEST(changed_body<StaxPolicy>(full, {.address = {.state = "Illinois"}}) ==
             "invalid_field:address.state");
  const auto answer = answer_to<StaxPolicy, Update>(
      change_of(id, changes), 200,
      R"({"id":"0a1b2c3d-0000-4000-8000-00000000fa4e","firstname":"Ana","lastname":"Sample",)"
      R"("company":null,"email":"ana@example.com","phone":"15555550100","notes":"Example buyer",)"
      R"("reference":"m-1001","options":null,"created_at":"2026-01-05 08:00:00",)"
      R"("updated_at":"2026-01-05 09:00:00","deleted_at":null})");
  BOOST_TEST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->family_name().value_or("-") == "Sample");
  BOOST_TEST(short_verdict(answer_to<StaxPolicy, Update>(change_of(id, changes), 422,
                                                         R"({"id":"customer not found"})")) ==
             "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(is_deleted) {
  using namespace florin;
  const std::string_view id = "0a1b2c3d-0000-4000-8000-00000000fa4e";
  BOOST_TEST(
      (ask<StaxPolicy, Delete>(id).has_line("DELETE /customer/" + std::string{id} + " HTTP/1.1")));
  const std::string record =
      R"({"id":"0a1b2c3d-0000-4000-8000-00000000fa4e","firstname":"Ana","reference":"m-1001",)"
      R"("created_at":"2026-01-05 08:00:00","deleted_at":)";
  BOOST_TEST(removed<StaxPolicy>(id, 200, record + R"("2026-01-06 08:00:00"})") == "deleted");
  BOOST_TEST(removed<StaxPolicy>(id, 200, record + "null}") == "rejected/unknown");
  BOOST_TEST(removed<StaxPolicy>(id, 422, R"({"id":"customer not found"})") ==
             "not_found/no_effect");
  BOOST_TEST(removed<StaxPolicy>(id, 404, R"({"id":"customer not found"})") ==
             "not_found/no_effect");
}

BOOST_AUTO_TEST_CASE(is_found) {
  using namespace florin;
  constexpr FindRequest ana{.email = "ana@example.com"};
  constexpr FindRequest reference{.merchant_customer_id = "m-1001"};
  BOOST_TEST(by_reference<StaxPolicy>("m-1001").has_line(
      "GET /customer?reference=m-1001&page=1&per_page=50 HTTP/1.1"));
  BOOST_TEST(by_email<StaxPolicy>("ana@example.com", "2")
                 .has_line("GET /customer?email=ana%40example.com&page=2&per_page=50 HTTP/1.1"));
  const auto page = [](std::string_view next) {
    return R"({"total":1,"per_page":50,"current_page":1,"last_page":1,"next_page_url":)" +
           std::string{next} +
           R"(,"data":[{"id":"0a1b2c3d-0000-4000-8000-00000000fa4e","firstname":"Ana",)"
           R"("email":"ana@example.com","reference":"m-1001","deleted_at":null},)"
           R"({"id":"0a1b2c3d-0000-4000-8000-00000000fa4f","reference":"m-1001",)"
           R"("deleted_at":"2026-01-06 08:00:00"}]})";
  };
  BOOST_TEST(found<StaxPolicy>(reference, 200, page("null")) ==
             "0a1b2c3d-0000-4000-8000-00000000fa4e");
  BOOST_TEST(found<StaxPolicy>(ana, 200, page(R"("https://evil.example/?page=2")")) ==
             "0a1b2c3d-0000-4000-8000-00000000fa4e");
}

BOOST_AUTO_TEST_CASE(pages_are_counted_without_a_link) {
  using namespace florin;
  constexpr std::string_view id = "0a1b2c3d-0000-4000-8000-00000000fa4e";
  const auto list = [](std::string_view current, std::string_view link) {
    return R"({"total":101,"per_page":50,"current_page":)" + std::string{current} +
           R"(,"last_page":3,)" + std::string{link} +
           R"("prev_page_url":null,"from":1,"to":50,)"
           R"("data":[{"id":"0a1b2c3d-0000-4000-8000-00000000fa4e","firstname":"Ana",)"
           R"("lastname":"Example","email":"ana@example.com","reference":"m-1001",)"
           R"("deleted_at":null}]})";
  };
  for (const char* const link : {R"("next_page_url":null,)", ""}) {
    for (const FindRequest& first :
         {FindRequest{.email = "ana@example.com"}, FindRequest{.merchant_customer_id = "m-1001"}})
      BOOST_TEST(found<StaxPolicy>(first, 200, list("1", link)) == std::string{id} + ">2");
    BOOST_TEST(found<StaxPolicy>({.email = "ana@example.com", .page = "2"}, 200, list("2", link)) ==
               std::string{id} + ">3");
    BOOST_TEST(found<StaxPolicy>({.email = "ana@example.com", .page = "3"}, 200, list("3", link)) ==
               id);
  }
  BOOST_TEST(found<StaxPolicy>({.email = "ana@example.com"}, 200,
                               R"({"total":0,"per_page":50,"current_page":1,"last_page":1,)"
                               R"("next_page_url":null,"prev_page_url":null,"from":null,)"
                               R"("to":null,"data":[]})") == "");
}

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<florin::StaxPolicy>(florin::testing::stax());
}

}  // namespace

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<florin::StaxPolicy>(florin::testing::stax(),
                                            florin::FieldSet{florin::Field::email});
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

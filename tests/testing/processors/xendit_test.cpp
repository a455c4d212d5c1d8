// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/xendit.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_xendit)

namespace {

using namespace florin_test;
using std::string;

const string customers = "/customers";
const string missing = "/customers/cust-00000000-0000-4000-8000-000000000000";
const string ana = R"({"reference_id":"mc-0001","type":"INDIVIDUAL",)"
                   R"("individual_detail":{"given_names":"Ana","surname":"Example"},)"
                   R"("email":"ana.example@example.com","mobile_number":"+14155550100",)"
                   R"("addresses":[{"street_line1":"1 Test Street","city":"Jakarta",)"
                   R"("province_state":"DKI Jakarta","postal_code":"12160","country":"ID"}],)"
                   R"("description":"Test customer","metadata":{"tier":"gold"}})";

struct Client : JsonClient {
  explicit Client(bool replays = true, bool missing_is_400 = false)
      : JsonClient(florin::testing::xendit(replays, missing_is_400),
                   {{"Authorization", "Basic eG5kX2RldmVsb3BtZW50X0ZBS0VLRVkwMDAxOg=="},
                    {"api-version", "2020-10-31"}}) {}
};

/// The status and the code.
string error(const RawAnswer& answer) {
  return std::to_string(answer.status) + ' ' + answer.text("/error_code");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_customer_is_created_read_and_found) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  BOOST_TEST(made.status == 200);
  const string id = made.text("/id");
  BOOST_TEST(id.starts_with("cust-"));
  BOOST_TEST(id.size() == 41u);
  BOOST_TEST(same_json(
      made.message.body(),
      R"({"id":")" + id +
          R"(","reference_id":"mc-0001","type":"INDIVIDUAL","individual_detail":{)"
          R"("given_names":"Ana","surname":"Example","nationality":null,"place_of_birth":null,)"
          R"("date_of_birth":null,"gender":null,"employment":null},"business_detail":null,)"
          R"("email":"ana.example@example.com","mobile_number":"+14155550100",)"
          R"("phone_number":null,"hashed_phone_number":null,"addresses":[{)"
          R"("street_line1":"1 Test Street","street_line2":null,"city":"Jakarta",)"
          R"("province_state":"DKI Jakarta","postal_code":"12160","country":"ID",)"
          R"("category":null,"is_primary":null}],"identity_accounts":[],"kyc_documents":[],)"
          R"("description":"Test customer","metadata":{"tier":"gold"},"created":")" +
          made.text("/created") + R"(","updated":")" + made.text("/updated") + R"("})"));
  BOOST_TEST(client.sandbox.count("mc-0001") == 1u);
  BOOST_TEST(client.get(customers + '/' + id).message.body() == made.message.body());
  BOOST_TEST(client.get(customers + "?reference_id=mc-0001").message.body() ==
             R"({"data":[)" + made.message.body() + R"(],"has_more":false})");
  BOOST_TEST(client.get(customers + "?reference_id=mc-9999").message.body() ==
             R"({"data":[],"has_more":false})");
  const RawAnswer least = client.post(
      customers,
      R"({"reference_id":"mc-2","type":"INDIVIDUAL","individual_detail":{"given_names":"Bo"}})");
  BOOST_TEST(least.text("/addresses") == "[]");
  BOOST_TEST(least.text("/metadata") == "null");
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  const auto refused = [&](const string& body) {
    const RawAnswer answer = client.post(customers, body);
    return error(answer) + ' ' + answer.text("/errors/0");
  };
  const string invalid = "400 API_VALIDATION_ERROR ";
  BOOST_TEST(client.post(customers, with(ana, R"("reference_id":"mc-0001",)", "")).message.body() ==
             R"({"error_code":"API_VALIDATION_ERROR",)"
             R"("message":"There was an error with the format submitted to the server.",)"
             R"("errors":["reference_id is required"]})");
  BOOST_TEST(refused(with(ana, R"("given_names":"Ana",)", "")) ==
             invalid + "individual_detail.given_names is required");
  BOOST_TEST(refused(with(ana, "INDIVIDUAL", "BUSINESS")) ==
             invalid + "business_detail.business_name is required");
  BOOST_TEST(refused(R"({"reference_id":"m","type":"INDIVIDUAL"})") ==
             invalid + "individual_detail.given_names is required");
  BOOST_TEST(refused(with(ana, "ana.example@", string(40, 'x') + '@')) ==
             invalid + "email is too long");
  BOOST_TEST(refused(with(ana, "ana.example@", "ana.example")) == invalid + "email is not valid");
  BOOST_TEST(refused(with(ana, R"(,"country":"ID")", "")) ==
             invalid + "addresses[0].country is required");
  BOOST_TEST(refused(with(ana, "Test customer", "T")) == invalid + "description is not valid");
  BOOST_TEST(refused(R"({"customer":{"reference_id":"m"}})") ==
             invalid + "customer.reference_id is not allowed");
  BOOST_TEST(client.post(customers, ana, {{"api-version", "2020-05-19"}}).status == 400);
  BOOST_TEST(client.post_without("api-version", customers, ana).status == 400);
  BOOST_TEST(error(client.post_without("Authorization", customers, ana)) == "401 INVALID_API_KEY");
  const Headers reader{{"Authorization", "Basic eG5kX2RldmVsb3BtZW50X0ZBS0VLRVkwMDAyOg=="}};
  BOOST_TEST(error(client.post(customers, ana, reader)) == "403 REQUEST_FORBIDDEN_ERROR");
  BOOST_TEST(client.get(missing).status == 404);
  BOOST_TEST(client.get(missing).message.body() ==
             R"({"error_code":"DATA_NOT_FOUND","message":"Customer was not found"})");
  BOOST_TEST(error(client.get(customers)) == "400 API_VALIDATION_ERROR");
  client.sandbox.fault({.kind = florin::testing::Fault::Kind::rate_limited});
  BOOST_TEST(error(client.post(customers, ana)) == "429 RATE_LIMIT_EXCEEDED");
  BOOST_TEST(client.sandbox.count() == 0u);
}

BOOST_AUTO_TEST_CASE(a_reference_is_taken_once_and_a_key_repeats) {
  Client client;
  const Headers key{{"idempotency-key", "k-1"}};
  const RawAnswer first = client.post(customers, ana, key);
  BOOST_TEST(client.post(customers, ana, key).message.body() == first.message.body());
  const RawAnswer taken = client.post(customers, ana);
  BOOST_TEST(taken.status == 400);
  BOOST_TEST(taken.message.body() ==
             R"({"error_code":"DUPLICATE_END_CUSTOMER_ERROR",)"
             R"("message":"Customer with this reference_id already exists"})");
  BOOST_TEST(error(client.post(customers, with(ana, "mc-0001", "mc-2"), key)) ==
             "409 IDEMPOTENCY_ERROR");
  BOOST_TEST(client.post(customers, ana, {{"idempotency-key", string(101, 'k')}}).status == 400);
  BOOST_TEST(client.post(customers, ana, {{"for-user-id", "FAKEUSER"}}).status == 200);
  BOOST_TEST(client.sandbox.count() == 2u);
  Client strict(false);
  strict.post(customers, ana, key);
  BOOST_TEST(error(strict.post(customers, ana, key)) == "409 DUPLICATE_ERROR");
}

BOOST_AUTO_TEST_CASE(an_update_replaces_what_it_sends) {
  Client client;
  const RawAnswer made = client.post(customers, ana);
  const string path = customers + '/' + made.text("/id");
  const RawAnswer changed = client.patch(
      path, R"({"email":"ana.new@example.com","description":null,"metadata":{"plan":"b"}})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/email") == "ana.new@example.com");
  BOOST_TEST(changed.text("/description") == "null");
  BOOST_TEST(changed.text("/metadata") == R"({"plan":"b"})");
  for (const string kept :
       {"/id", "/created", "/reference_id", "/individual_detail", "/mobile_number", "/addresses"})
    BOOST_TEST(changed.text(kept) == made.text(kept), kept);
  const RawAnswer moved = client.patch(
      path,
      R"({"individual_detail":{"given_names":"Eva"},"addresses":[{"city":"B","country":"DE"}]})");
  BOOST_TEST(moved.text("/individual_detail/surname") == "null");
  BOOST_TEST(moved.text("/addresses/0/street_line1") == "null");
  BOOST_TEST(client.patch(path, R"({"addresses":null,"metadata":null})").text("/addresses") ==
             "[]");
  for (const string fixed : {R"({"reference_id":"mc-2"})", R"({"type":"BUSINESS"})",
                             R"({"individual_detail":{"surname":"x"}})", R"({"email":""})"})
    BOOST_TEST(error(client.patch(path, fixed)) == "400 API_VALIDATION_ERROR", fixed);
  BOOST_TEST(error(client.patch(missing, R"({"email":"a@b.c"})")) == "404 DATA_NOT_FOUND");
  BOOST_TEST(client.remove(path).status == 404);
}

BOOST_AUTO_TEST_CASE(who_is_missing_can_be_told_with_400) {
  Client client(true, true);
  const string none = "400 END_CUSTOMER_NOT_FOUND_ERROR";
  BOOST_TEST(error(client.get(missing)) == none);
  BOOST_TEST(error(client.patch(missing, R"({"email":"a@b.c"})")) == none);
  BOOST_TEST(error(client.get(customers + "?reference_id=mc-0001")) == none);
  const RawAnswer made = client.post(customers, ana);
  BOOST_TEST(client.get(customers + "?reference_id=mc-0001").message.body() ==
             R"({"data":[)" + made.message.body() + R"(],"has_more":false})");
}

BOOST_AUTO_TEST_SUITE_END()

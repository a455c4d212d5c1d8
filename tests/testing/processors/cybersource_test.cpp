// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/cybersource.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <string>
#include <utility>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_cybersource)

namespace {

using namespace florin_test;
using florin::testing::Fault;
using std::string;

const string customers = "/tms/v2/customers";
const string host = "apitest.cybersource.com";
const string date = "Tue, 06 Jan 2026 09:00:00 GMT";
constexpr std::int64_t then = 1767690000;
const string key_id = "00000000-fake-4000-8000-000000000001";
const string ana =
    R"({"objectInformation":{"title":"Ana Example","comment":"Example buyer"},)"
    R"("buyerInformation":{"merchantCustomerID":"m-1001","email":"ana@example.com"},)"
    R"("clientReferenceInformation":{"code":"ref-0001"},)"
    R"("merchantDefinedInformation":[{"name":"data1","value":"gold"}]})";
const string vector_body =
    R"({"buyerInformation":{"merchantCustomerID":"m-1001","email":"ana@example.com"},)"
    R"("clientReferenceInformation":{"code":"ref-0001"}})";
const string deleted = R"({"errors":[{"type":"notAvailable","message":"Token not available."}]})";
const string unknown = R"({"errors":[{"type":"notFound","message":"Token not found"}]})";

Headers signed_with(const string& signature, const string& digest = {}, const string& key = key_id,
                    const string& when = date) {
  Headers headers{{"Host", host},
                  {"Date", when},
                  {"v-c-merchant-id", "fakemerchant"},
                  {"Signature", "keyid=\"" + key +
                                    "\", algorithm=\"HmacSHA256\", headers=\"host date "
                                    "request-target " +
                                    (digest.empty() ? "" : "digest ") +
                                    "v-c-merchant-id\", signature=\"" + signature + '"'}};
  if (!digest.empty()) headers.emplace_back("Digest", "SHA-256=" + digest);
  return headers;
}

/// What the sandbox itself takes for the right signature; `signatures` shows that it is.
Headers signed_request(const string& method, const string& target, const string& body,
                       const string& key = key_id,
                       const string& secret = "fake-secret-for-test-vectors-001",
                       const string& when = date) {
  namespace detail = florin::testing::detail;
  florin::testing::ReceivedRequest request;
  request.method = method;
  request.target = target;
  request.body = body;
  return signed_with(
      detail::cybersource_signature({"fakemerchant", key, secret}, request, host, when),
      body.empty() ? "" : detail::cybersource_digest(body), key, when);
}

struct Client : JsonClient {
  explicit Client(bool merges = false)
      : JsonClient(florin::testing::cybersource(merges, [] { return then; }), {}) {}

  RawAnswer send(const string& method, const string& target, const string& body = {}) {
    return call(http::string_to_verb(method), target, body, signed_request(method, target, body));
  }
  string create(const string& body = ana) { return send("POST", customers, body).text("/id"); }
};

void answered(const RawAnswer& answer, int status, const string& body) {
  BOOST_TEST(answer.status == status);
  BOOST_TEST(same_json(answer.message.body(), body), answer.message.body());
}

string error(const string& type, const string& message, const string& name,
             const string& location) {
  return R"({"errors":[{"type":")" + type + R"(","message":")" + message +
         R"(","details":[{"name":")" + name + R"(","location":")" + location + R"("}]}]})";
}

}  // namespace

BOOST_AUTO_TEST_CASE(signatures_by_headers_are_the_documented_ones) {
  Client client;
  BOOST_TEST(vector_body.size() == 127u);
  const string digest = "zcD19qo7FfuIKORFlkKpuyLfByrh/QgGItRbO70sFOw=";
  const string right = "u8X56c4UBm79K1DhwIavHMWvXe6ZqC2pOJ6O5JZMv30=";
  BOOST_TEST(client.post(customers, vector_body, signed_with(right, digest)).status == 201);
  for (const string wrong : {"7OZ2/nRrssjZAf4muacSzzD6AYZ6hEDQf+HmjrwYdNk=",
                             "AV0eDho+02NFSpDmjiejlFn7xPSBH2hcygEqWH6kqWY="})
    BOOST_TEST(client.post(customers, vector_body, signed_with(wrong, digest)).status == 401);
  BOOST_TEST(client.post(customers, vector_body, signed_with(right)).status == 401);
  BOOST_TEST(client.post(customers, vector_body + " ", signed_with(right, digest)).status == 401);
  const string path = customers + "/FAKE0000000000000000000000000001";
  answered(client.get(path, signed_with("Mer1yzmvq1+iweo9/pUQvn8mba5YNjsn+LDgscsHHO0=")), 404,
           unknown);
  const string utf8 = "{\"buyerInformation\":{\"merchantCustomerID\":\"\xC3\x81na\"}}";
  BOOST_TEST(utf8.size() == 50u);
  BOOST_TEST(client
                 .post(customers, utf8,
                       signed_with("2/y+rQ2PMx43tUQH0HMLqro582bRDNWehOTnvbs+cn8=",
                                   "dijbTtWp7kg8enELL5vq09KpORgYzMWicLmnVM3kcLw="))
                 .status == 201);
  const string patch = R"({"buyerInformation":{"email":"ana.new@example.com"}})";
  BOOST_TEST(patch.size() == 52u);
  BOOST_TEST(client
                 .patch(path, patch,
                        signed_with("YOSzoZRANrylJRgwX1bJuM2q2Cx0QleOvV1/LpWhUtE=",
                                    "9+mtkZTCcdWt68B1imwwnrXUZek4nVHLHlL0m+6gZpA="))
                 .status == 404);
  BOOST_TEST(
      client.remove(path, signed_with("hEfm6recxj2nITGx3kb6EbahInFKTEGD+ke8k9fEDco=")).status ==
      404);
  for (const auto& [when, status] : {std::pair<string, int>{"Tue, 06 Jan 2026 08:55:00 GMT", 404},
                                     {"Tue, 06 Jan 2026 08:54:59 GMT", 401},
                                     {"Tue, 06 Jan 2026 09:00:01 GMT", 401},
                                     {"Wed, 06 Jan 2026 09:00:00 GMT", 401}})
    BOOST_TEST(client.get(path, signed_request("GET", path, "", key_id,
                                               "fake-secret-for-test-vectors-001", when))
                       .status == status,
               when);
}

BOOST_AUTO_TEST_CASE(the_token_is_the_documented_one) {
  const string token =
      "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAwMDAwMDAwLWZha2UtNDAwMC04MDAwLTAwMDAwMDAwMDAwMSIsInR5cCI6Ikp"
      "XVCJ9."
      "eyJkaWdlc3QiOiJ6Y0QxOXFvN0ZmdUlLT1JGbGtLcHV5TGZCeXJoL1FnR0l0UmJPNzBzRk93PSIsImRpZ2VzdEFsZ29"
      "yaXRobSI6IlNIQS0yNTYiLCJleHAiOjE3Njc2OTAxMjAsImlhdCI6MTc2NzY5MDAwMCwiaXNzIjoiZmFrZW1lcmNoYW"
      "50IiwianRpIjoiMTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1NTU1NTU1NTU1IiwicmVxdWVzdC1ob3N0IjoiYXBpd"
      "GVzdC5jeWJlcnNvdXJjZS5jb20iLCJyZXF1ZXN0LW1ldGhvZCI6IlBPU1QiLCJyZXF1ZXN0LXJlc291cmNlLXBhdGgi"
      "OiIvdG1zL3YyL2N1c3RvbWVycyIsInYtYy1qd3QtdmVyc2lvbiI6IjIiLCJ2LWMtbWVyY2hhbnQtaWQiOiJmYWtlbWV"
      "yY2hhbnQifQ."
      "T4UKqs0XbmUis5Jq99jxsOKbq6U-4fkfr0zq38Gh-PQ";
  Client client;
  const auto status = [&](const string& body, const string& shown, const string& name = host,
                          const string& path = customers) {
    return client.post(path, body, {{"Authorization", "Bearer " + shown}, {"Host", name}}).status;
  };
  BOOST_TEST(status(vector_body, token) == 201);
  BOOST_TEST(status(vector_body, token, host + ":443") == 201);
  BOOST_TEST(status(vector_body, token, "api.cybersource.com") == 401);
  BOOST_TEST(status(vector_body + " ", token) == 401);
  BOOST_TEST(status("", token) == 401);
  BOOST_TEST(status(vector_body, token, host, customers + "/FAKE/shipping-addresses") == 401);
  BOOST_TEST(status(vector_body, token.substr(0, token.size() - 1)) == 401);
  BOOST_TEST(status(vector_body, "a.b.c") == 401);
  BOOST_TEST(status(vector_body, "") == 401);
  for (const std::int64_t now : {then - 1, then + 120}) {
    JsonClient late(florin::testing::cybersource(false, [now] { return now; }),
                    {{"Authorization", "Bearer " + token}, {"Host", host}});
    BOOST_TEST(late.post(customers, vector_body).status == 401);
  }
}

BOOST_AUTO_TEST_CASE(a_customer_is_created_and_read) {
  Client client;
  const RawAnswer made = client.send("POST", customers, ana);
  BOOST_TEST(made.status == 201);
  const string id = made.text("/id");
  BOOST_TEST(id.size() == 32u);
  const string self = customers + '/' + id;
  BOOST_TEST(made.header("v-c-correlation-id").size() == 36u);
  BOOST_TEST(
      same_json(made.message.body(),
                R"({"_links":{"self":{"href":")" + self + R"("},"paymentInstruments":{"href":")" +
                    self + R"(/payment-instruments"},"shippingAddress":{"href":")" + self +
                    R"(/shipping-addresses"}},"id":")" + id + R"(",)" +
                    ana.substr(1, ana.size() - 2) + R"(,"metadata":{"creator":"fakemerchant"}})"),
      made.message.body());
  BOOST_TEST(client.sandbox.count("m-1001") == 1u);
  BOOST_TEST(client.send("GET", self).message.body() == made.message.body());
  BOOST_TEST(client.create() != id);
  const RawAnswer misspelt =
      client.send("POST", customers, R"({"buyerInformation":{"merchantCustomerId":"m-1"}})");
  BOOST_TEST(misspelt.status == 201);
  BOOST_TEST(misspelt.text("/buyerInformation") == "(absent)");
  BOOST_TEST(client.send("POST", customers, "{}").status == 201);
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  const auto refused = [&](const string& body, const string& answer) {
    answered(client.send("POST", customers, body), 400, answer);
  };
  const string message = "Invalid field(s) in request";
  refused(R"({"buyerInformation":{"email":"ana"}})",
          error("invalidFields", message, "email", "buyerInformation"));
  refused(R"({"buyerInformation":{"email":""}})",
          error("invalidFields", message, "email", "buyerInformation"));
  refused(R"({"merchantDefinedInformation":[{"name":"data5","value":"gold"}]})",
          error("invalidFields", message, "data5", "merchantDefinedInformation"));
  refused(R"({"objectInformation":{"name":"Ana"}})",
          error("invalidFields", message, "name", "objectInformation"));
  refused("{",
          R"({"errors":[{"type":"invalidFields","message":"The body is not a JSON object"}]})");
  const string no_auth = R"({"response":{"rmsg":"Authentication Failed"}})";
  answered(client.post(customers, ana), 401, no_auth);
  const string reader = "00000000-fake-4000-8000-000000000002";
  answered(client.post(
               customers, ana,
               signed_request("POST", customers, ana, reader, "fake-secret-for-test-vectors-002")),
           403, R"({"errors":[{"type":"forbidden","message":"Request not permitted"}]})");
  answered(client.post(customers, ana, signed_request("POST", customers, ana, reader)), 401,
           no_auth);
  BOOST_TEST(client.send("GET", customers).status == 404);
  BOOST_TEST(client.sandbox.count() == 0u);
  client.sandbox.fault({.kind = Fault::Kind::rate_limited});
  BOOST_TEST(client.send("POST", customers, ana).status == 429);
  client.sandbox.fault({.kind = Fault::Kind::server_error});
  answered(client.send("POST", customers, ana), 500,
           R"({"errors":[{"type":"internalError","message":"Internal error"}]})");
}

BOOST_AUTO_TEST_CASE(an_update_is_partial) {
  Client client;
  const string path = customers + '/' + client.create();
  const RawAnswer changed =
      client.send("PATCH", path, R"({"buyerInformation":{"email":"ana.new@example.com"}})");
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(changed.text("/buyerInformation/email") == "ana.new@example.com");
  BOOST_TEST(changed.text("/buyerInformation/merchantCustomerID") == "m-1001");
  BOOST_TEST(changed.text("/objectInformation/title") == "Ana Example");
  const string data = R"({"merchantDefinedInformation":[{"name":"sensitive4","value":"x"}]})";
  BOOST_TEST(client.send("PATCH", path, data).text("/merchantDefinedInformation") ==
             R"([{"name":"sensitive4","value":"x"}])");
  BOOST_TEST(client.send("PATCH", path, R"({"objectInformation":{"title":""}})").status == 400);
  BOOST_TEST(client.send("PATCH", path, R"({"objectInformation":{"title":null}})").status == 400);
  answered(client.send("PATCH", customers + "/FAKE0000000000000000000000000001", "{}"), 404,
           unknown);

  Client merging(true);
  BOOST_TEST(merging.send("PATCH", customers + '/' + merging.create(), data)
                 .text("/merchantDefinedInformation") ==
             R"([{"name":"data1","value":"gold"},{"name":"sensitive4","value":"x"}])");
}

BOOST_AUTO_TEST_CASE(an_address_is_added) {
  Client client;
  const string path = customers + '/' + client.create();
  const string added = path + "/shipping-addresses";
  BOOST_TEST(client.send("GET", path).text("/_embedded") == "(absent)");
  client.send("POST", added, R"({"default":true,"shipTo":{"address2":"Apt 2"}})");
  const string ship_to =
      R"({"firstName":"Ana","lastName":"Example","address1":"1 Example Street",)"
      R"("locality":"Springfield","administrativeArea":"IL","postalCode":"62701","country":"US",)"
      R"("email":"ana@example.com","phoneNumber":"15555550100"})";
  const RawAnswer made = client.send("POST", added, R"({"default":true,"shipTo":)" + ship_to + "}");
  BOOST_TEST(made.status == 201);
  const string id = made.text("/id");
  BOOST_TEST(id.size() == 32u);
  BOOST_TEST(same_json(made.text("/shipTo"), ship_to));
  const RawAnswer read = client.send("GET", path);
  BOOST_TEST(read.text("/defaultShippingAddress/id") == id);
  BOOST_TEST(same_json(read.text("/_embedded/defaultShippingAddress"),
                       R"({"id":")" + id + R"(","default":true,"shipTo":)" + ship_to + "}"));
  BOOST_TEST(client.send("POST", added, R"({"default":false})").status == 400);
  BOOST_TEST(client.send("POST", added, R"({"default":true,"shipTo":{"country":"USA"}})").status ==
             400);
}

BOOST_AUTO_TEST_CASE(a_deleted_customer_is_gone) {
  Client client;
  const string path = customers + '/' + client.create();
  const RawAnswer removed = client.send("DELETE", path);
  BOOST_TEST(removed.status == 204);
  BOOST_TEST(removed.message.body() == "");
  answered(client.send("GET", path), 410, deleted);
  answered(client.send("DELETE", path), 410, deleted);
  answered(client.send("PATCH", path, "{}"), 410, deleted);
  answered(client.send("DELETE", customers + "/FAKE0000000000000000000000000001"), 404, unknown);
}

BOOST_AUTO_TEST_SUITE_END()

// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/authorizedotnet.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_authorizedotnet)

namespace {

using namespace florin_test;
using std::string;

const string login =
    R"("merchantAuthentication":{"name":"FAKE_LOGIN","transactionKey":"FAKE_TXN_KEY"})";
const string ana = R"({"createCustomerProfileRequest":{)" + login +
                   R"(,"refId":"ref-0001","profile":{"merchantCustomerId":"m-1001",)"
                   R"("description":"Example buyer","email":"ana@example.com","shipToList":[{)"
                   R"("firstName":"Ana","lastName":"Example","address":"1 Example Street, Apt 2",)"
                   R"("city":"Springfield","state":"IL","zip":"62701","country":"US",)"
                   R"("phoneNumber":"555-555-0100"}]}}})";

struct Client : JsonClient {
  Client() : JsonClient(florin::testing::authorizedotnet(), {}) {}

  /// The answer without its byte order mark.
  RawAnswer send(const string& body, const Headers& headers = {}) {
    RawAnswer answer = post("/xml/v1/request.api", body, headers);
    BOOST_TEST(answer.status == 200);
    BOOST_TEST(answer.message.body().starts_with("\xEF\xBB\xBF{"));
    answer.message.body().erase(0, 3);
    return answer;
  }
  string code(const string& body, const Headers& headers = {}) {
    return send(body, headers).text("/messages/message/0/code");
  }
};

string operation(const string& name, const string& members) {
  return "{\"" + name + "\":{" + login + members + "}}";
}

string profile(const string& members) {
  return operation("createCustomerProfileRequest", ",\"profile\":{" + members + "}");
}

string error(const string& code, const string& text) {
  return R"({"messages":{"resultCode":"Error","message":[{"code":")" + code + R"(","text":")" +
         text + R"("}]}})";
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_profile_is_created_read_and_removed) {
  Client client;
  const RawAnswer made = client.send(ana);
  const string id = made.text("/customerProfileId");
  BOOST_TEST(id.size() == 9u);
  BOOST_TEST(id.find_first_not_of("0123456789") == string::npos);
  BOOST_TEST(
      same_json(made.message.body(),
                R"({"customerProfileId":")" + id +
                    R"(","customerPaymentProfileIdList":[],"customerShippingAddressIdList":[")" +
                    made.text("/customerShippingAddressIdList/0") +
                    R"("],"validationDirectResponseList":[],"refId":"ref-0001","messages":)"
                    R"({"resultCode":"Ok","message":[{"code":"I00001","text":"Successful."}]}})"));
  BOOST_TEST(client.sandbox.count("m-1001") == 1u);
  const string root = "createCustomerProfileRequest.";
  const string entry = root + "profile.shipToList[0].";
  BOOST_TEST(
      (client.stored() == Fields{{root + "merchantAuthentication.name", "FAKE_LOGIN"},
                                 {root + "merchantAuthentication.transactionKey", "FAKE_TXN_KEY"},
                                 {root + "refId", "ref-0001"},
                                 {root + "profile.merchantCustomerId", "m-1001"},
                                 {root + "profile.description", "Example buyer"},
                                 {root + "profile.email", "ana@example.com"},
                                 {entry + "firstName", "Ana"},
                                 {entry + "lastName", "Example"},
                                 {entry + "address", "1 Example Street, Apt 2"},
                                 {entry + "city", "Springfield"},
                                 {entry + "state", "IL"},
                                 {entry + "zip", "62701"},
                                 {entry + "country", "US"},
                                 {entry + "phoneNumber", "555-555-0100"}}));

  const string which = R"(,"customerProfileId":")" + id + '"';
  const string get = operation("getCustomerProfileRequest", which);
  const RawAnswer read = client.send(get);
  BOOST_TEST(read.text("/profile/email") == "ana@example.com");
  BOOST_TEST(read.text("/profile/shipToList/0/city") == "Springfield");
  BOOST_TEST(read.text("/profile/shipToList/0/customerAddressId") ==
             made.text("/customerShippingAddressIdList/0"));
  BOOST_TEST(read.text("/profile/shipToList/1") == "(absent)");
  const RawAnswer removed =
      client.send(operation("deleteCustomerProfileRequest", R"(,"refId":"r-2")" + which));
  BOOST_TEST(same_json(removed.message.body(),
                       R"({"refId":"r-2","messages":{"resultCode":"Ok","message":)"
                       R"([{"code":"I00001","text":"Successful."}]}})"));
  BOOST_TEST(client.code(get) == "E00040");
  BOOST_TEST(same_json(client.send(operation("deleteCustomerProfileRequest", which)).message.body(),
                       error("E00040", "The record cannot be found.")));
  BOOST_TEST(client.code(ana) == "I00001");
}

BOOST_AUTO_TEST_CASE(only_what_was_sent_is_repeated) {
  Client client;
  const RawAnswer made = client.send(profile(R"("email":"ana@example.com")"));
  BOOST_TEST(made.text("/messages/resultCode") == "Ok");
  BOOST_TEST(made.text("/refId") == "(absent)");
  BOOST_TEST(made.text("/customerShippingAddressIdList") == "[]");
}

BOOST_AUTO_TEST_CASE(members_their_order_and_lengths_are_checked) {
  Client client;
  const string schema = "AnetApi/xml/v1/schema/AnetApiSchema.xsd";
  BOOST_TEST(same_json(
      client.send(with(ana, "m-1001", "m-1001-way-too-long-value")).message.body(),
      error("E00003",
            "The '" + schema +
                ":merchantCustomerId' element is invalid - The value 'm-1001-way-too-long-value' "
                "is invalid according to its datatype 'String' - The actual length is greater "
                "than the MaxLength value.")));
  BOOST_TEST(
      same_json(client.send(profile(R"("email":"ana@example.com","description":"Example buyer")"))
                    .message.body(),
                error("E00003", "The element 'profile' in namespace '" + schema +
                                    "' has invalid child element 'description' in namespace '" +
                                    schema + "'.")));
  BOOST_TEST(same_json(client.send(profile(R"("shipToList":[{"firstName":"Ana"}])")).message.body(),
                       error("E00041", "One or more fields in the profile must contain a value.")));
  BOOST_TEST(client.code(with(ana, "62701", string(21, '1'))) == "E00003");
  BOOST_TEST(client.code(with(ana, "firstName", "givenName")) == "E00003");
  BOOST_TEST(client.code(with(ana, "\"m-1001\"", "1001")) == "E00003");
  BOOST_TEST(client.code("{\"createCustomerProfileRequest\":") == "E00003");
  BOOST_TEST(client.code(operation("makeCustomerRequest", "")) == "E00004");
  BOOST_TEST(client.code(ana, {{"Content-Type", "application/xml"}}) == "E00002");
  BOOST_TEST(client.code(ana, {{"Content-Type", "text/json"}}) == "I00001");
  BOOST_TEST(client.sandbox.count() == 1u);
}

BOOST_AUTO_TEST_CASE(a_duplicate_has_all_three_values_of_another) {
  Client client;
  const string id = client.send(ana).text("/customerProfileId");
  BOOST_TEST(same_json(
      client.send(ana).message.body(),
      R"({"customerPaymentProfileIdList":[],"customerShippingAddressIdList":[],)"
      R"("validationDirectResponseList":[],)" +
          error("E00039", "A duplicate record with ID " + id + " already exists.").substr(1)));
  BOOST_TEST(client.code(with(ana, "m-1001", "m-1002")) == "I00001");
  BOOST_TEST(client.sandbox.count() == 2u);
}

BOOST_AUTO_TEST_CASE(keys_and_permissions_are_checked) {
  Client client;
  BOOST_TEST(same_json(
      client.send(with(ana, "FAKE_TXN_KEY", "OTHER")).message.body(),
      error("E00007", "User authentication failed due to invalid authentication values.")));
  BOOST_TEST(client.code(with(ana, login + ",", "")) == "E00007");
  BOOST_TEST(
      same_json(client.send(with(ana, "FAKE_LOGIN", "FAKE_READER")).message.body(),
                error("E00011", "Access denied. You do not have the appropriate permissions.")));
  client.sandbox.fault({.kind = florin::testing::Fault::Kind::server_error});
  BOOST_TEST(same_json(client.send(ana).message.body(),
                       error("E00001", "An error occurred during processing. Please try again.")));
  client.sandbox.fault({.kind = florin::testing::Fault::Kind::rate_limited});
  BOOST_TEST(client.post("/xml/v1/request.api", ana).status == 429);
  BOOST_TEST(client.post("/xml/v1/other", ana).status == 404);
}

BOOST_AUTO_TEST_CASE(a_profile_is_found_by_reference_or_email) {
  Client client;
  const auto find = [&](const string& members) {
    return client.send(operation("getCustomerProfileRequest", members));
  };
  const auto ids = [&] {
    return client.send(operation("getCustomerProfileIdsRequest", R"(,"refId":"r-1")"));
  };
  BOOST_TEST(ids().text("/ids") == "[]");
  const string one = client.send(ana).text("/customerProfileId");
  const string two = client.send(with(ana, "m-1001", "m-1002")).text("/customerProfileId");
  BOOST_TEST(find(R"(,"merchantCustomerId":"m-1002")").text("/profile/customerProfileId") == two);
  const RawAnswer by_email = find(R"(,"email":"ana@example.com","includeIssuerInfo":true)");
  BOOST_TEST(by_email.text("/profile/customerProfileId") == one);
  BOOST_TEST(by_email.text("/profile/shipToList/0/city") == "Springfield");
  BOOST_TEST(same_json(find(R"(,"merchantCustomerId":"m-none")").message.body(),
                       error("E00040", "The record cannot be found.")));
  const auto code = [&](const string& members) {
    return find(members).text("/messages/message/0/code");
  };
  BOOST_TEST(code("") == "E00014");
  BOOST_TEST(code(R"(,"email":"")") == "E00014");
  BOOST_TEST(code(R"(,"merchantCustomerId":"m-1001","email":"ana@example.com")") == "E00013");
  BOOST_TEST(code(R"(,"customerProfileId":"1","email":"ana@example.com")") == "E00013");
  BOOST_TEST(code(R"(,"email":"ana@example.com","merchantCustomerId":"m-1001")") == "E00003");
  const RawAnswer all = ids();
  BOOST_TEST(all.text("/ids") == R"([")" + one + R"(",")" + two + R"("])");
  BOOST_TEST(all.text("/refId") == "r-1");
  client.send(operation("deleteCustomerProfileRequest", R"(,"customerProfileId":")" + one + '"'));
  BOOST_TEST(code(R"(,"merchantCustomerId":"m-1001")") == "E00040");
  BOOST_TEST(find(R"(,"email":"ana@example.com")").text("/profile/customerProfileId") == two);
}

BOOST_AUTO_TEST_CASE(an_update_clears_what_it_does_not_send) {
  Client client;
  const string id = client.send(ana).text("/customerProfileId");
  const string ok =
      R"({"messages":{"resultCode":"Ok","message":[{"code":"I00001","text":"Successful."}]}})";
  const auto update = [&](const string& members, const string& which) {
    return client.send(
        operation("updateCustomerProfileRequest",
                  R"(,"profile":{)" + members + R"("customerProfileId":")" + which + R"("})"));
  };
  const auto read = [&](const string& member) {
    return client
        .send(operation("getCustomerProfileRequest", R"(,"customerProfileId":")" + id + '"'))
        .text("/profile/" + member);
  };
  const auto code = [](const RawAnswer& answer) { return answer.text("/messages/message/0/code"); };
  BOOST_TEST(same_json(update(R"("merchantCustomerId":"m-1001","description":"Renamed buyer",)"
                              R"("email":"ana.new@example.com",)",
                              id)
                           .message.body(),
                       ok));
  BOOST_TEST(read("description") == "Renamed buyer");
  BOOST_TEST(read("email") == "ana.new@example.com");
  BOOST_TEST(read("shipToList/0/city") == "Springfield");
  BOOST_TEST(client.sandbox.count("m-1001") == 1u);
  BOOST_TEST(code(update(R"("merchantCustomerId":"m-1001","description":"",)", id)) == "I00001");
  BOOST_TEST(read("description") == "(absent)");
  BOOST_TEST(read("email") == "(absent)");
  BOOST_TEST(code(update("", id)) == "E00041");
  BOOST_TEST(code(update(R"("email":"",)", id)) == "E00041");
  BOOST_TEST(code(update(R"("email":"ana@example.com",)", "900000000")) == "E00040");
  BOOST_TEST(code(update(R"("email":"ana@example.com","description":"x",)", id)) == "E00003");
  BOOST_TEST(code(update(R"("merchantCustomerId":"m-1001-way-too-long-value",)", id)) == "E00003");
  BOOST_TEST(code(client.send(operation("updateCustomerProfileRequest",
                                        R"(,"profile":{"email":"ana@example.com"})"))) == "E00014");
  client.send(profile(R"("email":"bo@example.com")"));
  BOOST_TEST(code(update(R"("email":"bo@example.com",)", id)) == "E00039");
}

BOOST_AUTO_TEST_CASE(shipping_addresses_are_added_and_replaced) {
  Client client;
  const string id = client.send(profile(R"("email":"ana@example.com")")).text("/customerProfileId");
  const auto send = [&](const string& verb, const string& address, const string& which) {
    return client.send(operation(verb + "CustomerShippingAddressRequest",
                                 R"(,"customerProfileId":")" + which + R"(","address":{)" +
                                     address + R"(},"defaultShippingAddress":true)"));
  };
  const auto code = [](const RawAnswer& answer) { return answer.text("/messages/message/0/code"); };
  const auto addresses = [&] {
    return client
        .send(operation("getCustomerProfileRequest", R"(,"customerProfileId":")" + id + '"'))
        .text("/profile/shipToList");
  };
  const RawAnswer first = send("create", R"("firstName":"Ana","city":"Springfield")", id);
  const string one = first.text("/customerAddressId");
  BOOST_TEST(one.size() == 9u);
  BOOST_TEST(first.text("/customerProfileId") == id);
  const string two = send("create", R"("firstName":"Bo")", id).text("/customerAddressId");
  BOOST_TEST(one != two);
  const RawAnswer changed = send(
      "update", R"("firstName":"Ana","lastName":"Sample","customerAddressId":")" + one + '"', id);
  BOOST_TEST(code(changed) == "I00001");
  BOOST_TEST(changed.text("/customerAddressId") == "(absent)");
  BOOST_TEST(same_json(addresses(),
                       R"([{"firstName":"Ana","lastName":"Sample","customerAddressId":")" + one +
                           R"("},{"firstName":"Bo","customerAddressId":")" + two + R"("}])"));
  BOOST_TEST(code(send("update", R"("city":"x","customerAddressId":"900000009")", id)) == "E00040");
  BOOST_TEST(code(send("update", R"("city":"x")", id)) == "E00014");
  BOOST_TEST(code(send("create", R"("city":"x")", "900000000")) == "E00040");
  BOOST_TEST(code(send("create", R"("lastName":"x","firstName":"y")", id)) == "E00003");
  BOOST_TEST(code(send("create", R"("zip":")" + string(21, '1') + '"', id)) == "E00003");
  BOOST_TEST(client.sandbox.count() == 1u);
}

BOOST_AUTO_TEST_SUITE_END()

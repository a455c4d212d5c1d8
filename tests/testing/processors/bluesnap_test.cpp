// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/bluesnap.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

BOOST_AUTO_TEST_SUITE(testing_processors_bluesnap)

namespace {

using namespace florin_test;
using std::string;

const string shoppers = "/services/2/vaulted-shoppers";
const string ana =
    R"({"merchantShopperId":"mc-0001","firstName":"Ana","lastName":"Example",)"
    R"("email":"ana.example@example.com","phone":"4155550100","address":"1 Example Street",)"
    R"("address2":"Floor 2","city":"San Francisco","state":"ca","zip":"94107","country":"us"})";

struct Client : JsonClient {
  explicit Client(bool partial = false, bool queued = false)
      : JsonClient(florin::testing::bluesnap(partial, queued),
                   {{"Authorization", "Basic QVBJX0ZBS0VfVVNFUl8wMDAxOkZha2VQYXNzdzByZDAwMDE="},
                    {"bluesnap-version", "3.0"},
                    {"Accept", "application/json"}}) {}

  string path_of(const RawAnswer& made) { return shoppers + '/' + made.text("/vaultedShopperId"); }
};

string error(const RawAnswer& answer) {
  return std::to_string(answer.status) + ' ' + answer.text("/message/0/code");
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_shopper_is_created_and_read) {
  Client client;
  const RawAnswer made = client.post(shoppers, ana);
  BOOST_TEST(made.status == 200);
  const string id = made.text("/vaultedShopperId");
  BOOST_TEST(id.size() == 8u);
  BOOST_TEST(same_json(made.message.body(), R"({"vaultedShopperId":)" + id +
                                                R"(,"shopperCurrency":"USD","paymentSources":{},)" +
                                                ana.substr(1)));
  BOOST_TEST(client.sandbox.count("mc-0001") == 1u);
  for (const string& path : {'/' + id, string("/merchant/mc-0001")})
    BOOST_TEST(client.get(shoppers + path).message.body() == made.message.body(), path);
  const RawAnswer least = client.post(shoppers, R"({"firstName":"Bo","lastName":"B"})");
  BOOST_TEST(least.text("/merchantShopperId") == "(absent)");
}

BOOST_AUTO_TEST_CASE(refusals) {
  Client client;
  const RawAnswer state = client.post(shoppers, with(ana, R"("us")", R"("de")"));
  BOOST_TEST(state.status == 400);
  BOOST_TEST(same_json(state.message.body(),
                       R"({"message":[{"errorName":"VALIDATION_GENERAL_FAILURE","code":"10001",)"
                       R"("description":"State should be left empty for countries other than )"
                       R"(US and Canada.","invalidProperty":{"name":"state",)"
                       R"("messageValue":"ca"}}]})"));
  const auto refused = [&](const string& from, const string& to) {
    const RawAnswer answer = client.post(shoppers, with(ana, from, to));
    return error(answer) + ' ' + answer.text("/message/0/invalidProperty/name");
  };
  BOOST_TEST(refused(R"("lastName":"Example",)", "") == "400 10001 lastName");
  BOOST_TEST(refused("Ana", string(101, 'x')) == "400 10001 firstName");
  BOOST_TEST(refused("4155550100", "415 555") == "400 10001 phone");
  BOOST_TEST(refused(R"("us")", R"("USA")") == "400 10001 country");
  BOOST_TEST(refused("San Francisco", "S") == "400 10001 city");
  BOOST_TEST(refused("Floor 2", "") == "400 10001 address2");
  BOOST_TEST(refused("{", R"({"description":"x",)") == "400 10001 description");
  BOOST_TEST(error(client.post(shoppers, "{")) == "400 10001");
  const RawAnswer wrong = client.post(shoppers, ana, {{"Authorization", "Basic d3Jvbmc6d3Jvbmc="}});
  BOOST_TEST(wrong.status == 401);
  BOOST_TEST(wrong.message.body() == "");
  const Headers reader{{"Authorization", "Basic QVBJX0ZBS0VfVVNFUl8wMDAyOkZha2VQYXNzdzByZDAwMDI="}};
  const RawAnswer forbidden = client.post(shoppers, ana, reader);
  BOOST_TEST(forbidden.status == 403);
  BOOST_TEST(forbidden.message.body() ==
             "<xml>You are not authorized to perform this request due to inappropriate role "
             "permissions.</xml>");
  for (const string path : {"/99999999", "/merchant/99999999"}) {
    const RawAnswer unknown = client.get(shoppers + path);
    BOOST_TEST(unknown.status == 403);
    BOOST_TEST(unknown.message.body() ==
               "User: API_FAKE_USER_0001 is not authorized to view shopper: 99999999.");
  }
  for (const string header : {"bluesnap-version", "Accept"})
    BOOST_TEST(client.post_without(header, shoppers, ana).status >= 400, header);
  client.sandbox.fault({.kind = florin::testing::Fault::Kind::rate_limited});
  const RawAnswer limited = client.post(shoppers, ana);
  BOOST_TEST(limited.status == 429);
  BOOST_TEST(limited.message.body() == "<xml>Client request rate is too high</xml>");
  BOOST_TEST(client.sandbox.count() == 0u);
}

BOOST_AUTO_TEST_CASE(a_key_gives_the_first_shopper_again) {
  Client client;
  const Headers key{{"idempotency-key", "k-1"}};
  const RawAnswer first = client.post(shoppers, ana, key);
  BOOST_TEST(first.header("idempotency-key") == "k-1");
  BOOST_TEST(client.post(shoppers, ana, key).message.body() == first.message.body());
  const RawAnswer other = client.post(shoppers, with(ana, "Ana", "Eva"), key);
  BOOST_TEST(error(other) == "422 60101");
  BOOST_TEST(other.text("/message/0/errorName") ==
             "SAME_IDEMPOTENCY_KEY_WAS_ALREADY_IN_USE_WITH_PREVIOUS_DIFFERENT_REQUEST");
  BOOST_TEST(error(client.post(shoppers, ana, {{"idempotency-key", string(65, 'k')}})) ==
             "400 60103");
  BOOST_TEST(error(client.post(shoppers, ana, {{"idempotency-key", "k_1"}})) == "400 60104");
  BOOST_TEST(client.sandbox.count() == 1u);
  BOOST_TEST(client.post(shoppers, ana).status == 200);
  BOOST_TEST(client.sandbox.count() == 2u);
}

BOOST_AUTO_TEST_CASE(an_update_is_the_whole_shopper_or_a_part) {
  Client client;
  const RawAnswer made = client.post(shoppers, ana);
  const string path = client.path_of(made);
  const string changes = with(with(ana, "Ana", "Anna"), R"("address2":"Floor 2",)", "");
  const RawAnswer changed = client.put(path, changes);
  BOOST_TEST(changed.status == 200);
  BOOST_TEST(same_json(changed.message.body(),
                       R"({"vaultedShopperId":)" + made.text("/vaultedShopperId") +
                           R"(,"shopperCurrency":"USD","paymentSources":{},)" + changes.substr(1)));
  BOOST_TEST(error(client.put(path, R"({"email":"a@b.c"})")) == "400 10001");
  BOOST_TEST(client.put(shoppers + "/99999999", ana).status == 403);
  Client partial(true);
  const string other = partial.path_of(partial.post(shoppers, ana));
  const RawAnswer renamed = partial.put(other, R"({"firstName":"Anna","lastName":"Example"})");
  BOOST_TEST(renamed.text("/firstName") == "Anna");
  BOOST_TEST(renamed.text("/address2") == "Floor 2");
}

BOOST_AUTO_TEST_CASE(a_deleted_shopper_is_gone_or_going) {
  Client client;
  const RawAnswer made = client.post(shoppers, ana);
  const string path = client.path_of(made);
  BOOST_TEST(client.remove(path).message.body() == R"({"description":"Delete of shopper )" +
                                                       made.text("/vaultedShopperId") +
                                                       R"( is queued."})");
  BOOST_TEST(client.get(path).status == 403);
  BOOST_TEST(client.remove(path).status == 403);
  BOOST_TEST(client.get(shoppers + "/merchant/mc-0001").status == 403);
  Client queued(false, true);
  const RawAnswer going = queued.post(shoppers, ana);
  const string still = queued.path_of(going);
  BOOST_TEST(queued.remove(still).status == 200);
  BOOST_TEST(queued.get(still).message.body() == going.message.body());
  const RawAnswer again = queued.remove(still);
  BOOST_TEST(error(again) == "400 14110");
  BOOST_TEST(again.text("/message/0/errorName") == "DELETE_SHOPPER_VALIDATION_FAILURE");
}

BOOST_AUTO_TEST_CASE(a_shopper_is_found_by_reference) {
  Client client;
  client.post(shoppers, ana);
  const RawAnswer newest = client.post(shoppers, with(ana, "Ana", "Eva"));
  client.post(shoppers, with(ana, "mc-0001", "a/b c"));
  BOOST_TEST(client.get(shoppers + "/merchant/mc-0001").message.body() == newest.message.body());
  BOOST_TEST(client.get(shoppers + "/merchant/a%2Fb%20c").text("/merchantShopperId") == "a/b c");
  BOOST_TEST(client.get(shoppers + "/merchant/MC-0001").status == 403);
}

BOOST_AUTO_TEST_SUITE_END()

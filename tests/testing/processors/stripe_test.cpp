// SPDX-License-Identifier: Apache-2.0
#include <florin/testing/processors/stripe.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "json_client.hpp"

/// Stripe's sandbox beyond what sandbox_test.cpp asks of it.
BOOST_AUTO_TEST_SUITE(testing_processors_stripe)

namespace {

using namespace florin_test;
using std::string;

const string customers = "/v1/customers";
const string ana =
    "email=ana%40example.com&name=Ana+Example&phone=%2B15555550100&description=Example+buyer"
    "&metadata%5Bmerchant_customer_id%5D=m-1001&metadata%5Btier%5D=gold"
    "&address%5Bline1%5D=1+Example+Street&address%5Bcity%5D=Springfield&address%5Bcountry%5D=US";

struct Client : JsonClient {
  Client()
      : JsonClient(florin::testing::stripe(),
                   {{"Authorization", "Bearer sk_test_EXAMPLE"},
                    {"Content-Type", "application/x-www-form-urlencoded"}}) {}
};

}  // namespace

BOOST_AUTO_TEST_CASE(what_was_deleted_is_read_as_deleted) {
  Client client;
  const string id = client.post(customers, ana).text("/id");
  const string path = customers + '/' + id;
  const string gone = R"({"id":")" + id + R"(","object":"customer","deleted":true})";
  const RawAnswer removed = client.remove(path);
  BOOST_TEST(removed.status == 200);
  BOOST_TEST(removed.message.body() == gone);
  const RawAnswer read = client.get(path);
  BOOST_TEST(read.status == 200);
  BOOST_TEST(read.message.body() == gone);
  for (const RawAnswer& unknown :
       {client.remove(path), client.remove(customers + "/cus_FaKeMissing01")}) {
    BOOST_TEST(unknown.status == 404);
    BOOST_TEST(unknown.text("/error/type") == "invalid_request_error");
    BOOST_TEST(unknown.text("/error/code") == "resource_missing");
    BOOST_TEST(unknown.text("/error/param") == "id");
    BOOST_TEST(unknown.text("/error/message").starts_with("No such customer: 'cus_"));
  }
  BOOST_TEST(client.get(customers).text("/data") == "[]");
}

BOOST_AUTO_TEST_SUITE_END()

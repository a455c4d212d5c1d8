// SPDX-License-Identifier: Apache-2.0
// CyberSource with HTTP signatures; all else is in cybersource_test.cpp.
#include <florin/policies/cybersource.hpp>
#include <florin/testing/processors/cybersource.hpp>

#include <boost/test/unit_test.hpp>

#include <string>

#include "policies/exchange.hpp"
#include "trials/conforms.hpp"
#include "trials/faults.hpp"
#include "trials/lives.hpp"
#include "trials/trial.hpp"

BOOST_AUTO_TEST_SUITE(policies_cybersource_http_signature)

using namespace florin_test;
using florin::CybersourceHttpSignaturePolicy;

static_assert(florin::ConnectorPolicy<CybersourceHttpSignaturePolicy>);
static_assert(!florin::has_idempotency<CybersourceHttpSignaturePolicy>);

namespace {

florin_test::Trial trial() {
  return florin_test::trial_of<CybersourceHttpSignaturePolicy>(florin::testing::cybersource());
}

}  // namespace

BOOST_AUTO_TEST_CASE(signs_as_the_sheet_says) {
  const CybersourceHttpSignaturePolicy::Credentials keys{
      .merchant_id = "fakemerchant",
      .key_id = "00000000-fake-4000-8000-000000000001",
      .shared_secret = "ZmFrZS1zZWNyZXQtZm9yLXRlc3QtdmVjdG9ycy0wMDE="};
  const auto sent =
      send<CybersourceHttpSignaturePolicy>({.merchant_customer_id = "\xC3\x81na"}, keys,
                                           {.environment = florin::Environment::sandbox,
                                            .salt = "a1B2c3D4e5F6",
                                            .timestamp = 1767690000});
  // The third vector of the sheet.
  BOOST_TEST(sent.body == "{\"buyerInformation\":{\"merchantCustomerID\":\"\xC3\x81na\"}}");
  BOOST_TEST(sent.has_line("Host: apitest.cybersource.com"));
  BOOST_TEST(sent.has_line("v-c-merchant-id: fakemerchant"));
  BOOST_TEST(sent.has_line("Date: Tue, 06 Jan 2026 09:00:00 GMT"));
  BOOST_TEST(sent.has_line("Digest: SHA-256=dijbTtWp7kg8enELL5vq09KpORgYzMWicLmnVM3kcLw="));
  BOOST_TEST(sent.has_line(R"(Signature: keyid="00000000-fake-4000-8000-000000000001", )"
                           R"(algorithm="HmacSHA256", headers="host date request-target digest )"
                           R"(v-c-merchant-id", )"
                           R"(signature="2/y+rQ2PMx43tUQH0HMLqro582bRDNWehOTnvbs+cn8=")"));
  BOOST_TEST(sent.head.find("Authorization") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(conforms) {
  florin_test::conforms<CybersourceHttpSignaturePolicy>(florin::testing::cybersource());
}

BOOST_AUTO_TEST_CASE(survives_faults) {
  florin_test::survives_faults(trial());
}

BOOST_AUTO_TEST_CASE(lives_under_faults) {
  florin_test::lives_under_faults(trial());
}

BOOST_AUTO_TEST_SUITE_END()

// SPDX-License-Identifier: Apache-2.0
#include <florin/customer.hpp>
#include <florin/wire/http_signature.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(wire_http_signature)

namespace {

using namespace florin::wire;
using florin::Method;
using florin::Secret;

struct Credentials {
  std::string merchant_id{};
  std::string key_id{};
  Secret secret{};
};

/// CyberSource's.
using Sheet = HttpSignatureHeaders<&Credentials::secret, &Credentials::key_id, "v-c-merchant-id",
                                   &Credentials::merchant_id>;

Credentials sheet_keys() {
  return {.merchant_id = "fakemerchant",
          .key_id = "00000000-fake-4000-8000-000000000001",
          .secret = "ZmFrZS1zZWNyZXQtZm9yLXRlc3QtdmVjdG9ycy0wMDE="};
}

/// The lines as they are sent.
std::string lines(Method method, std::string_view target, std::string_view body,
                  const Credentials& credentials = sheet_keys()) {
  const florin::CreateRequestView customer;
  const Context<florin::CreateRequestView, Credentials> context{
      .request = customer, .credentials = credentials, .timestamp = 1767690000};
  WrittenRequest request{.method = method,
                         .target = target,
                         .host = "apitest.cybersource.com",
                         .has_body = !body.empty()};
  Buffer out;
  const SignaturePlace place = Sheet::reserve(context, request, out);
  BOOST_TEST(place.size == 44U);
  BOOST_TEST(out.view().substr(place.at) == std::string(44, '=') + "\"\r\n");
  request.body = body;
  Sheet::write(context, request, out.data() + place.at);
  return std::string{out.view()};
}

/// What the sheet says, with a digest if there is one.
std::string expected(std::string_view digest, std::string_view signature) {
  std::string text = "v-c-merchant-id: fakemerchant\r\nDate: Tue, 06 Jan 2026 09:00:00 GMT\r\n";
  if (!digest.empty()) text.append("Digest: SHA-256=").append(digest).append("\r\n");
  return text.append(R"(Signature: keyid="00000000-fake-4000-8000-000000000001", )")
      .append(R"(algorithm="HmacSHA256", headers="host date request-target )")
      .append(digest.empty() ? "" : "digest ")
      .append(R"(v-c-merchant-id", signature=")")
      .append(signature)
      .append("\"\r\n");
}

std::string date(std::int64_t seconds) {
  return std::string{HttpDate::Text{seconds}.first};
}

constexpr std::string_view id_path = "/tms/v2/customers/FAKE0000000000000000000000000001";

}  // namespace

BOOST_AUTO_TEST_CASE(the_vectors_of_the_sheet) {
  BOOST_TEST(
      lines(Method::post, "/tms/v2/customers",
            R"({"buyerInformation":{"merchantCustomerID":"m-1001","email":"ana@example.com"},)"
            R"("clientReferenceInformation":{"code":"ref-0001"}})") ==
      expected("zcD19qo7FfuIKORFlkKpuyLfByrh/QgGItRbO70sFOw=",
               "u8X56c4UBm79K1DhwIavHMWvXe6ZqC2pOJ6O5JZMv30="));
  BOOST_TEST(lines(Method::get, id_path, "") ==
             expected("", "Mer1yzmvq1+iweo9/pUQvn8mba5YNjsn+LDgscsHHO0="));
  BOOST_TEST(lines(Method::post, "/tms/v2/customers",
                   "{\"buyerInformation\":{\"merchantCustomerID\":\"\xC3\x81na\"}}") ==
             expected("dijbTtWp7kg8enELL5vq09KpORgYzMWicLmnVM3kcLw=",
                      "2/y+rQ2PMx43tUQH0HMLqro582bRDNWehOTnvbs+cn8="));
  BOOST_TEST(
      lines(Method::patch, id_path, R"({"buyerInformation":{"email":"ana.new@example.com"}})") ==
      expected("9+mtkZTCcdWt68B1imwwnrXUZek4nVHLHlL0m+6gZpA=",
               "YOSzoZRANrylJRgwX1bJuM2q2Cx0QleOvV1/LpWhUtE="));
  BOOST_TEST(lines(Method::delete_, id_path, "") ==
             expected("", "hEfm6recxj2nITGx3kb6EbahInFKTEGD+ke8k9fEDco="));
}

BOOST_AUTO_TEST_CASE(credentials_that_cannot_sign_are_refused) {
  BOOST_TEST(!Sheet::check(sheet_keys()));
  Credentials keys = sheet_keys();
  keys.secret = Secret{"********"};
  BOOST_TEST(Sheet::check(keys).code == florin::Errc::invalid_credentials);
  const std::string unsigned_lines = lines(Method::get, id_path, "", keys);
  BOOST_TEST(unsigned_lines == expected("", std::string(44, '=')));
  for (const std::string_view id : {"a\"b", "a\\b"}) {
    keys = sheet_keys();
    keys.key_id = id;
    BOOST_TEST(Sheet::check(keys).code == florin::Errc::invalid_credentials);
  }
}

BOOST_AUTO_TEST_CASE(a_date_is_written_as_http_wants_it) {
  BOOST_TEST(date(784111777) == "Sun, 06 Nov 1994 08:49:37 GMT");
  BOOST_TEST(date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
  BOOST_TEST(date(951782400) == "Tue, 29 Feb 2000 00:00:00 GMT");
  BOOST_TEST(date(1798761599) == "Thu, 31 Dec 2026 23:59:59 GMT");
  BOOST_TEST(date(253402300799) == "Fri, 31 Dec 9999 23:59:59 GMT");
  BOOST_TEST(date(std::numeric_limits<std::int64_t>::max()) == "Fri, 31 Dec 9999 23:59:59 GMT");
}

BOOST_AUTO_TEST_SUITE_END()

// SPDX-License-Identifier: Apache-2.0
#include <florin/customer.hpp>
#include <florin/wire/jwt.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

BOOST_AUTO_TEST_SUITE(wire_jwt)

namespace {

using namespace florin::wire;
using florin::Method;
using florin::Secret;

struct Credentials {
  std::string merchant_id{};
  std::string key_id{};
  Secret secret{};
};

using RequestContext = Context<florin::CreateRequestView, Credentials>;

/// CyberSource's.
using Sheet =
    JwtHeader<&Credentials::secret, &Credentials::key_id, 120,
              Claim<"iss", FromCredential<&Credentials::merchant_id>>, Claim<"jti", SaltUuid>,
              WithBody<Claim<"digest", BodyDigest>, Claim<"digestAlgorithm", Literal<"SHA-256">>>,
              Claim<"request-host", HostName>, Claim<"request-method", MethodInCapitals>,
              Claim<"request-resource-path", PathAlone>, Claim<"v-c-jwt-version", Literal<"2">>,
              Claim<"v-c-merchant-id", FromCredential<&Credentials::merchant_id>>>;

Credentials sheet_keys() {
  return {.merchant_id = "fakemerchant",
          .key_id = "00000000-fake-4000-8000-000000000001",
          .secret = "ZmFrZS1zZWNyZXQtZm9yLXRlc3QtdmVjdG9ycy0wMDE="};
}

constexpr std::string_view sheet_body =
    R"({"buyerInformation":{"merchantCustomerID":"m-1001","email":"ana@example.com"},)"
    R"("clientReferenceInformation":{"code":"ref-0001"}})";

/// The token that stands in the header; requires that nothing is written beside its place.
template <class Header>
std::string token(WrittenRequest request, const Credentials& credentials,
                  std::string_view salt = "a1B2c3D4e5F6", std::int64_t timestamp = 1767690000) {
  const florin::CreateRequestView customer;
  const RequestContext context{
      .request = customer, .credentials = credentials, .salt = salt, .timestamp = timestamp};
  Buffer out;
  out.append("A: b\r\n");
  WrittenRequest begun = request;
  begun.body = {};
  const SignaturePlace place = Header::reserve(context, begun, out);
  const std::string before = "A: b\r\nAuthorization: Bearer ";
  BOOST_TEST(out.view() == before + std::string(place.size, '=') + "\r\n");
  BOOST_TEST(place.at == before.size());
  Header::write(context, request, out.data() + place.at);
  const std::string line{out.view()};
  BOOST_TEST(line.substr(0, before.size()) == before);
  BOOST_TEST(line.substr(before.size() + place.size) == "\r\n");
  return line.substr(before.size(), place.size);
}

/// A part of a token, decoded.
std::string part(std::string_view token, int number) {
  for (; number != 0; --number) token.remove_prefix(token.find('.') + 1);
  std::string text{token.substr(0, token.find('.'))};
  std::replace(text.begin(), text.end(), '-', '+');
  std::replace(text.begin(), text.end(), '_', '/');
  text.resize((text.size() + 3) / 4 * 4, '=');
  return std::string{florin::wire::detail::Base64Key{text}.bytes()};
}

/// Whether the last part of a token is the signature of what stands before it.
bool is_signed(std::string_view token, std::string_view key) {
  florin::wire::detail::HmacSha256 hmac{key};
  hmac.add(token.substr(0, token.rfind('.')));
  return part(token, 2) == florin::wire::detail::text_of(hmac.finish());
}

/// In one order of members.
std::string sorted(std::string_view json) {
  const auto document = boost::json::parse({json.data(), json.size()}).as_object();
  std::vector<std::pair<std::string, std::string>> members;
  for (const auto& [name, value] : document)
    members.emplace_back(name, boost::json::serialize(value));
  std::sort(members.begin(), members.end());
  std::string text;
  for (const auto& [name, value] : members) text += name + '=' + value + '\n';
  return text;
}

constexpr std::string_view vector_4 =
    "eyJhbGciOiJIUzI1NiIsImtpZCI6IjAwMDAwMDAwLWZha2UtNDAwMC04MDAwLTAwMDAwMDAwMDAwMSIsInR5cCI6IkpXVC"
    "J"
    "9."
    "eyJkaWdlc3QiOiJ6Y0QxOXFvN0ZmdUlLT1JGbGtLcHV5TGZCeXJoL1FnR0l0UmJPNzBzRk93PSIsImRpZ2VzdEFsZ29ya"
    "XRobSI6IlNIQS0yNTYiLCJleHAiOjE3Njc2OTAxMjAsImlhdCI6MTc2NzY5MDAwMCwiaXNzIjoiZmFrZW1lcmNoYW50Iiw"
    "ia"
    "nRpIjoiMTExMTExMTEtMjIyMi00MzMzLTg0NDQtNTU1NTU1NTU1NTU1IiwicmVxdWVzdC1ob3N0IjoiYXBpdGVzdC5jeWJ"
    "lc"
    "nNvdXJjZS5jb20iLCJyZXF1ZXN0LW1ldGhvZCI6IlBPU1QiLCJyZXF1ZXN0LXJlc291cmNlLXBhdGgiOiIvdG1zL3YyL2N"
    "1c"
    "3RvbWVycyIsInYtYy1qd3QtdmVyc2lvbiI6IjIiLCJ2LWMtbWVyY2hhbnQtaWQiOiJmYWtlbWVyY2hhbnQifQ."
    "T4UKqs0Xbm"
    "Uis5Jq99jxsOKbq6U-4fkfr0zq38Gh-PQ";
constexpr std::string_view sheet_key = "fake-secret-for-test-vectors-001";

}  // namespace

BOOST_AUTO_TEST_CASE(the_vector_of_the_sheet) {
  BOOST_TEST(is_signed(vector_4, sheet_key));
  const std::string made = token<Sheet>({.method = Method::post,
                                         .target = "/tms/v2/customers",
                                         .body = sheet_body,
                                         .host = "apitest.cybersource.com",
                                         .has_body = true},
                                        sheet_keys());
  BOOST_TEST(is_signed(made, sheet_key));
  BOOST_TEST(part(made, 0) == part(vector_4, 0));
  std::string claims = sorted(part(made, 1));
  const auto id = claims.find("jti=\"") + 5;
  BOOST_TEST(claims.substr(id, 36) != "11111111-2222-4333-8444-555555555555");
  claims.replace(id, 36, "11111111-2222-4333-8444-555555555555");
  BOOST_TEST(claims == sorted(part(vector_4, 1)));
}

BOOST_AUTO_TEST_CASE(a_request_without_a_body_has_no_digest) {
  const std::string made = token<Sheet>(
      {.method = Method::get, .target = "/tms/v2/customers/C1?a=b", .host = "127.0.0.1:8443"},
      sheet_keys());
  BOOST_TEST(is_signed(made, sheet_key));
  const std::string claims = part(made, 1);
  BOOST_TEST(claims.find("digest") == std::string::npos);
  BOOST_TEST(claims.find(R"("request-method":"GET")") != std::string::npos);
  BOOST_TEST(claims.find(R"("request-host":"127.0.0.1")") != std::string::npos);
  BOOST_TEST(claims.find(R"("request-resource-path":"/tms/v2/customers/C1")") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(there_is_room_for_any_request) {
  for (std::size_t size = 1; size < 30; ++size) {
    Credentials keys = sheet_keys();
    keys.key_id = std::string(size, 'k') + "\"\\";
    keys.merchant_id = std::string(size * 3, '"');
    const std::string target = "/" + std::string(size * 7, 't');
    const std::string made = token<Sheet>({.method = size % 2 == 0 ? Method::put : Method::delete_,
                                           .target = target,
                                           .body = sheet_body,
                                           .host = "h.example",
                                           .has_body = size % 3 == 0},
                                          keys, "saltsalt", static_cast<std::int64_t>(size) * 977);
    BOOST_TEST(is_signed(made, sheet_key));
    const auto head = boost::json::parse(part(made, 0)).as_object();
    BOOST_TEST(head.at("kid").as_string() == keys.key_id);
    const auto claims = boost::json::parse(part(made, 1)).as_object();
    BOOST_TEST(claims.at("iss").as_string() == keys.merchant_id);
    BOOST_TEST(claims.at("request-resource-path").as_string() == target);
  }
}

BOOST_AUTO_TEST_CASE(a_token_expires_after_its_time) {
  const auto claims = [](std::int64_t timestamp) {
    return part(token<Sheet>({.method = Method::get}, sheet_keys(), "saltsalt", timestamp), 1);
  };
  BOOST_TEST(claims(7).starts_with(R"({"iat":7,"exp":127,)"));
  constexpr auto most = std::numeric_limits<std::int64_t>::max();
  BOOST_TEST(claims(most).starts_with(R"({"iat":9223372036854775807,"exp":9223372036854775807,)"));
}

BOOST_AUTO_TEST_CASE(every_salt_has_its_own_token_id) {
  const WrittenRequest request{.method = Method::get, .target = "/", .host = "h.example"};
  const std::string one = token<Sheet>(request, sheet_keys(), "a1B2c3D4e5F6");
  BOOST_TEST(one == token<Sheet>(request, sheet_keys(), "a1B2c3D4e5F6"));
  BOOST_TEST(part(one, 1) != part(token<Sheet>(request, sheet_keys(), "a1B2c3D4e5F7"), 1));
}

BOOST_AUTO_TEST_CASE(a_secret_that_is_no_base64_is_refused) {
  BOOST_TEST(!Sheet::check(sheet_keys()));
  for (const std::string_view secret : {"********", "secret", "ZmFrZQ", "====", "Zm Fr"}) {
    Credentials keys = sheet_keys();
    keys.secret = Secret{secret};
    const auto fault = Sheet::check(keys);
    BOOST_TEST(fault.code == florin::Errc::invalid_credentials);
    BOOST_TEST(fault.reason.find("base64") != std::string_view::npos);
    // What is masked is not signed.
    const std::string left =
        token<Sheet>({.method = Method::get, .target = "/", .host = "h.example"}, keys);
    BOOST_TEST(left == std::string(left.size(), '='));
  }
}

BOOST_AUTO_TEST_SUITE_END()

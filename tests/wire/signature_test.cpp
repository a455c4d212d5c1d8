// SPDX-License-Identifier: Apache-2.0
#include <florin/customer.hpp>
#include <florin/wire/signature.hpp>

#include <boost/test/unit_test.hpp>

#include <cstdint>
#include <limits>
#include <optional>
#include <set>
#include <string>
#include <string_view>

BOOST_AUTO_TEST_SUITE(wire_signature)

using namespace florin;
using namespace florin::wire;

namespace {

struct Credentials {
  Secret access_key{};
  Secret secret_key{};
  std::optional<Secret> other_key{};
};

using RequestContext = Context<CreateRequestView, Credentials>;

Credentials sheet_keys() {
  return {.access_key = "FAKEACCESSKEY0000000",
          .secret_key = "fakesecretkey000000000000000000000000"};
}

/// Rapyd's.
using Sheet = HmacSha256HexHeader<"signature", &Credentials::secret_key, MethodInLowerCase, Target,
                                  Salt, Timestamp, FromCredential<&Credentials::access_key>,
                                  FromCredential<&Credentials::secret_key>, BodyBytes>;

/// The value of a signature header.
template <class Header>
std::string signature(const WrittenRequest& written, const Credentials& credentials,
                      std::string_view salt = {}, std::int64_t timestamp = 0,
                      const CreateRequestView& request = {}) {
  const RequestContext context{
      .request = request, .credentials = credentials, .salt = salt, .timestamp = timestamp};
  // What stands around the value has to stay.
  std::string text(Header::size + 2, '#');
  Header::write(context, written, text.data() + 1);
  BOOST_TEST(text.front() == '#');
  BOOST_TEST(text.back() == '#');
  return text.substr(1, Header::size);
}

std::string hex_of(std::string_view key, std::string_view text) {
  wire::detail::HmacSha256 hmac{key};
  hmac.add(text);
  std::string hex;
  for (const unsigned char byte : hmac.finish()) {
    hex += "0123456789abcdef"[byte / 16];
    hex += "0123456789abcdef"[byte % 16];
  }
  return hex;
}

template <class Source>
std::string value_of(const RequestContext& context) {
  const auto value = read<Source>(context);
  return std::string{value.first} + std::string{value.joint} + std::string{value.second};
}

std::string timestamp(std::int64_t seconds) {
  const Credentials credentials;
  const CreateRequestView request;
  return value_of<Timestamp>(
      {.request = request, .credentials = credentials, .timestamp = seconds});
}

}  // namespace

static_assert(Salt::carried.empty() && Timestamp::carried.empty());
static_assert(Sheet::size == 88);
static_assert(MethodInLowerCase::of({Method::get, "/", ""}) == "get");
static_assert(MethodInLowerCase::of({Method::post, "/", ""}) == "post");
static_assert(MethodInLowerCase::of({Method::put, "/", ""}) == "put");
static_assert(MethodInLowerCase::of({Method::patch, "/", ""}) == "patch");
static_assert(MethodInLowerCase::of({Method::delete_, "/", ""}) == "delete");
static_assert(MethodInCapitals::of({Method::patch, "/", ""}) == "PATCH");
static_assert(PathAlone::of({Method::get, "/a?b?c", ""}) == "/a");
static_assert(PathAlone::of({Method::get, "/a", ""}) == "/a");
static_assert(HostName::of({.method = Method::get, .host = "api.example"}) == "api.example");
static_assert(HostName::of({.method = Method::get, .host = "127.0.0.1:80"}) == "127.0.0.1");
static_assert(HostName::of({.method = Method::get, .host = "[::1]:80"}) == "[::1]");
static_assert(HostName::of({.method = Method::get, .host = "[::1]"}) == "[::1]");
static_assert(Target::of({Method::get, "/a?b", "c"}) == "/a?b");
static_assert(BodyBytes::of({Method::get, "/a?b", "c"}) == "c");

BOOST_AUTO_TEST_CASE(the_vectors_of_the_sheet) {
  const auto posted = signature<Sheet>(
      {Method::post, "/v1/customers",
       R"({"name":"Ana Example","email":"ana@example.com","phone_number":"+14155550100",)"
       R"("metadata":{"merchant_customer_id":"cust-0001"}})"},
      sheet_keys(), "a1B2c3D4e5F6", 1'700'000'000);
  BOOST_TEST(posted ==
             "Zjg1MTRkYmU4MmM4MDY2NzI3N2QyZWU5NWY3ZDQ3YWE2MTNjNGFlY2Y5NTA0Yjc4YzhiZjNlYTdlZDUyOGY5"
             "ZA==");
  // The query is signed too; there is no body.
  const auto listed = signature<Sheet>({Method::get, "/v1/customers?limit=2", ""}, sheet_keys(),
                                       "a1B2c3D4e5F6", 1'700'000'000);
  BOOST_TEST(listed ==
             "Y2M3Njc3ZDNmNzk5N2E4OTc4NjJiOGVlNDE0MmIyNDlkZWVlMTU5YmZhMGJiMWY4YzIwNmI2NDllZTk3YWFj"
             "OA==");
  const auto text = signature<Sheet>(
      {Method::post, "/v1/customers", "{\"name\":\"\xC3\x81na\",\"email\":\"a@example.com\"}"},
      sheet_keys(), "saltsalt", 1'700'000'001);
  BOOST_TEST(text ==
             "MmViMGJiNDRhZjYzODQ4MjViMmRiOWM5ZDFjN2NiMzdjZjZjM2VkOWQ4Y2RjYjAyYzEyYTQ5ZGZmMmFjYzY1"
             "ZQ==");
}

BOOST_AUTO_TEST_CASE(the_vectors_of_rfc_4231) {
  BOOST_TEST(hex_of(std::string(20, '\x0b'), "Hi There") ==
             "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  BOOST_TEST(hex_of("Jefe", "what do ya want for nothing?") ==
             "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  BOOST_TEST(hex_of(std::string(20, '\xaa'), std::string(50, '\xdd')) ==
             "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe");
  // A key that is longer than a block is hashed first.
  BOOST_TEST(
      hex_of(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First") ==
      "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

BOOST_AUTO_TEST_CASE(pieces_are_signed_as_if_they_were_one) {
  wire::detail::HmacSha256 hmac{"Jefe"};
  for (const std::string_view piece : {"what do ya ", "", "want ", "for nothing", "?"})
    hmac.add(piece);
  wire::detail::HmacSha256 whole{"Jefe"};
  whole.add("what do ya want for nothing?");
  BOOST_TEST((hmac.finish() == whole.finish()));
}

BOOST_AUTO_TEST_CASE(every_kind_of_part_is_joined_in_order) {
  const Credentials credentials = sheet_keys();
  const CreateRequestView request{.merchant_customer_id = "m-1",
                                  .phone = "+1 (555) 0100",
                                  .address = {.line1 = "1 Street", .line2 = "Apt 2"}};
  using Mixed =
      HmacSha256HexHeader<"X-Signature", &Credentials::secret_key, Literal<"v1:">, BodyBytes,
                          Literal<"|">, Timestamp, field::MerchantCustomerId,
                          Joined<field::AddressLine1, field::AddressLine2>, E164<field::Phone>,
                          FromCredential<&Credentials::other_key>, Salt, Target, MethodInLowerCase>;
  using Plain = HmacSha256HexHeader<"X-Signature", &Credentials::secret_key, BodyBytes>;
  BOOST_TEST(signature<Mixed>({Method::patch, "/t", "{}"}, credentials, "SALT", 7, request) ==
             signature<Plain>({Method::get, "", "v1:{}|7m-11 Street, Apt 2+15550100SALT/tpatch"},
                              credentials));
  using Swapped = HmacSha256HexHeader<"X-Signature", &Credentials::secret_key, Target, BodyBytes>;
  using Straight = HmacSha256HexHeader<"X-Signature", &Credentials::secret_key, BodyBytes, Target>;
  BOOST_TEST(signature<Swapped>({Method::get, "/t", "b"}, credentials) !=
             signature<Straight>({Method::get, "/t", "b"}, credentials));
}

BOOST_AUTO_TEST_CASE(the_key_may_be_any_credential) {
  using Keyed = HmacSha256HexHeader<"X-Signature", &Credentials::other_key, BodyBytes>;
  using Usual = HmacSha256HexHeader<"X-Signature", &Credentials::secret_key, BodyBytes>;
  const WrittenRequest written{Method::post, "/", "text"};
  BOOST_TEST(signature<Keyed>(written, {.other_key = Secret{"k"}}) ==
             signature<Usual>(written, {.secret_key = "k"}));
  BOOST_TEST(signature<Keyed>(written, {.other_key = Secret{"k"}}) !=
             signature<Keyed>(written, {.other_key = Secret{"l"}}));
}

BOOST_AUTO_TEST_CASE(room_is_left_for_the_value) {
  const Credentials credentials;
  const CreateRequestView request;
  const RequestContext context{.request = request, .credentials = credentials};
  Buffer out;
  out.append("A: b\r\n");
  const SignaturePlace place = Sheet::reserve(context, WrittenRequest{}, out);
  BOOST_TEST(place.at == 6U + 11U);
  BOOST_TEST(place.size == 88U);
  BOOST_TEST(out.view() == "A: b\r\nsignature: " + std::string(88, '=') + "\r\n");
}

BOOST_AUTO_TEST_CASE(the_time_is_written_in_decimal) {
  BOOST_TEST(timestamp(0) == "0");
  BOOST_TEST(timestamp(1'700'000'000) == "1700000000");
  BOOST_TEST(timestamp(std::numeric_limits<std::int64_t>::max()) == "9223372036854775807");
  BOOST_TEST(timestamp(std::numeric_limits<std::int64_t>::min()) == "-9223372036854775808");
}

BOOST_AUTO_TEST_CASE(the_salt_is_read_as_it_is) {
  const Credentials credentials;
  const CreateRequestView request;
  BOOST_TEST(value_of<Salt>({.request = request, .credentials = credentials, .salt = "aB3"}) ==
             "aB3");
  BOOST_TEST(value_of<Salt>({.request = request, .credentials = credentials}) == "");
}

BOOST_AUTO_TEST_CASE(a_uuid_is_made_of_the_salt) {
  const Credentials credentials;
  const CreateRequestView request;
  const auto uuid = [&](std::string_view salt) {
    return value_of<SaltUuid>({.request = request, .credentials = credentials, .salt = salt});
  };
  std::set<std::string> all;
  constexpr std::string_view alphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::string salt = "a1B2c3D4e5F6";
  for (std::size_t at = 0; at < salt.size(); ++at)
    for (const char c : alphabet) {
      std::string other = salt;
      other[at] = c;
      const std::string made = uuid(other);
      all.insert(made);
      BOOST_TEST_REQUIRE(made.size() == 36U);
      for (std::size_t i = 0; i < made.size(); ++i) {
        const bool hyphen = i == 8 || i == 13 || i == 18 || i == 23;
        BOOST_TEST((made[i] == '-') == hyphen);
        BOOST_TEST((hyphen ||
                    std::string_view{"0123456789abcdef"}.find(made[i]) != std::string_view::npos));
      }
      BOOST_TEST(made[14] == '4');
      BOOST_TEST(std::string_view{"89ab"}.find(made[19]) != std::string_view::npos);
    }
  BOOST_TEST(all.size() == salt.size() * (alphabet.size() - 1) + 1);
  BOOST_TEST(uuid(salt) == uuid("a1B2c3D4e5F6"));
}

BOOST_AUTO_TEST_CASE(the_digest_of_a_body_is_base64_of_its_sha_256) {
  const auto digest = [](std::string_view body) {
    return std::string{BodyDigest::of({.method = Method::post, .body = body}).first};
  };
  BOOST_TEST(digest("") == "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
  BOOST_TEST(digest("abc") == "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=");
}

BOOST_AUTO_TEST_SUITE_END()

// SPDX-License-Identifier: Apache-2.0
#include <florin/customer.hpp>
#include <florin/wire/header.hpp>
#include <florin/wire/idempotency.hpp>

#include <boost/beast/core/detail/base64.hpp>
#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace header_cases {

using namespace florin;
using namespace florin::wire;

namespace {

struct Credentials {
  Secret key{};
  std::string user{};
  std::optional<std::string> account{};
};

template <class Part>
std::string written(const Credentials& credentials, std::string_view key = {}) {
  const CreateRequestView request{};
  const Context<CreateRequestView, Credentials> context{request, credentials, key};
  Buffer out;
  Part::write(context, out);
  return std::string{out.view()};
}

using Names =
    CredentialList<Credential<"api_key", &Credentials::key>, Credential<"user", &Credentials::user>,
                   OptionalCredential<"account", &Credentials::account>>;

Fault fault_of(const Credentials& credentials) {
  return Names::check(credentials);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wire_header)

BOOST_AUTO_TEST_CASE(literals_and_sources_are_joined) {
  using Version = Header<"X-Version", Literal<"2026-01-01">>;
  using Account = Header<"X-Account", Literal<"acct=">, FromCredential<&Credentials::account>>;
  BOOST_TEST(written<Version>({}) == "X-Version: 2026-01-01\r\n");
  BOOST_TEST(written<Account>({.account = "a1"}) == "X-Account: acct=a1\r\n");
  BOOST_TEST((written<Headers<Version, Account>>({.account = "a1"}) ==
              "X-Version: 2026-01-01\r\nX-Account: acct=a1\r\n"));
  BOOST_TEST(written<Headers<>>({}) == "");
}

BOOST_AUTO_TEST_CASE(a_header_without_its_value_is_left_out) {
  using Account = Header<"X-Account", Literal<"acct=">, FromCredential<&Credentials::account>>;
  BOOST_TEST(written<Account>({}) == "");
  BOOST_TEST(written<Account>({.account = ""}) == "");
}

BOOST_AUTO_TEST_CASE(bearer_carries_the_credential) {
  BOOST_TEST(written<BearerAuth<&Credentials::key>>({.key = "sk_test_EXAMPLE"}) ==
             "Authorization: Bearer sk_test_EXAMPLE\r\n");
}

BOOST_AUTO_TEST_CASE(basic_is_base64_of_user_and_password) {
  using Basic = BasicAuth<&Credentials::user, &Credentials::key>;
  // RFC 7617, section 2.
  BOOST_TEST(written<Basic>({.key = "open sesame", .user = "Aladdin"}) ==
             "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n");
  for (std::size_t user = 0; user < 8; ++user) {
    for (std::size_t password = 0; password < 8; ++password) {
      const std::string name(user, '\xFE');
      const std::string word(password, '~');
      const std::string plain = name + ":" + word;
      std::string expected(boost::beast::detail::base64::encoded_size(plain.size()), '\0');
      expected.resize(
          boost::beast::detail::base64::encode(expected.data(), plain.data(), plain.size()));
      BOOST_TEST(written<Basic>({.key = word, .user = name}) ==
                 "Authorization: Basic " + expected + "\r\n");
    }
  }
}

BOOST_AUTO_TEST_CASE(credentials_are_checked_in_their_order) {
  BOOST_TEST(!fault_of({.key = "k", .user = "u"}));
  BOOST_TEST(!fault_of({.key = "k", .user = "u", .account = "a"}));
  BOOST_TEST(!fault_of({.key = "k", .user = "u", .account = ""}));
  BOOST_TEST(fault_of({}).reason == "the credentials lack api_key");
  BOOST_TEST(fault_of({.key = "k"}).reason == "the credentials lack user");
  BOOST_TEST((fault_of({}).code == Errc::invalid_credentials));
}

BOOST_AUTO_TEST_CASE(credentials_that_would_break_a_header_are_refused) {
  for (const std::string bad :
       {"a\r\nX-Evil: 1", "a\nb", "a\rb", "\x7F", "\t", "\xC3\xA9", " lead", "trail "}) {
    BOOST_TEST(fault_of({.key = bad, .user = "u"}).reason ==
               "the credential api_key has a character that is not visible ASCII");
    BOOST_TEST(fault_of({.key = "k", .user = "u", .account = bad}).reason ==
               "the credential account has a character that is not visible ASCII");
  }
  const std::string nul{"a\0b", 3};
  BOOST_TEST(!!fault_of({.key = nul, .user = "u"}));
  BOOST_TEST(!fault_of({.key = "with blank inside ~!", .user = "u"}));
}

BOOST_AUTO_TEST_CASE(credentials_can_be_listed) {
  std::vector<std::string> names;
  Names::describe([&]<class Part>() {
    names.push_back(std::string{Part::name} + (Part::optional ? "?" : ""));
  });
  const std::vector<std::string> expected{"api_key", "user", "account?"};
  BOOST_TEST(names == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(wire_idempotency)

namespace {

using InHeader = IdempotencyHeader<"Idempotency-Key", 8, ReplayedBy<"Idempotent-Replayed", "true">>;
using InBody = IdempotencyMember<"request_id", 36>;

static_assert(InHeader::offered && InHeader::mechanism == "Idempotency-Key" &&
              InHeader::max_length == 8 && InHeader::replay_header == "Idempotent-Replayed" &&
              InHeader::replay_value == "true");
static_assert(IdempotencyHeader<"K", 8>::replay_header.empty());
static_assert(InBody::offered && InBody::mechanism == "request_id" && InBody::max_length == 36);
using Strict =
    IdempotencyHeader<"Key", 64, AnsweredByConflict, MinLength<12>, OnlyAlphanumericAnd<"">>;
static_assert(Strict::names_first && Strict::max_length == 64 && Strict::reasons.size() == 2);
// The library's own keys lose their hyphens where those do not fit.
static_assert(InBody::hyphens && NoIdempotency::hyphens && !Strict::hyphens && Strict::fits);
static_assert(!IdempotencyHeader<"K", 32>::hyphens && IdempotencyHeader<"K", 32>::fits);
static_assert(!IdempotencyHeader<"K", 31>::fits);
static_assert(!IdempotencyMember<"k", 36, ReplayedUnmarked, MinLength<37>>::fits);
static_assert(!NoIdempotency::offered && NoIdempotency::mechanism.empty());

template <class Mechanism>
Fault check_key(std::string_view key) {
  const CreateRequestView request{};
  const Credentials credentials{};
  const Context<CreateRequestView, Credentials> context{request, credentials, key};
  return Mechanism::check(context);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_key_goes_where_the_policy_says) {
  BOOST_TEST(written<InHeader>({}, "key-1") == "Idempotency-Key: key-1\r\n");
  BOOST_TEST(written<InHeader>({}, "") == "");
  BOOST_TEST(written<InBody>({}, "key-1") == "");
  BOOST_TEST(written<NoIdempotency>({}, "key-1") == "");
}

BOOST_AUTO_TEST_CASE(keys_that_cannot_be_sent_are_refused) {
  BOOST_TEST(!check_key<InHeader>(""));
  BOOST_TEST(!check_key<InHeader>("12345678"));
  BOOST_TEST(check_key<InHeader>("123456789").reason == "is longer than 8 characters");
  BOOST_TEST((check_key<InHeader>("123456789").code == Errc::invalid_idempotency_key));
  for (const std::string_view bad : {"a b", "a\r\nb", "\x7F", "\xC3\xA9", "\t"}) {
    BOOST_TEST(check_key<InHeader>(bad).reason == "has a character that is not visible ASCII");
    BOOST_TEST((check_key<InBody>(bad).code == Errc::invalid_idempotency_key));
  }
  BOOST_TEST(!check_key<InHeader>("!~"));
}

BOOST_AUTO_TEST_CASE(keys_keep_what_else_a_processor_says_of_them) {
  BOOST_TEST(!check_key<Strict>(""));
  BOOST_TEST(!check_key<Strict>("abcdef123456"));
  BOOST_TEST(check_key<Strict>("abcdef12345").reason == "is shorter than 12 characters");
  BOOST_TEST((check_key<Strict>("abcdef12345").code == Errc::invalid_idempotency_key));
  BOOST_TEST(check_key<Strict>("a-b").reason == "is shorter than 12 characters");  // the first
  BOOST_TEST(check_key<Strict>("abcdef-12345").reason ==
             "has characters other than letters and digits");
  BOOST_TEST(check_key<Strict>(std::string(65, 'k')).reason == "is longer than 64 characters");
  BOOST_TEST(written<Strict>({}, "abcdef123456") == "Key: abcdef123456\r\n");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace header_cases

// SPDX-License-Identifier: Apache-2.0
#include <florin/policy.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>

#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <string_view>
#include <type_traits>

#include "compile_fail/parts.hpp"

BOOST_AUTO_TEST_SUITE(policy)

// What each small concept accepts and rejects. The sentences that a rejected policy is answered
// with are in compile_fail/.

using namespace florin;
using namespace florin::wire;

namespace {

struct Empty {};
struct WrongTypes {
  static constexpr int name = 1;
  static constexpr std::string_view hosts = "api.example";
  using CredentialNames = int;
  using Idempotency = int;
  static constexpr std::string_view failure = "error";
  static constexpr std::string_view method = "POST";
  static constexpr int path = 1;
  using Body = std::string;
  using NotCarried = int;
  static constexpr std::string_view reply = "id";
};
struct EmptyValues {
  static constexpr std::string_view name{};
  static constexpr Hosts hosts{};
  static constexpr std::string_view path{};
  static constexpr json::Reply reply{};
};
struct HalfHosts {
  static constexpr Hosts hosts{.live = "api.example", .sandbox = {}};
};
struct RelativePath {
  static constexpr std::string_view path = "customers";
};

static_assert(HasName<parts::Named>);
static_assert(!HasName<Empty> && !HasName<WrongTypes> && !HasName<EmptyValues>);
static_assert(HasHosts<parts::Hosted>);
static_assert(!HasHosts<Empty> && !HasHosts<WrongTypes> && !HasHosts<EmptyValues>);
static_assert(HasSandboxHost<parts::Hosted> && HasHosts<HalfHosts> && !HasSandboxHost<HalfHosts>);
static_assert(HasCredentials<parts::Keyed> && !HasCredentials<Empty>);

struct Named : parts::Keyed, parts::KeyNamed {};
struct NamesWrongly : parts::Keyed, WrongTypes {};
static_assert(HasCredentialNames<Named>);
static_assert(!HasCredentialNames<parts::KeyNamed> && !HasCredentialNames<NamesWrongly>);

static_assert(HasRequestHeaders<parts::Headed> && !HasRequestHeaders<Empty>);
static_assert(SaysIdempotency<parts::Repeatable>);
static_assert(!SaysIdempotency<Empty> && !SaysIdempotency<WrongTypes>);
static_assert(SaysFailure<parts::Failing>);
static_assert(!SaysFailure<Empty> && !SaysFailure<WrongTypes>);
static_assert(Offers<parts::Creating> && !Offers<Empty>);
static_assert(HasMethod<parts::Posted> && !HasMethod<Empty> && !HasMethod<WrongTypes>);
static_assert(HasPath<parts::Placed>);
static_assert(!HasPath<Empty> && !HasPath<WrongTypes> && !HasPath<EmptyValues> &&
              !HasPath<RelativePath>);
static_assert(HasBody<parts::Filled> && !HasBody<Empty> && !HasBody<WrongTypes>);
static_assert(HasNotCarried<parts::Accounted> && !HasNotCarried<Empty> &&
              !HasNotCarried<WrongTypes>);
static_assert(HasReply<parts::Answered>);
static_assert(!HasReply<Empty> && !HasReply<WrongTypes> && !HasReply<EmptyValues>);

struct Complete : parts::Filled, parts::Accounted {};
struct PhoneForgotten : parts::Filled {
  using NotCarried = Fields<field::Name, field::Description, field::Metadata, field::Address>;
};
struct EmailTwice : parts::Filled {
  using NotCarried = Fields<field::Email, field::Name, field::Phone, field::Description,
                            field::Metadata, field::Address>;
};
static_assert(AccountsForAllFields<Complete>);
static_assert(!AccountsForAllFields<PhoneForgotten> && !AccountsForAllFields<EmailTwice>);
static_assert(AccountsFor<PhoneForgotten, Field::email> &&
              !AccountsFor<PhoneForgotten, Field::phone>);
static_assert(AccountsFor<EmailTwice, Field::phone> && !AccountsFor<EmailTwice, Field::email>);

template <class... Parts>
struct Of : Parts... {};
static_assert(ConnectorPolicy<parts::AcmePolicy>);
static_assert(!ConnectorPolicy<Empty> && !ConnectorPolicy<WrongTypes> && !ConnectorPolicy<int>);
static_assert(!ConnectorPolicy<parts::Facts> && !ConnectorPolicy<parts::Creating>);
static_assert(!ConnectorPolicy<Of<parts::Hosted, parts::Keyed, parts::KeyNamed, parts::Headed,
                                  parts::Repeatable, parts::Failing, parts::Creating>>);
static_assert(
    ConnectorPolicy<Of<parts::Named, parts::Hosted, parts::Keyed, parts::KeyNamed, parts::Headed,
                       parts::Repeatable, parts::Failing, parts::Creating>>);

/// Everything that can be asked of a policy.
struct AskedPolicy : parts::Facts {
  using Idempotency = NoIdempotency;
  struct Create : parts::Posted, parts::Placed, parts::Answered {
    using Body = json::Object<
        Put<"reference", field::MerchantCustomerId>,
        Put<"email", field::Email, MaxLength<50>, Required, MaxLength<40>>,
        Put<"email_again", field::Email, MaxLength<30>>,
        json::Nested<"name", Put<"first", GivenName, MaxLength<20>>,
                     Put<"last", FamilyName, MaxLength<20>, Required>>,
        json::Nested<"meta", Entries<"{}", field::Metadata, MaxEntries<10>, Reserved<1>>>,
        Put<"street", Joined<field::AddressLine1, field::AddressLine2>, MaxLength<60>>>;
    using NotCarried = Fields<field::Phone, field::Description, field::AddressCity,
                              field::AddressState, field::AddressZip, field::AddressCountry>;
  };
};
static_assert(ConnectorPolicy<AskedPolicy>);
static_assert(carries<AskedPolicy, field::Email> && carries<AskedPolicy, field::Name> &&
              carries<AskedPolicy, field::Metadata> && carries<AskedPolicy, field::AddressLine2>);
static_assert(!carries<AskedPolicy, field::Phone> && !carries<AskedPolicy, field::AddressZip>);
static_assert(required_fields<AskedPolicy> ==
              FieldSet{Field::merchant_customer_id, Field::email, Field::name});
static_assert(max_length<AskedPolicy, field::Email> == 30);
static_assert(max_length<AskedPolicy, field::MerchantCustomerId> == unlimited);
// Limits on a part of a field or on two fields together are not limits of the field.
static_assert(max_length<AskedPolicy, field::Name> == unlimited);
static_assert(max_length<AskedPolicy, field::AddressLine1> == unlimited);
static_assert(AskedPolicy::Create::Body::max_entries() == 10);
static_assert(AskedPolicy::Create::Body::reserved_entries() == 1);
static_assert(!has_idempotency<AskedPolicy> && has_idempotency<parts::AcmePolicy>);
static_assert(std::is_same_v<CredentialsOf<AskedPolicy>, parts::Keyed::Credentials>);

}  // namespace

BOOST_AUTO_TEST_CASE(reply_facts_are_those_of_the_policy) {
  const auto& facts = reply_facts<parts::AcmePolicy>;
  BOOST_TEST(facts.connector == "acme");
  BOOST_TEST(facts.reply.id.at[0] == "id");
  BOOST_TEST(facts.rules.empty());
  BOOST_TEST(facts.headers.request_id.empty());
  BOOST_TEST(facts.replay_header.empty());
  BOOST_TEST(facts.paths.place(facts.paths.child(PathTable::root, "id")) >= 0);
}

namespace {

struct Whole : parts::Facts,
               parts::Creating,
               parts::Recorded,
               parts::Retrieving,
               parts::Updating,
               parts::Deleting,
               parts::Finding {};
template <class Operation>
constexpr At at = reply_facts<Whole, Operation>.at;

struct Ruled : parts::Creating {
  static constexpr std::array rules{Rule{.status = 403, .at = At::create | At::find}};
};
struct RuledElsewhere : parts::Creating {
  static constexpr std::array rules{Rule{.status = 403, .at = At::existing}};
};
static_assert(HasPossibleRules<Ruled> && !HasPossibleRules<RuledElsewhere>);

}  // namespace

BOOST_AUTO_TEST_CASE(rules_know_the_operation_by_its_kind) {
  BOOST_TEST((at<florin::Create> == At::create));
  BOOST_TEST((at<florin::Retrieve> == At::retrieve));
  BOOST_TEST((at<florin::Update> == At::update));
  BOOST_TEST((at<florin::Delete> == At::remove));
  BOOST_TEST((at<florin::FindByEmail> == At::find));
}

BOOST_AUTO_TEST_SUITE_END()

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/holds_for.hpp>
#include <florin/detail/least.hpp>
#include <florin/policy.hpp>
#include <florin/static_changes.hpp>
#include <florin/static_request.hpp>

#include <array>
#include <cstddef>
#include <utility>

/// The sentences that a wrong program is told, most basic fault first. Every public function runs
/// `diagnose` before anything else, so that the first error of the compiler is one of these.
///
/// The sentence cannot contain a type's name; the compiler prints that beside it, as `Policy = ...`
/// or behind `due to requirement`.
namespace florin {

namespace detail {

/// One sentence per field, so that it can name the field.
template <class Policy, class Operation, Field field>
consteval void diagnose_account() {
  using Declared = DeclarationOf<Policy, Operation>;
  constexpr bool accounted = (Declared::Body::carried | Declared::NotCarried::set).contains(field);
  constexpr bool twice = (Declared::Body::carried & Declared::NotCarried::set).contains(field);
  static_assert(
      holds_for<Policy, !twice, field>,
      "florin: a field stands both in Body and in NotCarried: take it out of one of them");
  if constexpr (field == Field::merchant_customer_id) {
    static_assert(holds_for<Policy, accounted>,
                  "florin: the policy does not say where merchant_customer_id goes: put "
                  "`Put<\"...\", field::MerchantCustomerId>` into Body, or "
                  "`field::MerchantCustomerId` into `using NotCarried = Fields<...>`");
  } else if constexpr (field == Field::email) {
    static_assert(
        holds_for<Policy, accounted>,
        "florin: the policy does not say where email goes: put `Put<\"...\", field::Email>` "
        "into Body, or `field::Email` into `using NotCarried = Fields<...>`");
  } else if constexpr (field == Field::name) {
    static_assert(
        holds_for<Policy, accounted>,
        "florin: the policy does not say where name goes: put `Put<\"...\", field::Name>` into "
        "Body, or `field::Name` into `using NotCarried = Fields<...>`");
  } else if constexpr (field == Field::given_name || field == Field::family_name) {
    static_assert(
        holds_for<Policy, accounted, field>,
        "florin: the policy does not say where the parts of a name go: put `Put<\"...\", "
        "GivenName>` and `Put<\"...\", FamilyName>` into Body where the processor has two "
        "places, `Put<\"...\", field::Name>` where it has one, or `field::Name` into "
        "`using NotCarried = Fields<...>`");
  } else if constexpr (field == Field::phone) {
    static_assert(
        holds_for<Policy, accounted>,
        "florin: the policy does not say where phone goes: put `Put<\"...\", field::Phone>` "
        "into Body, or `field::Phone` into `using NotCarried = Fields<...>`");
  } else if constexpr (field == Field::description) {
    static_assert(holds_for<Policy, accounted>,
                  "florin: the policy does not say where description goes: put `Put<\"...\", "
                  "field::Description>` into Body, or `field::Description` into `using NotCarried "
                  "= Fields<...>`");
  } else if constexpr (field == Field::metadata) {
    static_assert(
        holds_for<Policy, accounted>,
        "florin: the policy does not say where metadata goes: put `Entries<\"...{}...\", "
        "field::Metadata>` into Body, or `field::Metadata` into `using NotCarried = Fields<...>`");
  } else if constexpr (field == Field::address_line1) {
    static_assert(holds_for<Policy, accounted>,
                  "florin: the policy does not say where address_line1 goes: put `Put<\"...\", "
                  "field::AddressLine1>` into Body, or `field::AddressLine1` into `using "
                  "NotCarried = Fields<...>`");
  } else if constexpr (field == Field::address_line2) {
    static_assert(holds_for<Policy, accounted>,
                  "florin: the policy does not say where address_line2 goes: put `Put<\"...\", "
                  "field::AddressLine2>` into Body, or `field::AddressLine2` into `using "
                  "NotCarried = Fields<...>`");
  } else if constexpr (field == Field::address_city) {
    static_assert(holds_for<Policy, accounted>,
                  "florin: the policy does not say where address_city goes: put `Put<\"...\", "
                  "field::AddressCity>` into Body, or `field::AddressCity` into `using NotCarried "
                  "= Fields<...>`");
  } else if constexpr (field == Field::address_state) {
    static_assert(holds_for<Policy, accounted>,
                  "florin: the policy does not say where address_state goes: put `Put<\"...\", "
                  "field::AddressState>` into Body, or `field::AddressState` into `using "
                  "NotCarried = Fields<...>`");
  } else if constexpr (field == Field::address_zip) {
    static_assert(holds_for<Policy, accounted>,
                  "florin: the policy does not say where address_zip goes: put `Put<\"...\", "
                  "field::AddressZip>` into Body, or `field::AddressZip` into `using NotCarried = "
                  "Fields<...>`");
  } else if constexpr (field == Field::address_country) {
    static_assert(holds_for<Policy, accounted>,
                  "florin: the policy does not say where address_country goes: put "
                  "`Put<\"...\", field::AddressCountry>` into Body, or `field::AddressCountry` "
                  "into `using NotCarried = Fields<...>`");
  }
}

template <class Policy, class Operation, class Request, Field field>
consteval void diagnose_given() {
  constexpr bool given = !required_fields<Policy, Operation>.contains(field) ||
                         with_full_name(Request::given).contains(field);
  if constexpr (field == Field::merchant_customer_id) {
    static_assert(holds_for<Policy, given>,
                  "florin: this processor requires merchant_customer_id: add `merchant_customer_id "
                  "= ...` to customer(...)");
  } else if constexpr (field == Field::email) {
    static_assert(holds_for<Policy, given>,
                  "florin: this processor requires email: add `email = ...` to customer(...)");
  } else if constexpr (field == Field::name) {
    static_assert(holds_for<Policy, given>,
                  "florin: this processor requires name: add `name = ...`, or `given_name = ...` "
                  "and `family_name = ...`, to customer(...)");
  } else if constexpr (field == Field::given_name || field == Field::family_name) {
    static_assert(
        holds_for<Policy, given, field>,
        "florin: this processor requires both parts of a name: add `given_name = ...` and "
        "`family_name = ...` to customer(...)");
  } else if constexpr (field == Field::phone) {
    static_assert(holds_for<Policy, given>,
                  "florin: this processor requires phone: add `phone = ...` to customer(...)");
  } else if constexpr (field == Field::description) {
    static_assert(
        holds_for<Policy, given>,
        "florin: this processor requires description: add `description = ...` to customer(...)");
  } else if constexpr (field == Field::metadata) {
    static_assert(
        holds_for<Policy, given>,
        "florin: this processor requires metadata: add `metadata = ...` to customer(...)");
  } else if constexpr (field == Field::address_line1) {
    static_assert(holds_for<Policy, given>,
                  "florin: this processor requires address_line1: add `address_line1 = ...` to "
                  "customer(...)");
  } else if constexpr (field == Field::address_line2) {
    static_assert(holds_for<Policy, given>,
                  "florin: this processor requires address_line2: add `address_line2 = ...` to "
                  "customer(...)");
  } else if constexpr (field == Field::address_city) {
    static_assert(
        holds_for<Policy, given>,
        "florin: this processor requires address_city: add `address_city = ...` to customer(...)");
  } else if constexpr (field == Field::address_state) {
    static_assert(holds_for<Policy, given>,
                  "florin: this processor requires address_state: add `address_state = ...` to "
                  "customer(...)");
  } else if constexpr (field == Field::address_zip) {
    static_assert(
        holds_for<Policy, given>,
        "florin: this processor requires address_zip: add `address_zip = ...` to customer(...)");
  } else if constexpr (field == Field::address_country) {
    static_assert(holds_for<Policy, given>,
                  "florin: this processor requires address_country: add `address_country = ...` to "
                  "customer(...)");
  }
}

template <class Policy, class Operation, class Request, Field field>
consteval void diagnose_carried() {
  constexpr FieldSet not_carried = Request::given - Request::optional - Request::waived -
                                   DeclarationOf<Policy, Operation>::Body::carried;
  constexpr bool carried = !not_carried.contains(field);
  if constexpr (field == Field::merchant_customer_id) {
    static_assert(holds_for<Policy, carried>,
                  "florin: this processor cannot carry merchant_customer_id: remove "
                  "`merchant_customer_id = ...`, or add `droppable(merchant_customer_id)` to "
                  "customer(...) to create the customer without it");
  } else if constexpr (field == Field::email) {
    static_assert(holds_for<Policy, carried>,
                  "florin: this processor cannot carry email: remove `email = ...`, or add "
                  "`droppable(email)` to customer(...) to create the customer without it");
  } else if constexpr (field == Field::name) {
    static_assert(holds_for<Policy, carried>,
                  "florin: this processor cannot carry name: remove `name = ...`, or add "
                  "`droppable(name)` to customer(...) to create the customer without it");
  } else if constexpr (field == Field::given_name) {
    static_assert(
        holds_for<Policy, carried>,
        "florin: this processor cannot carry given_name: remove `given_name = ...`, or add "
        "`droppable(given_name)` to customer(...) to create the customer without it");
  } else if constexpr (field == Field::family_name) {
    static_assert(
        holds_for<Policy, carried>,
        "florin: this processor cannot carry family_name: remove `family_name = ...`, or add "
        "`droppable(family_name)` to customer(...) to create the customer without it");
  } else if constexpr (field == Field::phone) {
    static_assert(holds_for<Policy, carried>,
                  "florin: this processor cannot carry phone: remove `phone = ...`, or add "
                  "`droppable(phone)` to customer(...) to create the customer without it");
  } else if constexpr (field == Field::description) {
    static_assert(
        holds_for<Policy, carried>,
        "florin: this processor cannot carry description: remove `description = ...`, or add "
        "`droppable(description)` to customer(...) to create the customer without it");
  } else if constexpr (field == Field::metadata) {
    static_assert(holds_for<Policy, carried>,
                  "florin: this processor cannot carry metadata: remove `metadata = ...`, or add "
                  "`droppable(metadata)` to customer(...) to create the customer without it");
  } else if constexpr (field == Field::address_line1) {
    static_assert(
        holds_for<Policy, carried>,
        "florin: this processor cannot carry address_line1: remove `address_line1 = ...`, or add "
        "`droppable(address_line1)` to customer(...) to create the customer without it");
  } else if constexpr (field == Field::address_line2) {
    static_assert(
        holds_for<Policy, carried>,
        "florin: this processor cannot carry address_line2: remove `address_line2 = ...`, or add "
        "`droppable(address_line2)` to customer(...) to create the customer without it");
  } else if constexpr (field == Field::address_city) {
    static_assert(
        holds_for<Policy, carried>,
        "florin: this processor cannot carry address_city: remove `address_city = ...`, or add "
        "`droppable(address_city)` to customer(...) to create the customer without it");
  } else if constexpr (field == Field::address_state) {
    static_assert(
        holds_for<Policy, carried>,
        "florin: this processor cannot carry address_state: remove `address_state = ...`, or add "
        "`droppable(address_state)` to customer(...) to create the customer without it");
  } else if constexpr (field == Field::address_zip) {
    static_assert(
        holds_for<Policy, carried>,
        "florin: this processor cannot carry address_zip: remove `address_zip = ...`, or add "
        "`droppable(address_zip)` to customer(...) to create the customer without it");
  } else if constexpr (field == Field::address_country) {
    static_assert(
        holds_for<Policy, carried>,
        "florin: this processor cannot carry address_country: remove `address_country = ...`, or "
        "add `droppable(address_country)` to customer(...) to create the customer without it");
  }
}

/// \tparam given bytes of the constant.
/// \tparam allowed characters.
template <class Policy, Field field, std::size_t given, std::size_t allowed>
consteval void diagnose_length() {
  if constexpr (field == Field::merchant_customer_id) {
    static_assert(
        holds_for<Policy, given <= allowed, given, allowed>,
        "florin: the constant given for merchant_customer_id is longer than this processor allows: "
        "shorten it (a literal is counted in bytes; pass a std::string_view if it is not ASCII)");
  } else if constexpr (field == Field::email) {
    static_assert(
        holds_for<Policy, given <= allowed, given, allowed>,
        "florin: the constant given for email is longer than this processor allows: shorten it (a "
        "literal is counted in bytes; pass a std::string_view if it is not ASCII)");
  } else if constexpr (field == Field::name) {
    static_assert(
        holds_for<Policy, given <= allowed, given, allowed>,
        "florin: the constant given for name is longer than this processor allows: shorten it (a "
        "literal is counted in bytes; pass a std::string_view if it is not ASCII)");
  } else if constexpr (field == Field::given_name) {
    static_assert(holds_for<Policy, given <= allowed, given, allowed>,
                  "florin: the constant given for given_name is longer than this processor allows: "
                  "shorten it "
                  "(a literal is counted in bytes; pass a std::string_view if it is not ASCII)");
  } else if constexpr (field == Field::family_name) {
    static_assert(
        holds_for<Policy, given <= allowed, given, allowed>,
        "florin: the constant given for family_name is longer than this processor allows: shorten "
        "it (a literal is counted in bytes; pass a std::string_view if it is not ASCII)");
  } else if constexpr (field == Field::phone) {
    static_assert(
        holds_for<Policy, given <= allowed, given, allowed>,
        "florin: the constant given for phone is longer than this processor allows: shorten it (a "
        "literal is counted in bytes; pass a std::string_view if it is not ASCII)");
  } else if constexpr (field == Field::description) {
    static_assert(
        holds_for<Policy, given <= allowed, given, allowed>,
        "florin: the constant given for description is longer than this processor allows: shorten "
        "it (a literal is counted in bytes; pass a std::string_view if it is not ASCII)");
  } else if constexpr (field == Field::address_line1) {
    static_assert(
        holds_for<Policy, given <= allowed, given, allowed>,
        "florin: the constant given for address_line1 is longer than this processor allows: "
        "shorten it (a literal is counted in bytes; pass a std::string_view if it is not ASCII)");
  } else if constexpr (field == Field::address_line2) {
    static_assert(
        holds_for<Policy, given <= allowed, given, allowed>,
        "florin: the constant given for address_line2 is longer than this processor allows: "
        "shorten it (a literal is counted in bytes; pass a std::string_view if it is not ASCII)");
  } else if constexpr (field == Field::address_city) {
    static_assert(
        holds_for<Policy, given <= allowed, given, allowed>,
        "florin: the constant given for address_city is longer than this processor allows: shorten "
        "it (a literal is counted in bytes; pass a std::string_view if it is not ASCII)");
  } else if constexpr (field == Field::address_state) {
    static_assert(
        holds_for<Policy, given <= allowed, given, allowed>,
        "florin: the constant given for address_state is longer than this processor allows: "
        "shorten it (a literal is counted in bytes; pass a std::string_view if it is not ASCII)");
  } else if constexpr (field == Field::address_zip) {
    static_assert(
        holds_for<Policy, given <= allowed, given, allowed>,
        "florin: the constant given for address_zip is longer than this processor allows: shorten "
        "it (a literal is counted in bytes; pass a std::string_view if it is not ASCII)");
  } else if constexpr (field == Field::address_country) {
    static_assert(
        holds_for<Policy, given <= allowed, given, allowed>,
        "florin: the constant given for address_country is longer than this processor allows: "
        "shorten it (a literal is counted in bytes; pass a std::string_view if it is not ASCII)");
  }
}

/// An address as a whole: what of it is not carried is known when its fields are.
template <class Policy, class Operation, class Request>
consteval void diagnose_address() {
  constexpr FieldSet kept =
      Request::optional & (Request::waived | DeclarationOf<Policy, Operation>::Body::carried);
  static_assert(holds_for < Policy, Request::optional.empty() || !kept.empty() >,
                "florin: this processor cannot carry an address: remove `address = ...`, or add "
                "`droppable(address)` to customer(...) to create the customer without it");
}

/// \tparam given entries in the list.
/// \tparam allowed entries that leave room for the policy's own.
template <class Policy, std::size_t given, std::size_t allowed>
consteval void diagnose_entries() {
  static_assert(holds_for<Policy, given <= max_metadata_entries, given, max_metadata_entries>,
                "florin: metadata has more than 20 entries: give at most 20 in `metadata = {...}`");
  static_assert(
      holds_for<Policy, (given > max_metadata_entries || given <= allowed), given, allowed>,
      "florin: metadata has more entries than this processor allows: give fewer in "
      "`metadata = {...}`");
}

/// A name has both its parts or neither.
template <class Policy, class Request>
consteval void diagnose_name() {
  constexpr bool given = Request::given.contains(Field::given_name);
  constexpr bool family = Request::given.contains(Field::family_name);
  static_assert(holds_for<Policy, (given || !family)>,
                "florin: family_name is given without given_name: add `given_name = ...`, or give "
                "`name = ...` alone");
  static_assert(holds_for<Policy, (family || !given)>,
                "florin: given_name is given without family_name: add `family_name = ...`, or give "
                "`name = ...` alone");
}

template <class Policy, class Operation, class Request>
consteval bool diagnose_request() {
  using Body = typename DeclarationOf<Policy, Operation>::Body;
  []<std::size_t... I>(std::index_sequence<I...>) {
    (diagnose_given<Policy, Operation, Request, static_cast<Field>(I)>(), ...);
    (diagnose_carried<Policy, Operation, Request, static_cast<Field>(I)>(), ...);
    diagnose_address<Policy, Operation, Request>();
    diagnose_name<Policy, Request>();
    (diagnose_length<Policy, static_cast<Field>(I), Request::literal_length(static_cast<Field>(I)),
                     Body::max_length(static_cast<Field>(I))>(),
     ...);
  }
  (std::make_index_sequence<field_count>{});
  constexpr std::size_t allowed =
      Body::max_entries() - detail::least(Body::max_entries(), Body::reserved_entries());
  diagnose_entries<Policy, Request::metadata_entries, allowed>();
  return true;
}

}  // namespace detail

namespace detail {

/// Says that a path has a place for a value that the operation does not have.
template <class Policy, class Declared, class Operation>
consteval void diagnose_path() {
  constexpr bool fills = FillsPath<Declared, Operation>;
  if constexpr (Operation::reads == Reads::page) {
    static_assert(holds_for<Policy, fills>,
                  "florin: the path of a find has another place than that of its filter: write "
                  "`{email}` in ByEmail, or `{reference}` in ByReference, once");
  } else {
    static_assert(holds_for<Policy, fills>,
                  "florin: a path has a place that the operation has no value for: `{email}` and "
                  "`{reference}` stand in a find alone, `{id}` where one customer is named");
  }
}

/// Says what a token exchange lacks.
template <class Policy>
consteval void diagnose_token() {
  using Declared = typename Policy::Token;
  if constexpr (!HasMethod<Declared>) {
    static_assert(holds_for<Policy, HasMethod<Declared>>,
                  "florin: the token exchange has no method: add `static constexpr auto method = "
                  "Method::post;` to Token");
  } else if constexpr (!HasPath<Declared>) {
    static_assert(holds_for<Policy, HasPath<Declared>>,
                  "florin: the token exchange has no path: add `static constexpr std::string_view "
                  "path = \"/...\";` to Token");
  } else if constexpr (!HasBody<Declared>) {
    static_assert(holds_for<Policy, HasBody<Declared>>,
                  "florin: the token exchange has no body: add `using Body = "
                  "Form<Const<\"grant_type\", \"client_credentials\">>;` or `using Body = "
                  "json::Object<>;` to Token");
  } else if constexpr (!HasRequestHeaders<Declared>) {
    static_assert(holds_for<Policy, HasRequestHeaders<Declared>>,
                  "florin: the token exchange does not say its headers: add `using RequestHeaders "
                  "= Headers<BasicAuth<&Credentials::client_id, &Credentials::client_secret>>;` to "
                  "Token");
  } else if constexpr (Declared::RequestHeaders::repeats()) {
    static_assert(holds_for<Policy, !Declared::RequestHeaders::repeats()>,
                  "florin: a request header of the token exchange is declared twice: take out of "
                  "Token's RequestHeaders Host, Content-Length, Content-Type, Accept and "
                  "User-Agent, which every request has");
  } else if constexpr (!HasTokenReply<Declared>) {
    static_assert(holds_for<Policy, HasTokenReply<Declared>>,
                  "florin: the token exchange does not say where the token stands: add `static "
                  "constexpr json::TokenReply reply{.token = \"access_token\", .lifetime = "
                  "\"expires_in\"};` to Token");
  } else if constexpr (!FillsPath<Declared, FetchToken>) {
    diagnose_path<Policy, Declared, FetchToken>();
  } else if constexpr (!HasReadableHosts<Declared>) {
    static_assert(holds_for<Policy, HasReadableHosts<Declared>>,
                  "florin: the hosts of the token exchange are names alone: write `static "
                  "constexpr Hosts hosts{.live = \"login.example.com\", .sandbox = "
                  "\"login.example.com\"};` in Token, without scheme, port and path");
  } else if constexpr (HasTokenPaths<Declared>) {
    constexpr bool known = has_known_holes<Policy, Declared>();
    static_assert(holds_for<Policy, known>,
                  "florin: a hole in a host of the token exchange names no credential that may "
                  "stand there: write `{site}` with the name of a std::string in CredentialNames, "
                  "and `{prefix.}login.example.com` for an OptionalCredential");
  } else {
    static_assert(holds_for<Policy, HasTokenPaths<Declared>>,
                  "florin: a path in the token exchange's reply is not well-formed: write names "
                  "with dots between them and `[n]` behind an array, e.g. \"data[0].token\"");
  }
}

}  // namespace detail

namespace detail {

/// Says that an operation is not offered, and what there is instead.
template <class Policy, class Operation>
consteval void diagnose_offer() {
  constexpr bool offered = Offers<Policy, Operation>;
  if constexpr (Edits<Operation>) {
    static_assert(holds_for<Policy, offered>,
                  "florin: this policy does not offer update: the processor cannot change a "
                  "customer, or does not document how; it offers create, and retrieve to see what "
                  "is there");
  } else if constexpr (Operation::reads == Reads::record) {
    static_assert(holds_for<Policy, offered>,
                  "florin: this policy does not offer retrieve: a customer cannot be read back by "
                  "its id there; it offers create, whose answer you have to store");
  } else if constexpr (Operation::reads == Reads::confirmation) {
    static_assert(holds_for<Policy, offered>,
                  "florin: this policy does not offer delete: the processor neither deletes nor "
                  "deactivates customers; forget the two ids on your side");
  } else if constexpr (Operation::reads == Reads::page) {
    constexpr bool by_email = Operation::filter == Field::email;
    constexpr bool other = by_email ? Offers<Policy, FindByReference> : Offers<Policy, FindByEmail>;
    static_assert(holds_for < Policy, other || offered >,
                  "florin: this policy does not offer find: the processor has no search for "
                  "customers; store the connector_customer_id that create answers");
    static_assert(holds_for < Policy, !by_email || !other || offered >,
                  "florin: this policy does not offer find by email: it offers "
                  "`by_reference(merchant_customer_id)`");
    static_assert(holds_for < Policy, by_email || !other || offered >,
                  "florin: this policy does not offer find by your own reference: it offers "
                  "`by_email(email)`");
  } else {
    static_assert(holds_for<Policy, offered>,
                  "florin: the policy does not offer this operation: add its declaration, e.g. "
                  "`struct Create { ... };`, to the policy");
  }
}

/// Says what the record lacks.
template <class Policy>
consteval void diagnose_record() {
  if constexpr (!HasRecord<Policy>) {
    static_assert(holds_for<Policy, HasRecord<Policy>>,
                  "florin: the policy does not say how a customer is read back: add `static "
                  "constexpr json::Record record{.id = \"id\", .email = \"email\"};`");
  } else {
    static_assert(holds_for<Policy, HasRecordPaths<Policy>>,
                  "florin: a path in record is not well-formed: write names with dots between them "
                  "and `[n]` behind an array, e.g. \"addresses[0].city\"");
  }
}

/// Says what the declaration of a find lacks.
template <class Policy, class Operation>
consteval void diagnose_find() {
  using Declared = DeclarationOf<Policy, Operation>;
  if constexpr (!HasMethod<Declared>) {
    static_assert(holds_for<Policy, HasMethod<Declared>>,
                  "florin: a find has no method: add `static constexpr auto method = "
                  "Method::get;` to ByEmail or ByReference");
  } else if constexpr (!HasPath<Declared>) {
    static_assert(holds_for<Policy, HasPath<Declared>>,
                  "florin: a find has no path: add `static constexpr std::string_view path = "
                  "\"/...\";` to ByEmail or ByReference");
  } else if constexpr (!SendsFilter<Declared, Operation>) {
    static_assert(holds_for<Policy, SendsFilter<Declared, Operation>>,
                  "florin: a find does not send its filter: add `using Query = "
                  "Query<Put<\"email\", field::Email>>;`, with field::MerchantCustomerId in "
                  "ByReference, or a Body that has it, or `{email}` or `{reference}` to its path");
  } else if constexpr (!HasPage<Declared>) {
    static_assert(holds_for<Policy, HasPage<Declared>>,
                  "florin: a find does not say where the customers stand: add `static constexpr "
                  "json::Page page{.items = \"data\", .more = \"has_more\", .next = "
                  "json::Next::last_id};` to it");
  } else if constexpr (!HasPagePaths<Declared>) {
    static_assert(holds_for<Policy, HasPagePaths<Declared>>,
                  "florin: a path in a find's page is not well-formed: write names with dots "
                  "between them and `[n]` behind an array, e.g. \"data.customers\"");
  } else if constexpr (!CountsPages<Declared>) {
    static_assert(holds_for<Policy, CountsPages<Declared>>,
                  "florin: `.pages` and `.total` of a find's page count nothing: add `.next = "
                  "json::Next::number`, or take them out");
  } else {
    diagnose_record<Policy>();
  }
}

/// Says what the declaration of a delete lacks.
template <class Policy>
consteval void diagnose_delete() {
  using Declared = typename Policy::Delete;
  if constexpr (!HasMethod<Declared>) {
    static_assert(holds_for<Policy, HasMethod<Declared>>,
                  "florin: Delete has no method: add `static constexpr auto method = "
                  "Method::delete_;` to it");
  } else if constexpr (!SendsId<Declared>) {
    static_assert(holds_for<Policy, SendsId<Declared>>,
                  "florin: Delete does not say where the id goes: add `static constexpr "
                  "std::string_view path = \"/.../{id}\";` to it, with {id} once, or a path and a "
                  "`Body` with `Put<\"...\", CustomerId>`");
  } else if constexpr (!HasConfirmation<Declared>) {
    static_assert(holds_for<Policy, HasConfirmation<Declared>>,
                  "florin: Delete does not say what shows that it was done: add `static constexpr "
                  "json::Reply reply{.id = \"id\", .verdict = \"deleted\", .verdict_text = "
                  "\"true\"};` to it, or `.may_be_empty = true`");
  } else {
    static_assert(holds_for<Policy, HasConfirmationPaths<Declared>>,
                  "florin: a path in Delete's reply is not well-formed: write names with dots "
                  "between them and `[n]` behind an array, e.g. \"data.customers[0].id\"");
  }
}

/// Says what the declaration of a retrieve lacks.
template <class Policy>
consteval void diagnose_retrieve() {
  using Declared = typename Policy::Retrieve;
  if constexpr (!HasMethod<Declared>) {
    static_assert(holds_for<Policy, HasMethod<Declared>>,
                  "florin: Retrieve has no method: add `static constexpr auto method = "
                  "Method::get;` to it");
  } else if constexpr (!SendsId<Declared>) {
    static_assert(holds_for<Policy, SendsId<Declared>>,
                  "florin: Retrieve does not say where the id goes: add `static constexpr "
                  "std::string_view path = \"/.../{id}\";` to it, with {id} once, or a path and a "
                  "`Body` with `Put<\"...\", CustomerId>`");
  } else {
    diagnose_record<Policy>();
  }
}

/// Says what the declaration of an update lacks.
template <class Policy, class Operation>
consteval void diagnose_update() {
  using Declared = DeclarationOf<Policy, Operation>;
  if constexpr (!HasMethod<Declared>) {
    static_assert(holds_for<Policy, HasMethod<Declared>>,
                  "florin: Update has no method: add `static constexpr auto method = "
                  "Method::post;` to it");
  } else if constexpr (!HasBody<Declared>) {
    static_assert(holds_for<Policy, HasBody<Declared>>,
                  "florin: Update has no body: add `using Body = Create::Body;` to it, or a "
                  "`json::Object<...>` or `Form<...>` of what can change");
  } else if constexpr (!SendsId<Declared>) {
    static_assert(holds_for<Policy, SendsId<Declared>>,
                  "florin: Update does not say where the id goes: add `static constexpr "
                  "std::string_view path = \"/.../{id}\";` to it, with {id} once, or a path and "
                  "`Put<\"...\", CustomerId>` to its Body");
  } else if constexpr (!HasNotCarried<Declared>) {
    static_assert(holds_for<Policy, HasNotCarried<Declared>>,
                  "florin: Update does not say what cannot change: add `using NotCarried = "
                  "Fields<...>;` to it, with every unified field that Body leaves out");
  } else if constexpr (!HasRecord<Policy>) {
    static_assert(holds_for<Policy, HasRecord<Policy>>,
                  "florin: the policy does not say how a customer is read back: add `static "
                  "constexpr json::Record record{.id = \"id\", .email = \"email\"};`");
  } else if constexpr (!SendsOwnKey<Declared>) {
    static_assert(holds_for<Policy, SendsOwnKey<Declared>>,
                  "florin: Update does not send its idempotency key: IdempotencyMember wants "
                  "`Put<\"...\", IdempotencyKey, Required>` in Body");
  } else if constexpr (!AccountsForAllFields<Declared>) {
    []<std::size_t... I>(std::index_sequence<I...>) {
      (diagnose_account<Policy, Operation, static_cast<Field>(I)>(), ...);
    }
    (std::make_index_sequence<field_count>{});
  } else {
    static_assert(holds_for<Policy, HasRecordPaths<Policy>>,
                  "florin: a path in record is not well-formed: write names with dots between them "
                  "and `[n]` behind an array, e.g. \"addresses[0].city\"");
  }
}

/// Says that a field cannot be changed, or not be cleared.
template <class Policy, class Request, Field field>
consteval void diagnose_change() {
  constexpr FieldSet carried = DeclarationOf<Policy, Update>::Body::carried;
  constexpr FieldSet removed =
      Request::clears_metadata ? Request::cleared | FieldSet{Field::metadata} : Request::cleared;
  constexpr FieldSet stuck =
      ((Request::given - Request::optional) | removed) - Request::waived - carried;
  if constexpr (field == Field::metadata) {
    static_assert(holds_for<Policy, !stuck.contains(field), field>,
                  "florin: this processor has no metadata that an update could change: remove "
                  "`metadata_entry(...)` and the like from customer_changes(...), or add "
                  "`droppable(metadata)` to leave it at the other changes");
  } else {
    static_assert(holds_for<Policy, !stuck.contains(field), field>,
                  "florin: this processor cannot change this field: remove it from "
                  "customer_changes(...), or add `droppable(...)` with its name to leave it at the "
                  "other changes");
  }
  static_assert(
      holds_for<Policy, !((removed & carried) - ChangeOf<Policy>::clearable).contains(field),
                field>,
      "florin: this processor cannot clear this field: remove `clear(...)` of it from "
      "customer_changes(...), or give it another value");
}

template <class Policy, class Operation, class Request>
consteval bool diagnose_changes() {
  using Body = typename DeclarationOf<Policy, Operation>::Body;
  []<std::size_t... I>(std::index_sequence<I...>) {
    (diagnose_change<Policy, Request, static_cast<Field>(I)>(), ...);
    (diagnose_length<Policy, static_cast<Field>(I), Request::literal_length(static_cast<Field>(I)),
                     Body::max_length(static_cast<Field>(I))>(),
     ...);
  }
  (std::make_index_sequence<field_count>{});
  diagnose_address<Policy, Operation, Request>();
  diagnose_name<Policy, Request>();
  constexpr std::size_t allowed =
      Body::max_entries() - detail::least(Body::max_entries(), Body::reserved_entries());
  diagnose_entries<Policy, Request::metadata_entries, allowed>();
  return true;
}

}  // namespace detail

/// Says, as a compile error, what `Policy` lacks for `Operation`.
/// \return true for a complete policy.
template <class Policy, class Operation = Create>
consteval bool diagnose() {
  if constexpr (ConnectorPolicy<Policy, Operation>) {
    return true;
  } else if constexpr (!HasName<Policy>) {
    static_assert(detail::holds_for<Policy, HasName<Policy>>,
                  "florin: the policy has no name: add `static constexpr std::string_view name = "
                  "\"...\";`");
  } else if constexpr (!HasHosts<Policy>) {
    static_assert(detail::holds_for<Policy, HasHosts<Policy>>,
                  "florin: the policy has no hosts: add `static constexpr Hosts hosts{.live = "
                  "\"...\", .sandbox = \"...\"};`");
  } else if constexpr (!HasSandboxHost<Policy>) {
    static_assert(detail::holds_for<Policy, HasSandboxHost<Policy>>,
                  "florin: the policy has no sandbox host: add `.sandbox = \"...\"` to hosts, the "
                  "live host again where only the credentials decide");
  } else if constexpr (!HasHostNames<Policy>) {
    static_assert(detail::holds_for<Policy, HasHostNames<Policy>>,
                  "florin: a host is a name alone: write `.live = \"api.example.com\"`, without "
                  "scheme, port and path, or `\"{site}.example.com\"` with one credential in it");
  } else if constexpr (!HasCredentials<Policy>) {
    static_assert(
        detail::holds_for<Policy, HasCredentials<Policy>>,
        "florin: the policy has no credentials: add `struct Credentials { Secret api_key; "
        "};`");
  } else if constexpr (!HasCredentialNames<Policy>) {
    static_assert(detail::holds_for<Policy, HasCredentialNames<Policy>>,
                  "florin: the policy does not name its credentials: add `using CredentialNames = "
                  "CredentialList<Credential<\"api_key\", &Credentials::api_key>>;`");
  } else if constexpr (!NamesAllCredentials<Policy>) {
    static_assert(detail::holds_for<Policy, NamesAllCredentials<Policy>>,
                  "florin: a member of Credentials has no name: add `Credential<\"...\", "
                  "&Credentials::...>`, or an `OptionalCredential`, to CredentialNames");
  } else if constexpr (!HasKnownHoles<Policy>) {
    static_assert(detail::holds_for<Policy, HasKnownHoles<Policy>>,
                  "florin: a hole in a host names no credential that may stand there: write "
                  "`{site}` with the name of a std::string in CredentialNames, and "
                  "`{prefix.}api.example.com` for an OptionalCredential");
  } else if constexpr (!HasRequestHeaders<Policy>) {
    static_assert(detail::holds_for<Policy, HasRequestHeaders<Policy>>,
                  "florin: the policy does not say its headers: add `using RequestHeaders = "
                  "Headers<BearerAuth<&Credentials::api_key>>;`");
  } else if constexpr (!SaysIdempotency<Policy>) {
    static_assert(
        detail::holds_for<Policy, SaysIdempotency<Policy>>,
        "florin: the policy does not say how repeated requests are recognised: add `using "
        "Idempotency = IdempotencyHeader<\"Idempotency-Key\", 255>;` or `using Idempotency "
        "= NoIdempotency;`");
  } else if constexpr (!HasDistinctHeaders<Policy>) {
    static_assert(
        detail::holds_for<Policy, HasDistinctHeaders<Policy>>,
        "florin: a request header is declared twice: take out of RequestHeaders what "
        "Idempotency sends, and Host, Content-Length, Content-Type, Accept and User-Agent, "
        "which every request has");
  } else if constexpr (!SaysFailure<Policy>) {
    static_assert(detail::holds_for<Policy, SaysFailure<Policy>>,
                  "florin: the policy does not say where errors stand: add `static constexpr "
                  "json::Failure failure{.code = \"error.code\", .message = \"error.message\"};`");
  } else if constexpr (!HasFailurePaths<Policy>) {
    static_assert(
        detail::holds_for<Policy, HasFailurePaths<Policy>>,
        "florin: a path in failure is not well-formed: write names with dots between them "
        "and `[n]` behind an array, e.g. \"errors[0].code\"");
  } else if constexpr (!HasReadableRules<Policy>) {
    static_assert(detail::holds_for<Policy, HasReadableRules<Policy>>,
                  "florin: rules is not an array of Rule: write `static constexpr std::array "
                  "rules{Rule{...}, ...};`");
  } else if constexpr (!HasPossibleRules<Policy>) {
    static_assert(detail::holds_for<Policy, HasPossibleRules<Policy>>,
                  "florin: a rule fits no answer: it has both `.param` and `.no_param = true`, or "
                  "is `.at` operations that the policy does not offer: take it out or mend it");
  } else if constexpr (!HasReadableResponseHeaders<Policy>) {
    static_assert(detail::holds_for<Policy, HasReadableResponseHeaders<Policy>>,
                  "florin: response_headers is of another type: write `static constexpr "
                  "ResponseHeaders response_headers{.request_id = \"...\"};`");
  } else if constexpr (!CompleteToken<Policy>) {
    detail::diagnose_token<Policy>();
  } else if constexpr (!Offers<Policy, Operation>) {
    detail::diagnose_offer<Policy, Operation>();
  } else if constexpr (!FillsPath<DeclarationOf<Policy, Operation>, Operation>) {
    detail::diagnose_path<Policy, DeclarationOf<Policy, Operation>, Operation>();
  } else if constexpr (Edits<Operation>) {
    detail::diagnose_update<Policy, Operation>();
  } else if constexpr (Operation::reads == Reads::record) {
    detail::diagnose_retrieve<Policy>();
  } else if constexpr (Operation::reads == Reads::page) {
    detail::diagnose_find<Policy, Operation>();
  } else if constexpr (Operation::reads == Reads::confirmation) {
    detail::diagnose_delete<Policy>();
  } else {
    using Declared = DeclarationOf<Policy, Operation>;
    if constexpr (!HasMethod<Declared>) {
      static_assert(detail::holds_for<Policy, HasMethod<Declared>>,
                    "florin: the operation has no method: add `static constexpr auto method = "
                    "Method::post;` to it");
    } else if constexpr (!HasPath<Declared>) {
      static_assert(
          detail::holds_for<Policy, HasPath<Declared>>,
          "florin: the operation has no path: add `static constexpr std::string_view path "
          "= \"/...\";` to it");
    } else if constexpr (!HasBody<Declared>) {
      static_assert(
          detail::holds_for<Policy, HasBody<Declared>>,
          "florin: the operation has no body: add `using Body = json::Object<Put<\"email\", "
          "field::Email>, ...>;` or a `Form<...>` to it");
    } else if constexpr (!HasNotCarried<Declared>) {
      static_assert(
          detail::holds_for<Policy, HasNotCarried<Declared>>,
          "florin: the operation does not say what is not carried: add `using NotCarried = "
          "Fields<...>;` to it, with every unified field that Body leaves out");
    } else if constexpr (!HasReply<Declared>) {
      static_assert(detail::holds_for<Policy, HasReply<Declared>>,
                    "florin: the operation does not say where the id stands: add `static constexpr "
                    "json::Reply reply{.id = \"id\"};` to it");
    } else if constexpr (!HasReplyPaths<Declared>) {
      static_assert(
          detail::holds_for<Policy, HasReplyPaths<Declared>>,
          "florin: a path in reply is not well-formed: write names with dots between them "
          "and `[n]` behind an array, e.g. \"data.customers[0].id\"");
    } else if constexpr (!SendsKey<Policy, Declared>) {
      static_assert(detail::holds_for<Policy, SendsKey<Policy, Declared>>,
                    "florin: the idempotency key is not sent: IdempotencyMember wants "
                    "`Put<\"...\", IdempotencyKey, Required>` in Body");
    } else {
      []<std::size_t... I>(std::index_sequence<I...>) {
        (detail::diagnose_account<Policy, Operation, static_cast<Field>(I)>(), ...);
      }
      (std::make_index_sequence<field_count>{});
    }
  }
  return false;
}

/// Says, as a compile error, what is wrong with a policy or, where the request knows its fields at
/// compile time, with giving this request to this policy.
template <class Policy, class Operation, class Request>
consteval bool diagnose_call() {
  if constexpr (!diagnose<Policy, Operation>()) {
    return false;
  } else if constexpr (StaticUpdate<Request>) {
    return detail::diagnose_changes<Policy, Operation, Request>();
  } else if constexpr (StaticRequest<Request>) {
    return detail::diagnose_request<Policy, Operation, Request>();
  } else {
    return true;
  }
}

}  // namespace florin

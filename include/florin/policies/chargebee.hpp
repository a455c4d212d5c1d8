// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json_text.hpp>

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// The filter `email[is]`, whose brackets Chargebee wants encoded in a query.
struct ChargebeeEmailFilter : ElementList<> {
  static constexpr FixedString wire_name{"email[is]"};
  static constexpr FieldSet carried{Field::email};

  template <class Ctx>
  static void write_form(const Ctx& context, Buffer& out, FieldSet&) {
    const std::string_view email = context.request.email;
    constexpr std::string_view prefix = "email%5Bis%5D=";
    char* const to = copy(out.room(prefix.size() + 3 * email.size() + 1), prefix);
    out.end_at(copy(wire::detail::put_percent(to, email), "&"));
  }
};

/// The order of a list, oldest first, of which the documents say different things where none is
/// asked for.
struct ChargebeeOrder : ElementList<> {
  static constexpr FixedString wire_name{"sort_by[asc]"};

  template <class Ctx>
  static void write_form(const Ctx&, Buffer& out, FieldSet&) {
    out.append("sort_by%5Basc%5D=created_at&");
  }
};

/// A state: as a code, of two capital letters in the US, Canada and India, or else as a name.
template <bool IsCode>
struct ChargebeeState {
  static constexpr Field id = Field::address_state;
  static constexpr FieldSet carried{Field::address_state};

  template <class Ctx>
  static constexpr Value read(const Ctx& context) noexcept {
    const std::string_view state = field::AddressState::get(context.request);
    const std::string_view country = field::AddressCountry::get(context.request);
    const bool has_codes = country == "US" || country == "CA" || country == "IN";
    const bool is_code = state.size() == 2 && std::all_of(state.begin(), state.end(), [](char c) {
                           return c >= 'A' && c <= 'Z';
                         });
    return {.first = (has_codes && is_code) == IsCode ? state : std::string_view{}};
  }
};

/// Chargebee customers, API v2.
///
/// `merchant_customer_id` becomes the customer's id: one that could not stand in a path is refused,
/// and so is a second customer of the same id. Nothing is required beside. Metadata are one JSON
/// text; a description has no place, since the notes that there are go onto invoices. Repeated
/// requests are recognised by their key for half an hour, later ones by the id.
///
/// Sites can be set up to write to customers: what florin sends asks Chargebee not to e-mail
/// anybody, and leaves webhooks and other actions as they are. The name of the site is a part of
/// the host. Of a site with several business entities the default one gets the customer.
///
/// Source: https://apidocs.chargebee.com/docs/api/customers, /error-handling, /idempotency, and
/// Chargebee's OpenAPI description of June 2026, which has the lengths of an address.
struct ChargebeePolicy {
  static constexpr std::string_view name = "chargebee";
  static constexpr Hosts hosts{.live = "{site}.chargebee.com",
                               .sandbox = "{site}-test.chargebee.com"};

  /// Keys of the live site and of its test site differ.
  struct Credentials {
    std::string site{};  ///< its name alone: `acme` of `acme.chargebee.com`, without `-test`
    Secret api_key{};
  };
  using CredentialNames = CredentialList<Credential<"site", &Credentials::site>,
                                         Credential<"api_key", &Credentials::api_key>>;
  using RequestHeaders = Headers<BasicAuth<&Credentials::api_key>>;
  using Idempotency = IdempotencyHeader<"chargebee-idempotency-key", 100,
                                        ReplayedBy<"chargebee-idempotency-replayed", "true">>;

  /// What may send e-mails says that it does not want any.
  struct Quiet {
    using RequestHeaders = Headers<BasicAuth<&Credentials::api_key>,
                                   Header<"chargebee-event-email", Literal<"all-disabled">>>;
  };

  static constexpr json::Failure failure{.code = "api_error_code",
                                         .type = "type",
                                         .message = "message",
                                         .param = "param",
                                         .existing_id_is_reference = true};
  /// A duplicate need not name its parameter. How a request is answered while one with the same key
  /// runs is not documented: a 409 that is not about a state may say so. A site that does not exist
  /// is a wrong credential, and no missing customer.
  static constexpr std::array rules{
      Rule{.code = "duplicate_entry",
           .param = "id",
           .means = Errc::customer_exists,
           .at = At::create},
      Rule{.code = "duplicate_entry",
           .no_param = true,
           .means = Errc::customer_exists,
           .at = At::create},
      Rule{.code = "unable_to_process_request", .means = Errc::idempotency_conflict},
      Rule{.code = "invalid_state_for_request", .means = Errc::rejected},
      Rule{.status = 409, .means = Errc::idempotency_conflict, .retry = Retry::yes},
      Rule{.code = "site_not_found", .means = Errc::unauthorized},
      Rule{.code = "configuration_incompatible", .means = Errc::rejected},
      Rule{.code = "resource_limit_exceeded", .means = Errc::rejected},
      Rule{.code = "resource_limit_exhausted", .means = Errc::rejected},
  };

  /// Whether a deleted customer can be read is not documented: one that is marked is gone, too.
  static constexpr json::Record record{.within = "customer",
                                       .id = "id",
                                       .merchant_customer_id = "id",
                                       .email = "email",
                                       .given_name = "first_name",
                                       .family_name = "last_name",
                                       .phone = "phone",
                                       .metadata = "meta_data",
                                       .address_line1 = "billing_address.line1",
                                       .address_line2 = "billing_address.line2",
                                       .address_city = "billing_address.city",
                                       .address_state = "billing_address.state",
                                       .address_state_code = "billing_address.state_code",
                                       .address_zip = "billing_address.zip",
                                       .address_country = "billing_address.country",
                                       .created = "created_at",
                                       .deleted = "deleted",
                                       .deleted_text = "true"};

  using FirstName = Put<"first_name", GivenName, MaxLength<150>>;
  using LastName = Put<"last_name", FamilyName, MaxLength<150>>;
  using Email = Put<"email", field::Email, MaxLength<70>, EmailForm>;
  using Phone = Put<"phone", field::Phone, MaxLength<50>>;
  using Metadata = JsonText<"meta_data", Entries<"{}", field::Metadata>>;

  struct Create : Quiet {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/api/v2/customers";
    using Body = Form<Put<"id", field::MerchantCustomerId, MaxLength<50>, IdForm>, FirstName,
                      LastName, Email, Phone, Metadata,
                      Put<"billing_address[line1]", field::AddressLine1, MaxLength<150>>,
                      Put<"billing_address[line2]", field::AddressLine2, MaxLength<150>>,
                      Put<"billing_address[city]", field::AddressCity, MaxLength<50>>,
                      Put<"billing_address[state_code]", ChargebeeState<true>>,
                      Put<"billing_address[state]", ChargebeeState<false>, MaxLength<50>>,
                      Put<"billing_address[zip]", field::AddressZip, MaxLength<20>>,
                      Put<"billing_address[country]", field::AddressCountry>>;
    using NotCarried = Fields<field::Description>;
    static constexpr json::Reply reply{
        .id = "customer.id",
        .echo = {.merchant_customer_id = "customer.id", .email = "customer.email"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/api/v2/customers/{id}";
  };

  /// What is not sent stays. The address cannot change here: it has a request of its own, so that
  /// the two would not be one change, and that removes the VAT number, which florin does not know.
  /// Whether metadata are merged or replaced is not documented: they are sent whole, with what the
  /// client has read before, which is not atomic. Nor is how a field or an entry is removed:
  /// neither is offered. Chargebee recognises a repeated update by its key.
  struct Update : Quiet {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/api/v2/customers/{id}";
    using Idempotency = ChargebeePolicy::Idempotency;
    using Body = Form<FirstName, LastName, Email, Phone, Metadata>;
    using NotCarried = Fields<field::MerchantCustomerId, field::Description, field::Address>;
    static constexpr Replaces replaces{.metadata = true};
  };

  /// Schedules what is done some minutes later and cannot be undone: subscriptions, invoices,
  /// transactions and payment methods, at the gateway as well, go with the customer. Until then it
  /// can be read and found. Whether a second time is refused is not documented, nor whether the id
  /// can be used again.
  struct Delete : Quiet {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/api/v2/customers/{id}/delete";
    using Body = Form<Const<"delete_payment_method", "true">>;
    static constexpr json::Reply reply{.id = "customer.id"};
  };

  /// By reference the customer is read by its id, which no index can be behind of. Metadata cannot
  /// be searched.
  struct Find {
    struct ByEmail {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/api/v2/customers";
      using Query = wire::Query<ChargebeeEmailFilter, ChargebeeOrder, Const<"limit", "100">,
                                Put<"offset", PageToken<>>>;
      static constexpr json::Page page{
          .items = "list", .within = "customer", .token = "next_offset"};
    };
    struct ByReference {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/api/v2/customers/{reference}";
      static constexpr json::Page page{};
    };
  };
};

static_assert(diagnose<ChargebeePolicy>() && diagnose<ChargebeePolicy, florin::Retrieve>() &&
              diagnose<ChargebeePolicy, florin::Delete>() &&
              diagnose<ChargebeePolicy, FindByEmail>() &&
              diagnose<ChargebeePolicy, FindByReference>() &&
              diagnose<ChargebeePolicy, florin::Update>());

}  // namespace policies

using policies::ChargebeePolicy;

}  // namespace florin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>

#include <array>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// Whether a 422 that names the code says that it is taken: in these words, or since there is
/// nothing else to be said against a code of the form that version 2 documents. Whether this
/// version wants that form as well is not known, so a code of another form may be refused for it.
constexpr bool recurly_is_duplicate(std::string_view code, std::string_view message) noexcept {
  constexpr std::string_view taken = "already been taken";
  constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789@-_.";
  return message.find(taken) != std::string_view::npos ||
         (!code.starts_with('.') && !code.starts_with('-') &&
          code.find_first_not_of(letters) == std::string_view::npos);
}

/// Recurly customers, which it calls accounts, API version v2021-02-25.
///
/// `merchant_customer_id` is the account's code: unique, and never changed. The phone is a part of
/// the address; a description has no place. Metadata are custom fields: their names have to be set
/// up at the site first, for one that is not known fails the whole create. Recurly e-mails the
/// customer. Repeated requests are recognised by their key for an hour, later ones by the code.
///
/// Sites in the EU are at `https://v3.eu.recurly.com`, which `ClientOptions::base_url` takes; a
/// sandbox is a site of its own at the same host. The login token of the hosted pages, which every
/// answer has, is not kept.
///
/// Source: Recurly's OpenAPI description of v2021-02-25 (September 2026), the official SDKs.
struct RecurlyPolicy {
  static constexpr std::string_view name = "recurly";
  static constexpr Hosts hosts{.live = "v3.recurly.com", .sandbox = "v3.recurly.com"};

  /// A private key belongs to one site, of the live world or a sandbox.
  struct Credentials {
    Secret api_key{};
  };
  using CredentialNames = CredentialList<Credential<"api_key", &Credentials::api_key>>;
  using RequestHeaders = Headers<BasicAuth<&Credentials::api_key>>;
  using Idempotency =
      IdempotencyHeader<"Idempotency-Key", 255, ReplayedBy<"Idempotency-Prior", "true">>;

  /// In which version all operations are answered; without one there is no answer but 406.
  struct Versioned {
    static constexpr std::string_view accept = "application/vnd.recurly.v2021-02-25";
  };

  static constexpr ResponseHeaders response_headers{.request_id = "X-Request-Id",
                                                    .should_retry = "Recurly-Should-Retry",
                                                    .limit_reset = "X-RateLimit-Reset"};
  static constexpr json::Failure failure{.code = "error.type",
                                         .message = "error.message",
                                         .param = "error.params[0].param",
                                         .is_duplicate = recurly_is_duplicate};
  /// A 409 of Recurly's own says that a request with the same key still runs; its type is not
  /// documented. Where more than the code is wrong the texts are joined with commas.
  static constexpr std::array rules{
      Rule{.status = 409, .means = Errc::idempotency_conflict, .retry = Retry::yes},
      Rule{
          .code = "simultaneous_request", .means = Errc::idempotency_conflict, .retry = Retry::yes},
      Rule{.status = 422,
           .code = "validation",
           .param = "code",
           .means = Errc::customer_exists,
           .at = At::create},
      Rule{.status = 422,
           .code = "validation",
           .message_has = ", Code has already been taken",
           .means = Errc::customer_exists,
           .at = At::create},
      Rule{.code = "unauthorized", .means = Errc::unauthorized},
      Rule{.code = "invalid_api_key", .means = Errc::unauthorized},
      Rule{.code = "invalid_permissions", .means = Errc::forbidden},
      Rule{.code = "missing_feature", .means = Errc::forbidden},
      Rule{.code = "rate_limited", .means = Errc::rate_limited},
      Rule{.code = "not_found", .means = Errc::not_found},
  };

  /// An account is never gone but deactivated.
  static constexpr json::Record record{.id = "id",
                                       .merchant_customer_id = "code",
                                       .email = "email",
                                       .given_name = "first_name",
                                       .family_name = "last_name",
                                       .phone = "address.phone",
                                       .metadata_name = "custom_fields.*.name",
                                       .metadata_value = "custom_fields.*.value",
                                       .address_line1 = "address.street1",
                                       .address_line2 = "address.street2",
                                       .address_city = "address.city",
                                       .address_state = "address.region",
                                       .address_zip = "address.postal_code",
                                       .address_country = "address.country",
                                       .created = "created_at",
                                       .deleted = "state",
                                       .deleted_text = "inactive"};

  using Email = Put<"email", field::Email, MaxLength<255>, EmailForm>;
  using FirstName = Put<"first_name", GivenName, MaxLength<255>>;
  using LastName = Put<"last_name", FamilyName, MaxLength<255>>;
  using Address =
      json::Nested<"address", Put<"phone", field::Phone>,
                   Put<"street1", field::AddressLine1, MaxLength<50>>,
                   Put<"street2", field::AddressLine2, MaxLength<50>>,
                   Put<"city", field::AddressCity>, Put<"region", field::AddressState>,
                   Put<"postal_code", field::AddressZip>, Put<"country", field::AddressCountry>>;
  /// An empty value removes one.
  using CustomFields = json::NamedValues<
      "custom_fields", "name", "value",
      Entries<"{}", field::Metadata, MaxKeyLength<50>, MaxValueLength<255>, NonEmptyValues>>;

  struct Create : Versioned {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/accounts";
    using Body = json::Object<Put<"code", field::MerchantCustomerId, MaxLength<50>>, Email,
                              FirstName, LastName, Address, CustomFields>;
    using NotCarried = Fields<field::Description>;
    static constexpr json::Reply reply{.id = "id",
                                       .echo = {.merchant_customer_id = "code", .email = "email"}};
  };

  struct Retrieve : Versioned {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/accounts/{id}";
  };

  /// What is not sent stays. Whether an address that is sent in part keeps the rest is not
  /// documented: it is sent whole and with the phone, with what the client has read before, which
  /// is not atomic. Of metadata those alone change that are sent. How other fields are removed is
  /// not documented. Recurly recognises a repeated update by its key.
  struct Update : Versioned {
    static constexpr auto method = Method::put;
    static constexpr std::string_view path = "/accounts/{id}";
    using Idempotency = RecurlyPolicy::Idempotency;
    using Body = json::Object<Email, FirstName, LastName, Address, CustomFields>;
    using NotCarried = Fields<field::MerchantCustomerId, field::Description>;
    using Clearable = Fields<field::Metadata>;
    static constexpr auto cleared_by = ClearedBy::empty_text;
    static constexpr Replaces replaces{.group = address_fields | FieldSet{Field::phone},
                                       .perhaps = true};
  };

  /// Deactivates the account, for there is no delete: billing information is lost for good, and
  /// subscriptions run out. It can be reactivated; until then its code is taken, as far as is
  /// known. A second time is refused, which tells an inactive account from one that never was.
  struct Delete : Versioned {
    static constexpr auto method = Method::delete_;
    static constexpr std::string_view path = "/accounts/{id}";
    static constexpr json::Reply reply{.id = "id", .verdict = "state", .verdict_text = "inactive"};
    static constexpr std::array gone{Rule{.status = 422}};
  };

  /// Inactive accounts are listed, and passed over.
  struct Find {
    struct ByEmail : Versioned {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/accounts";
      using Query = wire::Query<Put<"email", field::Email>, Const<"limit", "200">>;
      static constexpr json::Page page{
          .items = "data", .more = "has_more", .next = json::Next::link, .token = "next"};
    };
    struct ByReference : Versioned {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/accounts/code-{reference}";
      static constexpr json::Page page{};
    };
  };
};

static_assert(diagnose<RecurlyPolicy>() && diagnose<RecurlyPolicy, florin::Retrieve>() &&
              diagnose<RecurlyPolicy, florin::Delete>() && diagnose<RecurlyPolicy, FindByEmail>() &&
              diagnose<RecurlyPolicy, FindByReference>() &&
              diagnose<RecurlyPolicy, florin::Update>());

}  // namespace policies

using policies::RecurlyPolicy;

}  // namespace florin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>
#include <florin/wire/token.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// Airwallex customers of payment acceptance, API version 2025-06-30.
///
/// Names go out split; the description is not carried. An address needs a country and is dropped
/// without one. A second customer with the same `merchant_customer_id` is refused. A `request_id`
/// serves once: again, it gives `idempotency_conflict`, which leaves open whether the first request
/// made the customer. Neither answer tells the first one's id.
///
/// Source: https://www.airwallex.com/docs/api/payments/customers,
/// https://www.airwallex.com/docs/api/errors and the official SDK.
struct AirwallexPolicy {
  static constexpr std::string_view name = "airwallex";
  static constexpr Hosts hosts{.live = "api.airwallex.com", .sandbox = "api-demo.airwallex.com"};

  /// An API key, and for platforms the accounts that it acts for.
  struct Credentials {
    Secret client_id{};
    Secret api_key{};
    std::optional<std::string> login_as{};      ///< account that is logged in to
    std::optional<std::string> on_behalf_of{};  ///< connected account that gets the customer
  };
  using CredentialNames =
      CredentialList<Credential<"client_id", &Credentials::client_id>,
                     Credential<"api_key", &Credentials::api_key>,
                     OptionalCredential<"login_as", &Credentials::login_as>,
                     OptionalCredential<"on_behalf_of", &Credentials::on_behalf_of>>;
  using RequestHeaders =
      Headers<TokenAuth, Header<"x-api-version", Literal<"2025-06-30">>,
              Header<"x-on-behalf-of", FromCredential<&Credentials::on_behalf_of>>>;
  using Idempotency = IdempotencyMember<"request_id", 64, AnsweredByConflict>;

  struct Token {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/api/v1/authentication/login";
    using RequestHeaders = Headers<Header<"x-client-id", FromCredential<&Credentials::client_id>>,
                                   Header<"x-api-key", FromCredential<&Credentials::api_key>>,
                                   Header<"x-login-as", FromCredential<&Credentials::login_as>>>;
    using Body = json::Object<>;
    static constexpr json::TokenReply reply{.token = "token", .expires_at = "expires_at"};
  };

  static constexpr ResponseHeaders response_headers{.request_id = "x-request-id"};
  static constexpr json::Failure failure{
      .code = "code", .message = "message", .param = "source", .request_id = "trace_id"};
  static constexpr std::array rules{
      Rule{.code = "resource_already_exists", .means = Errc::customer_exists},
      Rule{.code = "duplicate_request", .means = Errc::idempotency_conflict},
      Rule{.code = "resource_not_found", .means = Errc::not_found},
      Rule{.code = "too_many_requests", .means = Errc::rate_limited},
  };

  /// Two lines of an address are one street there.
  static constexpr json::Record record{.id = "id",
                                       .merchant_customer_id = "merchant_customer_id",
                                       .email = "email",
                                       .given_name = "first_name",
                                       .family_name = "last_name",
                                       .phone = "phone_number",
                                       .metadata = "metadata",
                                       .address_line1 = "address.street",
                                       .address_city = "address.city",
                                       .address_state = "address.state",
                                       .address_zip = "address.postcode",
                                       .address_country = "address.country_code",
                                       .created = "created_at"};

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/api/v1/pa/customers/create";
    using Body = json::Object<
        Put<"request_id", IdempotencyKey, Required>,
        Put<"merchant_customer_id", field::MerchantCustomerId, MaxLength<64>>,
        Put<"first_name", GivenName, MaxLength<128>>, Put<"last_name", FamilyName, MaxLength<128>>,
        Put<"email", field::Email, MaxLength<256>, EmailForm>, Put<"phone_number", field::Phone>,
        OnlyWith<AllOf<field::AddressCountry>,
                 json::Nested<"address", Put<"country_code", field::AddressCountry>,
                              Put<"state", field::AddressState, MaxLength<100>>,
                              Put<"city", field::AddressCity, MaxLength<100>>,
                              Put<"street", Joined<field::AddressLine1, field::AddressLine2>,
                                  MaxLength<1000>>,
                              Put<"postcode", field::AddressZip, MaxLength<10>>>>,
        json::Nested<"metadata", Entries<"{}", field::Metadata, MaxEntries<50>, MaxKeyLength<50>,
                                         MaxValueLength<500>>>>;
    using NotCarried = Fields<field::Description>;
    static constexpr json::Reply reply{
        .id = "id",
        .id_prefix = "cus_",
        .echo = {.merchant_customer_id = "merchant_customer_id", .email = "email"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/api/v1/pa/customers/{id}";
  };

  /// What is not sent stays. Whether address and metadata replace those that are there is not
  /// documented: both are sent whole, with what the client has read before, which is not atomic.
  /// How a field is emptied or a key removed is not documented, and not offered. A `request_id`
  /// that was used is refused as `idempotency_conflict`, so a repetition changes nothing, but does
  /// not tell whether the first request did.
  struct Update {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/api/v1/pa/customers/{id}/update";
    using Idempotency = AirwallexPolicy::Idempotency;
    using Body = Create::Body;
    using NotCarried = Create::NotCarried;
    static constexpr Replaces replaces{.group = address_fields, .metadata = true};
    static constexpr bool may_be_empty = true;
  };

  struct Find {
    struct ByReference {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/api/v1/pa/customers";
      using Query = wire::Query<Put<"merchant_customer_id", field::MerchantCustomerId>,
                                Put<"page_num", PageToken<"0">>, Const<"page_size", "100">>;
      static constexpr json::Page page{
          .items = "items", .more = "has_more", .next = json::Next::number};
    };
  };
};

static_assert(diagnose<AirwallexPolicy>() && diagnose<AirwallexPolicy, florin::Retrieve>() &&
              diagnose<AirwallexPolicy, FindByReference>() &&
              diagnose<AirwallexPolicy, florin::Update>());

}  // namespace policies

using policies::AirwallexPolicy;

}  // namespace florin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// Shift4 customers.
///
/// All unified fields are carried; `merchant_customer_id` goes into the metadata. The email is
/// required. Repeated requests are recognised by their key; duplicates are not.
///
/// Source: https://dev.shift4.com/docs/api (customers, idempotency, errors) and the official SDKs.
struct Shift4Policy {
  static constexpr std::string_view name = "shift4";
  static constexpr Hosts hosts{.live = "api.shift4.com", .sandbox = "api.shift4.com"};

  /// The key decides between live (`sk_live_...`) and test (`sk_test_...`).
  struct Credentials {
    Secret api_key{};                       ///< secret key
    std::optional<std::string> merchant{};  ///< to act on behalf of a merchant
  };
  using CredentialNames = CredentialList<Credential<"api_key", &Credentials::api_key>,
                                         OptionalCredential<"merchant", &Credentials::merchant>>;
  using RequestHeaders = Headers<BasicAuth<&Credentials::api_key>,
                                 Header<"Shift4-Merchant", FromCredential<&Credentials::merchant>>>;
  using Idempotency =
      IdempotencyHeader<"Idempotency-Key", 255, ReplayedBy<"Idempotent-Replayed", "true">>;

  static constexpr json::Failure failure{
      .code = "error.code", .type = "error.type", .message = "error.message", .param_before = ": "};
  static constexpr std::array rules{
      Rule{.type = "rate_limit_error", .means = Errc::rate_limited},
      Rule{.type = "gateway_error", .means = Errc::connector_unavailable},
      Rule{.type = "invalid_request",
           .message = "Idempotent key used for request with different parameters.",
           .means = Errc::idempotency_conflict},
      // Which status these come with is not certain.
      Rule{.type = "invalid_request",
           .message_has = "' does not exist",
           .message_begins = "Customer '",
           .means = Errc::not_found,
           .at = At::existing},
      Rule{.type = "invalid_request",
           .message_begins = "Provided API key is invalid",
           .means = Errc::unauthorized},
  };

  /// A deleted customer stays readable.
  static constexpr json::Record record{.id = "id",
                                       .merchant_customer_id = "metadata.merchant_customer_id",
                                       .email = "email",
                                       .name = "billing.name",
                                       .phone = {"phoneNumber", "billing.phone"},
                                       .description = "description",
                                       .metadata = "metadata",
                                       .address_line1 = "billing.address.line1",
                                       .address_line2 = "billing.address.line2",
                                       .address_city = "billing.address.city",
                                       .address_state = "billing.address.state",
                                       .address_zip = "billing.address.zip",
                                       .address_country = "billing.address.country",
                                       .created = "created",
                                       .deleted = "deleted",
                                       .deleted_text = "true"};

  using Email = Put<"email", field::Email, Required, EmailForm>;
  using Description = Put<"description", field::Description>;
  using Billing = json::Nested<
      "billing", Put<"name", field::Name>,
      json::Nested<"address", Put<"line1", field::AddressLine1>, Put<"line2", field::AddressLine2>,
                   Put<"zip", field::AddressZip>, Put<"city", field::AddressCity>,
                   Put<"state", field::AddressState>, Put<"country", field::AddressCountry>>>;
  using Metadata = json::Nested<"metadata", Entries<"{}", field::Metadata>,
                                Put<"merchant_customer_id", field::MerchantCustomerId>>;

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/customers";
    using Body =
        json::Object<Email, Put<"phoneNumber", field::Phone>, Description, Billing, Metadata>;
    using NotCarried = Fields<>;
    static constexpr json::Reply reply{
        .id = "id",
        .id_prefix = "cust_",
        .echo = {.merchant_customer_id = "metadata.merchant_customer_id", .email = "email"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/customers/{id}";
  };

  /// What is not sent stays, but metadata are replaced as a whole, and so may be name and address:
  /// both are sent whole, with what the client has read before, which is not atomic. Whether the
  /// phone can change and how a field is emptied is not documented: neither is offered. Shift4
  /// recognises a repeated update by its key.
  struct Update {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/customers/{id}";
    using Idempotency = Shift4Policy::Idempotency;
    using Body = json::Object<Email, Description, Billing, Metadata>;
    using NotCarried = Fields<field::Phone>;
    using Clearable = Fields<field::Metadata>;
    static constexpr Replaces replaces{.group = name_fields | address_fields, .metadata = true};
  };

  /// A deleted customer can be read, which tells it from one that never was. What becomes of its
  /// cards and subscriptions is not documented.
  struct Delete {
    static constexpr auto method = Method::delete_;
    static constexpr std::string_view path = "/customers/{id}";
    static constexpr json::Reply reply{.id = "id"};
    static constexpr bool shows_deleted = true;
  };

  /// That the processor filters by metadata is known from one SDK alone: an answer with everybody
  /// is taken as well. Emails may come back in another letter case.
  struct Find {
    static constexpr json::Page list{
        .items = "list", .more = "hasMore", .next = json::Next::last_id, .ignores_case = true};
    struct ByEmail {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/customers";
      using Query = wire::Query<Put<"email", field::Email>, Const<"limit", "100">,
                                Put<"startingAfterId", PageToken<>>>;
      static constexpr json::Page page = list;
    };
    struct ByReference {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/customers";
      using Query = wire::Query<Const<"metadataKey", "merchant_customer_id">,
                                Put<"metadataValue", field::MerchantCustomerId>,
                                Const<"limit", "100">, Put<"startingAfterId", PageToken<>>>;
      static constexpr json::Page page = list;
    };
  };
};

static_assert(diagnose<Shift4Policy>() && diagnose<Shift4Policy, florin::Retrieve>() &&
              diagnose<Shift4Policy, florin::Delete>() && diagnose<Shift4Policy, FindByEmail>() &&
              diagnose<Shift4Policy, FindByReference>() &&
              diagnose<Shift4Policy, florin::Update>());

}  // namespace policies

using policies::Shift4Policy;

}  // namespace florin

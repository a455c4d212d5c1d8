// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/http_signature.hpp>
#include <florin/wire/json.hpp>
#include <florin/wire/jwt.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// CyberSource customers: customer tokens of its Token Management Service. Every request has a
/// JSON Web Token, signed with the shared secret, which is never sent: the clock has to be right
/// within two minutes. `CybersourceHttpSignaturePolicy` signs in the older way.
///
/// The name is the customer's `title`. Phone and address belong to a shipping address, which takes
/// a second call that florin does not make; a record has those of the default one. Metadata have
/// fixed keys, `data1` to `data4` and `sensitive1` to `sensitive4`: CyberSource forbids personal
/// data there, and suspends accounts for it. Neither repeated requests nor duplicates are
/// recognised, and there is neither list nor search: store the id. After a create without an answer
/// there may be a customer that nobody can find.
///
/// India and Saudi Arabia have hosts of their own, such as `api.in.cybersource.com`.
///
/// Source: https://developer.cybersource.com/docs/cybs/en-us/tms/developer/ctv/rest/tms (customer
/// tokens), https://developer.cybersource.com/docs/cybs/en-us/platform/developer/all/rest (JSON Web
/// Tokens), and the official SDKs.
struct CybersourcePolicy {
  static constexpr std::string_view name = "cybersource";
  static constexpr Hosts hosts{.live = "api.cybersource.com", .sandbox = "apitest.cybersource.com"};

  /// A key of the merchant itself, not one of a portfolio.
  struct Credentials {
    std::string merchant_id{};
    std::string key_id{};
    Secret shared_secret{};                   ///< in base64, as it is shown
    std::optional<std::string> profile_id{};  ///< of the token vault, where there are several
  };
  using CredentialNames =
      CredentialList<Credential<"merchant_id", &Credentials::merchant_id>,
                     Credential<"key_id", &Credentials::key_id>,
                     Credential<"shared_secret", &Credentials::shared_secret>,
                     OptionalCredential<"profile_id", &Credentials::profile_id>>;
  using RequestHeaders = Headers<Header<"profile-id", FromCredential<&Credentials::profile_id>>>;
  using Signature =
      JwtHeader<&Credentials::shared_secret, &Credentials::key_id, 120,
                Claim<"iss", FromCredential<&Credentials::merchant_id>>, Claim<"jti", SaltUuid>,
                WithBody<Claim<"digest", BodyDigest>, Claim<"digestAlgorithm", Literal<"SHA-256">>>,
                Claim<"request-host", HostName>, Claim<"request-method", MethodInCapitals>,
                Claim<"request-resource-path", PathAlone>, Claim<"v-c-jwt-version", Literal<"2">>,
                Claim<"v-c-merchant-id", FromCredential<&Credentials::merchant_id>>>;
  using Idempotency = NoIdempotency;
  static constexpr ResponseHeaders response_headers{.request_id = "v-c-correlation-id"};

  static constexpr json::Failure failure{
      .code = {"errors[0].type", "reason"},
      .message = {"errors[0].message", "message", "response.rmsg"},
      .param = "errors[0].details[0].name"};
  /// A profile that is not there, among others.
  static constexpr std::array rules{
      Rule{.status = 424, .code = "notFound", .means = Errc::rejected},
  };

  static constexpr json::Record record{
      .id = "id",
      .merchant_customer_id = "buyerInformation.merchantCustomerID",
      .email = "buyerInformation.email",
      .name = "objectInformation.title",
      .given_name = "_embedded.defaultShippingAddress.shipTo.firstName",
      .family_name = "_embedded.defaultShippingAddress.shipTo.lastName",
      .phone = "_embedded.defaultShippingAddress.shipTo.phoneNumber",
      .description = "objectInformation.comment",
      .metadata_name = "merchantDefinedInformation.*.name",
      .metadata_value = "merchantDefinedInformation.*.value",
      .address_line1 = "_embedded.defaultShippingAddress.shipTo.address1",
      .address_line2 = "_embedded.defaultShippingAddress.shipTo.address2",
      .address_city = "_embedded.defaultShippingAddress.shipTo.locality",
      .address_state = "_embedded.defaultShippingAddress.shipTo.administrativeArea",
      .address_zip = "_embedded.defaultShippingAddress.shipTo.postalCode",
      .address_country = "_embedded.defaultShippingAddress.shipTo.country"};

  static constexpr std::string_view media_type = "application/json;charset=utf-8";
  using Whole = json::Object<
      json::Nested<"objectInformation", Put<"title", field::Name>,
                   Put<"comment", field::Description>>,
      json::Nested<"buyerInformation", Put<"merchantCustomerID", field::MerchantCustomerId>,
                   Put<"email", field::Email>>,
      json::NamedValues<"merchantDefinedInformation", "name", "value",
                        Entries<"{}", field::Metadata,
                                KeyOneOf<"data1", "data2", "data3", "data4", "sensitive1",
                                         "sensitive2", "sensitive3", "sensitive4">>>>;

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/tms/v2/customers";
    static constexpr std::string_view content_type = media_type;
    static constexpr std::string_view accept = media_type;
    using Body = Whole;
    using NotCarried = Fields<field::Phone, field::Address>;
    static constexpr json::Reply reply{
        .id = "id",
        .echo = {.merchant_customer_id = "buyerInformation.merchantCustomerID",
                 .email = "buyerInformation.email"}};
  };

  /// A customer that was deleted is not found.
  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/tms/v2/customers/{id}";
    static constexpr std::string_view accept = media_type;
  };

  /// What is not sent stays. Whether metadata replace those that are there is not documented: they
  /// are sent as a whole, with what the client has read before, which is not atomic. How anything
  /// is removed is not documented, and not offered. A repeated update is not recognised.
  struct Update {
    static constexpr auto method = Method::patch;
    static constexpr std::string_view path = "/tms/v2/customers/{id}";
    static constexpr std::string_view content_type = media_type;
    static constexpr std::string_view accept = media_type;
    using Body = Whole;
    using NotCarried = Create::NotCarried;
    static constexpr Replaces replaces{.metadata = true};
  };

  /// Cannot be undone: all payment instruments and shipping addresses go with the customer.
  struct Delete {
    static constexpr auto method = Method::delete_;
    static constexpr std::string_view path = "/tms/v2/customers/{id}";
    static constexpr std::string_view accept = media_type;
    static constexpr json::Reply reply{.may_be_empty = true};
    static constexpr std::array gone{Rule{.status = 410}};
  };
};

/// The same with an HTTP signature, by the same key. CyberSource has asked all merchants to leave
/// it for tokens by September 2026 and warns of failures after that: for accounts that still need
/// it.
struct CybersourceHttpSignaturePolicy : CybersourcePolicy {
  static constexpr std::string_view name = "cybersource_http_signature";

  using Signature = HttpSignatureHeaders<&Credentials::shared_secret, &Credentials::key_id,
                                         "v-c-merchant-id", &Credentials::merchant_id>;
};

static_assert(diagnose<CybersourcePolicy>() && diagnose<CybersourcePolicy, florin::Retrieve>() &&
              diagnose<CybersourcePolicy, florin::Delete>() &&
              diagnose<CybersourcePolicy, florin::Update>());
static_assert(diagnose<CybersourceHttpSignaturePolicy>() &&
              diagnose<CybersourceHttpSignaturePolicy, florin::Retrieve>() &&
              diagnose<CybersourceHttpSignaturePolicy, florin::Delete>() &&
              diagnose<CybersourceHttpSignaturePolicy, florin::Update>());

}  // namespace policies

using policies::CybersourceHttpSignaturePolicy;
using policies::CybersourcePolicy;

}  // namespace florin

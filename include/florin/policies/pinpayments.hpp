// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/json.hpp>

#include <optional>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// Pin Payments customers.
///
/// No customer is made without a card: each create needs the token of one, `card_...`, as its
/// `payment_token`. The email is required, `description` are the notes. `merchant_customer_id`,
/// metadata and address are not carried: store the id. There is no filter and no search: to look
/// through all customers is not offered. Neither repeated requests nor duplicates are recognised,
/// so after a create without an answer there may be a customer that nobody knows; its card token
/// cannot be used again then.
///
/// Source: https://pinpayments.com/developers/api-reference/customers.
struct PinpaymentsPolicy {
  static constexpr std::string_view name = "pinpayments";
  static constexpr Hosts hosts{.live = "api.pinpayments.com",
                               .sandbox = "test-api.pinpayments.com"};

  /// Test and live keys differ.
  struct Credentials {
    Secret api_key{};                     ///< the secret key, not the publishable one
    std::optional<Secret> partner_key{};  ///< of partners
  };
  using CredentialNames =
      CredentialList<Credential<"api_key", &Credentials::api_key>,
                     OptionalCredential<"partner_key", &Credentials::partner_key>>;
  using RequestHeaders =
      Headers<BasicAuth<&Credentials::api_key>,
              Header<"X-Partner-Key", FromCredential<&Credentials::partner_key>>>;
  using Idempotency = NoIdempotency;

  static constexpr json::Failure failure{
      .code = "error", .message = "error_description", .param = "messages[0].param"};

  /// The address is that of the primary card.
  static constexpr json::Record record{.within = "response",
                                       .id = "token",
                                       .email = "email",
                                       .given_name = "first_name",
                                       .family_name = "last_name",
                                       .phone = "phone_number",
                                       .description = "notes",
                                       .address_line1 = "card.address_line1",
                                       .address_line2 = "card.address_line2",
                                       .address_city = "card.address_city",
                                       .address_state = "card.address_state",
                                       .address_zip = "card.address_postcode",
                                       .created = "created_at",
                                       .empty_is_absent = true};

  using FirstName = Put<"first_name", GivenName>;
  using LastName = Put<"last_name", FamilyName>;
  using Phone = Put<"phone_number", field::Phone>;
  using Notes = Put<"notes", field::Description>;

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/1/customers";
    using Body = json::Object<Put<"email", field::Email, Required, EmailForm>, FirstName, LastName,
                              Phone, Notes, Put<"card_token", PaymentToken, Required>>;
    using NotCarried = Fields<field::MerchantCustomerId, field::Metadata, field::Address>;
    static constexpr json::Reply reply{
        .id = "response.token", .id_prefix = "cus_", .echo = {.email = "response.email"}};
  };

  /// The country, which is free text there, is not read.
  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/1/customers/{id}";
  };

  /// What is not sent stays, so that is atomic. An empty email is refused, and how anything else is
  /// emptied is not documented: neither is offered. The card is left as it is. A repeated update is
  /// not recognised.
  struct Update {
    static constexpr auto method = Method::put;
    static constexpr std::string_view path = "/1/customers/{id}";
    using Body =
        json::Object<Put<"email", field::Email, EmailForm>, FirstName, LastName, Phone, Notes>;
    using NotCarried = Create::NotCarried;
  };

  /// What becomes of cards and subscriptions is not documented. A customer that is gone is answered
  /// like one that never was.
  struct Delete {
    static constexpr auto method = Method::delete_;
    static constexpr std::string_view path = "/1/customers/{id}";
    static constexpr json::Reply reply{.may_be_empty = true};
  };
};

static_assert(diagnose<PinpaymentsPolicy>() && diagnose<PinpaymentsPolicy, florin::Retrieve>() &&
              diagnose<PinpaymentsPolicy, florin::Delete>() &&
              diagnose<PinpaymentsPolicy, florin::Update>());

}  // namespace policies

using policies::PinpaymentsPolicy;

}  // namespace florin

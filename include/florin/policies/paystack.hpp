// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/json.hpp>

#include <array>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// Paystack customers.
///
/// `merchant_customer_id` is metadata; description and address are not carried. The email is
/// required and cannot be changed; names go out split. A create of an email that Paystack knows is
/// said to be answered with the existing customer, whom it may change: where the answer shows
/// another reference that is `customer_exists` with the id, else the customer counts as created.
/// Repeated requests are not recognised otherwise. There is no delete, and a search by no more than
/// third parties' word: store the id.
///
/// Source: https://paystack.com/docs/api/customer, https://paystack.com/docs/api/errors, Paystack's
/// OpenAPI description of 2025-10-24.
struct PaystackPolicy {
  static constexpr std::string_view name = "paystack";
  static constexpr Hosts hosts{.live = "api.paystack.co", .sandbox = "api.paystack.co"};

  /// The key decides between live (`sk_live_...`) and test (`sk_test_...`).
  struct Credentials {
    Secret secret_key{};
  };
  using CredentialNames = CredentialList<Credential<"secret_key", &Credentials::secret_key>>;
  using RequestHeaders = Headers<BearerAuth<&Credentials::secret_key>>;
  using Idempotency = NoIdempotency;

  static constexpr json::Failure failure{
      .code = {"code", "type"}, .type = "type", .message = "message"};
  /// Errors without a code are known by their texts.
  static constexpr std::array rules{
      Rule{.message = "Invalid key", .means = Errc::unauthorized},
      Rule{.message = "No Authorization Header was found", .means = Errc::unauthorized},
      Rule{.message = "Entity not found", .means = Errc::not_found},
  };

  static constexpr json::Record record{.within = "data",
                                       .id = "customer_code",
                                       .merchant_customer_id = "metadata.merchant_customer_id",
                                       .email = "email",
                                       .given_name = "first_name",
                                       .family_name = "last_name",
                                       .phone = "phone",
                                       .metadata = "metadata",
                                       .created = {"createdAt", "created_at"},
                                       .empty_is_absent = true};

  using FirstName = Put<"first_name", GivenName>;
  using LastName = Put<"last_name", FamilyName>;
  using Phone = Put<"phone", field::Phone>;
  /// An object: a text that holds one is refused, whatever Paystack's description says.
  using Metadata = json::Nested<"metadata", Entries<"{}", field::Metadata>,
                                Put<"merchant_customer_id", field::MerchantCustomerId>>;

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/customer";
    using Body = json::Object<Put<"email", field::Email, Required, EmailForm>, FirstName, LastName,
                              Phone, Metadata>;
    using NotCarried = Fields<field::Description, field::Address>;
    static constexpr json::Reply reply{
        .id = "data.customer_code",
        .id_prefix = "CUS_",
        .verdict = "status",
        .verdict_text = "true",
        .echo = {.merchant_customer_id = "data.metadata.merchant_customer_id",
                 .email = "data.email"},
        .other_exists = true};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/customer/{id}";
  };

  /// Whether Paystack keeps what is not sent is not documented: all is sent, with what the client
  /// has read before, which is not atomic. How a field is emptied or an entry removed is not
  /// documented, and not offered. A repeated update is not recognised.
  struct Update {
    static constexpr auto method = Method::put;
    static constexpr std::string_view path = "/customer/{id}";
    using Body = json::Object<FirstName, LastName, Phone, Metadata>;
    using NotCarried = Fields<field::Email, field::Description, field::Address>;
    static constexpr Replaces replaces = Replaces::everything();
  };
};

static_assert(diagnose<PaystackPolicy>() && diagnose<PaystackPolicy, florin::Retrieve>() &&
              diagnose<PaystackPolicy, florin::Update>());

}  // namespace policies

using policies::PaystackPolicy;

}  // namespace florin

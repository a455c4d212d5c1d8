// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>

#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// Customers of the Revolut Merchant API, version 2026-04-20.
///
/// Email, name and phone are all that Revolut carries: there is no place for
/// `merchant_customer_id`, so whoever loses the id of the answer cannot tell the customer from
/// others with the same email. The email is required. Neither repeated requests nor duplicates are
/// recognised, and customers cannot be searched: store the id.
///
/// Source: https://developer.revolut.com/docs/api/merchant (customers, errors, versions), Revolut's
/// OpenAPI description of 2026-04-20.
struct RevolutPolicy {
  static constexpr std::string_view name = "revolut";
  static constexpr Hosts hosts{.live = "merchant.revolut.com",
                               .sandbox = "sandbox-merchant.revolut.com"};

  /// Of the live world or of the sandbox.
  struct Credentials {
    Secret secret_key{};  ///< `sk_...`, not the public key of checkout pages
  };
  using CredentialNames = CredentialList<Credential<"secret_key", &Credentials::secret_key>>;
  /// An older version is answered like a customer that is not there.
  using RequestHeaders = Headers<Header<"Revolut-Api-Version", Literal<"2026-04-20">>,
                                 BearerAuth<&Credentials::secret_key>>;
  using Idempotency = NoIdempotency;

  /// The code may be a number, and the message may be missing.
  static constexpr json::Failure failure{.code = "code", .message = "message"};

  static constexpr json::Record record{
      .id = "id", .email = "email", .name = "full_name", .phone = "phone", .created = "created_at"};

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/api/customers";
    using Body =
        json::Object<Put<"full_name", field::Name>, Put<"email", field::Email, Required, EmailForm>,
                     Put<"phone", E164<field::Phone>, MaxDigits<15>>>;
    using NotCarried =
        Fields<field::MerchantCustomerId, field::Description, field::Metadata, field::Address>;
    static constexpr json::Reply reply{.id = "id", .echo = {.email = "email"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/api/customers/{id}";
  };

  /// What is not sent stays, so that is atomic. Nothing can be removed. A repeated update is not
  /// recognised.
  struct Update {
    static constexpr auto method = Method::patch;
    static constexpr std::string_view path = "/api/customers/{id}";
    using Body = Create::Body;
    using NotCarried = Create::NotCarried;
  };

  /// What becomes of saved payment methods, subscriptions and orders is not documented. A customer
  /// that is gone is answered like one that never was.
  struct Delete {
    static constexpr auto method = Method::delete_;
    static constexpr std::string_view path = "/api/customers/{id}";
    static constexpr json::Reply reply{.may_be_empty = true};
  };
};

static_assert(diagnose<RevolutPolicy>() && diagnose<RevolutPolicy, florin::Retrieve>() &&
              diagnose<RevolutPolicy, florin::Delete>() &&
              diagnose<RevolutPolicy, florin::Update>());

}  // namespace policies

using policies::RevolutPolicy;

}  // namespace florin

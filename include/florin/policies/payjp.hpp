// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/form.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// PAY.JP customers, API v1.
///
/// `merchant_customer_id` becomes the customer's id: one that could not stand in a path is refused,
/// what else PAY.JP wants of an id it says itself. Nothing is required beside. Name, phone and
/// address have no place. PAY.JP takes an empty value for none, so no metadata may be empty. A
/// second customer of the same id is refused; there are no keys. Test keys are good for two
/// requests a second.
///
/// Source: https://pay.jp/docs/api/ (customers, errors),
/// https://pay.jp/docs/guideline-specified-resource-id and the official SDKs.
struct PayjpPolicy {
  static constexpr std::string_view name = "payjp";
  static constexpr Hosts hosts{.live = "api.pay.jp", .sandbox = "api.pay.jp"};

  /// The key decides between live (`sk_live_...`) and test (`sk_test_...`).
  struct Credentials {
    Secret api_key{};                      ///< secret key
    std::optional<std::string> account{};  ///< of a platform: the account to act for
  };
  using CredentialNames = CredentialList<Credential<"api_key", &Credentials::api_key>,
                                         OptionalCredential<"account", &Credentials::account>>;
  using RequestHeaders = Headers<BasicAuth<&Credentials::api_key>,
                                 Header<"Payjp-Account", FromCredential<&Credentials::account>>>;
  using Idempotency = UniqueReference<"id">;

  static constexpr json::Failure failure{.code = "error.code",
                                         .type = "error.type",
                                         .message = "error.message",
                                         .param = "error.param",
                                         .existing_id_is_reference = true};
  /// Whoever is missing is told by either code, with 400 or 404.
  static constexpr std::array rules{
      Rule{.code = "already_exist_id", .means = Errc::customer_exists, .at = At::create},
      Rule{.code = "invalid_id", .means = Errc::not_found, .at = At::existing | At::find},
      Rule{.code = "not_found", .means = Errc::not_found},
      Rule{.code = "not_activated_account", .means = Errc::forbidden},
  };

  static constexpr json::Record record{.id = "id",
                                       .merchant_customer_id = "id",
                                       .email = "email",
                                       .description = "description",
                                       .metadata = "metadata",
                                       .created = "created"};

  using Email = Put<"email", field::Email, EmailForm>;
  using Description = Put<"description", field::Description>;
  using Metadata = Entries<"metadata[{}]", field::Metadata, MaxEntries<20>, MaxValueLength<500>,
                           KeyExcludes<"[]">, NonEmptyValues>;

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/v1/customers";
    using Body = Form<Put<"id", field::MerchantCustomerId, IdForm>, Email, Description, Metadata>;
    using NotCarried = Fields<field::Name, field::Phone, field::Address>;
    static constexpr json::Reply reply{.id = "id",
                                       .echo = {.merchant_customer_id = "id", .email = "email"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/v1/customers/{id}";
  };

  /// What is not sent stays. Whether metadata are merged or replaced is not documented: they are
  /// sent whole, with what the client has read before, which is not atomic. Nor is how a field or
  /// an entry is removed: neither is offered. A repeated update is not recognised.
  struct Update {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/v1/customers/{id}";
    using Body = Form<Email, Description, Metadata>;
    using NotCarried = Fields<field::MerchantCustomerId, field::Name, field::Phone, field::Address>;
    static constexpr Replaces replaces{.metadata = true};
  };

  /// Deletes cards and subscriptions, too; charges stay. The id is free again, and whoever gets it
  /// next is shown with the charges of the first. One that is gone is answered like one that never
  /// was.
  struct Delete {
    static constexpr auto method = Method::delete_;
    static constexpr std::string_view path = "/v1/customers/{id}";
    static constexpr json::Reply reply{.id = "id", .verdict = "deleted", .verdict_text = "true"};
  };

  /// By reference, which is the id. There is no filter by email.
  struct Find {
    struct ByReference {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/v1/customers/{reference}";
      static constexpr json::Page page{};
    };
  };
};

static_assert(diagnose<PayjpPolicy>() && diagnose<PayjpPolicy, florin::Retrieve>() &&
              diagnose<PayjpPolicy, florin::Delete>() && diagnose<PayjpPolicy, FindByReference>() &&
              diagnose<PayjpPolicy, florin::Update>());

}  // namespace policies

using policies::PayjpPolicy;

}  // namespace florin

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

/// Mollie customers, API version 2.
///
/// `merchant_customer_id` is metadata, of which Mollie takes about 1 kB in all; phone, description
/// and address are not carried, and nothing is required. Repeated creates are recognised by their
/// key for an hour, duplicates are not, and customers cannot be searched: store the id. Mollie's
/// errors have no codes: a refused create that names no field may be a conflict of keys and counts
/// as one.
///
/// Source: https://docs.mollie.com/reference (customers, idempotency, errors), Mollie's OpenAPI
/// description of 2026-06-29.
struct MolliePolicy {
  static constexpr std::string_view name = "mollie";
  static constexpr Hosts hosts{.live = "api.mollie.com", .sandbox = "api.mollie.com"};

  /// An API key decides between live (`live_...`) and test (`test_...`).
  struct Credentials {
    Secret api_key{};  ///< API key, or an access token of an organisation or of OAuth
    /// `true` where an access token is to work in test mode; with API keys it may not be given.
    std::optional<std::string> testmode{};
  };
  using CredentialNames = CredentialList<Credential<"api_key", &Credentials::api_key>,
                                         OptionalCredential<"testmode", &Credentials::testmode>>;
  using RequestHeaders = Headers<BearerAuth<&Credentials::api_key>>;
  using Idempotency =
      IdempotencyHeader<"Idempotency-Key", 255, ReplayedBy<"Idempotent-Replayed", "true">>;

  static constexpr json::Failure failure{.code = "title", .message = "detail", .param = "field"};
  static constexpr std::array rules{
      Rule{.status = 409,
           .means = Errc::idempotency_conflict,
           .retry = Retry::yes,
           .at = At::create},
      Rule{.status = 400, .no_param = true, .means = Errc::idempotency_conflict, .at = At::create},
  };

  /// A deleted customer cannot be read. One that was just made has been seen to be missing for a
  /// moment.
  static constexpr json::Record record{.id = "id",
                                       .merchant_customer_id = "metadata.merchant_customer_id",
                                       .email = "email",
                                       .name = "name",
                                       .metadata = "metadata",
                                       .created = "createdAt"};

  using TestMode = Flag<"testmode", &Credentials::testmode>;
  struct Answered {
    static constexpr std::string_view accept = "application/hal+json, application/json";
  };

  struct Create : Answered {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/v2/customers";
    using Body = json::Object<
        Put<"name", field::Name>, Put<"email", field::Email, EmailForm, AsciiDomain>,
        json::Nested<"metadata",
                     json::MaxTotalSize<1000, Entries<"{}", field::Metadata>,
                                        Put<"merchant_customer_id", field::MerchantCustomerId>>>,
        TestMode>;
    using NotCarried = Fields<field::Phone, field::Description, field::Address>;
    static constexpr json::Reply reply{
        .id = "id",
        .id_prefix = "cst_",
        .echo = {.merchant_customer_id = "metadata.merchant_customer_id", .email = "email"}};
  };

  struct Retrieve : Answered {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/v2/customers/{id}";
    using Query = wire::Query<TestMode>;
  };

  /// What is not sent stays, but metadata are replaced as a whole: they are sent with what the
  /// client has read before, which is not atomic; metadata that somebody has stored as something
  /// else than an object have to be cleared first. How name and email are emptied is not
  /// documented, and not offered. A key is taken by creates alone, so a repeated update is not
  /// recognised.
  struct Update : Answered {
    static constexpr auto method = Method::patch;
    static constexpr std::string_view path = "/v2/customers/{id}";
    using Body = Create::Body;
    using NotCarried = Create::NotCarried;
    using Clearable = Fields<field::Metadata>;
    static constexpr Replaces replaces{.metadata = true};
  };

  /// Cancels all mandates and subscriptions of the customer, and cannot be undone. A customer that
  /// is gone is 410 or, like one that never was, 404.
  struct Delete : Answered {
    static constexpr auto method = Method::delete_;
    static constexpr std::string_view path = "/v2/customers/{id}";
    using Body = json::Object<TestMode>;
    static constexpr json::Reply reply{.may_be_empty = true};
    static constexpr std::array gone{Rule{.status = 410}};
  };
};

static_assert(diagnose<MolliePolicy>() && diagnose<MolliePolicy, florin::Retrieve>() &&
              diagnose<MolliePolicy, florin::Delete>() && diagnose<MolliePolicy, florin::Update>());

}  // namespace policies

using policies::MolliePolicy;

}  // namespace florin

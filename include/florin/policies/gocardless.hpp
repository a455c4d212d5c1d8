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

/// GoCardless customers, API version 2015-07-06.
///
/// `merchant_customer_id` is one of the three metadata entries that GoCardless allows; the
/// description is not carried. A name of two words, or in its parts, is required. A key that is
/// used again is not answered like the first time but with `customer_exists` and the first
/// customer's id; a retry of one call counts as the success that it is. Duplicates are not
/// recognised, and customers cannot be searched.
///
/// Source: https://developer.gocardless.com/api-reference (customers, errors) and the official
/// SDKs.
struct GocardlessPolicy {
  static constexpr std::string_view name = "gocardless";
  static constexpr Hosts hosts{.live = "api.gocardless.com",
                               .sandbox = "api-sandbox.gocardless.com"};

  /// A token of one environment, made in the dashboard or by the partner flow.
  struct Credentials {
    Secret access_token{};
  };
  using CredentialNames = CredentialList<Credential<"access_token", &Credentials::access_token>>;
  using RequestHeaders = Headers<BearerAuth<&Credentials::access_token>,
                                 Header<"GoCardless-Version", Literal<"2015-07-06">>>;
  using Idempotency = IdempotencyHeader<"Idempotency-Key", 128, AnsweredByConflict>;

  static constexpr ResponseHeaders response_headers{.request_id = "X-Request-Id"};
  /// An error may come without the `error` around it, or with a text in its place.
  static constexpr json::Failure failure{
      .code = {"error.errors[0].reason", "errors[0].reason", "error.type"},
      .type = {"error.type", "type"},
      .message = {"error.message", "error", "message"},
      .param = {"error.errors[0].field", "errors[0].field"},
      .request_id = {"error.request_id", "request_id"},
      .existing_id = {"error.errors[0].links.conflicting_resource_id",
                      "errors[0].links.conflicting_resource_id"}};
  static constexpr std::array rules{
      Rule{.status = 409, .code = "idempotent_creation_conflict", .means = Errc::customer_exists},
  };

  /// A removed customer cannot be read.
  static constexpr json::Record record{.within = "customers",

                                       .id = "id",
                                       .merchant_customer_id = "metadata.merchant_customer_id",
                                       .email = "email",
                                       .given_name = "given_name",
                                       .family_name = "family_name",
                                       .phone = "phone_number",
                                       .metadata = "metadata",
                                       .address_line1 = "address_line1",
                                       .address_line2 = "address_line2",
                                       .address_city = "city",
                                       .address_state = "region",
                                       .address_zip = "postal_code",
                                       .address_country = "country_code",
                                       .created = "created_at",
                                       .empty_is_absent = true};

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/customers";
    using Body = json::Object<json::Nested<
        "customers", Put<"email", field::Email, EmailForm>, Put<"given_name", GivenName, Required>,
        Put<"family_name", FamilyName, Required>, Put<"phone_number", field::Phone>,
        Put<"address_line1", field::AddressLine1>, Put<"address_line2", field::AddressLine2>,
        Put<"city", field::AddressCity>, Put<"region", field::AddressState>,
        Put<"postal_code", field::AddressZip>, Put<"country_code", field::AddressCountry>,
        json::Nested<"metadata",
                     Entries<"{}", field::Metadata, MaxEntries<3>, Reserved<1>, MaxKeyLength<50>,
                             MaxValueLength<500>>,
                     Put<"merchant_customer_id", field::MerchantCustomerId, MaxLength<500>>>>>;
    using NotCarried = Fields<field::Description>;
    static constexpr json::Reply reply{
        .id = "customers.id",
        .id_prefix = "CU",
        .echo = {.merchant_customer_id = "customers.metadata.merchant_customer_id",
                 .email = "customers.email"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/customers/{id}";
  };

  /// What is not sent stays, but metadata are replaced as a whole: they are sent with what the
  /// client has read before, which is not atomic. How a field is emptied is not documented, and not
  /// offered. A key is taken by creates alone, so a repeated update is not recognised.
  struct Update {
    static constexpr auto method = Method::put;
    static constexpr std::string_view path = "/customers/{id}";
    using Body = Create::Body;
    using NotCarried = Create::NotCarried;
    using Clearable = Fields<field::Metadata>;
    static constexpr Replaces replaces{.metadata = true};
  };

  /// Cannot be undone; the customer vanishes from lists and exports. What becomes of active
  /// mandates is not documented. A customer that is gone is 410 or, like one that never was, 404.
  struct Delete {
    static constexpr auto method = Method::delete_;
    static constexpr std::string_view path = "/customers/{id}";
    static constexpr json::Reply reply{.id = "customers.id", .may_be_empty = true};
    static constexpr std::array gone{Rule{.status = 410}};
  };
};

static_assert(diagnose<GocardlessPolicy>() && diagnose<GocardlessPolicy, florin::Retrieve>() &&
              diagnose<GocardlessPolicy, florin::Delete>() &&
              diagnose<GocardlessPolicy, florin::Update>());

}  // namespace policies

using policies::GocardlessPolicy;

}  // namespace florin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>

#include <array>
#include <chrono>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// Square customer profiles, API version 2025-08-20.
///
/// `merchant_customer_id` is the `reference_id`, which need not be unique; metadata is not carried.
/// Names go out split. A name, an email or a phone number is required. Phone numbers go out as
/// E.164, and want their `+` and country code where they are not of the seller's own country. A
/// repeated key gets the first answer again, for how long is not documented; duplicates are not
/// recognised otherwise.
///
/// A seller who merges two profiles makes a third with a new id; what the old ids give then is not
/// documented.
///
/// Source: https://developer.squareup.com/reference/square/customers-api, the guides on keeping
/// records, clearing fields, idempotency and errors, and the OpenAPI description that Square
/// publishes.
struct SquarePolicy {
  static constexpr std::string_view name = "square";
  static constexpr Hosts hosts{.live = "connect.squareup.com",
                               .sandbox = "connect.squareupsandbox.com"};

  /// Of the live world or of the sandbox: the application's own token, or a seller's by OAuth.
  struct Credentials {
    Secret access_token{};
  };
  using CredentialNames = CredentialList<Credential<"access_token", &Credentials::access_token>>;
  using RequestHeaders = Headers<Header<"Square-Version", Literal<"2025-08-20">>,
                                 BearerAuth<&Credentials::access_token>>;
  using Idempotency = IdempotencyMember<"idempotency_key", 45>;

  static constexpr ResponseHeaders response_headers{.limit_reset = "X-RateLimit-Reset"};
  static constexpr json::Failure failure{.code = "errors[0].code",
                                         .type = "errors[0].category",
                                         .message = "errors[0].detail",
                                         .param = "errors[0].field"};
  static constexpr std::array rules{
      Rule{.code = "CUSTOMER_NOT_FOUND", .means = Errc::not_found},
      Rule{.code = "IDEMPOTENCY_KEY_REUSED", .means = Errc::idempotency_conflict},
      Rule{.code = "INVALID_EMAIL_ADDRESS", .means = Errc::invalid_data},
      Rule{.code = "INVALID_PHONE_NUMBER", .means = Errc::invalid_data},
      Rule{.code = "REQUEST_TIMEOUT", .means = Errc::connector_unavailable},
      Rule{.type = "RATE_LIMIT_ERROR", .means = Errc::rate_limited},
  };

  static constexpr json::Record record{.within = "customer",
                                       .id = "id",
                                       .merchant_customer_id = "reference_id",
                                       .email = "email_address",
                                       .given_name = "given_name",
                                       .family_name = "family_name",
                                       .phone = "phone_number",
                                       .description = "note",
                                       .address_line1 = "address.address_line_1",
                                       .address_line2 = "address.address_line_2",
                                       .address_city = "address.locality",
                                       .address_state = "address.administrative_district_level_1",
                                       .address_zip = "address.postal_code",
                                       .address_country = "address.country",
                                       .created = "created_at"};

  /// What a create and an update send, behind `First`.
  template <class... First>
  using Profile = json::Object<
      First..., Put<"given_name", GivenName, MaxLength<300>>,
      Put<"family_name", FamilyName, MaxLength<300>>,
      Put<"email_address", field::Email, MaxLength<254>, EmailForm>,
      json::Nested<"address", Put<"address_line_1", field::AddressLine1>,
                   Put<"address_line_2", field::AddressLine2>, Put<"locality", field::AddressCity>,
                   Put<"administrative_district_level_1", field::AddressState>,
                   Put<"postal_code", field::AddressZip>, Put<"country", field::AddressCountry>>,
      Put<"phone_number", E164<field::Phone>, MinDigits<9>, MaxDigits<16>>,
      Put<"reference_id", field::MerchantCustomerId, MaxLength<100>>,
      Put<"note", field::Description>>;

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/v2/customers";
    using Body = Profile<RequireAnyOf<field::Name, field::Email, field::Phone>,
                         Put<"idempotency_key", IdempotencyKey>>;
    using NotCarried = Fields<field::Metadata>;
    static constexpr json::Reply reply{.id = "customer.id",
                                       .echo = {.merchant_customer_id = "customer.reference_id",
                                                .email = "customer.email_address"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/v2/customers/{id}";
  };

  /// What is not sent stays, within the address as well, so that is atomic. An address is removed
  /// as a whole; whether one part of it can be is not documented: the answer shows it. There is no
  /// key: a repeated update is not recognised.
  struct Update {
    static constexpr auto method = Method::put;
    static constexpr std::string_view path = "/v2/customers/{id}";
    using Body = Profile<>;
    using NotCarried = Create::NotCarried;
    using Clearable =
        Fields<field::Email, field::Name, field::Phone, field::Description, field::Address>;
    static constexpr auto cleared_by = ClearedBy::null;
  };

  /// Cannot be undone; cards on file are unlinked, and what becomes of subscriptions is not
  /// documented. A customer that is gone is answered like one that never was.
  struct Delete {
    static constexpr auto method = Method::delete_;
    static constexpr std::string_view path = "/v2/customers/{id}";
    static constexpr json::Reply reply{.may_be_empty = true};
  };

  /// Square compares without regard to letter case. New and changed profiles can be found after
  /// half a minute as a rule, at times after a minute or more.
  struct Find {
    template <class Filter>
    using Search =
        json::Object<json::Nested<"query", json::Nested<"filter", Filter>,
                                  json::Raw<"sort", R"({"field":"CREATED_AT","order":"ASC"})">>,
                     json::Raw<"limit", "100">, Put<"cursor", PageToken<>>>;
    static constexpr FindIndex lag{.consistency = Consistency::eventual,
                                   .delay = std::chrono::seconds{30}};
    struct ByEmail {
      static constexpr auto method = Method::post;
      static constexpr std::string_view path = "/v2/customers/search";
      using Body = Search<json::Nested<"email_address", Put<"exact", field::Email>>>;
      static constexpr json::Page page{.items = "customers",
                                       .shown_by = {"customers", "cursor"},
                                       .token = "cursor",
                                       .ignores_case = true,
                                       .may_be_empty = true};
      static constexpr FindIndex index = lag;
    };
    struct ByReference {
      static constexpr auto method = Method::post;
      static constexpr std::string_view path = "/v2/customers/search";
      using Body = Search<json::Nested<"reference_id", Put<"exact", field::MerchantCustomerId>>>;
      static constexpr json::Page page = ByEmail::page;
      static constexpr FindIndex index = lag;
    };
  };
};

static_assert(diagnose<SquarePolicy>() && diagnose<SquarePolicy, florin::Retrieve>() &&
              diagnose<SquarePolicy, florin::Delete>() && diagnose<SquarePolicy, FindByEmail>() &&
              diagnose<SquarePolicy, FindByReference>() &&
              diagnose<SquarePolicy, florin::Update>());

}  // namespace policies

using policies::SquarePolicy;

}  // namespace florin

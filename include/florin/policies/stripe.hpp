// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/form.hpp>

#include <array>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// The search for `merchant_customer_id` in Stripe's query language, in which a backslash stands
/// before quotes and backslashes.
struct StripeReferenceSearch : ElementList<> {
  static constexpr FixedString wire_name{"query"};
  static constexpr FieldSet carried{Field::merchant_customer_id};

  template <class Ctx>
  static void write_form(const Ctx& context, Buffer& out, FieldSet&) {
    out.append("query=metadata%5B%27merchant_customer_id%27%5D%3A%27");
    for (const char& c : context.request.merchant_customer_id) {
      if (c == '\'' || c == '\\') out.append("%5C");
      out.end_at(wire::detail::put_percent(out.room(3), {&c, 1}));
    }
    out.append("%27&");
  }
};

/// Stripe customers, API version 2026-06-24.dahlia.
///
/// All unified fields are carried; `merchant_customer_id` goes into the metadata. Stripe recognises
/// repeated requests by their key for at least 24 hours and does not recognise duplicates
/// otherwise.
///
/// Source: https://docs.stripe.com/api/customers/create, /api/errors, /api/idempotent_requests,
/// /api/metadata; field lengths from Stripe's OpenAPI description of 2023-10-16.
struct StripePolicy {
  static constexpr std::string_view name = "stripe";
  static constexpr Hosts hosts{.live = "api.stripe.com", .sandbox = "api.stripe.com"};

  /// The key decides between live (`sk_live_...`) and test (`sk_test_...`).
  struct Credentials {
    Secret api_key{};                      ///< secret or restricted key
    std::optional<std::string> account{};  ///< `acct_...`, to act for a connected account
  };
  using CredentialNames = CredentialList<Credential<"api_key", &Credentials::api_key>,
                                         OptionalCredential<"account", &Credentials::account>>;
  using RequestHeaders = Headers<Header<"Stripe-Version", Literal<"2026-06-24.dahlia">>,
                                 BearerAuth<&Credentials::api_key>,
                                 Header<"Stripe-Account", FromCredential<&Credentials::account>>>;
  using Idempotency =
      IdempotencyHeader<"Idempotency-Key", 255, ReplayedBy<"Idempotent-Replayed", "true">>;

  static constexpr ResponseHeaders response_headers{.request_id = "Request-Id",
                                                    .should_retry = "Stripe-Should-Retry"};
  static constexpr json::Failure failure{.code = "error.code",
                                         .type = "error.type",
                                         .message = "error.message",
                                         .param = "error.param"};
  /// A 409 of Stripe's own says that a request with the same key still runs, whatever type it
  /// carries.
  static constexpr std::array rules{
      Rule{.status = 409, .means = Errc::idempotency_conflict, .retry = Retry::yes},
      Rule{.code = "idempotency_key_in_use",
           .means = Errc::idempotency_conflict,
           .retry = Retry::yes},
      Rule{.status = 400, .type = "idempotency_error", .means = Errc::idempotency_conflict},
  };

  /// A deleted customer is read back as its id and `deleted` alone.
  static constexpr json::Record record{.id = "id",
                                       .merchant_customer_id = "metadata.merchant_customer_id",
                                       .email = "email",
                                       .name = "name",
                                       .phone = "phone",
                                       .description = "description",
                                       .metadata = "metadata",
                                       .address_line1 = "address.line1",
                                       .address_line2 = "address.line2",
                                       .address_city = "address.city",
                                       .address_state = "address.state",
                                       .address_zip = "address.postal_code",
                                       .address_country = "address.country",
                                       .created = "created",
                                       .deleted = "deleted",
                                       .deleted_text = "true"};

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/v1/customers";
    using Body =
        Form<Put<"email", field::Email, MaxLength<512>, EmailForm>,
             Put<"name", field::Name, MaxLength<256>>, Put<"phone", field::Phone, MaxLength<20>>,
             Put<"description", field::Description, MaxLength<5000>>,
             Group<"address", Put<"address[line1]", field::AddressLine1, MaxLength<5000>>,
                   Put<"address[line2]", field::AddressLine2, MaxLength<5000>>,
                   Put<"address[city]", field::AddressCity, MaxLength<5000>>,
                   Put<"address[state]", field::AddressState, MaxLength<5000>>,
                   Put<"address[postal_code]", field::AddressZip, MaxLength<5000>>,
                   Put<"address[country]", field::AddressCountry>>,
             Entries<"metadata[{}]", field::Metadata, MaxEntries<50>, Reserved<1>, MaxKeyLength<40>,
                     MaxValueLength<500>, KeyExcludes<"[]">, NonEmptyValues>,
             Put<"metadata[merchant_customer_id]", field::MerchantCustomerId, MaxLength<500>>>;
    using NotCarried = Fields<>;
    static constexpr json::Reply reply{
        .id = "id",
        .id_prefix = "cus_",
        .echo = {.merchant_customer_id = "metadata.merchant_customer_id", .email = "email"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/v1/customers/{id}";
  };

  /// What is not sent stays; metadata are merged by Stripe, so that is atomic. Whether an address
  /// that is sent in part keeps the rest is not documented: it is sent whole, with what the client
  /// has read before, which is not atomic. Nor is the removal of all metadata, which are removed
  /// one by one so that `merchant_customer_id` stays; without the record it goes with them.
  /// Stripe recognises a repeated update by its key.
  struct Update {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/v1/customers/{id}";
    using Idempotency = StripePolicy::Idempotency;
    using Body = Create::Body;
    using NotCarried = Fields<>;
    using Clearable = Fields<field::Email, field::Name, field::Phone, field::Description,
                             field::Metadata, field::Address>;
    static constexpr auto cleared_by = ClearedBy::empty_text;
    static constexpr Replaces replaces{.group = address_fields, .perhaps = true};
  };

  /// Cancels active subscriptions at once and forgets stored cards. A deleted customer can be read,
  /// which tells it from one that never was.
  struct Delete {
    static constexpr auto method = Method::delete_;
    static constexpr std::string_view path = "/v1/customers/{id}";
    static constexpr json::Reply reply{.id = "id", .verdict = "deleted", .verdict_text = "true"};
    static constexpr bool shows_deleted = true;
  };

  /// By email at once; by reference through the search, which is behind and not available to
  /// merchants in India.
  struct Find {
    struct ByEmail {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/v1/customers";
      using Query = wire::Query<Put<"email", field::Email>, Const<"limit", "100">,
                                Put<"starting_after", PageToken<>>>;
      static constexpr json::Page page{
          .items = "data", .more = "has_more", .next = json::Next::last_id};
      static constexpr FindIndex index{.consistency = Consistency::immediate};
    };
    struct ByReference {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/v1/customers/search";
      using Query =
          wire::Query<StripeReferenceSearch, Const<"limit", "100">, Put<"page", PageToken<>>>;
      static constexpr json::Page page{.items = "data", .more = "has_more", .token = "next_page"};
      static constexpr FindIndex index{.consistency = Consistency::eventual,
                                       .delay = std::chrono::minutes{1},
                                       .longest = std::chrono::hours{1}};
    };
  };
};

static_assert(diagnose<StripePolicy>() && diagnose<StripePolicy, florin::Retrieve>() &&
              diagnose<StripePolicy, florin::Delete>() && diagnose<StripePolicy, FindByEmail>() &&
              diagnose<StripePolicy, FindByReference>() &&
              diagnose<StripePolicy, florin::Update>());

}  // namespace policies

using policies::StripePolicy;

}  // namespace florin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>

#include <array>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// Omise (Opn Payments) customers, API version 2019-05-29.
///
/// An Omise customer has an email, a description and metadata, where `merchant_customer_id` goes;
/// name, phone and address are not carried, and nothing is required. Neither repeated requests nor
/// duplicates are recognised.
///
/// Source: https://docs.omise.co (customers, search, errors) and the official SDKs.
struct OmisePolicy {
  static constexpr std::string_view name = "omise";
  static constexpr Hosts hosts{.live = "api.omise.co", .sandbox = "api.omise.co"};

  /// The key decides between live (`skey_...`) and test (`skey_test_...`).
  struct Credentials {
    Secret secret_key{};
  };
  using CredentialNames = CredentialList<Credential<"secret_key", &Credentials::secret_key>>;
  using RequestHeaders =
      Headers<Header<"Omise-Version", Literal<"2019-05-29">>, BasicAuth<&Credentials::secret_key>>;
  using Idempotency = NoIdempotency;

  static constexpr json::Failure failure{.code = "code", .message = "message"};
  /// An error may come with a 200.
  static constexpr std::array rules{
      Rule{.code = "authentication_failure", .means = Errc::unauthorized},
      Rule{.code = "not_found", .means = Errc::not_found},
      Rule{.code = "bad_request", .means = Errc::invalid_data},
  };

  /// Whether a deleted customer can be read is not documented: it is one that is shown as such, or
  /// none.
  static constexpr json::Record record{.id = "id",
                                       .merchant_customer_id = "metadata.merchant_customer_id",
                                       .email = "email",
                                       .description = "description",
                                       .metadata = "metadata",
                                       .created = {"created_at", "created"},
                                       .deleted = "deleted",
                                       .deleted_text = "true"};

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/customers";
    using Body =
        json::Object<Put<"email", field::Email, EmailForm>, Put<"description", field::Description>,
                     json::Nested<"metadata", Entries<"{}", field::Metadata>,
                                  Put<"merchant_customer_id", field::MerchantCustomerId>>>;
    using NotCarried = Fields<field::Name, field::Phone, field::Address>;
    static constexpr json::Reply reply{
        .id = "id",
        .id_prefix = "cust_",
        .echo = {.merchant_customer_id = "metadata.merchant_customer_id", .email = "email"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/customers/{id}";
  };

  /// What is not sent stays. Whether metadata replace those that are there is not documented: they
  /// are sent as a whole, with what the client has read before, which is not atomic. How a field is
  /// emptied or an entry removed is not documented, and not offered. A repeated update is not
  /// recognised.
  struct Update {
    static constexpr auto method = Method::patch;
    static constexpr std::string_view path = "/customers/{id}";
    using Body = Create::Body;
    using NotCarried = Create::NotCarried;
    static constexpr Replaces replaces{.metadata = true};
  };

  /// What becomes of saved cards and schedules is not documented.
  struct Delete {
    static constexpr auto method = Method::delete_;
    static constexpr std::string_view path = "/customers/{id}";
    static constexpr json::Reply reply{.id = "id", .verdict = "deleted", .verdict_text = "true"};
    static constexpr bool shows_deleted = true;
  };

  /// By Omise's text search. In which attributes it looks is not documented: that it finds entries
  /// of the metadata, and so the reference, is not known for certain.
  struct Find {
    /// The oldest come first, so that a new customer moves nobody to another page.
    template <class Filter>
    using Search = Query<Const<"scope", "customer">, Put<"query", Filter>,
                         Const<"order", "chronological">, Put<"page", PageToken<"1">>>;
    static constexpr json::Page list{
        .items = "data", .next = json::Next::number, .first = 1, .pages = "total_pages"};
    struct ByEmail {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/search";
      using Query = Search<field::Email>;
      static constexpr json::Page page = list;
    };
    struct ByReference {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/search";
      using Query = Search<field::MerchantCustomerId>;
      static constexpr json::Page page = list;
    };
  };
};

static_assert(diagnose<OmisePolicy>() && diagnose<OmisePolicy, florin::Retrieve>() &&
              diagnose<OmisePolicy, florin::Delete>() && diagnose<OmisePolicy, FindByEmail>() &&
              diagnose<OmisePolicy, FindByReference>() && diagnose<OmisePolicy, florin::Update>());

}  // namespace policies

using policies::OmisePolicy;

}  // namespace florin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/digits.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>

#include <optional>
#include <string>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// Two ASCII letters, one behind the other: what Conekta wants of a city.
struct ConektaCity {
  static constexpr bool accepts(const Value& value) noexcept {
    int letters = 0;
    return !value.all_of([&letters](char c) {
      letters = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? letters + 1 : 0;
      return letters < 2;
    });
  }
  static constexpr std::string_view reason = "has no two letters of ASCII in a row";
};

/// A postal code, which has five digits in Mexico.
struct ConektaZip : field::AddressZip {
  template <class Ctx>
  static constexpr std::string_view fault(const Ctx& context) noexcept {
    const std::string_view zip = get(context.request);
    if (zip.empty() || field::AddressCountry::get(context.request) != "MX") return {};
    return is_digits(zip) && zip.size() == 5 ? std::string_view{}
                                             : "has to be five digits in Mexico";
  }
};

/// Conekta customers, API version 2.2.0.
///
/// `merchant_customer_id` is the `custom_reference`; that it is unique is not documented. Name,
/// email and phone are required; the description is not carried. The address is a shipping contact
/// of that name and phone; it needs `line1`, `zip` and `country`, and is dropped without them.
/// Neither repeated requests nor duplicates are recognised.
///
/// Source: https://github.com/conekta/openapi and https://developers.conekta.com.
struct ConektaPolicy {
  static constexpr std::string_view name = "conekta";
  static constexpr Hosts hosts{.live = "api.conekta.io", .sandbox = "api.conekta.io"};

  /// The key decides between live and sandbox.
  struct Credentials {
    Secret api_key{};                               ///< private key
    std::optional<std::string> child_company_id{};  ///< of a holding
  };
  using CredentialNames =
      CredentialList<Credential<"api_key", &Credentials::api_key>,
                     OptionalCredential<"child_company_id", &Credentials::child_company_id>>;
  using RequestHeaders =
      Headers<BearerAuth<&Credentials::api_key>, Header<"Accept-Language", Literal<"en">>,
              Header<"X-Child-Company-Id", FromCredential<&Credentials::child_company_id>>>;
  using Idempotency = NoIdempotency;

  static constexpr json::Failure failure{
      .code = "details[0].code",
      .type = "type",
      .message = {"details[0].debug_message", "details[0].message"},
      .param = "details[0].param",
      .request_id = "log_id"};

  /// The address is that of the default shipping contact. Of many contacts the answer shows the
  /// first few: where the default one is not among them, the address is not known.
  static constexpr json::Record record{
      .id = "id",
      .merchant_customer_id = "custom_reference",
      .email = "email",
      .name = "name",
      .phone = "phone",
      .metadata = "metadata",
      .address_line1 = "shipping_contacts.data.*.address.street1",
      .address_line2 = "shipping_contacts.data.*.address.street2",
      .address_city = "shipping_contacts.data.*.address.city",
      .address_state = "shipping_contacts.data.*.address.state",
      .address_zip = "shipping_contacts.data.*.address.postal_code",
      .address_country = "shipping_contacts.data.*.address.country",
      .address_item = "shipping_contacts.data.*",
      .address_counts = "shipping_contacts.data.*.default",
      .created = "created_at",
      .empty_is_absent = true};

  /// What a create and an update send, before `Last`.
  template <class... Last>
  using Customer = json::Object<
      Put<"name", field::Name, Required>, Put<"email", field::Email, Required, EmailForm>,
      Put<"phone", field::Phone, Required>, Put<"custom_reference", field::MerchantCustomerId>,
      json::Nested<"metadata", Entries<"{}", field::Metadata, MaxEntries<100>>>, Last...>;

  static constexpr std::string_view media_type = "application/vnd.conekta-v2.2.0+json";

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/customers";
    static constexpr std::string_view accept = media_type;
    using Contact =
        OnlyWith<AllOf<field::AddressLine1, field::AddressZip, field::AddressCountry>,
                 json::NestedArray<
                     "shipping_contacts", Put<"receiver", field::Name>, Put<"phone", field::Phone>,
                     json::Nested<"address",
                                  Put<"street1", field::AddressLine1, MinLength<2>, MaxLength<249>>,
                                  Put<"street2", field::AddressLine2, MaxLength<249>>,
                                  Put<"city", field::AddressCity, MaxLength<249>, ConektaCity>,
                                  Put<"state", field::AddressState, MaxLength<249>>,
                                  Put<"postal_code", ConektaZip, MaxLength<250>>,
                                  Put<"country", field::AddressCountry>>>>;
    using Body = Customer<Contact>;
    using NotCarried = Fields<field::Description>;
    static constexpr json::Reply reply{
        .id = "id", .echo = {.merchant_customer_id = "custom_reference", .email = "email"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/customers/{id}";
    static constexpr std::string_view accept = media_type;
  };

  /// What is not sent stays. Whether metadata replace those that are there is not documented: they
  /// are sent as a whole, with what the client has read before, which is not atomic. The address is
  /// not offered, since one that is sent may come beside the others. How a field is emptied or a
  /// key removed is not documented, and not offered. A repeated update is not recognised.
  struct Update {
    static constexpr auto method = Method::put;
    static constexpr std::string_view path = "/customers/{id}";
    static constexpr std::string_view accept = media_type;
    using Body = Customer<>;
    using NotCarried = Fields<field::Description, field::Address>;
    static constexpr Replaces replaces{.metadata = true};
  };

  /// The answer shows the customer as it was. What becomes of cards, subscriptions and open orders
  /// is not documented, nor whether it can be read afterwards.
  struct Delete {
    static constexpr auto method = Method::delete_;
    static constexpr std::string_view path = "/customers/{id}";
    static constexpr std::string_view accept = media_type;
    static constexpr json::Reply reply{.id = "id"};
  };

  /// By a search for text in name, email, phone and reference, of which only exact matches are
  /// taken. The links to further pages, which may be at another host, are not followed.
  struct Find {
    template <class Field>
    using Search =
        wire::Query<Put<"search", Field>, Const<"limit", "250">, Put<"next", PageToken<>>>;
    static constexpr json::Page list{
        .items = "data", .more = "has_more", .next = json::Next::last_id};
    struct ByEmail {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/customers";
      static constexpr std::string_view accept = media_type;
      using Query = Search<field::Email>;
      static constexpr json::Page page = list;
    };
    struct ByReference {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/customers";
      static constexpr std::string_view accept = media_type;
      using Query = Search<field::MerchantCustomerId>;
      static constexpr json::Page page = list;
    };
  };
};

static_assert(diagnose<ConektaPolicy>() && diagnose<ConektaPolicy, florin::Retrieve>() &&
              diagnose<ConektaPolicy, florin::Delete>() && diagnose<ConektaPolicy, FindByEmail>() &&
              diagnose<ConektaPolicy, FindByReference>() &&
              diagnose<ConektaPolicy, florin::Update>());

}  // namespace policies

using policies::ConektaPolicy;

}  // namespace florin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/country.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>

#include <array>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// Stax customers.
///
/// `merchant_customer_id` is the `reference`, which need not be unique; metadata is not carried.
/// Neither repeated requests nor duplicates are recognised. Ten refused requests in a minute can
/// lock an address out, so everything that is documented is checked before sending.
///
/// Source: https://docs.staxpayments.com (customers, idempotency, throttling).
struct StaxPolicy {
  static constexpr std::string_view name = "stax";
  static constexpr Hosts hosts{.live = "apiprod.fattlabs.com", .sandbox = "apiprod.fattlabs.com"};

  /// The key belongs to a live or to a sandbox merchant.
  struct Credentials {
    Secret api_key{};  ///< made in the portal, long-lived
  };
  using CredentialNames = CredentialList<Credential<"api_key", &Credentials::api_key>>;
  using RequestHeaders = Headers<BearerAuth<&Credentials::api_key>>;
  using Idempotency = NoIdempotency;

  /// There is no envelope: a member is named like the field at fault and holds its messages.
  static constexpr json::Failure failure{.message = {"*[0]", "*", "[0]"}, .param = "*.~"};
  static constexpr std::array rules{
      Rule{.param = "id", .message = "customer not found", .means = Errc::not_found},
  };

  static constexpr json::Record record{.id = "id",
                                       .merchant_customer_id = "reference",
                                       .email = "email",
                                       .given_name = "firstname",
                                       .family_name = "lastname",
                                       .phone = "phone",
                                       .description = "notes",
                                       .address_line1 = "address_1",
                                       .address_line2 = "address_2",
                                       .address_city = "address_city",
                                       .address_state = "address_state",
                                       .address_zip = "address_zip",
                                       .address_country = "address_country",
                                       .created = "created_at",
                                       .deleted = "deleted_at",
                                       .empty_is_absent = true};

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/customer";
    using Body = json::Object<RequireAnyOf<field::Name, field::Email>,
                              Put<"firstname", GivenName, MaxLength<255>>,
                              Put<"lastname", FamilyName, MaxLength<255>>,
                              Put<"email", field::Email, MaxLength<255>, EmailForm>,
                              Put<"phone", Digits<field::Phone>, MinLength<10>, MaxLength<15>>,
                              Put<"address_1", field::AddressLine1, MaxLength<255>>,
                              Put<"address_2", field::AddressLine2, MaxLength<255>>,
                              Put<"address_city", field::AddressCity, MaxLength<255>>,
                              Put<"address_state", field::AddressState, MinLength<2>, MaxLength<2>>,
                              Put<"address_zip", field::AddressZip, MaxLength<16>>,
                              Put<"address_country", Alpha3<field::AddressCountry>>,
                              Put<"notes", field::Description, MaxLength<21844>>,
                              Put<"reference", field::MerchantCustomerId, MaxLength<255>>>;
    using NotCarried = Fields<field::Metadata>;
    static constexpr json::Reply reply{
        .id = "id", .echo = {.merchant_customer_id = "reference", .email = "email"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/customer/{id}";
  };

  /// A name or the email has to be sent again, and whether the processor keeps what is not sent is
  /// not documented: all is sent, with what the client has read before, which is not atomic. What
  /// florin does not know, such as the company and custom fields, is not sent. How a field is
  /// emptied is not documented, and not offered. A repeated update is not recognised.
  struct Update {
    static constexpr auto method = Method::put;
    static constexpr std::string_view path = "/customer/{id}";
    using Body = Create::Body;
    using NotCarried = Create::NotCarried;
    static constexpr Replaces replaces = Replaces::everything();
  };

  /// The customer is kept with the time of its deletion and can be restored in the portal. What
  /// becomes of payment methods, schedules and invoices is not documented, nor whether a deleted
  /// customer can be read: both are taken.
  struct Delete {
    static constexpr auto method = Method::delete_;
    static constexpr std::string_view path = "/customer/{id}";
    static constexpr json::Reply reply{.id = "id", .verdict = "deleted_at"};
    static constexpr bool shows_deleted = true;
  };

  /// A failed search counts towards the limit of refused requests. Pages are counted, since the
  /// link to the next one may lack the filter.
  struct Find {
    static constexpr json::Page list{
        .items = "data", .next = json::Next::number, .first = 1, .pages = "last_page"};
    struct ByEmail {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/customer";
      using Query = wire::Query<Put<"email", field::Email>, Put<"page", PageToken<"1">>,
                                Const<"per_page", "50">>;
      static constexpr json::Page page = list;
    };
    struct ByReference {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/customer";
      using Query = wire::Query<Put<"reference", field::MerchantCustomerId>,
                                Put<"page", PageToken<"1">>, Const<"per_page", "50">>;
      static constexpr json::Page page = list;
    };
  };
};

static_assert(diagnose<StaxPolicy>() && diagnose<StaxPolicy, florin::Retrieve>() &&
              diagnose<StaxPolicy, florin::Delete>() && diagnose<StaxPolicy, FindByEmail>() &&
              diagnose<StaxPolicy, FindByReference>() && diagnose<StaxPolicy, florin::Update>());

}  // namespace policies

using policies::StaxPolicy;

}  // namespace florin

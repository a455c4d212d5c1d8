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

/// GlomoPay customers.
///
/// There is no place for `merchant_customer_id`, description and metadata: keep the two ids
/// together on your side. A full address is required. Repeated requests are not recognised; an
/// email that exists in the same country is refused, without naming the customer.
///
/// Source: https://docs.glomopay.com (customers, errors).
struct GlomopayPolicy {
  static constexpr std::string_view name = "glomopay";
  static constexpr Hosts hosts{.live = "api.glomopay.com", .sandbox = "api.glomopay.com"};

  /// A test key reaches the sandbox, a live key production.
  struct Credentials {
    Secret api_key{};  ///< secret key
  };
  using CredentialNames = CredentialList<Credential<"api_key", &Credentials::api_key>>;
  using RequestHeaders = Headers<BearerAuth<&Credentials::api_key>>;
  using Idempotency = NoIdempotency;

  static constexpr json::Failure failure{.code = {"code", "error.code"},
                                         .message = {"message", "error.message", "error"},
                                         .param_behind = "Validation failed: ",
                                         .param_before = " "};
  static constexpr std::array rules{
      Rule{.status = 400,
           .message = "Validation failed: Email has already been taken",
           .means = Errc::customer_exists},
      Rule{.status = 400,
           .message = "A customer with this email already exists.",
           .means = Errc::customer_exists},
  };

  /// The processor's metadata are not the caller's: they are not read.
  static constexpr json::Record record{.id = "id",
                                       .email = "email",
                                       .name = "name",
                                       .phone = "phone",
                                       .address_line1 = "address",
                                       .address_city = "city",
                                       .address_state = "state",
                                       .address_zip = "pincode",
                                       .address_country = "country",
                                       .created = "created_at",
                                       .deleted = "deleted_at"};

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/api/v1/customer";
    using Body = json::Object<
        Put<"name", field::Name, Required, OnlyAlphanumericAnd<" &.,'-">>,
        Const<"customer_type", "individual">, Put<"email", field::Email, Required, EmailForm>,
        Put<"phone", field::Phone>,
        Put<"address", Joined<field::AddressLine1, field::AddressLine2>, Required>,
        Put<"city", field::AddressCity, Required>, Put<"state", field::AddressState, Required>,
        Put<"country", Alpha3<field::AddressCountry>, Required>, Put<"pincode", field::AddressZip>>;
    using NotCarried = Fields<field::MerchantCustomerId, field::Description, field::Metadata>;
    static constexpr json::Reply reply{
        .id = "id", .id_prefix = "cust_", .echo = {.email = "email"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/api/v1/customer/{id}";
  };

  /// The email is unique within a country whatever its letter case, so that is compared without it.
  struct Find {
    struct ByEmail {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/api/v1/customer";
      using Query = wire::Query<Put<"email_address", field::Email>, Put<"page", PageToken<"1">>,
                                Const<"per_page", "100">>;
      static constexpr json::Page page{
          .items = "data", .token = "page_meta.next", .ignores_case = true};
    };
  };
};

static_assert(diagnose<GlomopayPolicy>() && diagnose<GlomopayPolicy, florin::Retrieve>() &&
              diagnose<GlomopayPolicy, FindByEmail>());

}  // namespace policies

using policies::GlomopayPolicy;

}  // namespace florin

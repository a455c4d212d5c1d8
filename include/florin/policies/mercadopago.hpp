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

/// Mercado Pago customers.
///
/// `merchant_customer_id` is metadata. The email is required, unique, and cannot be changed:
/// another customer with it is refused, without the id of the one that there is, which can be found
/// by the email. With test credentials Mercado Pago takes `test_payer_NUMBER@testuser.com` alone.
///
/// Names go out split. A phone has to begin with `+`: its calling code goes out as the area code
/// and the rest as the number, since where an area code ends cannot be told; the two are read as
/// one, also of a customer whom somebody else gave an area code proper. A number that the first
/// line of an address begins with goes out as the street's, unless it is a date's (25 de Mayo); the
/// rest and the second line are the street's name. State and country are not carried.
///
/// That Mercado Pago recognises repeated requests is documented of payments alone, so no key is
/// relied on; one that the caller gives is sent, as the official SDKs do.
///
/// Source: https://www.mercadopago.com.br/developers/en/reference/customers (create, read, change,
/// search) and the official SDKs.
struct MercadopagoPolicy {
  static constexpr std::string_view name = "mercadopago";
  static constexpr Hosts hosts{.live = "api.mercadopago.com", .sandbox = "api.mercadopago.com"};

  /// The token decides between live and test (`TEST-...`).
  struct Credentials {
    Secret access_token{};
  };
  using CredentialNames = CredentialList<Credential<"access_token", &Credentials::access_token>>;
  using RequestHeaders = Headers<BearerAuth<&Credentials::access_token>>;
  using Idempotency = GivenKeyHeader<"X-Idempotency-Key", 255>;

  static constexpr json::Failure failure{.code = {"cause[0].code", "error"},
                                         .type = "error",
                                         .message = {"cause[0].description", "message"}};
  static constexpr std::array rules{
      Rule{.code = "101", .means = Errc::customer_exists},
      Rule{.code = "100", .means = Errc::unauthorized},
      Rule{.status = 409, .means = Errc::idempotency_conflict},
      Rule{.status = 423, .means = Errc::idempotency_conflict},
  };

  /// The address is the default one, whose city is shown at the first of all addresses alone.
  static constexpr json::Record record{
      .id = "id",
      .merchant_customer_id = "metadata.merchant_customer_id",
      .email = "email",
      .given_name = "first_name",
      .family_name = "last_name",
      .phone = "phone.number",
      .calling_code = "phone.area_code",
      .description = "description",
      .metadata = "metadata",
      .address_line1 = "address.street_name",
      .address_number = "address.street_number",
      .address_city = {"address.city.name", "addresses[0].city.name", "addresses.city.name"},
      .address_zip = "address.zip_code",
      .created = "date_created"};

  using FirstName = Put<"first_name", GivenName>;
  using LastName = Put<"last_name", FamilyName>;
  using Phone = json::Nested<"phone", Put<"area_code", CallingCode<field::Phone>>,
                             Put<"number", NationalNumber<field::Phone>>>;
  using Description = Put<"description", field::Description>;
  using Metadata = json::Nested<"metadata", Entries<"{}", field::Metadata>,
                                Put<"merchant_customer_id", field::MerchantCustomerId>>;

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/v1/customers";
    using Address = json::Nested<
        "address", Put<"zip_code", field::AddressZip>,
        Put<"street_name", Joined<StreetName<field::AddressLine1>, field::AddressLine2>>,
        Put<"street_number", HouseNumber<field::AddressLine1>>,
        json::Nested<"city", Put<"name", field::AddressCity>>>;
    using Body = json::Object<Put<"email", field::Email, Required, EmailForm>, FirstName, LastName,
                              Phone, Address, Description, Metadata>;
    using NotCarried = Fields<field::AddressState, field::AddressCountry>;
    static constexpr json::Reply reply{
        .id = "id",
        .echo = {.merchant_customer_id = "metadata.merchant_customer_id", .email = "email"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/v1/customers/{id}";
  };

  /// What is not sent stays. Whether metadata replace those that are there is not documented: they
  /// are sent as a whole, with what the client has read before, which is not atomic. The address is
  /// not offered, since one that is sent may come beside the others. How a field is emptied or an
  /// entry removed is not documented, and not offered. A repeated update is not recognised.
  struct Update {
    static constexpr auto method = Method::put;
    static constexpr std::string_view path = "/v1/customers/{id}";
    using Idempotency = MercadopagoPolicy::Idempotency;
    using Body = json::Object<FirstName, LastName, Phone, Description, Metadata>;
    using NotCarried = Fields<field::Email, field::Address>;
    static constexpr Replaces replaces{.metadata = true};
  };

  /// Known from the official SDKs. What becomes of saved cards and subscriptions is not documented,
  /// nor whether the email becomes free. A customer that is gone is answered like one that never
  /// was.
  struct Delete {
    static constexpr auto method = Method::delete_;
    static constexpr std::string_view path = "/v1/customers/{id}";
    static constexpr json::Reply reply{.id = "id"};
  };

  struct Find {
    struct ByEmail {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/v1/customers/search";
      using Query = wire::Query<Put<"email", field::Email>, Const<"limit", "10">,
                                Put<"offset", PageToken<"0">>>;
      static constexpr json::Page page{
          .items = "results", .next = json::Next::number, .step = 10, .total = "paging.total"};
    };
  };
};

static_assert(diagnose<MercadopagoPolicy>() && diagnose<MercadopagoPolicy, florin::Retrieve>() &&
              diagnose<MercadopagoPolicy, florin::Delete>() &&
              diagnose<MercadopagoPolicy, FindByEmail>() &&
              diagnose<MercadopagoPolicy, florin::Update>());

}  // namespace policies

using policies::MercadopagoPolicy;

}  // namespace florin

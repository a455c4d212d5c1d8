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

/// Finix buyers: identities with the role BUYER, API version 2022-02-01.
///
/// `merchant_customer_id` and the metadata are tags; the description is not carried. Names go out
/// split, the country as three letters. Neither repeated requests nor duplicates are recognised.
///
/// Source: https://docs.finix.com/api/identities and the guides on errors and idempotent requests.
struct FinixPolicy {
  static constexpr std::string_view name = "finix";
  static constexpr Hosts hosts{.live = "finix.live-payments-api.com",
                               .sandbox = "finix.sandbox-payments-api.com"};

  /// An API user, of the live world or of the sandbox.
  struct Credentials {
    Secret username{};  ///< `US...`
    Secret password{};
  };
  using CredentialNames = CredentialList<Credential<"username", &Credentials::username>,
                                         Credential<"password", &Credentials::password>>;
  using RequestHeaders = Headers<Header<"Finix-Version", Literal<"2022-02-01">>,
                                 BasicAuth<&Credentials::username, &Credentials::password>>;
  using Idempotency = NoIdempotency;

  static constexpr ResponseHeaders response_headers{.request_id = "x-request-id"};
  static constexpr json::Failure failure{.code = "_embedded.errors[0].code",
                                         .message = "_embedded.errors[0].message",
                                         .param = "_embedded.errors[0].field"};
  static constexpr std::array rules{
      Rule{.code = "INVALID_FIELD", .means = Errc::invalid_data},
      Rule{.code = "UNPROCESSABLE_ENTITY", .means = Errc::invalid_data},
  };

  static constexpr json::Record record{.id = "id",
                                       .merchant_customer_id = "tags.merchant_customer_id",
                                       .email = "entity.email",
                                       .given_name = "entity.first_name",
                                       .family_name = "entity.last_name",
                                       .phone = "entity.phone",
                                       .metadata = "tags",
                                       .address_line1 = "entity.personal_address.line1",
                                       .address_line2 = "entity.personal_address.line2",
                                       .address_city = "entity.personal_address.city",
                                       .address_state = "entity.personal_address.region",
                                       .address_zip = "entity.personal_address.postal_code",
                                       .address_country = "entity.personal_address.country",
                                       .created = "created_at"};

  using Entity = json::Nested<
      "entity", Put<"first_name", GivenName, MaxLength<20>>,
      Put<"last_name", FamilyName, MaxLength<20>>,
      Put<"email", field::Email, MaxLength<100>, EmailForm>, Put<"phone", field::Phone>,
      json::Nested<"personal_address", Put<"line1", field::AddressLine1, MaxLength<35>>,
                   Put<"line2", field::AddressLine2, MaxLength<35>>,
                   Put<"city", field::AddressCity, MaxLength<20>>,
                   Put<"region", field::AddressState, MinLength<2>, MaxLength<2>>,
                   Put<"postal_code", field::AddressZip, MaxLength<7>>,
                   Put<"country", Alpha3<field::AddressCountry>>>>;
  using Tags = json::Nested<"tags",
                            Entries<"{}", field::Metadata, MaxEntries<50>, Reserved<1>,
                                    MaxKeyLength<40>, MaxValueLength<500>>,
                            Put<"merchant_customer_id", field::MerchantCustomerId, MaxLength<500>>>;

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/identities";
    static constexpr std::string_view accept = "application/hal+json";
    using Body = json::Object<json::Raw<"identity_roles", R"(["BUYER"])">,
                              Const<"type", "PERSONAL">, Entity, Tags>;
    using NotCarried = Fields<field::Description>;
    static constexpr json::Reply reply{
        .id = "id",
        .id_prefix = "ID",
        .echo = {.merchant_customer_id = "tags.merchant_customer_id", .email = "entity.email"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/identities/{id}";
    static constexpr std::string_view accept = "application/hal+json";
  };

  /// Whether the processor keeps what is not sent is not documented: entity and tags are sent
  /// whole, with what the client has read before, which is not atomic. How a member of the entity
  /// is emptied is not documented, and not offered. A tag is removed by leaving it out; whether
  /// that removes it is not documented: the answer shows it. A repeated update is not recognised.
  struct Update {
    static constexpr auto method = Method::put;
    static constexpr std::string_view path = "/identities/{id}";
    static constexpr std::string_view accept = "application/hal+json";
    using Body = json::Object<Entity, Tags>;
    using NotCarried = Create::NotCarried;
    using Clearable = Fields<field::Metadata>;
    static constexpr Replaces replaces = Replaces::everything();
  };

  /// That both parts of the tag's filter are about one tag is not documented, nor is an answer
  /// without any: a list that is missing is an empty one.
  struct Find {
    static constexpr json::Page list{.items = "_embedded.identities",
                                     .shown_by = {"_embedded.identities", "page"},
                                     .token = "page.next_cursor"};
    struct ByEmail {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/identities";
      static constexpr std::string_view accept = "application/hal+json";
      using Query = wire::Query<Put<"email", field::Email>, Const<"limit", "10">,
                                Put<"after_cursor", PageToken<>>>;
      static constexpr json::Page page = list;
    };
    struct ByReference {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/identities";
      static constexpr std::string_view accept = "application/hal+json";
      using Query = wire::Query<Const<"tags.key", "merchant_customer_id">,
                                Put<"tags.value", field::MerchantCustomerId>, Const<"limit", "10">,
                                Put<"after_cursor", PageToken<>>>;
      static constexpr json::Page page = list;
    };
  };
};

static_assert(diagnose<FinixPolicy>() && diagnose<FinixPolicy, florin::Retrieve>() &&
              diagnose<FinixPolicy, FindByEmail>() && diagnose<FinixPolicy, FindByReference>() &&
              diagnose<FinixPolicy, florin::Update>());

}  // namespace policies

using policies::FinixPolicy;

}  // namespace florin

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

/// The family name of an update: a name of one word has none, and leaves none behind, since the
/// name is replaced as a whole.
struct XenditSurname {
  static constexpr Field id = Field::name;
  static constexpr FieldSet carried = name_fields;
  template <class Ctx>
  static constexpr Value read(const Ctx& context) noexcept {
    return FamilyName::read(context);
  }
};

/// The country of an update's address, which is replaced as a whole and needs one.
struct XenditCountry : field::AddressCountry {
  template <class Ctx>
  static constexpr std::string_view fault(const Ctx& context) noexcept {
    if constexpr (Changing<Ctx>) {
      const bool sent = context.request.current != nullptr &&  // else the country is not known
                        !(context.touched & address_fields).empty() &&
                        !(context.given & address_fields).empty();
      if (sent && !context.given.contains(id)) return "is missing, but an address has to have one";
    }
    return {};
  }
};

/// Xendit customers of the type INDIVIDUAL, API version 2020-10-31.
///
/// `merchant_customer_id` is the `reference_id` and unique: a second customer with the same one is
/// refused without the first one's id, which a find tells. A name is required and goes out split;
/// Xendit wants it, and the description, to be alphanumeric, and does not say which characters are
/// not. An email has at most 50 characters. Phone numbers go out as E.164, as mobile ones; of a
/// customer without one the other number is read. An address needs a country: without one a create
/// drops it and an update refuses it.
///
/// A key is kept for 24 hours and has to be unique among live and test requests: do not use one
/// `merchant_customer_id` in both within a day. How a repeated key is answered is not documented;
/// that the reference is unique settles it.
///
/// Source: https://docs.xendit.co/apidocs (create, update and get customers, rate limits) and the
/// official SDKs.
struct XenditPolicy {
  static constexpr std::string_view name = "xendit";
  static constexpr Hosts hosts{.live = "api.xendit.co", .sandbox = "api.xendit.co"};

  /// The key decides between live (`xnd_production_...`) and test (`xnd_development_...`).
  struct Credentials {
    Secret api_key{};                          ///< secret key
    std::optional<std::string> for_user_id{};  ///< the sub-account of a platform
  };
  using CredentialNames =
      CredentialList<Credential<"api_key", &Credentials::api_key>,
                     OptionalCredential<"for_user_id", &Credentials::for_user_id>>;
  using RequestHeaders =
      Headers<Header<"api-version", Literal<"2020-10-31">>, BasicAuth<&Credentials::api_key>,
              Header<"for-user-id", FromCredential<&Credentials::for_user_id>>>;
  using Idempotency = IdempotencyHeader<"idempotency-key", 100, AnsweredByConflict>;

  static constexpr ResponseHeaders response_headers{.limit_reset = "Rate-Limit-Reset"};
  static constexpr json::Failure failure{.code = "error_code", .message = "message"};
  static constexpr std::array rules{
      Rule{.code = "DUPLICATE_END_CUSTOMER_ERROR", .means = Errc::customer_exists},
      Rule{.code = "IDEMPOTENCY_ERROR", .means = Errc::idempotency_conflict},
      Rule{.code = "DUPLICATE_ERROR", .means = Errc::idempotency_conflict},
      Rule{.code = "DATA_NOT_FOUND", .means = Errc::not_found},
      Rule{.code = "ENTITY_NOT_FOUND_ERROR", .means = Errc::not_found},
      Rule{.code = "CLIENT_NOT_FOUND_ERROR", .means = Errc::not_found},
      Rule{.code = "END_CUSTOMER_NOT_FOUND_ERROR", .means = Errc::not_found},
      Rule{.code = "INVALID_API_KEY", .means = Errc::unauthorized},
      Rule{.code = "REQUEST_FORBIDDEN_ERROR", .means = Errc::forbidden},
      Rule{.code = "RATE_LIMIT_EXCEEDED", .means = Errc::rate_limited},
  };

  /// The address is the first one.
  static constexpr json::Record record{.id = "id",
                                       .merchant_customer_id = "reference_id",
                                       .email = "email",
                                       .name = "business_detail.business_name",
                                       .given_name = "individual_detail.given_names",
                                       .family_name = "individual_detail.surname",
                                       .phone = {"mobile_number", "phone_number"},
                                       .description = "description",
                                       .metadata = "metadata",
                                       .address_line1 = "addresses[0].street_line1",
                                       .address_line2 = "addresses[0].street_line2",
                                       .address_city = "addresses[0].city",
                                       .address_state = "addresses[0].province_state",
                                       .address_zip = "addresses[0].postal_code",
                                       .address_country = "addresses[0].country",
                                       .created = "created",
                                       .deleted = "status",
                                       .deleted_text = "DELETED",
                                       .empty_is_absent = true};

  template <class Surname>
  using Individual =
      json::Nested<"individual_detail", Put<"given_names", GivenName, Required, MaxLength<50>>,
                   Put<"surname", Surname, MaxLength<50>>>;
  using Email = Put<"email", field::Email, MaxLength<50>, EmailForm>;
  using Mobile = Put<"mobile_number", E164<field::Phone>, MinLength<7>, MaxLength<15>>;
  using Description = Put<"description", field::Description, MinLength<2>, MaxLength<500>>;
  template <class Country>
  using Addresses =
      json::NestedArray<"addresses", Put<"street_line1", field::AddressLine1, MaxLength<255>>,
                        Put<"street_line2", field::AddressLine2, MaxLength<255>>,
                        Put<"city", field::AddressCity, MaxLength<255>>,
                        Put<"province_state", field::AddressState, MaxLength<255>>,
                        Put<"postal_code", field::AddressZip, MaxLength<255>>,
                        Put<"country", Country>>;
  using Metadata = json::Nested<"metadata", Entries<"{}", field::Metadata, MaxEntries<50>,
                                                    MaxKeyLength<40>, MaxValueLength<500>>>;

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/customers";
    using Body = json::Object<
        Put<"reference_id", field::MerchantCustomerId, MaxLength<255>>, Const<"type", "INDIVIDUAL">,
        Individual<FamilyName>, Email, Mobile, Description,
        OnlyWith<AllOf<field::AddressCountry>, Addresses<field::AddressCountry>>, Metadata>;
    using NotCarried = Fields<>;
    static constexpr json::Reply reply{
        .id = "id",
        .id_prefix = "cust-",
        .echo = {.merchant_customer_id = "reference_id", .email = "email"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/customers/{id}";
  };

  /// What is not sent stays, but name, addresses and metadata are each replaced as a whole, and are
  /// sent whole, with what the client has read before, which is not atomic: what florin does not
  /// know of them goes, such as a date of birth beside the name and all addresses but the first.
  /// `reference_id` cannot change. There is no key: a repeated update is not recognised.
  struct Update {
    static constexpr auto method = Method::patch;
    static constexpr std::string_view path = "/customers/{id}";
    using Body = json::Object<Individual<XenditSurname>, Email, Mobile, Description,
                              Addresses<XenditCountry>, Metadata>;
    using NotCarried = Fields<field::MerchantCustomerId>;
    using Clearable =
        Fields<field::Email, field::Phone, field::Description, field::Address, field::Metadata>;
    static constexpr auto cleared_by = ClearedBy::null;
    static constexpr Replaces replaces{.group = address_fields, .metadata = true};
  };

  /// That there is none is answered by an empty list, or by one of several errors.
  struct Find {
    struct ByReference {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/customers";
      using Query = wire::Query<Put<"reference_id", field::MerchantCustomerId>>;
      static constexpr json::Page page{.items = "data"};
    };
  };
};

static_assert(diagnose<XenditPolicy>() && diagnose<XenditPolicy, florin::Retrieve>() &&
              diagnose<XenditPolicy, FindByReference>() &&
              diagnose<XenditPolicy, florin::Update>());

}  // namespace policies

using policies::XenditPolicy;

}  // namespace florin

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

/// Authorize.Net customer profiles (CIM).
///
/// `merchant_customer_id` has at most 20 characters there. Name and phone have a place only in a
/// shipping address, so they go out with an address and are dropped without one; metadata is not
/// carried. The credentials travel in the body. Repeated requests are not recognised by a key; an
/// identical profile is refused with the first one's id: what is compared is
/// `merchant_customer_id`, description and email, as they are by then. Errors come with HTTP 200.
///
/// Source: https://developer.authorize.net/api/reference/features/customer_profiles.html,
/// AnetApiSchema.xsd, the response code list.
struct AuthorizedotnetPolicy {
  static constexpr std::string_view name = "authorizedotnet";
  static constexpr Hosts hosts{.live = "api.authorize.net", .sandbox = "apitest.authorize.net"};

  /// Of the live world or of the sandbox.
  struct Credentials {
    Secret name{};  ///< API login id
    Secret transaction_key{};
  };
  using CredentialNames =
      CredentialList<Credential<"name", &Credentials::name>,
                     Credential<"transaction_key", &Credentials::transaction_key>>;
  using RequestHeaders = Headers<>;
  using Login =
      json::Nested<"merchantAuthentication", Put<"name", FromCredential<&Credentials::name>>,
                   Put<"transactionKey", FromCredential<&Credentials::transaction_key>>>;
  using Idempotency = NoIdempotency;

  static constexpr json::Failure failure{.code = "messages.message[0].code",
                                         .type = "messages.resultCode",
                                         .message = "messages.message[0].text",
                                         .existing_id_behind = "with ID "};
  static constexpr std::array rules{
      Rule{.code = "E00039", .means = Errc::customer_exists},
      Rule{.code = "E00003", .means = Errc::invalid_data},
      Rule{.code = "E00013", .means = Errc::invalid_data},
      Rule{.code = "E00014", .means = Errc::invalid_data},
      Rule{.code = "E00015", .means = Errc::invalid_data},
      Rule{.code = "E00016", .means = Errc::invalid_data},
      Rule{.code = "E00041", .means = Errc::invalid_data},
      Rule{.code = "E00005", .means = Errc::unauthorized},
      Rule{.code = "E00006", .means = Errc::unauthorized},
      Rule{.code = "E00007", .means = Errc::unauthorized},
      Rule{.code = "E00008", .means = Errc::unauthorized},
      Rule{.code = "E00010", .means = Errc::forbidden},
      Rule{.code = "E00011", .means = Errc::forbidden},
      Rule{.code = "E00044", .means = Errc::forbidden},
      Rule{.code = "E00040", .means = Errc::not_found},
      Rule{.code = "E00001", .means = Errc::connector_unavailable},
      Rule{.code = "E00049", .means = Errc::connector_unavailable},
      Rule{.code = "E00053", .means = Errc::connector_unavailable},
      Rule{.code = "E00104", .means = Errc::connector_unavailable},
      // Refusals, although they come with 200.
      Rule{.code = "E00002", .means = Errc::rejected, .refuses = true},
      Rule{.code = "E00004", .means = Errc::rejected, .refuses = true},
      Rule{.code = "E00009", .means = Errc::rejected, .refuses = true},
      Rule{.code = "E00042", .means = Errc::rejected, .refuses = true},
      Rule{.code = "E00045", .means = Errc::rejected, .refuses = true},
      Rule{.code = "E00105", .means = Errc::rejected, .at = At::remove, .refuses = true},
      Rule{.code = "E00106", .means = Errc::rejected, .at = At::remove, .refuses = true},
      Rule{.code = "E00107", .means = Errc::rejected, .at = At::remove, .refuses = true},
  };

  /// Name, phone and address are those of the first shipping address, whose two lines are one.
  static constexpr json::Record record{.within = "profile",
                                       .id = "customerProfileId",
                                       .merchant_customer_id = "merchantCustomerId",
                                       .email = "email",
                                       .given_name = "shipToList[0].firstName",
                                       .family_name = "shipToList[0].lastName",
                                       .phone = "shipToList[0].phoneNumber",
                                       .description = "description",
                                       .address_line1 = "shipToList[0].address",
                                       .address_city = "shipToList[0].city",
                                       .address_state = "shipToList[0].state",
                                       .address_zip = "shipToList[0].zip",
                                       .address_country = "shipToList[0].country"};

  using Reference = Put<"merchantCustomerId", field::MerchantCustomerId, MaxLength<20>, XmlText>;
  using Description = Put<"description", field::Description, MaxLength<255>, XmlText>;
  using Email = Put<"email", field::Email, MaxLength<255>, EmailForm>;

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/xml/v1/request.api";
    using ShipTo = OnlyWith<
        AnyOf<field::Address>,
        json::NestedArray<"shipToList", Put<"firstName", GivenName, MaxLength<50>, XmlText>,
                          Put<"lastName", FamilyName, MaxLength<50>, XmlText>,
                          Put<"address", Joined<field::AddressLine1, field::AddressLine2>,
                              MaxLength<60>, XmlText>,
                          Put<"city", field::AddressCity, MaxLength<40>, XmlText>,
                          Put<"state", field::AddressState, MaxLength<40>, XmlText>,
                          Put<"zip", field::AddressZip, MaxLength<20>, XmlText>,
                          Put<"country", field::AddressCountry, MaxLength<60>>,
                          Put<"phoneNumber", field::Phone, MaxLength<25>, XmlText>>>;
    using Body =
        json::Object<json::Nested<"createCustomerProfileRequest", Login,
                                  json::Nested<"profile", Reference, Description, Email, ShipTo>>>;
    using NotCarried = Fields<field::Metadata>;
    static constexpr json::Reply reply{
        .id = "customerProfileId", .verdict = "messages.resultCode", .verdict_text = "Ok"};
  };

  struct Retrieve {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/xml/v1/request.api";
    using Body = json::Object<
        json::Nested<"getCustomerProfileRequest", Login, Put<"customerProfileId", CustomerId>>>;
  };

  /// Replaces reference, description and email: all three are sent, with what the client has read
  /// before, which is not atomic. A field is cleared by leaving it out. Name, phone and address
  /// belong to a shipping address, which is another resource: they are not offered. The answer has
  /// no record: what it gives is the id alone. A repeated update is not recognised.
  struct Update {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/xml/v1/request.api";
    using Body = json::Object<json::Nested<"updateCustomerProfileRequest", Login,
                                           json::Nested<"profile", Reference, Description, Email,
                                                        Put<"customerProfileId", CustomerId>>>>;
    using NotCarried = Fields<field::Name, field::Phone, field::Metadata, field::Address>;
    using Clearable = Fields<field::Description, field::Email>;
    static constexpr Replaces replaces = Replaces::everything();
    static constexpr json::Reply reply{.verdict = "messages.resultCode", .verdict_text = "Ok"};
  };

  /// Destroys all payment profiles and shipping addresses; refused while a recurring subscription
  /// uses the profile. One that is gone is answered like one that never was, or by a code of its
  /// own.
  struct Delete {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/xml/v1/request.api";
    using Body = json::Object<
        json::Nested<"deleteCustomerProfileRequest", Login, Put<"customerProfileId", CustomerId>>>;
    static constexpr json::Reply reply{.verdict = "messages.resultCode", .verdict_text = "Ok"};
    static constexpr std::array gone{Rule{.code = "I00003"}};
  };

  /// One profile is answered, never a list: which one where several match is not documented.
  struct Find {
    template <class Filter>
    using Request = json::Object<json::Nested<"getCustomerProfileRequest", Login, Filter>>;
    struct ByEmail {
      static constexpr auto method = Method::post;
      static constexpr std::string_view path = "/xml/v1/request.api";
      using Body = Request<Put<"email", field::Email, MaxLength<255>>>;
      static constexpr json::Page page{};
    };
    struct ByReference {
      static constexpr auto method = Method::post;
      static constexpr std::string_view path = "/xml/v1/request.api";
      using Body = Request<Put<"merchantCustomerId", field::MerchantCustomerId, MaxLength<20>>>;
      static constexpr json::Page page{};
    };
  };
};

static_assert(diagnose<AuthorizedotnetPolicy>() &&
              diagnose<AuthorizedotnetPolicy, florin::Retrieve>() &&
              diagnose<AuthorizedotnetPolicy, florin::Delete>() &&
              diagnose<AuthorizedotnetPolicy, FindByEmail>() &&
              diagnose<AuthorizedotnetPolicy, FindByReference>() &&
              diagnose<AuthorizedotnetPolicy, florin::Update>());

}  // namespace policies

using policies::AuthorizedotnetPolicy;

}  // namespace florin

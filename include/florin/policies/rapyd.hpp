// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/json.hpp>
#include <florin/wire/signature.hpp>

#include <array>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// Rapyd customers. Every request is signed with the secret key, which is never sent.
///
/// `merchant_customer_id` is metadata. A name is required; it is also the name of the address,
/// which goes out only with its first line. Neither repeated requests nor duplicates are
/// recognised: keys count for payments alone, unless Rapyd switches them on for an account, so that
/// none is relied on; one that the caller gives is sent. A customer cannot be searched for: store
/// the id.
///
/// Source: https://docs.rapyd.net/en/request-signatures.html,
/// https://docs.rapyd.net/en/create-customer.html, https://docs.rapyd.net/en/error-messages.html.
struct RapydPolicy {
  static constexpr std::string_view name = "rapyd";
  static constexpr Hosts hosts{.live = "api.rapyd.net", .sandbox = "sandboxapi.rapyd.net"};

  /// Of the live world or of the sandbox.
  struct Credentials {
    Secret access_key{};
    Secret secret_key{};
  };
  using CredentialNames = CredentialList<Credential<"access_key", &Credentials::access_key>,
                                         Credential<"secret_key", &Credentials::secret_key>>;
  using RequestHeaders = Headers<Header<"access_key", FromCredential<&Credentials::access_key>>,
                                 Header<"salt", Salt>, Header<"timestamp", Timestamp>>;
  using Signature =
      HmacSha256HexHeader<"signature", &Credentials::secret_key, MethodInLowerCase, Target, Salt,
                          Timestamp, FromCredential<&Credentials::access_key>,
                          FromCredential<&Credentials::secret_key>, BodyBytes>;
  using Idempotency = GivenKeyHeader<"idempotency", 255>;

  static constexpr json::Failure failure{.code = {"status.error_code", "status.response_code"},
                                         .message = "status.message",
                                         .request_id = "status.operation_id"};
  static constexpr std::array rules{
      Rule{.code = "MISSING_AUTHENTICATION_HEADERS", .means = Errc::unauthorized},
      Rule{.code = "UNAUTHENTICATED_API_CALL", .means = Errc::unauthorized},
      Rule{.code = "UNAUTHORIZED_API_CALL", .means = Errc::forbidden},
      Rule{.code = "ERROR_GET_CUSTOMER", .means = Errc::not_found},
      Rule{.code = "INVALID_CUSTOMER", .means = Errc::not_found},
      Rule{.code = "INVALID_CUSTOMER_ID", .means = Errc::not_found},
      Rule{.code = "ERROR_CUSTOMER_DATA_MISSING", .means = Errc::invalid_data},
      Rule{.code = "INVALID_CUSTOMER_NAME", .means = Errc::invalid_data},
      Rule{.code = "INVALID_CUSTOMER_EMAIL", .means = Errc::invalid_data},
      Rule{.code = "INVALID_CUSTOMER_PHONE_NUMBER", .means = Errc::invalid_data},
  };

  static constexpr json::Record record{.within = "data",
                                       .id = "id",
                                       .merchant_customer_id = "metadata.merchant_customer_id",
                                       .email = "email",
                                       .name = "name",
                                       .phone = "phone_number",
                                       .description = "description",
                                       .metadata = "metadata",
                                       .address_line1 = "addresses[0].line_1",
                                       .address_line2 = "addresses[0].line_2",
                                       .address_city = "addresses[0].city",
                                       .address_state = "addresses[0].state",
                                       .address_zip = "addresses[0].zip",
                                       .address_country = "addresses[0].country",
                                       .created = "created_at",
                                       .empty_is_absent = true};

  using Name = Put<"name", field::Name, Required>;
  using Email = Put<"email", field::Email, MaxLength<512>, EmailForm>;
  using PhoneNumber = Put<"phone_number", E164<field::Phone>, MaxDigits<15>>;
  using Description = Put<"description", field::Description>;
  using Metadata = json::Nested<"metadata", Entries<"{}", field::Metadata>,
                                Put<"merchant_customer_id", field::MerchantCustomerId>>;

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/v1/customers";
    using Addresses = OnlyWith<
        AllOf<field::AddressLine1>,
        json::NestedArray<"addresses", Put<"name", field::Name>, Put<"line_1", field::AddressLine1>,
                          Put<"line_2", field::AddressLine2>, Put<"city", field::AddressCity>,
                          Put<"state", field::AddressState>, Put<"zip", field::AddressZip>,
                          Put<"country", field::AddressCountry>>>;
    using Body = json::Object<Name, Email, PhoneNumber, Description, Addresses, Metadata>;
    using NotCarried = Fields<>;
    static constexpr json::Reply reply{
        .id = "data.id",
        .id_prefix = "cus_",
        .verdict = "status.status",
        .verdict_text = "SUCCESS",
        .echo = {.merchant_customer_id = "data.metadata.merchant_customer_id",
                 .email = "data.email"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/v1/customers/{id}";
    static constexpr std::string_view content_type = "application/json";  // of every request
  };

  /// What is not sent stays. Whether metadata replace those that are there is not documented: they
  /// are sent as a whole, with what the client has read before, which is not atomic. The address is
  /// not offered, since one that is sent may come beside the others. A repeated update is not
  /// recognised.
  struct Update {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/v1/customers/{id}";
    using Body = json::Object<Name, Email, PhoneNumber, Description, Metadata>;
    using NotCarried = Fields<field::Address>;
    using Clearable = Fields<field::Email, field::Phone, field::Description>;
    static constexpr auto cleared_by = ClearedBy::empty_text;
    static constexpr Replaces replaces{.metadata = true};
  };

  /// Cannot be undone. What becomes of subscriptions and saved methods is not documented.
  struct Delete {
    static constexpr auto method = Method::delete_;
    static constexpr std::string_view path = "/v1/customers/{id}";
    static constexpr std::string_view content_type = "application/json";  // of every request
    static constexpr json::Reply reply{
        .id = "data.id", .verdict = "data.deleted", .verdict_text = "true"};
    static constexpr std::array gone{Rule{.code = "ERROR_DELETE_CUSTOMER"}};
  };
};

static_assert(diagnose<RapydPolicy>() && diagnose<RapydPolicy, florin::Retrieve>() &&
              diagnose<RapydPolicy, florin::Delete>() && diagnose<RapydPolicy, florin::Update>());

}  // namespace policies

using policies::RapydPolicy;

}  // namespace florin

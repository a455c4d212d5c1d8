// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>
#include <florin/wire/token.hpp>

#include <array>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// Dwolla customers of the type `unverified`.
///
/// `merchant_customer_id` is the `correlationId`: letters, digits, `-`, `.` and `_`. Email and a
/// name of two words, or in its parts, are required; phone, description, metadata and address are
/// not carried, since an unverified customer has none. A repeated key gets the first answer again,
/// if nothing else was changed. Another customer with the same email is refused; the answer may
/// link to it.
///
/// Source: https://developers.dwolla.com/docs/balance/api-reference and the OpenAPI description
/// that Dwolla publishes.
struct DwollaPolicy {
  static constexpr std::string_view name = "dwolla";
  static constexpr Hosts hosts{.live = "api.dwolla.com", .sandbox = "api-sandbox.dwolla.com"};

  /// An application's key and secret, of the live world or of the sandbox.
  struct Credentials {
    Secret client_id{};
    Secret client_secret{};
  };
  using CredentialNames = CredentialList<Credential<"client_id", &Credentials::client_id>,
                                         Credential<"client_secret", &Credentials::client_secret>>;
  using RequestHeaders = Headers<TokenAuth>;
  using Idempotency = IdempotencyHeader<"Idempotency-Key", 255>;

  struct Token {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/token";
    using RequestHeaders = Headers<BasicAuth<&Credentials::client_id, &Credentials::client_secret>>;
    using Body = Form<Const<"grant_type", "client_credentials">>;
    static constexpr json::TokenReply reply{.token = "access_token", .lifetime = "expires_in"};
  };

  static constexpr ResponseHeaders response_headers{.request_id = "X-Request-Id"};
  static constexpr json::Failure failure{
      .code = {"_embedded.errors[0].code", "code", "error"},
      .type = "code",
      .message = {"_embedded.errors[0].message", "message"},
      .param = "_embedded.errors[0].path",
      .existing_id = {"_embedded.errors[0]._links.about.href", "_links.about.href"}};
  static constexpr std::array rules{
      Rule{.code = "Duplicate", .param = "email", .means = Errc::customer_exists},
      Rule{.code = "Duplicate", .param = "correlationId", .means = Errc::customer_exists},
      Rule{.code = "DuplicateResource", .means = Errc::customer_exists},
      Rule{.status = 409,
           .code = "Conflict",
           .means = Errc::idempotency_conflict,
           .retry = Retry::yes},
      Rule{.code = "InvalidResourceState", .means = Errc::forbidden},
      Rule{.code = "invalid_client", .means = Errc::unauthorized},
  };

  /// A customer can only be deactivated, and reactivated; it stays readable.
  static constexpr json::Record record{.id = "id",
                                       .merchant_customer_id = "correlationId",
                                       .email = "email",
                                       .given_name = "firstName",
                                       .family_name = "lastName",
                                       .phone = "phone",
                                       .address_line1 = "address1",
                                       .address_line2 = "address2",
                                       .address_city = "city",
                                       .address_state = "state",
                                       .address_zip = "postalCode",
                                       .created = "created",
                                       .deleted = "status",
                                       .deleted_text = "deactivated"};

  using NameForm = Excludes<"<>=\"`!?%~${}\\">;
  using FirstName = Put<"firstName", GivenName, Required, MaxLength<50>, NameForm>;
  using LastName = Put<"lastName", FamilyName, Required, MaxLength<50>, NameForm>;
  using Email = Put<"email", field::Email, Required, EmailForm>;

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/customers";
    static constexpr std::string_view content_type = "application/vnd.dwolla.v1.hal+json";
    static constexpr std::string_view accept = "application/vnd.dwolla.v1.hal+json";
    using Body = json::Object<FirstName, LastName, Email, Const<"type", "unverified">,
                              Put<"correlationId", field::MerchantCustomerId, MaxLength<255>,
                                  OnlyAlphanumericAnd<"-._">>>;
    using NotCarried = Fields<field::Phone, field::Description, field::Metadata, field::Address>;
    static constexpr json::Reply reply{
        .id = "id", .id_header = "Location", .link_path = "/customers/"};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/customers/{id}";
    static constexpr std::string_view accept = "application/vnd.dwolla.v1.hal+json";
  };

  /// Of an unverified customer name and email can change, and nothing can be removed. What is not
  /// sent stays, so that is atomic. What a key is worth here is not documented: none is sent, and a
  /// repeated update is not recognised.
  struct Update {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/customers/{id}";
    static constexpr std::string_view content_type = "application/vnd.dwolla.v1.hal+json";
    static constexpr std::string_view accept = "application/vnd.dwolla.v1.hal+json";
    using Body = json::Object<FirstName, LastName, Email>;
    using NotCarried = Fields<field::MerchantCustomerId, field::Phone, field::Description,
                              field::Metadata, field::Address>;
  };

  /// Deactivates the customer, for there is no delete: it stays readable, can neither send nor
  /// receive, and can be reactivated; its email becomes free for another. A suspended one cannot be
  /// deactivated.
  struct Delete {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/customers/{id}";
    static constexpr std::string_view content_type = "application/vnd.dwolla.v1.hal+json";
    static constexpr std::string_view accept = "application/vnd.dwolla.v1.hal+json";
    using Body = json::Object<Const<"status", "deactivated">>;
    static constexpr json::Reply reply{
        .id = "id", .verdict = "status", .verdict_text = "deactivated"};
  };

  /// A deactivated customer's email is free: it is listed, and passed over.
  struct Find {
    struct ByEmail {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/customers";
      static constexpr std::string_view accept = "application/vnd.dwolla.v1.hal+json";
      using Query = wire::Query<Put<"email", field::Email>, Put<"offset", PageToken<>>>;
      /// The links to further pages are not followed: 25 customers are a page.
      static constexpr json::Page page{.items = "_embedded.customers",
                                       .shown_by = {"_embedded.customers", "total"},
                                       .more = "_links.next.href",
                                       .next = json::Next::number,
                                       .step = 25};
    };
  };
};

static_assert(diagnose<DwollaPolicy>() && diagnose<DwollaPolicy, florin::Retrieve>() &&
              diagnose<DwollaPolicy, florin::Delete>() && diagnose<DwollaPolicy, FindByEmail>() &&
              diagnose<DwollaPolicy, florin::Update>());

}  // namespace policies

using policies::DwollaPolicy;

}  // namespace florin

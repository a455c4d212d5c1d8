// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>
#include <florin/wire/token.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// The form of an email address that Flutterwave documents: words with dots between them, and a
/// domain with a top level of letters.
struct FlutterwaveEmail {
  static constexpr bool accepts(const Value& value) noexcept {
    const std::string_view text = value.first;
    const std::size_t at = std::min(text.size(), text.find('@'));
    const std::size_t dot = text.rfind('.');
    if (dot == std::string_view::npos || dot < at) return false;
    const std::string_view top = text.substr(dot + 1);
    return are_words(text.substr(0, at), "_+&*-") &&
           are_words(text.substr(at + 1, dot - at - 1), "-") && top.size() >= 2 &&
           std::all_of(top.begin(), top.end(), is_letter);
  }
  static constexpr std::string_view reason = "is not an email address as Flutterwave takes them";

 private:
  static constexpr bool is_letter(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }
  /// Whether between dots there is always something, of letters, digits and `others`.
  static constexpr bool are_words(std::string_view text, std::string_view others) noexcept {
    if (text.empty() || text.front() == '.' || text.back() == '.') return false;
    return text.find("..") == text.npos && std::all_of(text.begin(), text.end(), [others](char c) {
             return is_letter(c) || (c >= '0' && c <= '9') || c == '.' ||
                    others.find(c) != others.npos;
           });
  }
};

/// Flutterwave customers, API v4. Keys of v3 do not work there, and v3 has no customers.
///
/// Tokens live for ten minutes and are given at a host of their own, the same for both worlds.
/// `merchant_customer_id` goes into the metadata; the description is not carried. Names go out
/// split, and so does the phone, which has to begin with `+`. That an address may lack parts other
/// than the second line is not documented. A second customer with the same email is refused without
/// the first one's id: find it by email. A repeated key gets the first answer whatever the body is;
/// keys are 12 to 255 letters and digits, without hyphens.
///
/// Source: https://developer.flutterwave.com (authentication, idempotency, common errors,
/// customers) and public clients.
struct FlutterwavePolicy {
  static constexpr std::string_view name = "flutterwave";
  static constexpr Hosts hosts{.live = "f4bexperience.flutterwave.com",
                               .sandbox = "developersandbox-api.flutterwave.com"};

  /// A client of the live world or of the sandbox.
  struct Credentials {
    Secret client_id{};
    Secret client_secret{};
  };
  using CredentialNames = CredentialList<Credential<"client_id", &Credentials::client_id>,
                                         Credential<"client_secret", &Credentials::client_secret>>;
  using RequestHeaders = Headers<TokenAuth>;
  using Idempotency =
      IdempotencyHeader<"X-Idempotency-Key", 255, ReplayedBy<"X-Idempotency-Cache-Hit", "true">,
                        MinLength<12>, OnlyAlphanumericAnd<"">>;

  struct Token {
    static constexpr Hosts hosts{.live = "idp.flutterwave.com", .sandbox = "idp.flutterwave.com"};
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/realms/flutterwave/protocol/openid-connect/token";
    using RequestHeaders = Headers<>;
    using Body = Form<Put<"client_id", FromCredential<&Credentials::client_id>>,
                      Put<"client_secret", FromCredential<&Credentials::client_secret>>,
                      Const<"grant_type", "client_credentials">>;
    static constexpr json::TokenReply reply{.token = "access_token", .lifetime = "expires_in"};
  };

  static constexpr json::Failure failure{
      .code = {"error.code", "error"},
      .type = "error.type",
      .message = {"error.message", "message", "error_description"},
      .param = "error.validation_errors[0].field_name"};
  static constexpr std::array rules{
      Rule{.code = "invalid_client", .means = Errc::unauthorized, .at = At::token},
      Rule{.type = "CUSTOMER_ALREADY_EXISTS", .means = Errc::customer_exists},
      Rule{.status = 409, .means = Errc::customer_exists, .at = At::create},
  };

  static constexpr json::Record record{.within = "data",
                                       .id = "id",
                                       .merchant_customer_id = "meta.merchant_customer_id",
                                       .email = "email",
                                       .given_name = "name.first",
                                       .family_name = "name.last",
                                       .phone = "phone.number",
                                       .calling_code = "phone.country_code",
                                       .metadata = "meta",
                                       .address_line1 = "address.line1",
                                       .address_line2 = "address.line2",
                                       .address_city = "address.city",
                                       .address_state = "address.state",
                                       .address_zip = "address.postal_code",
                                       .address_country = "address.country",
                                       .created = "created_datetime",
                                       .empty_is_absent = true};

  using Name = json::Nested<"name", Put<"first", GivenName>, Put<"last", FamilyName>>;
  using Phone = json::Nested<"phone", Put<"country_code", CallingCode<field::Phone>>,
                             Put<"number", NationalNumber<field::Phone>>>;
  using Address =
      json::Nested<"address", Put<"line1", field::AddressLine1>, Put<"line2", field::AddressLine2>,
                   Put<"city", field::AddressCity>, Put<"state", field::AddressState>,
                   Put<"postal_code", field::AddressZip>, Put<"country", field::AddressCountry>>;
  using Meta = json::Nested<"meta", Entries<"{}", field::Metadata>,
                            Put<"merchant_customer_id", field::MerchantCustomerId>>;

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/customers";
    using Body = json::Object<Put<"email", field::Email, Required, FlutterwaveEmail>, Name, Phone,
                              Address, Meta>;
    using NotCarried = Fields<field::Description>;
    static constexpr json::Reply reply{
        .id = "data.id",
        .verdict = "status",
        .verdict_text = "success",
        .echo = {.merchant_customer_id = "data.meta.merchant_customer_id", .email = "data.email"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/customers/{id}";
  };

  /// Whether the processor keeps what is not sent is not documented: name, phone, address and
  /// metadata are sent whole, with what the client has read before, which is not atomic. The email
  /// is not a part of it. How a field or an entry of the metadata is removed is not documented, and
  /// not offered. A repeated update is not recognised.
  struct Update {
    static constexpr auto method = Method::put;
    static constexpr std::string_view path = "/customers/{id}";
    using Body = json::Object<Name, Phone, Address, Meta>;
    using NotCarried = Fields<field::Email, field::Description>;
    static constexpr Replaces replaces = Replaces::everything();
  };

  /// How it compares is not documented, nor when a new customer is found. By reference there is
  /// nothing but to walk through all customers, which is not offered. A list that does not say
  /// which of its pages it is has no further ones.
  struct Find {
    struct ByEmail {
      static constexpr auto method = Method::post;
      static constexpr std::string_view path = "/customers/search";
      using Query = wire::Query<Put<"page", PageToken<>>>;
      using Body = json::Object<Put<"email", field::Email>>;
      static constexpr json::Page page{.items = "data",
                                       .shown_by = {"meta.page_info", "status"},
                                       .more = "meta.page_info.current_page",
                                       .next = json::Next::number,
                                       .first = 1,
                                       .pages = "meta.page_info.total_pages"};
    };
  };
};

static_assert(diagnose<FlutterwavePolicy>() && diagnose<FlutterwavePolicy, florin::Retrieve>() &&
              diagnose<FlutterwavePolicy, FindByEmail>() &&
              diagnose<FlutterwavePolicy, florin::Update>());

}  // namespace policies

using policies::FlutterwavePolicy;

}  // namespace florin

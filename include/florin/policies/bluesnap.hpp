// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/country.hpp>
#include <florin/wire/json.hpp>

#include <array>
#include <string>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// Whether a country's state has a place of its own: the documents have those of the US and Canada
/// alone; Brazil's have been seen to be taken as well. A country that is not known counts as one.
constexpr bool has_bluesnap_states(std::string_view country) noexcept {
  const std::string_view code = alpha2_of(country);
  return code.empty() || code == "US" || code == "CA" || code == "BR";
}

/// A state, where the country has any.
struct BluesnapState {
  static constexpr Field id = Field::address_state;
  static constexpr FieldSet carried{Field::address_state};

  template <class Ctx>
  static constexpr Value read(const Ctx& context) noexcept {
    if (!has_bluesnap_states(field::AddressCountry::get(context.request))) return {};
    return {.first = field::AddressState::get(context.request)};
  }
};

/// The first line of an address; behind it the region, where that has no place of its own. The
/// state that a customer has is left out where the country changes to such.
struct BluesnapAddress {
  static constexpr Field id = Field::address_line1;
  static constexpr FieldSet carried{Field::address_line1, Field::address_state};
  static constexpr FieldSet principal{Field::address_line1};

  template <class Ctx>
  static constexpr Value read(const Ctx& context) noexcept {
    const std::string_view line = field::AddressLine1::get(context.request);
    const std::string_view region = field::AddressState::get(context.request);
    bool joins =
        !region.empty() && !has_bluesnap_states(field::AddressCountry::get(context.request));
    if constexpr (Changing<Ctx>) joins = joins && context.touched.contains(Field::address_state);
    if (!joins) return {.first = line};
    if (line.empty()) return {.first = region};
    return {.first = line, .joint = ", ", .second = region};
  }
};

/// BlueSnap vaulted shoppers, API version 3.0.
///
/// `merchant_customer_id` is the `merchantShopperId`. A name of two words, or in its parts, is
/// required; description and metadata are not carried. A phone has letters, digits and
/// `+.*#/\()-`, and no blanks. A state has a place of its own in the US, Canada and, as far as is
/// known, Brazil; elsewhere it goes behind the first line of the address, as BlueSnap wants it.
/// Countries and states come back in small letters. Repeated requests are recognised by their key
/// for 24 hours; whether duplicates are is not documented.
///
/// Whoever asks for a customer that does not exist is answered with 403 and a text, like one who
/// lacks the rights: that text alone is `Errc::not_found`. The callers' addresses have to be on the
/// account's list.
///
/// Source: https://developers.bluesnap.com/v8976-JSON/reference/vaulted-shopper (create, retrieve,
/// update, delete, errors) and https://developers.bluesnap.com/reference/idempotency.
struct BluesnapPolicy {
  static constexpr std::string_view name = "bluesnap";
  static constexpr Hosts hosts{.live = "ws.bluesnap.com", .sandbox = "sandbox.bluesnap.com"};

  /// An API user, of the live world or of the sandbox.
  struct Credentials {
    std::string username{};
    Secret password{};
  };
  using CredentialNames = CredentialList<Credential<"username", &Credentials::username>,
                                         Credential<"password", &Credentials::password>>;
  /// Without a version the account's setting would decide.
  using RequestHeaders = Headers<Header<"bluesnap-version", Literal<"3.0">>,
                                 BasicAuth<&Credentials::username, &Credentials::password>>;
  using Idempotency =
      IdempotencyHeader<"idempotency-key", 64, ReplayedUnmarked, OnlyAlphanumericAnd<"-">>;

  /// Some errors are a text, or XML, whatever was asked for.
  static constexpr json::Failure failure{.code = {"message[0].code", "message[0].errorName"},
                                         .type = "message[0].errorName",
                                         .message = "message[0].description",
                                         .param = "message[0].invalidProperty.name",
                                         .plain_text = true};
  static constexpr std::array rules{
      Rule{.message_has = "is not authorized to view shopper", .means = Errc::not_found},
      Rule{.message_has = "request rate is too high", .means = Errc::rate_limited},
      Rule{.code = "60101", .means = Errc::idempotency_conflict},
      Rule{.code = "60102", .means = Errc::idempotency_conflict, .retry = Retry::yes},
      Rule{.code = "60106", .means = Errc::connector_unavailable},
      Rule{.code = "14110", .means = Errc::rejected},
      // A code does not have to be there, nor a name, and in XML both are in the text.
      Rule{.type = "SAME_IDEMPOTENCY_KEY_WAS_ALREADY_IN_USE_WITH_PREVIOUS_DIFFERENT_REQUEST",
           .means = Errc::idempotency_conflict},
      Rule{.message_has = "SAME_IDEMPOTENCY_KEY_WAS_ALREADY_IN_USE",
           .means = Errc::idempotency_conflict},
      Rule{.message_has = "<code>60101</code>", .means = Errc::idempotency_conflict},
      Rule{.type = "REQUEST_WITH_SAME_IDEMPOTENCY_KEY_ALREADY_IN_PROGRESS",
           .means = Errc::idempotency_conflict,
           .retry = Retry::yes},
      Rule{.message_has = "REQUEST_WITH_SAME_IDEMPOTENCY_KEY_ALREADY_IN_PROGRESS",
           .means = Errc::idempotency_conflict,
           .retry = Retry::yes},
      Rule{.message_has = "<code>60102</code>",
           .means = Errc::idempotency_conflict,
           .retry = Retry::yes},
      Rule{.message_has = "<code>60106</code>", .means = Errc::connector_unavailable},
      Rule{.type = "DELETE_SHOPPER_VALIDATION_FAILURE", .means = Errc::rejected},
      Rule{.message_has = "DELETE_SHOPPER_VALIDATION_FAILURE", .means = Errc::rejected},
      Rule{.message_has = "<code>14110</code>", .means = Errc::rejected},
      Rule{.status = 423, .means = Errc::rate_limited},
      // Of the older API.
      Rule{
          .type = "SELLER_SHOPPER_ALREADY_EXISTS", .means = Errc::customer_exists, .perhaps = true},
  };

  static constexpr json::Record record{.id = "vaultedShopperId",
                                       .merchant_customer_id = "merchantShopperId",
                                       .email = "email",
                                       .given_name = "firstName",
                                       .family_name = "lastName",
                                       .phone = "phone",
                                       .address_line1 = "address",
                                       .address_line2 = "address2",
                                       .address_city = "city",
                                       .address_state = "state",
                                       .address_zip = "zip",
                                       .address_country = "country"};

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/services/2/vaulted-shoppers";
    using Body = json::Object<
        Put<"merchantShopperId", field::MerchantCustomerId, MaxLength<50>>,
        Put<"firstName", GivenName, Required, MaxLength<100>>,
        Put<"lastName", FamilyName, Required, MaxLength<100>>,
        Put<"email", field::Email, EmailForm>,
        Put<"phone", field::Phone, MinLength<2>, MaxLength<36>, OnlyAlphanumericAnd<"+.*#/\\()-">>,
        Put<"address", BluesnapAddress, MaxLength<100>>,
        Put<"address2", field::AddressLine2, MaxLength<100>>,
        Put<"city", field::AddressCity, MinLength<2>, MaxLength<42>>, Put<"state", BluesnapState>,
        Put<"zip", field::AddressZip, MaxLength<20>>, Put<"country", field::AddressCountry>>;
    using NotCarried = Fields<field::Description, field::Metadata>;
    static constexpr json::Reply reply{
        .id = "vaultedShopperId",
        .echo = {.merchant_customer_id = "merchantShopperId", .email = "email"}};
  };

  /// Whether a deleted customer can be read until its deletion is carried out is not documented.
  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/services/2/vaulted-shoppers/{id}";
  };

  /// Whether the processor keeps what is not sent is not documented, and it wants both parts of the
  /// name each time: all is sent, with what the client has read before, which is not atomic. What
  /// florin does not know, such as a company, is not sent, nor are payment sources, which would be
  /// added again. Whether the reference can change and how a field is emptied is not documented:
  /// the latter is not offered. A repeated update is not recognised.
  struct Update {
    static constexpr auto method = Method::put;
    static constexpr std::string_view path = "/services/2/vaulted-shoppers/{id}";
    using Body = Create::Body;
    using NotCarried = Create::NotCarried;
    static constexpr Replaces replaces = Replaces::everything();
    static constexpr bool may_be_empty = true;  // as version 1.0 answers
  };

  /// Only queued: carried out within seven days, and not to be undone. Refused as `Errc::rejected`
  /// for a customer that is deleted already, has subscriptions, pending payments, or a transaction
  /// of the last twelve months; the refusals cannot be told apart.
  struct Delete {
    static constexpr auto method = Method::delete_;
    static constexpr std::string_view path = "/services/2/vaulted-shoppers/{id}";
    static constexpr json::Reply reply{.verdict = "description"};
  };

  /// One customer at most. Whether several may have one reference, and which is found then, is not
  /// documented. There is no look-up by email, and no list.
  struct Find {
    struct ByReference {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/services/2/vaulted-shoppers/merchant/{reference}";
      static constexpr json::Page page{};
    };
  };
};

static_assert(diagnose<BluesnapPolicy>() && diagnose<BluesnapPolicy, florin::Retrieve>() &&
              diagnose<BluesnapPolicy, florin::Delete>() &&
              diagnose<BluesnapPolicy, FindByReference>() &&
              diagnose<BluesnapPolicy, florin::Update>());

}  // namespace policies

using policies::BluesnapPolicy;

}  // namespace florin

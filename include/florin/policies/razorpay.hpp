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

/// The names that Razorpay takes: letters, digits, blanks and `'-._()@/`, with a letter, a digit,
/// `.` or a bracket at the ends. Whether letters beyond ASCII are such is left to it.
struct RazorpayName {
  static constexpr bool accepts(const Value& value) noexcept {
    const std::string_view end = value.second.empty() ? value.first : value.second;
    return value.all_of([](char c) { return is_word(c) || has(" '-._()@/", c); }) &&
           (is_word(value.first.front()) || has(".)", value.first.front())) &&
           (is_word(end.back()) || has(".)", end.back()));
  }
  static constexpr std::string_view reason =
      "has other characters than letters, digits, blanks and '-._()@/, or one of these at an end";

 private:
  static constexpr bool is_word(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           static_cast<unsigned char>(c) >= 0x80;
  }
  static constexpr bool has(std::string_view characters, char c) noexcept {
    return characters.find(c) != std::string_view::npos;
  }
};

/// Razorpay customers.
///
/// `merchant_customer_id` and the metadata are notes; description and address are not carried.
/// Nothing is required. A name has 3 to 50 characters; phone numbers go out as E.164.
///
/// Razorpay refuses a second customer by phone and email, by which of them is documented in several
/// ways, and never by `merchant_customer_id`: `customer_exists` may speak of somebody else's
/// customer, and its id is not told. It could be asked for that customer instead, which is not
/// done, for the same reason. Customers with neither are not recognised, nor are keys. There is no
/// search and no delete.
///
/// Source: https://razorpay.com/docs/api/customers (create, edit, fetch), the pages on errors and
/// authentication, and the official SDKs.
struct RazorpayPolicy {
  static constexpr std::string_view name = "razorpay";
  static constexpr Hosts hosts{.live = "api.razorpay.com", .sandbox = "api.razorpay.com"};

  /// The key decides between live (`rzp_live_...`) and test (`rzp_test_...`).
  struct Credentials {
    Secret key_id{};
    Secret key_secret{};
  };
  using CredentialNames = CredentialList<Credential<"key_id", &Credentials::key_id>,
                                         Credential<"key_secret", &Credentials::key_secret>>;
  using RequestHeaders = Headers<BasicAuth<&Credentials::key_id, &Credentials::key_secret>>;
  using Idempotency = NoIdempotency;

  static constexpr json::Failure failure{.code = "error.code",
                                         .type = "error.reason",
                                         .message = "error.description",
                                         .param = "error.field"};
  /// Most of what is wrong has one code and status 400.
  static constexpr std::array rules{
      Rule{.code = "BAD_REQUEST_ERROR",
           .message = "Customer already exists for the merchant",
           .means = Errc::customer_exists},
      Rule{.code = "BAD_REQUEST_ERROR",
           .message = "The id provided does not exist",
           .means = Errc::not_found,
           .at = At::existing},
      Rule{.code = "BAD_REQUEST_ERROR",
           .message_has = " is not a valid id",
           .means = Errc::not_found,
           .at = At::existing},
      Rule{.code = "BAD_REQUEST_ERROR",
           .message = "The api key provided is invalid",
           .means = Errc::unauthorized},
      Rule{.code = "BAD_REQUEST_ERROR", .message = "Access Denied", .means = Errc::forbidden},
      Rule{.code = "BAD_REQUEST_ERROR",
           .message = "The requested URL was not found on the server.",
           .means = Errc::rejected},
  };

  static constexpr json::Record record{.id = "id",
                                       .merchant_customer_id = "notes.merchant_customer_id",
                                       .email = "email",
                                       .name = "name",
                                       .phone = "contact",
                                       .metadata = "notes",
                                       .created = "created_at"};

  using Name = Put<"name", field::Name, MinLength<3>, MaxLength<50>, RazorpayName>;
  using Email = Put<"email", field::Email, MaxLength<64>, EmailForm>;
  using Contact = Put<"contact", E164<field::Phone>, MinDigits<8>, MaxLength<15>>;

  /// What is not known to Razorpay would be refused, so nothing else is sent.
  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/v1/customers";
    using Body = json::Object<
        Name, Email, Contact, Const<"fail_existing", "1">,
        json::Nested<
            "notes",
            Entries<"{}", field::Metadata, MaxEntries<15>, Reserved<1>, MaxValueLength<256>>,
            Put<"merchant_customer_id", field::MerchantCustomerId, MaxLength<256>>>>;
    using NotCarried = Fields<field::Description, field::Address>;
    static constexpr json::Reply reply{
        .id = "id",
        .id_prefix = "cust_",
        .echo = {.merchant_customer_id = "notes.merchant_customer_id", .email = "email"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/v1/customers/{id}";
  };

  /// Name, email and phone alone can change; notes cannot. Whether the processor keeps what is not
  /// sent is not documented: all three are sent, with what the client has read before, which is not
  /// atomic. How a field is emptied is not documented, and not offered. Email and phone that
  /// another customer has are refused. A repeated update is not recognised.
  struct Update {
    static constexpr auto method = Method::put;
    static constexpr std::string_view path = "/v1/customers/{id}";
    using Body = json::Object<Name, Email, Contact>;
    using NotCarried =
        Fields<field::MerchantCustomerId, field::Description, field::Metadata, field::Address>;
    static constexpr Replaces replaces{.group = name_fields | FieldSet{Field::email, Field::phone},
                                       .perhaps = true};
  };
};

static_assert(diagnose<RazorpayPolicy>() && diagnose<RazorpayPolicy, florin::Retrieve>() &&
              diagnose<RazorpayPolicy, florin::Update>());

}  // namespace policies

using policies::RazorpayPolicy;

}  // namespace florin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>
#include <florin/wire/token.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// Whether a secret key is one of the older accounts: it ends in a UUID.
constexpr bool is_older_checkoutcom_key(std::string_view key) noexcept {
  for (const std::string_view before : {"sk_test_", "sk_"}) {
    if (!key.starts_with(before)) continue;
    const std::string_view id = key.substr(before.size());
    if (id.size() != 36) continue;
    for (std::size_t i = 0; i < id.size(); ++i) {
      const bool is_hyphen = i == 8 || i == 13 || i == 18 || i == 23;
      constexpr std::string_view hex = "0123456789abcdefABCDEF";
      if (is_hyphen ? id[i] != '-' : hex.find(id[i]) == hex.npos) return false;
    }
    return true;
  }
  return false;
}

/// `Authorization` with a secret key, which stands alone where it is of an older account.
template <auto Member>
struct CheckoutcomKey {
  static constexpr std::string_view name = "Authorization";
  static constexpr bool confidential = true;
  template <class Ctx>
  static void write(const Ctx& context, Buffer& out) {
    if (is_older_checkoutcom_key(reveal(context.credentials.*Member)))
      return Header<"Authorization", FromCredential<Member>>::write(context, out);
    BearerAuth<Member>::write(context, out);
  }
};

/// Checkout.com customers, with a secret key; `CheckoutcomOauthPolicy` is the same with an access
/// key.
///
/// The email is required. `merchant_customer_id` goes into the metadata, where nothing can be
/// looked for; description and address are not carried. A phone has two places and needs its
/// calling code: `+44 20 7946 0000`. Errors have codes and no texts. Neither repeated requests nor,
/// as far as is documented, duplicates are recognised; a code that says so is understood.
///
/// Source: the official SDKs with their tests,
/// https://api-reference.cko-prod.ckotech.co/tag/Customers and
/// https://checkout.com/docs/resources/codes/error-codes.
struct CheckoutcomPolicy {
  static constexpr std::string_view name = "checkoutcom";
  static constexpr Hosts hosts{.live = "{prefix.}api.checkout.com",
                               .sandbox = "{prefix.}api.sandbox.checkout.com"};

  /// A key of the live world or of the sandbox.
  struct Credentials {
    /// `sk_...`, of the sandbox `sk_sbox_...`; of the older accounts `sk_test_...` as well
    Secret secret_key{};
    std::optional<std::string> prefix{};  ///< of the account's own host
  };
  using CredentialNames = CredentialList<Credential<"secret_key", &Credentials::secret_key>,
                                         OptionalCredential<"prefix", &Credentials::prefix>>;
  using RequestHeaders = Headers<CheckoutcomKey<&Credentials::secret_key>>;
  using Idempotency = NoIdempotency;

  /// 401 and 404 have no body: the header tells whose they are.
  static constexpr ResponseHeaders response_headers{.request_id = "Cko-Request-Id",
                                                    .on_every_answer = true};
  static constexpr json::Failure failure{.code = {"error_codes[0]", "error_type", "error"},
                                         .type = "error_type",
                                         .request_id = "request_id"};
  /// Of a duplicate the code is documented and the status is not.
  static constexpr std::array rules{
      Rule{.code = "customer_already_exists", .means = Errc::customer_exists, .perhaps = true},
      Rule{.code = "email_in_use", .means = Errc::customer_exists, .perhaps = true},
      Rule{.code = "customer_not_found", .means = Errc::not_found},
      Rule{.code = "api_calls_quota_exceeded", .means = Errc::rate_limited},
      Rule{.code = "invalid_client", .means = Errc::unauthorized},
      Rule{.code = "invalid_scope", .means = Errc::forbidden},
  };

  /// No address: that of an instrument is not the customer's.
  static constexpr json::Record record{.id = "id",
                                       .merchant_customer_id = "metadata.merchant_customer_id",
                                       .email = "email",
                                       .name = "name",
                                       .phone = "phone.number",
                                       .calling_code = "phone.country_code",
                                       .metadata = "metadata"};

  using Name = Put<"name", field::Name, MaxLength<255>>;
  using Phone =
      json::Nested<"phone", Put<"country_code", CallingCode<field::Phone>>,
                   Put<"number", NationalNumber<field::Phone>, MinLength<6>, MaxLength<25>>>;
  using Metadata =
      json::Nested<"metadata",
                   Entries<"{}", field::Metadata, MaxEntries<10>, Reserved<1>, MaxKeyLength<100>,
                           MaxValueLength<100>>,
                   Put<"merchant_customer_id", field::MerchantCustomerId, MaxLength<100>>>;

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/customers";
    using Body = json::Object<Put<"email", field::Email, Required, MaxLength<255>, EmailForm>, Name,
                              Phone, Metadata>;
    using NotCarried = Fields<field::Description, field::Address>;
    static constexpr json::Reply reply{.id = "id", .id_prefix = "cus_"};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/customers/{id}";
  };

  /// What is not sent stays. Whether metadata replace those that are there is not documented: they
  /// are sent as a whole, with what the client has read before, which is not atomic. How anything
  /// is removed is not documented, and not offered. The answer has no record. A repeated update is
  /// not recognised.
  struct Update {
    static constexpr auto method = Method::patch;
    static constexpr std::string_view path = "/customers/{id}";
    using Body = Create::Body;
    using NotCarried = Create::NotCarried;
    static constexpr Replaces replaces{.metadata = true};
    static constexpr json::Reply reply{.may_be_empty = true};
  };

  /// Cannot be undone. What becomes of stored instruments is not documented. A customer that is
  /// gone is answered like one that never was.
  struct Delete {
    static constexpr auto method = Method::delete_;
    static constexpr std::string_view path = "/customers/{id}";
    static constexpr json::Reply reply{.may_be_empty = true};
  };

  /// By email, one customer at most: which one where several have it is not documented. There is
  /// neither list nor search.
  struct Find {
    struct ByEmail {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/customers/{email}";
      static constexpr json::Page page{};
    };
  };
};

/// The same with an access key, which is exchanged for a token of the scope `vault:customers`, at a
/// host of its own.
struct CheckoutcomOauthPolicy : CheckoutcomPolicy {
  static constexpr std::string_view name = "checkoutcom_oauth";

  struct Credentials {
    Secret client_id{};
    Secret client_secret{};
    std::optional<std::string> prefix{};  ///< of the account's own hosts
  };
  using CredentialNames = CredentialList<Credential<"client_id", &Credentials::client_id>,
                                         Credential<"client_secret", &Credentials::client_secret>,
                                         OptionalCredential<"prefix", &Credentials::prefix>>;
  using RequestHeaders = Headers<TokenAuth>;

  struct Token {
    static constexpr Hosts hosts{.live = "{prefix.}access.checkout.com",
                                 .sandbox = "{prefix.}access.sandbox.checkout.com"};
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/connect/token";
    using RequestHeaders = Headers<BasicAuth<&Credentials::client_id, &Credentials::client_secret>>;
    using Body = Form<Const<"grant_type", "client_credentials">, Const<"scope", "vault:customers">,
                      Put<"client_id", FromCredential<&Credentials::client_id>>,
                      Put<"client_secret", FromCredential<&Credentials::client_secret>>>;
    static constexpr json::TokenReply reply{.token = "access_token", .lifetime = "expires_in"};
  };
};

static_assert(diagnose<CheckoutcomPolicy>() && diagnose<CheckoutcomPolicy, florin::Retrieve>() &&
              diagnose<CheckoutcomPolicy, florin::Delete>() &&
              diagnose<CheckoutcomPolicy, FindByEmail>() &&
              diagnose<CheckoutcomPolicy, florin::Update>());
static_assert(diagnose<CheckoutcomOauthPolicy>() && diagnose<CheckoutcomOauthPolicy, FetchToken>());

}  // namespace policies

using policies::CheckoutcomOauthPolicy;
using policies::CheckoutcomPolicy;

}  // namespace florin

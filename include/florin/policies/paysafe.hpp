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

/// Paysafe customer vault profiles.
///
/// `merchant_customer_id` is the profile's own reference and unique: a repetition makes no second
/// profile but is answered with the first one's id. Address, description and metadata are not
/// carried.
///
/// Source: https://developer.paysafe.com/en/rest-api/vault (profiles, vault errors) and the
/// official SDKs.
struct PaysafePolicy {
  static constexpr std::string_view name = "paysafe";
  static constexpr Hosts hosts{.live = "api.paysafe.com", .sandbox = "api.test.paysafe.com"};

  /// The key has the form `username:password`; test and live keys differ.
  struct Credentials {
    Secret api_key{};
  };
  using CredentialNames = CredentialList<Credential<"api_key", &Credentials::api_key>>;
  using RequestHeaders = Headers<BasicKey<&Credentials::api_key>>;
  using Idempotency = UniqueReference<"merchantCustomerId">;

  static constexpr ResponseHeaders response_headers{.request_id = "X-Internal-Correlation-Id"};
  /// Of the links on a duplicate only one that leads to a profile is taken.
  static constexpr json::Failure failure{.code = "error.code",
                                         .message = "error.message",
                                         .param = "error.fieldErrors[0].field",
                                         .existing_id = "links[0].href",
                                         .existing_id_behind = "another profile - "};
  static constexpr std::array rules{
      Rule{.code = "7505", .means = Errc::customer_exists},
      Rule{.code = "5068", .means = Errc::invalid_data},
      Rule{.code = "5023", .means = Errc::invalid_data},
      Rule{.code = "5279", .means = Errc::unauthorized},
      Rule{.code = "5270", .means = Errc::forbidden},
      Rule{.code = "5269", .means = Errc::not_found},
  };

  static constexpr json::Record record{.id = "id",
                                       .merchant_customer_id = "merchantCustomerId",
                                       .email = "email",
                                       .given_name = "firstName",
                                       .family_name = "lastName",
                                       .phone = "phone"};

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/customervault/v1/profiles";
    using Body = json::Object<
        Put<"merchantCustomerId", field::MerchantCustomerId, MaxLength<100>>,
        Const<"locale", "en_US">, Put<"firstName", GivenName>, Put<"lastName", FamilyName>,
        Put<"email", field::Email, MaxLength<255>, EmailForm>, Put<"phone", field::Phone>>;
    using NotCarried = Fields<field::Description, field::Metadata, field::Address>;
    static constexpr json::Reply reply{
        .id = "id",
        .link_path = "/profiles/",
        .echo = {.merchant_customer_id = "merchantCustomerId", .email = "email"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/customervault/v1/profiles/{id}";
  };

  /// Replaces the profile: all is sent, with what the client has read before, which is not atomic;
  /// `merchantCustomerId` and `locale` are mandatory. What florin does not know, such as a middle
  /// name, is not sent, and the locale becomes en_US. A field is cleared by leaving it out; where
  /// it is there nevertheless, that is `Errc::rejected`. A repeated update is not recognised.
  struct Update {
    static constexpr auto method = Method::put;
    static constexpr std::string_view path = "/customervault/v1/profiles/{id}";
    using Body = Create::Body;
    using NotCarried = Create::NotCarried;
    using Clearable = Fields<field::Name, field::Email, field::Phone>;
    static constexpr Replaces replaces = Replaces::everything();
  };

  /// What becomes of cards, addresses and mandates is not documented, nor whether the reference can
  /// be used again. A customer that is gone is answered like one that never was.
  struct Delete {
    static constexpr auto method = Method::delete_;
    static constexpr std::string_view path = "/customervault/v1/profiles/{id}";
    static constexpr json::Reply reply{.may_be_empty = true};
  };

  /// By the Payments API, for which the key needs the rights.
  struct Find {
    struct ByReference {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/paymenthub/v1/customers";
      using Query = wire::Query<Put<"merchantCustomerId", field::MerchantCustomerId>>;
      static constexpr json::Page page{};
    };
  };
};

static_assert(diagnose<PaysafePolicy>() && diagnose<PaysafePolicy, florin::Retrieve>() &&
              diagnose<PaysafePolicy, florin::Delete>() &&
              diagnose<PaysafePolicy, FindByReference>() &&
              diagnose<PaysafePolicy, florin::Update>());

}  // namespace policies

using policies::PaysafePolicy;

}  // namespace florin

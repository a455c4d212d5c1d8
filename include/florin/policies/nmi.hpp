// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/form.hpp>

#include <array>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// NMI customers: records of its Customer Vault, with the classic API. A customer cannot be without
/// a payment method: a payment token, from Collect.js or the Payment Component, has to be given
/// with a create.
///
/// `merchant_customer_id` is the record's id, which is unique in the account: a repeated create is
/// answered with `customer_exists`. Which ids NMI takes is not documented; letters and digits, at
/// most 36 of them, are safe. One that could not be named in a later request is refused, and so are
/// `&` and `+`, since NMI does not encode what it answers. Metadata have numbers as keys, `1` to
/// `20`, and have to be set up in the control panel first. The description is not carried: NMI has
/// one of an order, which no record shows.
///
/// The key stands in the body of every request. All answers but an outage have the status 200, and
/// nearly all errors one code: the text decides.
///
/// Resellers have hosts of their own; test keys may belong to the live host.
///
/// Source: https://docs.nmi.com/docs/customer-vault, https://docs.nmi.com/docs/managing-entries,
/// https://docs.nmi.com/reference/query-1 and, for answers, code that was run against it.
struct NmiPolicy {
  static constexpr std::string_view name = "nmi";
  static constexpr Hosts hosts{.live = "secure.nmi.com", .sandbox = "sandbox.nmi.com"};

  /// The user of the key needs the permission for the Customer Vault.
  struct Credentials {
    Secret security_key{};
  };
  using CredentialNames = CredentialList<Credential<"security_key", &Credentials::security_key>>;
  using RequestHeaders = Headers<>;
  using Idempotency = UniqueReference<"customer_vault_id">;

  static constexpr json::Failure failure{.code = "response_code",
                                         .type = "response",
                                         .message = {"responsetext", "nm_response.error_response"},
                                         .existing_id_is_reference = true};
  static constexpr std::array rules{
      Rule{.message_begins = "Duplicate Customer Vault Id",
           .means = Errc::customer_exists,
           .at = At::create},
      Rule{.message_begins = "Invalid Customer Vault Id",
           .means = Errc::not_found,
           .at = At::existing},
      Rule{.message_begins = "Authentication Failed", .means = Errc::unauthorized},
      Rule{.message_begins = "Specified API key not found", .means = Errc::unauthorized},
      Rule{.message_begins = "Invalid Security Key", .means = Errc::unauthorized},
      Rule{.message_has = "rate limit", .means = Errc::rate_limited},
      Rule{.code = "410", .means = Errc::forbidden},
      Rule{.code = "411", .means = Errc::forbidden},
      Rule{.code = "420", .means = Errc::connector_unavailable},
      Rule{.code = "421", .means = Errc::connector_unavailable},
      Rule{.code = "300", .means = Errc::invalid_data},
      // The payment method was declined. What the codes of the processor (400, 430 and so on) leave
      // behind is not documented.
      Rule{.type = "2", .means = Errc::rejected, .at = At::create, .refuses = true},
  };

  static constexpr json::Record record{.within = "nm_response.customer_vault.customer",
                                       .id = {"customer_vault_id", "@id"},
                                       .merchant_customer_id = "customer_vault_id",
                                       .email = "email",
                                       .given_name = "first_name",
                                       .family_name = "last_name",
                                       .phone = "phone",
                                       .metadata_name = "merchant_defined_field.@id",
                                       .metadata_value = "merchant_defined_field",
                                       .address_line1 = "address_1",
                                       .address_line2 = "address_2",
                                       .address_city = "city",
                                       .address_state = "state",
                                       .address_zip = "postal_code",
                                       .address_country = "country",
                                       .created = "created",
                                       .empty_is_absent = true};

  using Key = Put<"security_key", FromCredential<&Credentials::security_key>>;
  using FirstName = Put<"first_name", GivenName>;
  using LastName = Put<"last_name", FamilyName>;
  using Email = Put<"email", field::Email>;
  using PhoneNumber = Put<"phone", field::Phone>;
  using Line1 = Put<"address1", field::AddressLine1>;
  using Line2 = Put<"address2", field::AddressLine2>;
  using City = Put<"city", field::AddressCity>;
  using State = Put<"state", field::AddressState>;
  using Zip = Put<"zip", field::AddressZip>;
  using Country = Put<"country", field::AddressCountry>;
  using Metadata = Entries<"merchant_defined_field_{}", field::Metadata,
                           KeyOneOf<"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12",
                                    "13", "14", "15", "16", "17", "18", "19", "20">>;

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/api/transact.php";
    static constexpr std::string_view accept = "*/*";
    static constexpr auto syntax = Syntax::form;
    using Body = Form<Key, Const<"customer_vault", "add_customer">,
                      Put<"customer_vault_id", field::MerchantCustomerId, IdForm, Excludes<"&+">>,
                      FirstName, LastName, Email, PhoneNumber, Line1, Line2, City, State, Zip,
                      Country, Metadata, Put<"payment_token", PaymentToken, Required>>;
    using NotCarried = Fields<field::Description>;
    static constexpr json::Reply reply{.id = "customer_vault_id",
                                       .verdict = "response",
                                       .verdict_text = "1",
                                       .echo = {.merchant_customer_id = "customer_vault_id"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/api/query.php";
    static constexpr std::string_view accept = "*/*";
    static constexpr auto syntax = Syntax::xml;
    using Body = Form<Key, Const<"report_type", "customer_vault">,
                      Put<"customer_vault_id", CustomerId, Required>>;
    static constexpr Paths nothing_is_not_found = "nm_response";
  };

  /// What is not sent stays. How a field is emptied is not documented, and not offered. A repeated
  /// update is not recognised. The payment method stays as it is.
  struct Update {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/api/transact.php";
    static constexpr std::string_view accept = "*/*";
    static constexpr auto syntax = Syntax::form;
    using Body = Form<Key, Const<"customer_vault", "update_customer">,
                      Put<"customer_vault_id", CustomerId, Required>, FirstName, LastName, Email,
                      PhoneNumber, Line1, Line2, City, State, Zip, Country, Metadata>;
    using NotCarried = Fields<field::MerchantCustomerId, field::Description>;
    static constexpr json::Reply reply{
        .id = "customer_vault_id", .verdict = "response", .verdict_text = "1"};
  };

  /// Cannot be undone: the payment methods go with the customer. What becomes of subscriptions is
  /// not documented. One that was deleted earlier is like one that never was.
  struct Delete {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/api/transact.php";
    static constexpr std::string_view accept = "*/*";
    static constexpr auto syntax = Syntax::form;
    using Body = Form<Key, Const<"customer_vault", "delete_customer">,
                      Put<"customer_vault_id", CustomerId, Required>>;
    static constexpr json::Reply reply{.verdict = "response", .verdict_text = "1"};
  };

  /// That the vault can be queried by email is known from a client's code alone: an answer with
  /// everybody is taken as well, up to 1 MiB of it. Pages are not asked for, since whether they
  /// exist there is not documented.
  struct Find {
    static constexpr json::Page all{.items = "nm_response.customer_vault",
                                    .shown_by = {"nm_response.customer_vault", "nm_response"},
                                    .message_refuses = true};
    struct ByEmail {
      static constexpr auto method = Method::post;
      static constexpr std::string_view path = "/api/query.php";
      static constexpr std::string_view accept = "*/*";
      static constexpr auto syntax = Syntax::xml;
      using Body = Form<Key, Const<"report_type", "customer_vault">, Put<"email", field::Email>>;
      static constexpr json::Page page = all;
    };
    struct ByReference {
      static constexpr auto method = Method::post;
      static constexpr std::string_view path = "/api/query.php";
      static constexpr std::string_view accept = "*/*";
      static constexpr auto syntax = Syntax::xml;
      using Body = Form<Key, Const<"report_type", "customer_vault">,
                        Put<"customer_vault_id", field::MerchantCustomerId>>;
      static constexpr json::Page page = all;
    };
  };
};

static_assert(diagnose<NmiPolicy>() && diagnose<NmiPolicy, florin::Retrieve>() &&
              diagnose<NmiPolicy, florin::Delete>() && diagnose<NmiPolicy, florin::Update>() &&
              diagnose<NmiPolicy, FindByEmail>() && diagnose<NmiPolicy, FindByReference>());

}  // namespace policies

using policies::NmiPolicy;

}  // namespace florin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/json.hpp>

#include <array>
#include <optional>
#include <string>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// The custom fields of a customer: `[{"name":...,"value":...}]`. Braintree accepts only names that
/// were set up in its Control Panel, so only those go out that the credentials name.
template <auto ReferenceField, auto DeclaredFields>
struct BraintreeCustomFields : ElementList<> {
  static constexpr FixedString wire_name{"customFields"};
  static constexpr FieldSet carried{Field::metadata, Field::merchant_customer_id};

  template <class Ctx>
  static constexpr Fault check(const Ctx& context) noexcept {
    const auto entries = context.request.metadata;
    const auto reference = reveal(context.credentials.*ReferenceField);
    constexpr Fault taken{Errc::invalid_field, Field::metadata,
                          "has the key that holds merchant_customer_id"};
    if constexpr (Changing<Ctx>)
      if (!reference.empty() && context.request.metadata_cleared.contains(reference)) return taken;
    for (std::size_t i = 0; i < entries.size(); ++i) {
      if (!reference.empty() && entries[i].key == reference) return taken;
      if (is_declared(context, entries[i].key) &&
          !MaxValueLength<255>::accepts(entries[i].key, entries[i].value))
        return {Errc::invalid_field, Field::metadata, MaxValueLength<255>::reason};
    }
    if (!reference.empty() &&
        !MaxLength<255>::accepts({.first = context.request.merchant_customer_id}))
      return {Errc::invalid_field, Field::merchant_customer_id, MaxLength<255>::reason};
    return {};
  }
  /// An update removes an entry by the value `null`.
  template <class Ctx>
  static void write_json(const Ctx& context, Buffer& out, FieldSet& written) {
    const std::size_t before = out.size();
    out.append("\"customFields\":[");
    const std::size_t opened = out.size();
    const auto entries = context.request.metadata;
    const auto name = reveal(context.credentials.*ReferenceField);
    std::size_t wanted = entries.size();
    std::size_t count = 0;
    for (std::size_t i = 0; i < entries.size(); ++i)
      if (is_declared(context, entries[i].key)) {
        put(out, entries[i].key, entries[i].value);
        ++count;
      }
    if constexpr (Changing<Ctx>) {
      const auto remove = [&](std::string_view key) {
        ++wanted;
        if (!is_declared(context, key)) return;
        put_null(out, key);
        ++count;
      };
      if (context.request.cleared.contains(Field::metadata)) {
        each_declared(context, [&](std::string_view key) {
          if (key != name) remove(key);
          return false;
        });
      } else {
        each_removed_entry(context.request, remove);
      }
    }
    if (count != 0 && count == wanted) written.insert(Field::metadata);
    if (!name.empty() && !context.request.merchant_customer_id.empty()) {
      put(out, name, context.request.merchant_customer_id);
      written.insert(Field::merchant_customer_id);
    }
    if (out.size() == opened) return out.truncate(before);
    out.truncate(out.size() - 1);
    out.append("],");
  }

 private:
  /// Whether the comma-separated list of declared names has `key`.
  template <class Ctx>
  static bool is_declared(const Ctx& context, std::string_view key) noexcept {
    return each_declared(context, [key](std::string_view name) { return name == key; });
  }
  /// Calls `visit` with each declared name until it returns true.
  /// \return whether it did.
  template <class Ctx, class Visitor>
  static bool each_declared(const Ctx& context, Visitor visit) {
    std::string_view rest = reveal(context.credentials.*DeclaredFields);
    while (!rest.empty()) {
      const auto comma = rest.find(',');
      if (const auto name = trim(rest.substr(0, comma)); !name.empty() && visit(name)) return true;
      rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
    }
    return false;
  }
  static void put_name(Buffer& out, std::string_view name, std::size_t rest) {
    out.reserve(32 + 6 * name.size() + rest);
    out.put("{\"name\":\"");
    wire::detail::put_json(out, name);
    out.put("\",\"value\":");
  }
  static void put(Buffer& out, std::string_view name, std::string_view value) {
    put_name(out, name, 6 * value.size());
    out.put("\"");
    wire::detail::put_json(out, value);
    out.put("\"},");
  }
  static void put_null(Buffer& out, std::string_view name) {
    put_name(out, name, 0);
    out.put("null},");
  }
};

/// Braintree customers, by the GraphQL API, version 2018-09-10.
///
/// `merchant_customer_id` and metadata go into custom fields, as far as the credentials name those
/// that were set up; the others are dropped, and so are description and address. Neither repeated
/// requests nor duplicates are recognised. Errors come with HTTP 200.
///
/// Source: https://developer.paypal.com/braintree/graphql/guides/customers, the GraphQL schema.
struct BraintreePolicy {
  static constexpr std::string_view name = "braintree";
  static constexpr Hosts hosts{.live = "payments.braintree-api.com",
                               .sandbox = "payments.sandbox.braintree-api.com"};

  /// Server keys, and the names of custom fields that were set up in the Control Panel.
  struct Credentials {
    Secret public_key{};
    Secret private_key{};
    std::optional<std::string> merchant_customer_id_field{};  ///< holds `merchant_customer_id`
    std::optional<std::string> custom_fields{};  ///< metadata keys that are fields, comma-separated
  };
  using CredentialNames = CredentialList<
      Credential<"public_key", &Credentials::public_key>,
      Credential<"private_key", &Credentials::private_key>,
      OptionalCredential<"merchant_customer_id_field", &Credentials::merchant_customer_id_field>,
      OptionalCredential<"custom_fields", &Credentials::custom_fields>>;
  using RequestHeaders = Headers<Header<"Braintree-Version", Literal<"2018-09-10">>,
                                 BasicAuth<&Credentials::public_key, &Credentials::private_key>>;
  using Idempotency = NoIdempotency;

  /// The parameter is the last name of its path, but of a custom field, whose path goes on with the
  /// number of the entry, it is `customFields`.
  static constexpr json::Failure failure{
      .code = {"errors[0].extensions.legacyCode", "errors[0].extensions.errorClass"},
      .type = "errors[0].extensions.errorClass",
      .message = "errors[0].message",
      .param = {"errors[0].extensions.inputPath[2]", "errors[0].extensions.inputPath[1]",
                "errors[0].extensions.inputPath[0]"},
      .request_id = "extensions.requestId"};
  static constexpr std::array rules{
      Rule{.type = "VALIDATION", .means = Errc::invalid_data},
      Rule{.type = "AUTHENTICATION", .means = Errc::unauthorized},
      Rule{.type = "AUTHORIZATION", .means = Errc::forbidden},
      Rule{.type = "NOT_FOUND", .means = Errc::not_found},
      Rule{.type = "RESOURCE_LIMIT", .means = Errc::rate_limited},
      Rule{.type = "INTERNAL", .means = Errc::connector_unavailable},
      Rule{.type = "SERVICE_AVAILABILITY", .means = Errc::connector_unavailable},
      Rule{.type = "UNSUPPORTED_CLIENT", .means = Errc::rejected},
      Rule{.type = "NOT_IMPLEMENTED", .means = Errc::rejected},
      // The document does not fit the schema, so nothing was executed; that error has no class.
      Rule{.status = 200, .message_begins = "Variable '", .means = Errc::invalid_data},
  };

  /// What is asked for of a customer.
  static constexpr FixedString customer_fields{
      "id legacyId firstName lastName company email phoneNumber createdAt customFields { name "
      "value }"};

  /// Custom fields are metadata, the one that holds `merchant_customer_id` among them.
  static constexpr json::Record record{.within = "data.node",
                                       .id = "id",
                                       .email = "email",
                                       .given_name = "firstName",
                                       .family_name = "lastName",
                                       .phone = "phoneNumber",
                                       .metadata_name = "customFields.*.name",
                                       .metadata_value = "customFields.*.value",
                                       .created = "createdAt"};

  using CustomerInput = json::Nested<
      "customer", Put<"firstName", GivenName, MaxLength<255>>,
      Put<"lastName", FamilyName, MaxLength<255>>,
      Put<"email", field::Email, MaxLength<255>, EmailForm, AsciiOnly>,
      Put<"phoneNumber", field::Phone, MaxLength<255>>,
      BraintreeCustomFields<&Credentials::merchant_customer_id_field, &Credentials::custom_fields>>;

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/graphql";
    using Body = json::Object<
        Const<
            "query",
            "mutation CreateCustomer($input: CreateCustomerInput!) { createCustomer(input: $input) "
            "{ customer { id legacyId email } } }">,
        json::Nested<"variables", json::NestedAlways<"input", CustomerInput>>>;
    using NotCarried = Fields<field::Description, field::Address>;
    static constexpr json::Reply reply{.id = "data.createCustomer.customer.id",
                                       .echo = {.email = "data.createCustomer.customer.email"}};
  };

  struct Retrieve {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/graphql";
    using Body = json::Object<
        Const<"query", concat<"query GetCustomer($id: ID!) { node(id: $id) { __typename ... on "
                              "Customer { ",
                              customer_fields, " } } }">()>,
        json::Nested<"variables", Put<"id", CustomerId>>>;
    static constexpr Paths nothing_is_not_found = "data";
  };

  /// What is not sent stays, so that is atomic. Custom fields are removed as far as the credentials
  /// name them. A repeated update is not recognised.
  struct Update {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/graphql";
    using Body =
        json::Object<Const<"query", concat<"mutation UpdateCustomer($input: UpdateCustomerInput!) "
                                           "{ updateCustomer(input: "
                                           "$input) { customer { ",
                                           customer_fields, " } } }">()>,
                     json::Nested<"variables", json::Nested<"input", Put<"customerId", CustomerId>,
                                                            CustomerInput>>>;
    using NotCarried = Create::NotCarried;
    using Clearable = Fields<field::Email, field::Name, field::Phone, field::Metadata>;
    static constexpr auto cleared_by = ClearedBy::null;
    static constexpr std::string_view record_within = "data.updateCustomer.customer";
  };

  /// Refused while the customer has payment methods; its transactions stay but lose the link. One
  /// that is gone is answered like one that never was.
  struct Delete {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/graphql";
    using Body = json::Object<
        Const<"query",
              "mutation DeleteCustomer($input: DeleteCustomerInput!) { deleteCustomer(input: "
              "$input) { clientMutationId } }">,
        json::Nested<"variables", json::Nested<"input", Put<"customerId", CustomerId>>>>;
    static constexpr json::Reply reply{.verdict = "data.deleteCustomer", .message_refuses = true};
  };

  /// Custom fields have no filter, so there is no search by reference.
  struct Find {
    struct ByEmail {
      static constexpr auto method = Method::post;
      static constexpr std::string_view path = "/graphql";
      using Body = json::Object<
          Const<"query",
                concat<"query FindCustomers($input: CustomerSearchInput!, $first: Int, $after: "
                       "String) { search { customers(input: $input, first: $first, after: $after) "
                       "{ edges { cursor node { ",
                       customer_fields, " } } pageInfo { hasNextPage endCursor } } } }">()>,
          json::Nested<"variables",
                       json::Nested<"input", json::Nested<"email", Put<"is", field::Email>>>,
                       json::Raw<"first", "50">, Put<"after", PageToken<>>>>;
      static constexpr json::Page page{.items = "data.search.customers.edges",
                                       .within = "node",
                                       .more = "data.search.customers.pageInfo.hasNextPage",
                                       .token = "data.search.customers.pageInfo.endCursor",
                                       .message_refuses = true};
    };
  };
};

static_assert(diagnose<BraintreePolicy>() && diagnose<BraintreePolicy, florin::Retrieve>() &&
              diagnose<BraintreePolicy, florin::Delete>() &&
              diagnose<BraintreePolicy, FindByEmail>() &&
              diagnose<BraintreePolicy, florin::Update>());

}  // namespace policies

using policies::BraintreePolicy;

}  // namespace florin

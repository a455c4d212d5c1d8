// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/diagnosis.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>

#include <cstddef>
#include <string_view>

namespace florin {
namespace policies {

using namespace wire;

/// The ten digits of a phone number of North America, which may begin with `+1` or `1`.
struct PayloadPhone : Digits<field::Phone> {
  template <class Ctx>
  static constexpr Number read(const Ctx& context) noexcept {
    const std::string_view text = field::Phone::get(context.request);
    if constexpr (Changing<Ctx>)  // what does not change is what the processor has
      if (!context.touched.contains(id)) return Number{text, true};
    return Number{text.substr(calling_code(text))};
  }
  template <class Ctx>
  static constexpr std::string_view fault(const Ctx& context) noexcept {
    const std::string_view text = field::Phone::get(context.request);
    if (const auto reason = Digits<field::Phone>::fault(context); !reason.empty()) return reason;
    const std::size_t code = calling_code(text);
    const bool foreign = code == 0 && text.find('+') != std::string_view::npos;
    if (text.empty() || (!foreign && digits(text.substr(code)) == 10)) return {};
    return "is not a phone number of ten digits, with or without +1 before them";
  }

 private:
  static constexpr std::size_t digits(std::string_view text) noexcept {
    std::size_t count = 0;
    for (const char c : text) count += c >= '0' && c <= '9' ? 1U : 0U;
    return count;
  }
  /// Bytes up to the end of the calling code, if that is North America's.
  static constexpr std::size_t calling_code(std::string_view text) noexcept {
    const std::size_t first = text.find_first_of("0123456789");
    const bool there = first != std::string_view::npos && text[first] == '1';
    return there && (text.find('+') < first || digits(text) == 11) ? first + 1 : 0;
  }
};

/// A member of a query whose name has brackets, which Payload wants encoded.
template <FixedString Name, class Source, class... Limits>
struct PayloadFilter : Put<Name, Source, Limits...> {
  template <class Ctx>
  static void write_form(const Ctx& context, Buffer& out, FieldSet&) {
    const auto value = wire::read<Source>(context);
    char* to = out.room(3 * (Name.size() + value.size()) + 2);
    to = copy(wire::detail::put_percent(to, Name.view()), "=");
    out.end_at(copy(wire::detail::put_percent(to, value.first), "&"));
  }
};

/// Payload customers: accounts of the type `customer`, API version 2.0.
///
/// `merchant_customer_id` goes into the attributes, of which Payload takes 255 characters in all as
/// JSON; the description is not carried, and nothing is required. Phone, state and zip have the
/// forms of the United States: ten digits, two letters, at most seven characters. Neither repeated
/// requests nor duplicates are recognised.
///
/// Source: https://docs.payload.com/v2/api-reference (requests, accounts, errors, query language)
/// and the official SDKs.
struct PayloadPolicy {
  static constexpr std::string_view name = "payload";
  static constexpr Hosts hosts{.live = "api.payload.com", .sandbox = "api.payload.com"};

  /// The key decides between live (`secret_key_...`) and test (`test_secret_key_...`).
  struct Credentials {
    Secret secret_key{};
  };
  using CredentialNames = CredentialList<Credential<"secret_key", &Credentials::secret_key>>;
  /// Without the version the account's own decides, and fields have other names.
  using RequestHeaders =
      Headers<Header<"X-API-Version", Literal<"v2.0">>, BasicAuth<&Credentials::secret_key>>;
  using Idempotency = NoIdempotency;

  /// The reasons stand in an object like the request, beside a list of what is wrong.
  static constexpr json::Failure failure{
      .code = "error_type",
      .message = {"details.contact_details.*", "details.*", "error_description"},
      .param = {"details.contact_details.address.*.~", "details.contact_details.*.~",
                "details.*.~"}};

  /// A deleted customer cannot be read.
  static constexpr json::Record record{.id = "id",
                                       .merchant_customer_id = "attrs.merchant_customer_id",
                                       .email = "contact_details.email",
                                       .name = "name",
                                       .phone = "contact_details.phone_number",
                                       .metadata = "attrs",
                                       .address_line1 = "contact_details.address.address_line_1",
                                       .address_line2 = "contact_details.address.address_line_2",
                                       .address_city = "contact_details.address.city",
                                       .address_state = "contact_details.address.state_province",
                                       .address_zip = "contact_details.address.postal_code",
                                       .address_country = "contact_details.address.country_code",
                                       .created = "created_at"};

  using Name = Put<"name", field::Name>;
  using ContactDetails = json::Nested<
      "contact_details", Put<"email", field::Email, MaxLength<64>, EmailForm>,
      Put<"phone_number", PayloadPhone>,
      json::Nested<"address", Put<"address_line_1", field::AddressLine1, MaxLength<128>>,
                   Put<"address_line_2", field::AddressLine2, MaxLength<56>>,
                   Put<"city", field::AddressCity, MaxLength<56>>,
                   Put<"state_province", field::AddressState, MaxLength<2>>,
                   Put<"postal_code", field::AddressZip, MaxLength<7>>,
                   Put<"country_code", field::AddressCountry>>>;
  using Attributes =
      json::Nested<"attrs",
                   json::MaxTotalLength<255, Entries<"{}", field::Metadata>,
                                        Put<"merchant_customer_id", field::MerchantCustomerId>>>;

  struct Create {
    static constexpr auto method = Method::post;
    static constexpr std::string_view path = "/accounts";
    using Body = json::Object<Const<"type", "customer">, Name, ContactDetails, Attributes>;
    using NotCarried = Fields<field::Description>;
    static constexpr json::Reply reply{
        .id = "id",
        .id_prefix = "acct_",
        .echo = {.merchant_customer_id = "attrs.merchant_customer_id",
                 .email = "contact_details.email"}};
  };

  /// An account for processing is answered as well: whose id it is, is the caller's to know.
  struct Retrieve {
    static constexpr auto method = Method::get;
    static constexpr std::string_view path = "/accounts/{id}";
  };

  /// What is not sent stays. Whether contact details that are sent in part keep the rest, and
  /// whether attributes replace those that are there, is not documented: both are sent whole, with
  /// what the client has read before, which is not atomic. How a field is emptied or an entry
  /// removed is not documented, and not offered. A repeated update is not recognised.
  struct Update {
    static constexpr auto method = Method::put;
    static constexpr std::string_view path = "/accounts/{id}";
    using Body = json::Object<Name, ContactDetails, Attributes>;
    using NotCarried = Create::NotCarried;
    static constexpr Replaces replaces{
        .group = address_fields | FieldSet{Field::email, Field::phone}, .metadata = true};
  };

  /// What becomes of payment methods and schedules is not documented. A customer that is gone is
  /// answered like one that never was.
  struct Delete {
    static constexpr auto method = Method::delete_;
    static constexpr std::string_view path = "/accounts/{id}";
    static constexpr json::Reply reply{.id = "id"};
  };

  /// A filter that Payload would read as an operator is refused. That it filters by attributes is
  /// not known for certain: an answer with everybody is taken as well.
  struct Find {
    template <FixedString Name, class Filter>
    using Accounts =
        Query<Const<"type", "customer">,
              PayloadFilter<Name, Filter, NotBeginningWith<"!<>?">, Excludes<"|">>,
              Const<"order_by", "created_at">, Const<"limit", "10">, Put<"offset", PageToken<"0">>>;
    static constexpr json::Page list{
        .items = "values", .next = json::Next::number, .step = 10, .size = 10};
    struct ByEmail {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/accounts";
      using Query = Accounts<"contact_details[email]", field::Email>;
      static constexpr json::Page page = list;
    };
    struct ByReference {
      static constexpr auto method = Method::get;
      static constexpr std::string_view path = "/accounts";
      using Query = Accounts<"attrs[merchant_customer_id]", field::MerchantCustomerId>;
      static constexpr json::Page page = list;
      /// That the reference is looked for there is not documented.
      static constexpr FindIndex index{.certain = false};
    };
  };
};

static_assert(diagnose<PayloadPolicy>() && diagnose<PayloadPolicy, florin::Retrieve>() &&
              diagnose<PayloadPolicy, florin::Delete>() && diagnose<PayloadPolicy, FindByEmail>() &&
              diagnose<PayloadPolicy, FindByReference>() &&
              diagnose<PayloadPolicy, florin::Update>());

}  // namespace policies

using policies::PayloadPolicy;

}  // namespace florin

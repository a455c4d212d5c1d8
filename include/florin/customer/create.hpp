// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/address.hpp>
#include <florin/customer/given.hpp>
#include <florin/customer/metadata.hpp>
#include <florin/customer/operation.hpp>
#include <florin/customer/origin.hpp>
#include <florin/customer/status.hpp>
#include <florin/field.hpp>
#include <florin/phase.hpp>
#include <florin/text.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace florin {

/// `CreateRequest` for callers who promise that the text outlives the call.
struct CreateRequestView {
  std::string_view merchant_customer_id{};  ///< see `CreateRequest`
  std::string_view email{};                 ///< see `CreateRequest`
  std::string_view name{};                  ///< see `CreateRequest`
  std::string_view given_name{};            ///< see `CreateRequest`
  std::string_view family_name{};           ///< see `CreateRequest`
  std::string_view phone{};                 ///< see `CreateRequest`
  std::string_view description{};           ///< see `CreateRequest`
  MetadataView metadata{};                  ///< see `CreateRequest`
  AddressView address{};                    ///< see `CreateRequest`

  /// The fields that are given.
  [[nodiscard]] constexpr FieldSet given() const noexcept { return detail::given_of(*this); }
};

/// The unified request to create a customer. Owns its strings. An empty member is absent: it is
/// left out of the request, never sent empty. All text is UTF-8 without NUL.
struct CreateRequest {
  std::string merchant_customer_id{};  ///< your own reference, required
  std::string email{};                 ///< one address, sent as given
  std::string name{};                  ///< full name; may be left out beside the two parts
  /// The parts of the name, both or neither. A processor with one place gets `name`, or these two
  /// with a blank between them; one with two places gets these two, or `name` split at its first
  /// blank, which is wrong for many names.
  std::string given_name{};
  std::string family_name{};  ///< see `given_name`
  std::string phone{};        ///< sent as given unless the processor documents a form
  std::string description{};  ///< a text for people
  Metadata metadata{};        ///< at most 20 entries
  Address address{};          ///< its parts, each absent where empty

  /// Views this request: what it returns is not to be read once this request has gone.
  operator CreateRequestView() const& noexcept {
    return {.merchant_customer_id = merchant_customer_id,
            .email = email,
            .name = name,
            .given_name = given_name,
            .family_name = family_name,
            .phone = phone,
            .description = description,
            .metadata = metadata,
            .address = address.view()};
  }
  /// A temporary would be gone before the view is read: give it a name, or pass it in place.
  operator CreateRequestView() const&& = delete;
};

/// The unified answer: store `merchant_customer_id` and `connector_customer_id`.
struct CreateResponse {
  Text merchant_customer_id{};                     ///< echoed from the request
  Text connector_customer_id{};                    ///< the processor's id, e.g. `cus_...`
  CustomerStatus status = CustomerStatus::active;  ///< of the customer
  int status_code = 200;                           ///< unified: 200
  int http_status = 0;                             ///< the processor's own
  Origin origin = Origin::created;                 ///< whether this call has made it
  Text request_id{};       ///< the processor's id of the request, for its support
  Text idempotency_key{};  ///< the key that was sent; empty: none
  FieldSet dropped{};      ///< given fields that this processor cannot carry
  int attempts = 0;        ///< requests begun
  Timings timings{};       ///< time by phase, all attempts
};

/// What to do when the processor says that the customer exists.
enum class OnExists : std::uint8_t {
  fail,  ///< `Errc::customer_exists`
  /// A success with `Origin::already_existed`, when the answer names the customer. Not where it
  /// shows that this customer has another `merchant_customer_id`: that stays `customer_exists` with
  /// the id, and `Error::field` says so, since whoever stored both ids would take one customer of
  /// his for another.
  use_existing,
};

/// The operation `create`: its name, its types, and how its declaration in a policy is found. A
/// further operation is a further struct like this one.
struct Create {
  using Request = CreateRequestView;
  using Response = CreateResponse;
  /// What of the request the answer needs. Views: whoever waits for the answer keeps the text.
  struct Kept {
    std::string_view merchant_customer_id{};  ///< repeated in the response
    std::string_view email{};                 ///< compared with what the processor echoes

    /// Calls `visit` with each text.
    template <class Visitor>
    constexpr void each(Visitor&& visit) {
      visit(merchant_customer_id);
      visit(email);
    }
  };
  static constexpr std::string_view name = "create";  ///< as observers are told
  template <class Policy>
  using Declaration = typename Policy::Create;
  /// How a repetition is recognised.
  template <class Policy>
  using Idempotency = typename Policy::Idempotency;
  static constexpr Reads reads = Reads::id;
  /// Whether a failure may leave open what it has changed.
  static constexpr bool changes = true;

  [[nodiscard]] static constexpr Kept keep(const Request& request) noexcept {
    return {.merchant_customer_id = request.merchant_customer_id, .email = request.email};
  }
  /// The unified answer for the customer `id`; the transport's part is filled in by the caller.
  [[nodiscard]] static Response respond(const Kept& kept, std::string_view id, Origin origin) {
    Response response;
    response.merchant_customer_id.assign(kept.merchant_customer_id);
    response.connector_customer_id.assign(id);
    response.origin = origin;
    return response;
  }
};

}  // namespace florin

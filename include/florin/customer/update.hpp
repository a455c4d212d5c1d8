// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/address.hpp>
#include <florin/customer/given.hpp>
#include <florin/customer/metadata.hpp>
#include <florin/customer/metadata_keys.hpp>
#include <florin/customer/operation.hpp>
#include <florin/customer/record.hpp>
#include <florin/field.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace florin {

/// `UpdateRequest` for callers who promise that the text outlives the call.
struct UpdateRequestView {
  std::string_view connector_customer_id{};  ///< whose, the processor's id, required
  std::string_view merchant_customer_id{};   ///< see `UpdateRequest`
  std::string_view email{};                  ///< see `UpdateRequest`
  std::string_view name{};                   ///< see `UpdateRequest`
  std::string_view given_name{};             ///< see `UpdateRequest`
  std::string_view family_name{};            ///< see `UpdateRequest`
  std::string_view phone{};                  ///< see `UpdateRequest`
  std::string_view description{};            ///< see `UpdateRequest`
  MetadataView metadata{};                   ///< entries to add or replace; the others stay
  AddressView address{};                     ///< see `UpdateRequest`
  FieldSet cleared{};                        ///< see `UpdateRequest`
  MetadataKeys metadata_cleared{};           ///< see `UpdateRequest`
  /// The customer as it is, where what is not changed has to be sent as well: what `retrieve` gave.
  /// Read before the call returns. Null: a `Client` reads the customer where that is needed; below
  /// it, such an update is `Errc::invalid_options`.
  const Customer* current = nullptr;

  /// The fields that are given a value.
  [[nodiscard]] constexpr FieldSet given() const noexcept { return detail::given_of(*this); }
  /// The fields that are changed: given a value, or cleared, in part where they are metadata.
  [[nodiscard]] constexpr FieldSet touched() const noexcept {
    FieldSet set = given() | cleared;
    if (!metadata_cleared.empty()) set.insert(Field::metadata);
    return set;
  }
};

/// What changes of a customer. Owns its strings. An empty member stays as it is at the processor;
/// what is to be removed there is named in `cleared`. All text is UTF-8 without NUL.
///
/// A field that is given a value and cleared, a change of nothing, and a metadata key that is named
/// twice or is `merchant_customer_id` are refused as `invalid_field` or `missing_field` before
/// anything is sent.
struct UpdateRequest {
  std::string connector_customer_id{};  ///< whose, the processor's id, required
  std::string merchant_customer_id{};   ///< another reference of your own, where it can change
  std::string email{};                  ///< another address for mail
  std::string name{};                   ///< full name; may be left out beside the two parts
  std::string given_name{};             ///< with `family_name` or not at all, see `CreateRequest`
  std::string family_name{};            ///< see `given_name`
  std::string phone{};                  ///< sent as given unless the processor documents a form
  std::string description{};            ///< another text for people
  Metadata metadata{};                  ///< entries to add or replace, at most 20; the others stay
  Address address{};                    ///< the parts that change
  /// Fields to be removed: a name as `Field::name`, an address part by part or all of it,
  /// `Field::metadata` for all entries. `merchant_customer_id` cannot be.
  FieldSet cleared{};
  std::vector<std::string> metadata_cleared{};  ///< keys of metadata entries to be removed

  /// Views this request: what it returns is not to be read once this request has gone.
  operator UpdateRequestView() const& noexcept {
    return {.connector_customer_id = connector_customer_id,
            .merchant_customer_id = merchant_customer_id,
            .email = email,
            .name = name,
            .given_name = given_name,
            .family_name = family_name,
            .phone = phone,
            .description = description,
            .metadata = metadata,
            .address = address.view(),
            .cleared = cleared,
            .metadata_cleared = metadata_cleared};
  }
  /// A temporary would be gone before the view is read: give it a name, or pass it in place.
  operator UpdateRequestView() const&& = delete;
};

/// The operation `update`: changes a customer; only what is given changes.
///
/// Where the processor replaces the whole record, or a whole group of fields, what is not changed
/// is sent again as `UpdateRequestView::current` has it. No processor that florin knows offers a
/// version for that, so it is not atomic: a change that somebody else makes between the reading and
/// the writing is undone. The policy's documentation says where that is so.
///
/// Metadata that are sent again go out as the processor has them, also where an entry is no text:
/// see `Customer::Entry`. What could not be sent again is not lost but refused as `invalid_field`
/// before the change is sent, `Error::param` naming the entry: an object or a list where the
/// request is a form, and metadata that are no map.
///
/// A failed attempt whose request may have arrived is repeated only where the processor recognises
/// the request's key: what it has carried out once it does not carry out again, so that a change
/// which somebody else has made meanwhile stays. Elsewhere a repetition would undo it, so a lost
/// answer is `Outcome::unknown`. The key is the caller's, or a fresh random one for each call,
/// since two updates of one customer must not share one.
///
/// Its outcomes: `no_effect` is that nothing was changed, `unknown` that it may have been.
struct Update {
  using Request = UpdateRequestView;
  using Response = Customer;
  /// What of the request the answer needs.
  struct Kept {
    std::string_view connector_customer_id{};  ///< it has to be the same customer's
    FieldSet cleared{};                        ///< what has to be gone
    MetadataKeys metadata_cleared{};           ///< likewise

    /// Calls `visit` with each text.
    template <class Visitor>
    constexpr void each(Visitor&& visit) {
      visit(connector_customer_id);
    }
  };
  static constexpr std::string_view name = "update";  ///< as observers are told
  template <class Policy>
  using Declaration = typename Policy::Update;
  /// How a repetition is recognised: by what the declaration says, which is not that of a create.
  template <class Policy>
  using Idempotency = typename Policy::Update::Idempotency;
  static constexpr Reads reads = Reads::record;
  static constexpr bool changes = true;
  /// Whether the request has unified fields that are set or cleared.
  static constexpr bool edits = true;

  [[nodiscard]] static constexpr Kept keep(const Request& request) noexcept {
    return {request.connector_customer_id, with_whole_name(request.cleared),
            request.metadata_cleared};
  }
};

}  // namespace florin

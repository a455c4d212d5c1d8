// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/detail/argument_facts.hpp>
#include <florin/detail/given_entry.hpp>
#include <florin/detail/given_text.hpp>
#include <florin/detail/holds_for.hpp>
#include <florin/field.hpp>
#include <florin/static_request.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

/// Updates that know at compile time what they change:
/// `customer_changes(email = user.email, clear(phone), metadata_entry("tier", "gold"))`.
namespace florin {

namespace detail {

/// The tag of the processor's id.
struct IdTag {
  static constexpr FieldSet carried{};
  static constexpr auto& member(auto& request) noexcept { return request.connector_customer_id; }
};

/// An argument that gives no field a value.
struct ChangesNoValue {
  using Tag = void;
  static constexpr FieldSet given{};
  static constexpr FieldSet waived{};
};
/// One `clear(field)` of `customer_changes(...)`.
template <class FieldTag>
struct Cleared : ChangesNoValue {
  static constexpr FieldSet cleared = FieldTag::carried;
};
/// One `metadata_entry(key, value)`.
struct ChangedEntry : ChangesNoValue {
  GivenEntry entry;
};
/// One `clear_metadata(key)`.
struct ClearedEntry : ChangesNoValue {
  GivenText key;
};
/// One `merging_into(customer)`.
struct MergedRecord : ChangesNoValue {
  const Customer* record;
};

template <class T>
struct IsChange : IsArgument<T> {};
template <class Storage>
struct IsChange<Given<IdTag, Storage>> : std::true_type {};
template <class Tag>
struct IsChange<Cleared<Tag>> : std::true_type {};
template <>
struct IsChange<ChangedEntry> : std::true_type {};
template <>
struct IsChange<ClearedEntry> : std::true_type {};
template <>
struct IsChange<MergedRecord> : std::true_type {};

/// Says that a key is an empty literal.
template <class Key>
consteval void check_key_literal() {
  if constexpr (ConstantArray<Key>)
    static_assert(holds_for<Key, (std::extent_v < std::remove_reference_t < Key >>> 1)>,
                  "florin: a metadata key is empty: name the entry that changes");
}

/// The parts of `arguments` that are `Wanted`, each as `take` makes it, in an array.
template <class Kept, class Wanted, class Take, class... Arguments>
auto collect(Take take, Arguments&... arguments) {
  const auto one = [&take](auto& argument) {
    if constexpr (std::same_as<std::remove_cvref_t<decltype(argument)>, Wanted>) {
      return std::tuple<Kept>{take(argument)};
    } else {
      return std::tuple<>{};
    }
  };
  return std::apply(
      [](auto&&... kept) { return std::array<Kept, sizeof...(kept)>{std::move(kept)...}; },
      std::tuple_cat(one(arguments)...));
}

}  // namespace detail

namespace fields {
/// Whose changes they are: the processor's id.
inline constexpr detail::TextName<detail::IdTag> connector_customer_id{};

/// Removes a field from the customer.
template <class Tag>
constexpr detail::Cleared<Tag> clear(const detail::TextName<Tag>&) noexcept {
  static_assert(detail::holds_for<Tag, !std::same_as<Tag, field::MerchantCustomerId>>,
                "florin: merchant_customer_id cannot be cleared: the customer is found by it; give "
                "`merchant_customer_id = ...` to change it");
  return {};
}
/// Removes all metadata entries from the customer, but `merchant_customer_id`.
constexpr detail::Cleared<field::Metadata> clear(const detail::MetadataName&) noexcept {
  return {};
}
/// Removes the address from the customer.
constexpr detail::Cleared<field::Address> clear(const detail::AddressName&) noexcept {
  return {};
}
/// Adds a metadata entry or replaces its value; the other entries stay. Both texts are kept or
/// viewed as if they were given alone, see `customer`.
template <class Key, class Value>
detail::ChangedEntry metadata_entry(Key&& key, Value&& value) {
  detail::check_key_literal<Key>();
  return {{}, {std::forward<Key>(key), std::forward<Value>(value)}};
}
/// Removes a metadata entry; the other entries stay.
template <class Key>
detail::ClearedEntry clear_metadata(Key&& key) {
  detail::check_key_literal<Key>();
  return {{}, detail::GivenText{std::forward<Key>(key)}};
}
/// Gives the record as it is, for a processor that replaces what is not sent again. It has to
/// outlive the request; see `UpdateRequestView::current`.
inline detail::MergedRecord merging_into(const Customer& record) noexcept {
  return {{}, &record};
}
/// A temporary would be gone before it is read.
detail::MergedRecord merging_into(const Customer&& record) = delete;
}  // namespace fields

/// An update that knows at compile time what it changes; made by `customer_changes(...)`. Views and
/// keeps texts as `StaticCustomer` does.
template <class... Arguments>
class StaticChanges : public detail::ArgumentFacts<Arguments...> {
  using Facts = detail::ArgumentFacts<Arguments...>;

  template <class Argument>
  static constexpr FieldSet cleared_by() noexcept {
    if constexpr (requires { Argument::cleared; }) return Argument::cleared;
    return {};
  }
  template <class Wanted>
  static constexpr std::size_t count = (std::size_t{0} + ... +
                                        (std::same_as<Arguments, Wanted> ? 1U : 0U));
  static constexpr std::size_t changed_entries = count<detail::ChangedEntry>;
  static constexpr std::size_t cleared_entries = count<detail::ClearedEntry>;
  static constexpr FieldSet listed = Facts::given;

 public:
  /// The fields that are given a value, metadata by their entries.
  static constexpr FieldSet given =
      changed_entries == 0 ? listed : listed | FieldSet{Field::metadata};
  /// The fields that are cleared.
  static constexpr FieldSet cleared = (FieldSet{} | ... | cleared_by<Arguments>());
  /// Whether metadata entries are removed, all or some.
  static constexpr bool clears_metadata = cleared_entries != 0 || cleared.contains(Field::metadata);
  /// Entries that are listed.
  static constexpr std::size_t metadata_entries = Facts::metadata_entries + changed_entries;

  static_assert((std::size_t{0} + ... + Arguments::given.size()) == listed.size(),
                "florin: a field is given twice in customer_changes(...): remove one of the two");
  static_assert(changed_entries == 0 || !listed.contains(Field::metadata),
                "florin: metadata are given twice in customer_changes(...): write either "
                "`metadata = {...}` or `metadata_entry(key, value)`");
  static_assert((with_whole_name(given) & with_whole_name(cleared)).empty(),
                "florin: a field is both set and cleared in customer_changes(...): remove one of "
                "the two");
  static_assert(!(cleared.contains(Field::metadata) && cleared_entries != 0),
                "florin: metadata are cleared as a whole and by key in customer_changes(...): "
                "remove one of the two");
  static_assert(cleared.contains(Field::given_name) == cleared.contains(Field::family_name),
                "florin: one part of a name is cleared without the other: clear both, or write "
                "`clear(name)`");
  static_assert(!(given | cleared).empty() || cleared_entries != 0,
                "florin: customer_changes(...) changes nothing: write `field = value` or "
                "`clear(field)`");

  /// Takes over what `customer_changes` was given.
  explicit StaticChanges(Arguments... arguments)
      : entries_(detail::collect<detail::GivenEntry, detail::ChangedEntry>(
            [](auto& changed) { return std::move(changed.entry); }, arguments...)),
        keys_(detail::collect<detail::GivenText, detail::ClearedEntry>(
            [](auto& removed) { return std::move(removed.key); }, arguments...)),
        arguments_(std::move(arguments)...) {}

  /// Views this update: what it returns is not to be read once this object has gone.
  operator UpdateRequestView() const& noexcept {
    UpdateRequestView view;
    std::apply([&view](const auto&... argument) { (put(view, argument), ...); }, arguments_);
    view.cleared = cleared;
    if constexpr (changed_entries != 0)
      view.metadata = std::span<const detail::GivenEntry>{entries_};
    if constexpr (cleared_entries != 0)
      view.metadata_cleared = std::span<const detail::GivenText>{keys_};
    return view;
  }
  /// A temporary would be gone before the view is read: give it a name, or pass it in place.
  operator UpdateRequestView() const&& = delete;

 private:
  static void put(UpdateRequestView&, const auto&) noexcept {}
  template <class Tag, class Storage>
  static void put(UpdateRequestView& view, const detail::Given<Tag, Storage>& argument) noexcept {
    Tag::member(view) = argument.storage.view();
  }
  static void put(UpdateRequestView& view, const detail::MergedRecord& argument) noexcept {
    view.current = argument.record;
  }

  std::array<detail::GivenEntry, changed_entries> entries_;
  std::array<detail::GivenText, cleared_entries> keys_;
  std::tuple<Arguments...> arguments_;
};

/// Makes an update that knows at compile time what it changes:
/// \code
/// customer_changes(connector_customer_id = id, email = "...", clear(phone),
///                  metadata_entry("tier", "gold"), clear_metadata("old"))
/// \endcode
/// Without `connector_customer_id` it is for `update(id, changes)`.
/// Use with `using namespace florin::fields`.
template <class... Arguments>
auto customer_changes(Arguments... arguments) {
  static_assert(
      (detail::IsChange<Arguments>::value && ... && true),
      "florin: customer_changes(...) takes `field = value`, `clear(field)`, `metadata_entry(key, "
      "value)`, `clear_metadata(key)`, `droppable(field)` and `merging_into(record)` only");
  return StaticChanges<Arguments...>{std::move(arguments)...};
}

/// Satisfied by updates that know at compile time what they change.
template <class T>
concept StaticUpdate = requires {
  { T::given } -> std::convertible_to<FieldSet>;
  { T::cleared } -> std::convertible_to<FieldSet>;
  { T::clears_metadata } -> std::convertible_to<bool>;
};

}  // namespace florin

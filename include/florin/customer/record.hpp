// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/status.hpp>
#include <florin/detail/config.hpp>
#include <florin/field.hpp>
#include <florin/phase.hpp>
#include <florin/text.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace florin {

namespace wire {
struct RecordView;
struct ReplyFacts;
}  // namespace wire

/// A customer as the processor has it. What the processor did not send is absent, which is not the
/// same as empty.
///
/// Use one object again and again: its memory is kept. The views that its members return are good
/// until it is assigned to or destroyed.
///
/// Thread safety: as `std::string`.
class Customer {
 public:
  /// What a member is: the text that the processor sent, or nothing.
  using Part = std::optional<std::string_view>;
  /// An entry of the metadata.
  struct Entry {
    std::string_view key;    ///< of the processor
    std::string_view value;  ///< its text, or its JSON
    /// The processor has no text there but a number, `true` or `false`, an object or a list:
    /// `value` is its JSON. An update that has to send it again sends it as it is.
    bool is_json = false;
  };

  /// The processor's id.
  [[nodiscard]] std::string_view connector_customer_id() const noexcept {
    return connector_customer_id_.view();
  }
  /// Your own reference, where the processor has a place for it.
  [[nodiscard]] Part merchant_customer_id() const noexcept {
    return get(Field::merchant_customer_id);
  }
  /// As the processor writes it.
  [[nodiscard]] Part email() const noexcept { return get(Field::email); }
  /// The name in full, where the processor has one place for it; see `given_name`.
  [[nodiscard]] Part name() const noexcept { return get(Field::name); }
  /// One part of the name, where the processor has two places.
  [[nodiscard]] Part given_name() const noexcept { return get(Field::given_name); }
  /// The other one.
  [[nodiscard]] Part family_name() const noexcept { return get(Field::family_name); }
  /// In the form that the processor keeps, which may not be the one that was given.
  [[nodiscard]] Part phone() const noexcept { return get(Field::phone); }
  /// The text about the customer.
  [[nodiscard]] Part description() const noexcept { return get(Field::description); }
  /// Street and number; where both lines share one place, both with a comma between.
  [[nodiscard]] Part address_line1() const noexcept { return get(Field::address_line1); }
  /// What else the address has.
  [[nodiscard]] Part address_line2() const noexcept { return get(Field::address_line2); }
  /// City or town.
  [[nodiscard]] Part address_city() const noexcept { return get(Field::address_city); }
  /// State, province or region, as the processor writes it.
  [[nodiscard]] Part address_state() const noexcept { return get(Field::address_state); }
  /// Postal code.
  [[nodiscard]] Part address_zip() const noexcept { return get(Field::address_zip); }
  /// ISO 3166-1 alpha-2 where what was sent is a country's code.
  [[nodiscard]] Part address_country() const noexcept { return get(Field::address_country); }
  /// Any text field, for generic code; absent for `Field::metadata`.
  [[nodiscard]] FLORIN_DECL Part get(Field field) const noexcept;

  /// How many entries the metadata have, `merchant_customer_id` and those that are null not
  /// counted.
  [[nodiscard]] std::size_t metadata_size() const noexcept { return entries_.size(); }
  /// An entry, in the order in which they were sent.
  /// \param number below `metadata_size()`.
  [[nodiscard]] FLORIN_DECL Entry metadata(std::size_t number) const noexcept;
  /// The value of an entry; absent: there is no such one.
  [[nodiscard]] FLORIN_DECL Part metadata(std::string_view key) const noexcept;
  /// Whether the processor has something in the place of the metadata that is no map, such as a
  /// text or a list: it is not read, and an update that would replace it is refused unless it
  /// clears the metadata.
  [[nodiscard]] bool has_other_metadata() const noexcept { return other_metadata_; }

  /// When the processor stored the customer, where it tells.
  [[nodiscard]] std::optional<std::chrono::sys_seconds> created() const noexcept {
    return created_;
  }

  CustomerStatus status = CustomerStatus::active;  ///< whether it is there, or deleted
  int status_code = 200;                           ///< unified: 200
  int http_status = 0;                             ///< the processor's own
  Text request_id{};   ///< the processor's id of the request, for its support
  FieldSet dropped{};  ///< of an update: fields that this processor cannot change
  int attempts = 0;    ///< requests begun
  Timings timings{};   ///< time by phase, all attempts

  /// Takes over what was read; only for the library itself. Errors: `std::bad_alloc`.
  FLORIN_DECL void assign(std::string_view id, const wire::RecordView& record,
                          const wire::ReplyFacts& facts);

 private:
  /// Puts two texts before that of a field, unless it has none.
  FLORIN_DECL void put_before(Field field, std::string_view first, std::string_view second);

  struct Span {
    std::size_t from = absent;
    std::size_t size = 0;
  };
  struct NamedSpan {
    std::size_t name_from = 0;
    std::size_t from = 0;
    std::size_t size = 0;
    bool is_json = false;
  };
  static constexpr std::size_t absent = static_cast<std::size_t>(-1);

  /// Empty where the text was moved away.
  [[nodiscard]] std::string_view at(std::size_t from, std::size_t size) const noexcept {
    return from <= text_.size() ? std::string_view{text_}.substr(from, size) : std::string_view{};
  }

  Text connector_customer_id_;
  std::string text_;
  std::array<Span, field_count> fields_{};
  std::vector<NamedSpan> entries_;
  std::optional<std::chrono::sys_seconds> created_;
  bool other_metadata_ = false;
};

}  // namespace florin

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/record.ipp>
#endif

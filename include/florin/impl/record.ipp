// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/record.hpp>
#include <florin/wire/country.hpp>
#include <florin/wire/iso_time.hpp>
#include <florin/wire/path_table.hpp>
#include <florin/wire/record.hpp>
#include <florin/wire/seconds.hpp>

#include <chrono>
#include <optional>
#include <string_view>

namespace florin {

namespace detail {

/// A time as processors write it: Unix seconds, 14 digits, or ISO 8601.
inline std::optional<std::chrono::sys_seconds> time_of(std::string_view text) noexcept {
  if (const auto time = wire::parse_digits_time(text)) return time;
  if (const auto seconds = wire::parse_seconds(text)) return std::chrono::sys_seconds{*seconds};
  return wire::parse_iso_time(text);
}

/// Which of several addresses is the customer's, counted from 1: the one that says so, or the only
/// one. 0: none of them, or there are none.
inline std::size_t main_address(const wire::RecordView& record) noexcept {
  std::size_t count = 0;
  for (const auto& entry : record.entries) {
    const auto part = static_cast<wire::RecordPart>(entry.part);
    if (part == wire::RecordPart::address) ++count;
    if (part == wire::RecordPart::main_address && record.text_of(entry) == "true") return count;
  }
  return count == 1 ? 1 : 0;
}

}  // namespace detail

FLORIN_DECL Customer::Part Customer::get(Field field) const noexcept {
  const Span& span = fields_[static_cast<std::size_t>(field)];
  if (span.from == absent) return std::nullopt;
  const std::string_view text = at(span.from, span.size);
  if (field == Field::address_country)
    for (const auto code : {wire::alpha2_of(text), wire::alpha2_of_alpha3(text)})
      if (!code.empty()) return code;
  return text;
}

FLORIN_DECL Customer::Entry Customer::metadata(std::size_t number) const noexcept {
  const NamedSpan& span = entries_[number];
  return {at(span.name_from, span.from - span.name_from), at(span.from, span.size), span.is_json};
}

FLORIN_DECL Customer::Part Customer::metadata(std::string_view key) const noexcept {
  for (std::size_t i = 0; i < entries_.size(); ++i)
    if (const Entry entry = metadata(i); entry.key == key) return entry.value;
  return std::nullopt;
}

FLORIN_DECL void Customer::assign(std::string_view id, const wire::RecordView& record,
                                  const wire::ReplyFacts& facts) {
  connector_customer_id_.assign(id);
  text_.assign(record.text);
  fields_.fill({});
  entries_.clear();
  created_.reset();
  other_metadata_ = false;
  status = CustomerStatus::active;
  std::string_view calling_code;
  std::string_view address_number;
  Span state_code;
  const std::size_t main_address = detail::main_address(record);
  std::size_t address = 0;
  for (const auto& entry : record.entries) {
    const auto part = static_cast<wire::RecordPart>(entry.part);
    const std::string_view text = record.text_of(entry);
    if (part == wire::RecordPart::address) ++address;
    const bool named = entry.part == static_cast<std::uint8_t>(Field::metadata);
    // An entry of the caller's own may have an empty value.
    if (text.empty() && facts.empty_is_absent && !named) continue;
    if (entry.part < field_count && address != main_address &&
        address_fields.contains(static_cast<Field>(entry.part)))
      continue;
    const bool is_reference =
        (named && !facts.reference_entry.empty() &&
         record.name_of(entry) == facts.reference_entry) ||
        (part == wire::RecordPart::id && facts.reference_is_id);  // of several records
    if (named && !is_reference) {
      entries_.push_back(
          {entry.name_from - record.from, entry.from - record.from, entry.size, entry.is_json});
    } else if (entry.part < field_count || is_reference) {
      const auto field =
          is_reference ? Field::merchant_customer_id : static_cast<Field>(entry.part);
      if (Span& span = fields_[static_cast<std::size_t>(field)]; span.from == absent)
        span = {entry.from - record.from, entry.size};
    } else if (part == wire::RecordPart::calling_code) {
      if (calling_code.empty()) calling_code = text;
    } else if (part == wire::RecordPart::address_number) {
      if (address_number.empty() && address == main_address) address_number = text;
    } else if (part == wire::RecordPart::address_state_code) {
      if (!text.empty() && address == main_address)
        state_code = {entry.from - record.from, entry.size};
    } else if (part == wire::RecordPart::no_map) {
      other_metadata_ = other_metadata_ || !text.empty();
    } else if (part == wire::RecordPart::created) {
      created_ = detail::time_of(text);
    } else if (part == wire::RecordPart::deleted &&
               (facts.deleted_text.empty() || text == facts.deleted_text)) {
      status = CustomerStatus::deleted;
    }
  }
  if (state_code.from != absent)
    fields_[static_cast<std::size_t>(Field::address_state)] = state_code;
  if (!calling_code.empty() && !phone().value_or("").starts_with('+'))
    put_before(Field::phone, calling_code.starts_with('+') ? "" : "+", calling_code);
  if (!address_number.empty()) put_before(Field::address_line1, address_number, " ");
}

FLORIN_DECL void Customer::put_before(Field field, std::string_view first,
                                      std::string_view second) {
  Span& span = fields_[static_cast<std::size_t>(field)];
  if (span.from == absent || span.size == 0) return;
  const Span text = span;
  span.from = text_.size();
  text_.reserve(text_.size() + first.size() + second.size() + text.size);
  text_.append(first).append(second).append(text_, text.from, text.size);
  span.size = text_.size() - span.from;
}

}  // namespace florin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/field.hpp>
#include <florin/policy.hpp>
#include <florin/wire/path_table.hpp>
#include <florin/wire/record.hpp>

#include <cstdint>

namespace wire_example {

/// The fields that are read back where a policy reads customers.
template <class P>
constexpr florin::FieldSet fields_read() {
  constexpr florin::wire::json::Record record = P::record;
  florin::FieldSet fields;
  record.each([&fields](std::uint8_t part, const florin::wire::Paths& paths) {
    if (paths.empty()) return;
    if (part < florin::field_count) fields.insert(static_cast<florin::Field>(part));
    if (part == static_cast<std::uint8_t>(florin::wire::RecordPart::entry_name))
      fields.insert(florin::Field::metadata);
  });
  if (!record.reference_entry.empty()) fields.insert(florin::Field::merchant_customer_id);
  return fields;
}

}  // namespace wire_example

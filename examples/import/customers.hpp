// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/any_client_of.hpp>
#include <florin/error.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "csv_records.hpp"
#include "fault.hpp"
#include "input.hpp"
#include "json_records.hpp"
#include "mapping.hpp"
#include "options.hpp"
#include "record.hpp"

namespace florin_import {

/// The customers of an input, from its first line on, as the processor would be asked for them.
class Customers {
 public:
  using Next = std::optional<std::variant<Customer, LineFault>>;

  /// Errors: `Stop`.
  Customers(const Input& input, const Options& options, const florin::AnyClient& client)
      : client_(client), mapping_(options.map, options.metadata) {
    if (options.format == Options::Format::csv) {
      records_ = std::make_unique<CsvRecords>(input, options.separator);
    } else {
      records_ = std::make_unique<JsonRecords>(input);
    }
    if (const auto* const columns = records_->columns()) mapping_.fit(*columns);
  }

  /// The next one, or what is wrong with its line, also by what is known of the processor; nothing:
  /// that was all. Errors: `Stop`.
  [[nodiscard]] Next next() {
    auto read = records_->next();
    if (!read) return std::nullopt;
    if (auto* const fault = std::get_if<LineFault>(&*read)) {
      if (!fault->column.empty()) fault->field = mapping_.field_of(fault->column);
      return std::move(*fault);
    }
    auto customer = mapping_.apply(std::get<Record>(*std::move(read)));
    if (const auto* const good = std::get_if<Customer>(&customer))
      if (const auto valid = client_.validate(good->request); !valid)
        return fault_of(good->line, valid.error());
    return customer;
  }
  [[nodiscard]] std::uint64_t place() const noexcept { return records_->place(); }
  [[nodiscard]] const std::set<std::string>& unused() const noexcept { return mapping_.unused(); }

 private:
  [[nodiscard]] LineFault fault_of(std::uint64_t line, const florin::Error& error) const {
    LineFault fault{.line = line, .code = std::string{to_string(error.code)}};
    if (error.field) {
      fault.field = to_string(*error.field);
      const bool entry = *error.field == florin::Field::metadata && error.param != fault.field;
      if (entry) fault.field += '.' + error.param;
      fault.column = mapping_.column_of(*error.field, error.param);
    }
    fault.reason = error.reason;
    return fault;
  }

  const florin::AnyClient& client_;
  Mapping mapping_;
  std::unique_ptr<Records> records_{};
};

}  // namespace florin_import

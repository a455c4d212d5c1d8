// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/field.hpp>

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "fault.hpp"
#include "record.hpp"

namespace florin_import {

/// A customer as a line of the input gives it.
struct Customer {
  std::uint64_t line = 0;
  florin::CreateRequest request{};
};

/// Which column of the input is which field of a customer. A column that has the name of a field,
/// or `metadata.` before it, is that field without being told.
class Mapping {
 public:
  /// \param fields `FIELD=COLUMN` each. \param metadata `COLUMN` or `KEY=COLUMN` each. Errors:
  /// `Stop`.
  Mapping(const std::vector<std::string>& fields, const std::vector<std::string>& metadata) {
    for (const std::string& each : fields) {
      const auto equals = each.find('=');
      if (equals == std::string::npos || equals + 1 == each.size())
        throw Stop{"--map " + each + ": say FIELD=COLUMN, e.g. email=E-Mail"};
      const std::string name = each.substr(0, equals);
      if (name.starts_with(entries)) {
        add({florin::Field::metadata, name.substr(entries.size())}, each.substr(equals + 1));
      } else if (const auto field = field_named(name)) {
        add({*field, {}}, each.substr(equals + 1));
      } else {
        throw Stop{"--map " + each + ": there is no field " + name + "; there are " + all_fields()};
      }
    }
    std::set<std::string> entries_alone;
    for (const std::string& each : metadata) {
      const auto equals = std::min(each.find('='), each.size());
      const bool named = equals + 1 < each.size();
      std::string column = named ? each.substr(equals + 1) : each;
      if (!targets_.contains(column)) entries_alone.insert(column);
      add({florin::Field::metadata, each.substr(0, equals)}, std::move(column));
    }
    // A column that is an entry as well stays the field whose name it has.
    for (const std::string& column : entries_alone)
      if (auto target = target_named(column); target && !has(*target))
        add(*std::move(target), column);
  }

  /// Whether all columns that were named are among `columns`, and one is the reference. Errors:
  /// `Stop`.
  void fit(const std::vector<std::string>& columns) {
    for (const auto& [column, _] : targets_)
      if (std::find(columns.begin(), columns.end(), column) == columns.end())
        throw Stop{"the input has no column " + column};
    bool reference = false;
    for (const std::string& column : columns)
      for (const Target& target : targets_of(column))
        reference = reference || target.field == florin::Field::merchant_customer_id;
    if (!reference)
      throw Stop{
          "no column is merchant_customer_id, your own reference of a customer: say which one, "
          "--map merchant_customer_id=COLUMN"};
  }
  /// The customer of a record, which is used up; or what keeps it from being one.
  [[nodiscard]] std::variant<Customer, LineFault> apply(Record record) {
    for (const auto& [column, reason] : record.unusable)
      if (const auto& targets = targets_of(column); !targets.empty())
        return LineFault{record.line, name_of(targets.front()), std::string{column}, "no_text",
                         std::string{reason}};
    Customer customer{.line = record.line};
    for (auto& [column, value] : record.values) {
      const auto& targets = targets_of(column);
      for (std::size_t i = 0; i < targets.size(); ++i)
        put(customer.request, targets[i],
            i + 1 == targets.size() ? std::move(value) : std::string{value});
    }
    return customer;
  }
  /// The column of a field, as far as one was seen. \param key of an entry of the metadata.
  [[nodiscard]] std::string column_of(florin::Field field, std::string_view key) const {
    for (const auto* all : {&targets_, &seen_})
      for (const auto& [column, targets] : *all)
        for (const Target& target : targets)
          if (target.field == field && (field != florin::Field::metadata || target.key == key))
            return column;
    return {};
  }
  /// The field that a column is, its first one; empty: none.
  [[nodiscard]] std::string field_of(std::string_view column) {
    const auto& targets = targets_of(column);
    return targets.empty() ? std::string{} : name_of(targets.front());
  }
  /// Columns that were seen and are used for nothing, the first hundred.
  [[nodiscard]] const std::set<std::string>& unused() const noexcept { return unused_; }

 private:
  static constexpr std::string_view entries = "metadata.";

  struct Target {
    florin::Field field;
    std::string key;  // of an entry of the metadata
  };
  using Targets = std::map<std::string, std::vector<Target>, std::less<>>;

  static std::optional<florin::Field> field_named(std::string_view name) {
    for (const florin::Field field : florin::FieldSet::all())
      if (field != florin::Field::metadata && to_string(field) == name) return field;
    return std::nullopt;
  }
  /// What a column is by its own name.
  static std::optional<Target> target_named(std::string_view column) {
    if (const auto field = field_named(column)) return Target{*field, {}};
    if (column.starts_with(entries) && column.size() > entries.size())
      return Target{florin::Field::metadata, std::string{column.substr(entries.size())}};
    return std::nullopt;
  }
  static std::string all_fields() {
    std::string all;
    for (const florin::Field field : florin::FieldSet::all()) {
      if (!all.empty()) all += ", ";
      all += field == florin::Field::metadata ? "metadata.KEY" : to_string(field);
    }
    return all;
  }
  static std::string name_of(const Target& target) {
    if (target.field != florin::Field::metadata) return std::string{to_string(target.field)};
    return std::string{entries} + target.key;
  }
  [[nodiscard]] bool has(const Target& wanted) const {
    return !column_of(wanted.field, wanted.key).empty();
  }
  void add(Target target, std::string column) {
    if (target.field == florin::Field::metadata && target.key.empty())
      throw Stop{"an entry of the metadata has no key: say --metadata KEY=COLUMN"};
    if (has(target)) throw Stop{"two columns are to be " + name_of(target)};
    targets_[std::move(column)].push_back(std::move(target));
  }
  /// What a column is used for, and takes note of it. Good until it is asked for another one.
  const std::vector<Target>& targets_of(std::string_view column) {
    if (const auto found = targets_.find(column); found != targets_.end()) return found->second;
    if (const auto found = seen_.find(column); found != seen_.end()) return found->second;
    auto target = target_named(column);
    if (!target || has(*target)) {
      static const std::vector<Target> none;
      if (unused_.size() < 100) unused_.emplace(column);
      return none;
    }
    // An input may have ever new names.
    auto& targets = seen_.size() < 1000 ? seen_[std::string{column}] : last_;
    targets = {*std::move(target)};
    return targets;
  }
  static void put(florin::CreateRequest& request, const Target& target, std::string value) {
    using florin::Field;
    switch (target.field) {
      case Field::merchant_customer_id:
        request.merchant_customer_id = std::move(value);
        break;
      case Field::email:
        request.email = std::move(value);
        break;
      case Field::name:
        request.name = std::move(value);
        break;
      case Field::given_name:
        request.given_name = std::move(value);
        break;
      case Field::family_name:
        request.family_name = std::move(value);
        break;
      case Field::phone:
        request.phone = std::move(value);
        break;
      case Field::description:
        request.description = std::move(value);
        break;
      case Field::metadata:
        request.metadata.set(target.key, std::move(value));
        break;
      case Field::address_line1:
        request.address.line1 = std::move(value);
        break;
      case Field::address_line2:
        request.address.line2 = std::move(value);
        break;
      case Field::address_city:
        request.address.city = std::move(value);
        break;
      case Field::address_state:
        request.address.state = std::move(value);
        break;
      case Field::address_zip:
        request.address.zip = std::move(value);
        break;
      case Field::address_country:
        request.address.country = std::move(value);
        break;
    }
  }

  Targets targets_{};           // that were given
  Targets seen_{};              // by their own names
  std::vector<Target> last_{};  // of the last column that is not among them
  std::set<std::string> unused_{};
};

}  // namespace florin_import

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/record.hpp>
#include <florin/testing/detail/render.hpp>
#include <florin/testing/detail/texts.hpp>
#include <florin/testing/processor.hpp>

#include <chrono>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace florin::testing::detail {

/// Everything stored, with its unique values. Not synchronised.
class Ledger {
 public:
  Ledger(const Processor& processor, Randomness& randomness)
      : processor_(processor), randomness_(randomness) {}

  const std::deque<Record>& records() const { return records_; }

  void clear() {
    records_.clear();
    by_id_.clear();
    taken_.clear();
  }

  /// The customer of this account, also a removed one.
  Record* find(const std::string& account, const std::string& id) {
    const auto at = by_id_.find(account + '\0' + id);
    return at == by_id_.end() ? nullptr : at->second;
  }

  /// The parameter and the customer that stand in the way of storing these fields.
  std::optional<std::pair<std::string, const Record*>> conflict(
      const std::string& account, const std::vector<Parameter>& fields,
      const Record* except = nullptr) const {
    for (std::size_t rule = 0; rule < processor_.uniques.size(); ++rule) {
      const auto key = unique_key(rule, account, fields);
      if (!key) continue;
      const auto at = taken_.find(*key);
      if (at != taken_.end() && at->second != except)
        return std::pair(processor_.uniques[rule].fields.front(), at->second);
    }
    return std::nullopt;
  }

  const Record& add(std::string account, std::vector<Parameter> fields, Body body) {
    Record record{
        {}, std::move(account), std::move(fields), std::chrono::system_clock::now(), body};
    const std::string& chosen_id = processor_.chosen_id;
    const Parameter* const chosen =
        chosen_id.empty() ? nullptr : detail::find(record.fields, chosen_id);
    if (chosen != nullptr) {
      record.id = chosen->value;
    } else {
      do {
        record.id = randomness_.fill(processor_.id);
      } while (find(record.account, record.id) != nullptr);
      if (!chosen_id.empty()) record.fields.push_back({chosen_id, record.id});
    }
    Record& stored = records_.emplace_back(std::move(record));
    by_id_.insert_or_assign(stored.account + '\0' + stored.id, &stored);
    occupy(stored);
    return stored;
  }

  void update(Record& record, std::vector<Parameter> fields) {
    vacate(record);
    change(record);
    record.fields = std::move(fields);
    occupy(record);
  }

  void remove(Record& record) {
    vacate(record);
    change(record);
    record.removed = true;
  }

 private:
  static void change(Record& record) {
    record.past.push_back({record.fields, record.updated, record.since});
    record.updated = std::chrono::system_clock::now();
    record.since = std::chrono::steady_clock::now();
  }

  std::optional<std::string> unique_key(std::size_t rule, const std::string& account,
                                        const std::vector<Parameter>& fields) const {
    for (const auto& [name, value] : processor_.uniques[rule].released_by)
      if (const Parameter* field = detail::find(fields, name); field && field->value == value)
        return std::nullopt;
    std::string key = std::to_string(rule) + '\0' + account;
    bool any = false;
    for (const std::string& name : processor_.uniques[rule].fields) {
      key += '\0';
      for (const Parameter& parameter : fields) {
        if (parameter.name != name) continue;
        any = true;
        key += '=';
        key += processor_.uniques[rule].ignore_case ? lower_case(parameter.value) : parameter.value;
      }
    }
    if (!any) return std::nullopt;
    return key;
  }

  void occupy(Record& record) {
    for (std::size_t rule = 0; rule < processor_.uniques.size(); ++rule)
      if (auto key = unique_key(rule, record.account, record.fields))
        taken_.emplace(std::move(*key), &record);
  }

  void vacate(const Record& record) {
    for (std::size_t rule = 0; rule < processor_.uniques.size(); ++rule)
      if (const auto key = unique_key(rule, record.account, record.fields)) taken_.erase(*key);
  }

  const Processor& processor_;
  Randomness& randomness_;
  std::deque<Record> records_;
  /// By account and id; of several with a chosen id the last.
  std::unordered_map<std::string, Record*> by_id_;
  std::unordered_map<std::string, const Record*> taken_;
};

}  // namespace florin::testing::detail

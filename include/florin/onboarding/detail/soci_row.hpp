// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/onboarding/row.hpp>
#include <florin/onboarding/state.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace florin::onboarding::detail {

/// The names of the columns that tell which row it is.
inline constexpr std::string_view key_columns = "merchant_customer_id, connector, account";

/// These columns.
template <class SomeKey, class Visitor>
void each_key_column(SomeKey& key, Visitor&& visit) {
  visit("merchant_customer_id", key.merchant_customer_id);
  visit("connector", key.connector);
  visit("account", key.account);
}
/// The other columns.
/// \param state \param doubt as they are stored, whose types a row does not have.
template <class SomeRow, class SomeState, class SomeDoubt, class Visitor>
void each_value_column(SomeRow& row, SomeState& state, SomeDoubt& doubt, Visitor&& visit) {
  visit("state", state);
  visit("connector_customer_id", row.connector_customer_id);
  visit("error", row.error);
  visit("detail", row.detail);
  visit("request", row.request);
  visit("digest", row.digest);
  visit("doubt", doubt);
  visit("attempts", row.attempts);
  visit("lease", row.lease);
  visit("lease_until", row.lease_until);
  visit("first_asked", row.first_asked);
  visit("asked", row.asked);
  visit("doubted", row.doubted);
  visit("changed", row.changed);
  visit("due", row.due);
}
/// All columns of a row as they are stored.
template <class Visitor>
void each_column(const Row& row, Visitor&& visit) {
  const std::string_view state = to_string(row.state);
  const int doubt = row.doubt ? 1 : 0;
  each_key_column(row.key, visit);
  each_value_column(row, state, doubt, visit);
}

/// What the columns of a row are bound to.
class BoundRow {
 public:
  template <class Visitor>
  void each_column(Visitor&& visit) {
    each_key_column(row_.key, visit);
    each_value_column(row_, state_, doubt_, visit);
  }
  void set(const Row& row) {
    row_ = row;
    state_ = to_string(row.state);
    doubt_ = row.doubt ? 1 : 0;
  }
  /// Errors: `std::exception`: it is none.
  [[nodiscard]] Row get() const {
    const auto state = state_named(state_);
    if (!state) throw std::runtime_error{"a row has a state that there is not"};
    Row row = row_;
    row.state = *state;
    row.doubt = doubt_ != 0;
    return row;
  }
  [[nodiscard]] CustomerKey& key() noexcept { return row_.key; }

 private:
  Row row_{};
  std::string state_{};
  int doubt_ = 0;
};

/// A column's values as PostgreSQL writes an array.
class ArrayText {
 public:
  void clear() { text_ = "{"; }
  void add(std::string_view value) {
    text_ += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') text_ += '\\';
      text_ += c;
    }
    text_ += "\",";
  }
  void add(std::int64_t value) { text_.append(std::to_string(value)).append(","); }
  /// Ends it.
  void close() {
    if (text_.back() == ',') text_.pop_back();
    text_ += '}';
  }
  /// What is bound.
  [[nodiscard]] std::string& text() noexcept { return text_; }

 private:
  std::string text_{};
};

}  // namespace florin::onboarding::detail

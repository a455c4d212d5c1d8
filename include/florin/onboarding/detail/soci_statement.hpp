// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/onboarding/detail/soci_row.hpp>

#include <soci/soci.h>
#include <string>
#include <string_view>
#include <vector>

namespace florin::onboarding::detail {

/// A statement and what is bound to it, which outlives it. All functions throw what SOCI throws.
class SociStatement {
 public:
  explicit SociStatement(soci::session& sql) : statement_(sql) {}
  SociStatement(const SociStatement&) = delete;
  SociStatement& operator=(const SociStatement&) = delete;

  /// Binds a value to `:name`.
  template <class Value>
  void use(std::string_view name, Value& value) {
    statement_.exchange(soci::use(value, std::string{name}));
  }
  /// Binds the next column of what it returns.
  template <class Value>
  void into(Value& value) {
    statement_.exchange(soci::into(value));
  }
  /// Binds the columns of a key to their names.
  void use_key(CustomerKey& key) {
    each_key_column(key, [this](std::string_view name, auto& value) { use(name, value); });
  }
  /// Binds all columns of what it returns.
  void into_row(BoundRow& row) {
    row.each_column([this](std::string_view, auto& value) { into(value); });
  }
  /// After all is bound.
  void prepare(const std::string& text) {
    statement_.alloc();
    statement_.prepare(text);
    statement_.define_and_bind();
  }
  /// One that returns nothing.
  /// \return how many rows it has written.
  long long write() {
    statement_.execute(true);
    return statement_.get_affected_rows();
  }
  /// One that returns rows, which are fetched then.
  /// \return how many rows it has written, on PostgreSQL.
  long long execute() {
    statement_.execute();
    return statement_.get_affected_rows();
  }
  [[nodiscard]] bool fetch() { return statement_.fetch(); }
  /// Executes one that returns the columns of `bound`.
  [[nodiscard]] std::vector<Row> read(const BoundRow& bound) {
    std::vector<Row> rows;
    execute();
    while (fetch()) rows.push_back(bound.get());
    return rows;
  }

 private:
  soci::statement statement_;
};

}  // namespace florin::onboarding::detail

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/onboarding/detail/soci_row.hpp>
#include <florin/onboarding/detail/soci_statement.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <numeric>
#include <soci/soci.h>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace florin::onboarding::detail {

/// The names of all columns, each behind a prefix.
[[nodiscard]] inline std::string all_columns(std::string_view prefix) {
  std::string all;
  each_column(Row{}, [&](std::string_view name, const auto&) {
    if (!all.empty()) all += ", ";
    all.append(prefix).append(name);
  });
  return all;
}
/// Assignments to the columns that are no part of the key, of values behind a prefix.
[[nodiscard]] inline std::string all_assignments(std::string_view prefix) {
  std::string all;
  const Row row;
  const std::string_view text;
  const auto add = [&](std::string_view name, const auto&) {
    if (!all.empty()) all += ", ";
    all.append(name).append(" = ").append(prefix).append(name);
  };
  each_value_column(row, text, row.attempts, add);
  return all;
}
/// That the key of a row behind a prefix is that behind another.
[[nodiscard]] inline std::string same_key(std::string_view prefix, std::string_view other) {
  std::string all;
  const CustomerKey key;
  each_key_column(key, [&](std::string_view name, const auto&) {
    if (!all.empty()) all += " AND ";
    all.append(prefix).append(name).append(" = ").append(other).append(name);
  });
  return all;
}

/// What is done to many rows, as a database does it best.
class SociBatches {
 public:
  SociBatches() = default;
  SociBatches(const SociBatches&) = delete;
  SociBatches& operator=(const SociBatches&) = delete;
  virtual ~SociBatches() = default;

  /// What `CustomerStore` says of them; at least one.
  virtual std::vector<bool> insert(std::span<const Row> rows) = 0;
  /// \copydoc insert
  virtual std::vector<bool> update(std::span<const Row> rows,
                                   std::span<const std::string> leases) = 0;
  /// \copydoc insert
  virtual std::vector<Row> lock(std::span<const CustomerKey> keys) = 0;
};

/// One after another, for a database in the same process: SQLite.
class SociRowByRow final : public SociBatches {
 public:
  explicit SociRowByRow(soci::session& sql) : insert_(sql), update_(sql), lock_(sql) {
    row_.each_column([this](std::string_view name, auto& value) {
      insert_.use(name, value);
      update_.use(name, value);
    });
    insert_.prepare("INSERT INTO florin_customers (" + all_columns("") + ") VALUES (" +
                    all_columns(":") + ") ON CONFLICT (" + std::string{key_columns} +
                    ") DO NOTHING");
    update_.use("held", held_);
    update_.prepare("UPDATE florin_customers SET " + all_assignments(":") + " WHERE " +
                    same_key("", ":") + " AND lease = :held");
    lock_.use_key(row_.key());
    lock_.into_row(found_);
    lock_.prepare("SELECT " + all_columns("") + " FROM florin_customers WHERE " +
                  same_key("", ":"));
  }

  std::vector<bool> insert(std::span<const Row> rows) override {
    std::vector<bool> written;
    for (const Row& row : rows) {
      row_.set(row);
      written.push_back(insert_.write() == 1);
    }
    return written;
  }
  std::vector<bool> update(std::span<const Row> rows,
                           std::span<const std::string> leases) override {
    std::vector<bool> written;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      row_.set(rows[i]);
      held_ = leases[i];
      written.push_back(update_.write() == 1);
    }
    return written;
  }
  std::vector<Row> lock(std::span<const CustomerKey> keys) override {
    std::vector<Row> rows;
    for (const CustomerKey& key : keys) {
      row_.key() = key;
      for (Row& row : lock_.read(found_)) rows.push_back(std::move(row));
    }
    return rows;
  }

 private:
  BoundRow row_{};
  BoundRow found_{};
  std::string held_{};
  SociStatement insert_;
  SociStatement update_;
  SociStatement lock_;
};

/// All in one statement, each column an array: PostgreSQL.
///
/// Always in the order of the keys, so that two who want the same rows do not wait for each other.
class SociInArrays final : public SociBatches {
 public:
  explicit SociInArrays(soci::session& sql) : insert_(sql), update_(sql), lock_(sql) {
    std::string arrays;
    std::string key_arrays;
    std::size_t at = 0;
    each_column(Row{}, [&](std::string_view name, const auto& value) {
      insert_.use(name, columns_[at].text());
      update_.use(name, columns_[at].text());
      if (at < keys_) lock_.use(name, columns_[at].text());
      if (at == keys_) key_arrays = arrays;
      if (at != 0) arrays += ", ";
      arrays.append("CAST(:").append(name).append(" AS ").append(type_of(value)).append("[])");
      ++at;
    });
    each_key_column(key_, [this](std::string_view, auto& value) { insert_.into(value); });
    const std::string key{key_columns};
    insert_.prepare("INSERT INTO florin_customers (" + all_columns("") + ") SELECT " +
                    all_columns("") + " FROM unnest(" + arrays + ") AS x(" + all_columns("") +
                    ") ON CONFLICT (" + key + ") DO NOTHING RETURNING " + key);
    update_.use("held", columns_[at].text());
    update_.into(place_);
    update_.prepare("UPDATE florin_customers AS c SET " + all_assignments("x.") + " FROM unnest(" +
                    arrays + ", CAST(:held AS text[])) WITH ORDINALITY AS x(" + all_columns("") +
                    ", held, place) WHERE " + same_key("c.", "x.") +
                    " AND c.lease = x.held RETURNING x.place");
    lock_.into_row(found_);
    lock_.prepare("SELECT " + all_columns("c.") + " FROM unnest(" + key_arrays +
                  ") WITH ORDINALITY AS x(" + key + ", place) JOIN florin_customers AS c ON " +
                  same_key("c.", "x.") + " ORDER BY x.place FOR UPDATE OF c");
  }

  std::vector<bool> insert(std::span<const Row> rows) override {
    const auto order = bind(rows);
    const auto count = insert_.execute();
    if (count == static_cast<long long>(rows.size())) return std::vector<bool>(rows.size(), true);
    std::vector<bool> written(rows.size(), false);
    std::map<CustomerKey, std::size_t> places;
    for (const std::size_t i : order) places.emplace(rows[i].key, i);
    while (insert_.fetch()) written[places.at(key_)] = true;
    return written;
  }
  std::vector<bool> update(std::span<const Row> rows,
                           std::span<const std::string> leases) override {
    const auto order = bind(rows);
    ArrayText& held = columns_.back();
    held.clear();
    for (const std::size_t i : order) held.add(leases[i]);
    held.close();
    const auto count = update_.execute();
    if (count == static_cast<long long>(rows.size())) return std::vector<bool>(rows.size(), true);
    std::vector<bool> written(rows.size(), false);
    while (update_.fetch()) written[order.at(static_cast<std::size_t>(place_ - 1))] = true;
    return written;
  }
  std::vector<Row> lock(std::span<const CustomerKey> keys) override {
    bind(keys);
    return lock_.read(found_);
  }

 private:
  static constexpr std::size_t keys_ = 3;  // columns of a key

  [[nodiscard]] static std::string_view type_of(std::string_view) noexcept { return "text"; }
  [[nodiscard]] static std::string_view type_of(int) noexcept { return "integer"; }
  [[nodiscard]] static std::string_view type_of(DatabaseTime) noexcept { return "bigint"; }

  [[nodiscard]] static const CustomerKey& key_of(const Row& row) noexcept { return row.key; }
  [[nodiscard]] static const CustomerKey& key_of(const CustomerKey& key) noexcept { return key; }

  /// Fills the arrays.
  /// \return which element is at which place.
  template <class Element>
  std::vector<std::size_t> bind(std::span<const Element> elements) {
    std::vector<std::size_t> order(elements.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::sort(order.begin(), order.end(), [elements](std::size_t a, std::size_t b) {
      return key_of(elements[a]) < key_of(elements[b]);
    });
    for (ArrayText& column : columns_) column.clear();
    for (const std::size_t i : order) {
      auto column = columns_.begin();
      const auto add = [&column](std::string_view, const auto& value) { (column++)->add(value); };
      if constexpr (std::is_same_v<Element, Row>) {
        each_column(elements[i], add);
      } else {
        each_key_column(elements[i], add);
      }
    }
    for (ArrayText& column : columns_) column.close();
    return order;
  }

  std::array<ArrayText, 19> columns_{};
  CustomerKey key_{};
  std::int64_t place_ = 0;
  BoundRow found_{};
  SociStatement insert_;
  SociStatement update_;
  SociStatement lock_;
};

}  // namespace florin::onboarding::detail

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/onboarding/store.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace florin::onboarding::detail {

/// A `CustomerStore` of any type; see there.
class AnyStore {
 public:
  AnyStore() = default;
  AnyStore(const AnyStore&) = delete;
  AnyStore& operator=(const AnyStore&) = delete;
  virtual ~AnyStore() = default;

  virtual void begin() = 0;
  virtual void commit() = 0;
  virtual void recover() = 0;
  virtual DatabaseTime now() = 0;
  virtual std::vector<bool> insert(std::span<const Row> rows) = 0;
  virtual std::vector<Row> lock(std::span<const CustomerKey> keys) = 0;
  virtual std::vector<Row> lock_open(const Scope& scope, DatabaseTime due, DatabaseTime now,
                                     std::size_t limit) = 0;
  virtual std::vector<bool> update(std::span<const Row> rows,
                                   std::span<const std::string> leases) = 0;
  virtual std::optional<Row> find(const CustomerKey& key) = 0;
  virtual std::vector<Row> list(const Listing& listing) = 0;
  virtual Counts count(const Scope& scope) = 0;
  virtual bool remove(const CustomerKey& key) = 0;
};

template <CustomerStore Store>
class AnyStoreOf final : public AnyStore {
 public:
  explicit AnyStoreOf(Store&& store) : store_(std::move(store)) {}

  void begin() override { store_.begin(); }
  void commit() override { store_.commit(); }
  void recover() override { store_.recover(); }
  DatabaseTime now() override { return store_.now(); }
  std::vector<bool> insert(std::span<const Row> rows) override { return store_.insert(rows); }
  std::vector<Row> lock(std::span<const CustomerKey> keys) override { return store_.lock(keys); }
  std::vector<Row> lock_open(const Scope& scope, DatabaseTime due, DatabaseTime now,
                             std::size_t limit) override {
    return store_.lock_open(scope, due, now, limit);
  }
  std::vector<bool> update(std::span<const Row> rows,
                           std::span<const std::string> leases) override {
    return store_.update(rows, leases);
  }
  std::optional<Row> find(const CustomerKey& key) override { return store_.find(key); }
  std::vector<Row> list(const Listing& listing) override { return store_.list(listing); }
  Counts count(const Scope& scope) override { return store_.count(scope); }
  bool remove(const CustomerKey& key) override { return store_.remove(key); }

 private:
  Store store_;
};

}  // namespace florin::onboarding::detail

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/onboarding/detail/request_text.hpp>
#include <florin/onboarding/row.hpp>
#include <florin/onboarding/store.hpp>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <functional>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

namespace florin_test {

namespace ob = florin::onboarding;

/// A row of a customer for whom nobody has asked the processor yet.
inline ob::Row row_of(const florin::CreateRequest& request, std::string connector = "stripe") {
  ob::Row row;
  row.key = {request.merchant_customer_id, std::move(connector), ""};
  row.request = ob::detail::text_of(request);
  row.digest = ob::detail::digest_of(request);
  return row;
}

/// A database as somebody writes one by hand: a map. Several stores may share it, one transaction
/// at a time; its clock is set by the test, and so is its failing.
struct MemoryDatabase {
  std::mutex transaction;
  std::map<ob::CustomerKey, ob::Row> rows;  // by whoever has `transaction`
  std::atomic<ob::DatabaseTime> now{1'000'000};
  std::atomic<int> transactions{0};
  std::atomic<int> failures{0};       ///< so many transactions fail when they are committed
  std::atomic<bool> loses_commits{};  ///< a commit that fails was done all the same
  std::atomic<bool> unreachable{};    ///< everything fails
  std::function<void()>
      on_begin{};  ///< is called before each transaction; set before the store is used

  /// The row of a customer of Stripe's.
  [[nodiscard]] std::optional<ob::Row> row(const std::string& id,
                                           const std::string& connector = "stripe") {
    const std::lock_guard lock{transaction};
    const auto found = rows.find({id, connector, ""});
    if (found == rows.end()) return std::nullopt;
    return found->second;
  }
  /// Changes it.
  void change(const std::string& id, const std::function<void(ob::Row&)>& change,
              const std::string& connector = "stripe") {
    const std::lock_guard lock{transaction};
    change(rows.at({id, connector, ""}));
  }
};

/// A database whose transactions wait from now on, until they are let go.
class HeldUp {
 public:
  explicit HeldUp(MemoryDatabase& database) {
    // It may be called when this has gone.
    database.on_begin = [within = within_, opened = open_.get_future().share()] {
      *within = true;
      opened.wait();
    };
  }
  HeldUp(const HeldUp&) = delete;
  HeldUp& operator=(const HeldUp&) = delete;
  /// Waits until a transaction does.
  void await() const {
    while (!*within_) std::this_thread::yield();
  }
  void let_go() { open_.set_value(); }

 private:
  std::promise<void> open_{};
  std::shared_ptr<std::atomic<bool>> within_ = std::make_shared<std::atomic<bool>>(false);
};

/// A `CustomerStore` over a `MemoryDatabase`.
class MemoryStore {
 public:
  explicit MemoryStore(std::shared_ptr<MemoryDatabase> database) : database_(std::move(database)) {}

  void begin() {
    if (database_->on_begin) database_->on_begin();
    reach();
    std::unique_lock lock{database_->transaction};
    auto before = database_->rows;
    before_ = std::move(before);
    lock_ = std::move(lock);
  }
  void commit() {
    reach();
    ++database_->transactions;
    if (database_->failures > 0) {
      --database_->failures;
      if (database_->loses_commits) before_ = database_->rows;
      throw std::runtime_error{"the disk is full"};
    }
    lock_.unlock();
  }
  void recover() {
    if (lock_.owns_lock()) {
      database_->rows.swap(before_);  // which takes no memory
      lock_.unlock();
    }
    reach();
  }
  [[nodiscard]] ob::DatabaseTime now() const { return database_->now; }
  [[nodiscard]] std::vector<bool> insert(std::span<const ob::Row> rows) {
    std::vector<bool> written;
    for (const ob::Row& row : rows)
      written.push_back(database_->rows.try_emplace(row.key, row).second);
    return written;
  }
  [[nodiscard]] std::vector<ob::Row> lock(std::span<const ob::CustomerKey> keys) {
    std::vector<ob::Row> rows;
    for (const ob::CustomerKey& key : keys)
      if (const auto found = database_->rows.find(key); found != database_->rows.end())
        rows.push_back(found->second);
    return rows;
  }
  [[nodiscard]] std::vector<ob::Row> lock_open(const ob::Scope& scope, ob::DatabaseTime due,
                                               ob::DatabaseTime now, std::size_t limit) {
    std::vector<ob::Row> rows;
    for (const auto& [key, row] : database_->rows) {
      const bool open = row.state == ob::State::pending || row.state == ob::State::unknown;
      if (in(scope, key) && open && row.due <= due && (row.lease.empty() || row.lease_until <= now))
        rows.push_back(row);
    }
    std::sort(rows.begin(), rows.end(), [](const ob::Row& a, const ob::Row& b) {
      return std::tie(a.asked, a.key) < std::tie(b.asked, b.key);
    });
    rows.resize(std::min(rows.size(), limit));
    return rows;
  }
  [[nodiscard]] std::vector<bool> update(std::span<const ob::Row> rows,
                                         std::span<const std::string> leases) {
    std::vector<bool> written;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto found = database_->rows.find(rows[i].key);
      written.push_back(found != database_->rows.end() && found->second.lease == leases[i]);
      if (written.back()) found->second = rows[i];
    }
    return written;
  }
  [[nodiscard]] std::optional<ob::Row> find(const ob::CustomerKey& key) {
    const std::lock_guard lock{database_->transaction};
    const auto found = database_->rows.find(key);
    if (found == database_->rows.end()) return std::nullopt;
    return found->second;
  }
  [[nodiscard]] std::vector<ob::Row> list(const ob::Listing& listing) {
    const std::lock_guard lock{database_->transaction};
    std::vector<ob::Row> rows;
    for (const auto& [key, row] : database_->rows)
      if (in(listing.scope, key) && row.state == listing.state &&
          key.merchant_customer_id > listing.after && rows.size() < listing.limit)
        rows.push_back(row);
    return rows;
  }
  [[nodiscard]] ob::Counts count(const ob::Scope& scope) {
    const std::lock_guard lock{database_->transaction};
    ob::Counts counts;
    for (const auto& [key, row] : database_->rows) {
      if (!in(scope, key)) continue;
      if (row.state == ob::State::pending) ++counts.pending;
      if (row.state == ob::State::active) ++counts.active;
      if (row.state == ob::State::unknown) ++counts.unknown;
      if (row.state == ob::State::refused) ++counts.refused;
    }
    return counts;
  }
  [[nodiscard]] bool remove(const ob::CustomerKey& key) {
    const std::lock_guard lock{database_->transaction};
    return database_->rows.erase(key) != 0;
  }

 private:
  static bool in(const ob::Scope& scope, const ob::CustomerKey& key) {
    return key.connector == scope.connector && key.account == scope.account;
  }
  void reach() const {
    if (database_->unreachable) throw std::runtime_error{"the server is gone"};
  }

  std::shared_ptr<MemoryDatabase> database_;
  std::unique_lock<std::mutex> lock_{};
  std::map<ob::CustomerKey, ob::Row> before_{};
};
static_assert(ob::CustomerStore<MemoryStore>);

}  // namespace florin_test

// SPDX-License-Identifier: Apache-2.0
// expect: florin: a store has `std::vector<bool> insert\(std::span<const Row> rows\)`: see CustomerStore
// names: MyStore
#include <florin/onboarding/directory.hpp>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ob = florin::onboarding;

struct MyStore {
  void begin() {}
  void commit() {}
  void recover() {}
  ob::DatabaseTime now() { return 0; }
#ifdef FLORIN_GOOD_TWIN
  std::vector<bool> insert(std::span<const ob::Row> rows) {
    return std::vector<bool>(rows.size());
  }
#else
  int insert(std::span<const ob::Row> rows) {
    return static_cast<int>(rows.size());
  }
#endif
  std::vector<ob::Row> lock(std::span<const ob::CustomerKey>) {
    return {};
  }
  std::vector<ob::Row> lock_open(const ob::Scope&, ob::DatabaseTime, ob::DatabaseTime,
                                 std::size_t) {
    return {};
  }
  std::vector<bool> update(std::span<const ob::Row> rows, std::span<const std::string>) {
    return std::vector<bool>(rows.size());
  }
  std::optional<ob::Row> find(const ob::CustomerKey&) {
    return {};
  }
  std::vector<ob::Row> list(const ob::Listing&) {
    return {};
  }
  ob::Counts count(const ob::Scope&) {
    return {};
  }
  bool remove(const ob::CustomerKey&) {
    return false;
  }
};

ob::Directory open() {
  return ob::Directory{MyStore{}};
}

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

namespace florin::detail {

/// A value that is read by every call and now and then replaced by another one. Readers go on with
/// what they have read. Nobody waits for anybody, so that a fork at any moment leaves it usable.
///
/// Thread safety: all members may be called from any thread.
template <class T>
class Published {
 public:
  explicit Published(std::shared_ptr<const T> value) : current_(new Node{std::move(value)}) {}
  Published(const Published&) = delete;
  Published& operator=(const Published&) = delete;
  ~Published() {
    delete current_.load();
    destroy(retired_.load());
  }

  [[nodiscard]] std::shared_ptr<const T> get() const noexcept {
    readers_.fetch_add(1);
    auto value = current_.load()->value;
    readers_.fetch_sub(1);
    return value;
  }
  /// Replaces the value. What is replaced goes with its last reader, or at a later call of this
  /// where somebody reads just now. Errors: `std::bad_alloc`, and all is as before.
  void set(std::shared_ptr<const T> value) {
    Node* const fresh = new Node{std::move(value)};
    retire(current_.exchange(fresh));
    Node* const retired = retired_.exchange(nullptr);
    // Whoever begins to read from here on cannot find them any more.
    if (readers_.load() == 0) {
      destroy(retired);
    } else {
      for (Node* node = retired; node != nullptr;) retire(std::exchange(node, node->next));
    }
  }

 private:
  struct Node {
    std::shared_ptr<const T> value;
    Node* next = nullptr;
  };

  void retire(Node* node) noexcept {
    node->next = retired_.load();
    while (!retired_.compare_exchange_weak(node->next, node)) {
    }
  }
  static void destroy(Node* node) noexcept {
    while (node != nullptr) delete std::exchange(node, node->next);
  }

  std::atomic<Node*> current_;
  std::atomic<Node*> retired_{nullptr};
  mutable std::atomic<std::size_t> readers_{0};
};

}  // namespace florin::detail

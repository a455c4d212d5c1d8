// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <cstddef>

namespace florin::net::detail {

template <class T>
class List;

/// What a `T` derives from to be in a `List<T>`.
template <class T>
class Link {
 public:
  Link() noexcept = default;
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

 protected:
  ~Link() = default;

 private:
  friend class List<T>;
  T* before_ = nullptr;
  T* after_ = nullptr;
  List<T>* list_ = nullptr;
};

/// Objects of others in an order: putting one in and taking one out allocates nothing, cannot fail
/// and takes the same time however many there are. Owns nothing.
///
/// Thread safety: that of the caller.
template <class T>
class List {
 public:
  List() noexcept = default;
  List(const List&) = delete;
  List& operator=(const List&) = delete;

  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool contains(const T& object) const noexcept { return link(object).list_ == this; }

  /// The first one; null: there is none.
  [[nodiscard]] T* first() const noexcept { return first_; }
  /// The last one; null: there is none.
  [[nodiscard]] T* last() const noexcept { return last_; }
  /// The one after `object`, which is in the list; null: there is none.
  [[nodiscard]] T* after(const T& object) const noexcept { return link(object).after_; }

  /// \param object in no list.
  void push_back(T& object) noexcept {
    Link<T>& own = link(object);
    own.before_ = last_;
    own.after_ = nullptr;
    own.list_ = this;
    (last_ != nullptr ? link(*last_).after_ : first_) = &object;
    last_ = &object;
    ++size_;
  }
  /// Takes out `object` if it is in this list.
  void remove(T& object) noexcept {
    Link<T>& own = link(object);
    if (own.list_ != this) return;
    (own.before_ != nullptr ? link(*own.before_).after_ : first_) = own.after_;
    (own.after_ != nullptr ? link(*own.after_).before_ : last_) = own.before_;
    own.list_ = nullptr;
    --size_;
  }
  /// Takes out the first one; null: there is none.
  T* pop_front() noexcept {
    T* const object = first_;
    if (object != nullptr) remove(*object);
    return object;
  }

 private:
  static Link<T>& link(T& object) noexcept { return object; }
  static const Link<T>& link(const T& object) noexcept { return object; }

  T* first_ = nullptr;
  T* last_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace florin::net::detail

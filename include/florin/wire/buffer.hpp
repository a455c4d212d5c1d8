// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/secret.hpp>

#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

namespace florin::wire {

/// Copies `text` to `to` and returns the end of the copy.
inline char* copy(char* to, std::string_view text) noexcept {
  if (!text.empty()) std::memcpy(to, text.data(), text.size());
  return to + text.size();
}

/// A growing byte buffer that keeps its memory between uses and wipes it before it gives it back,
/// since requests hold credentials and personal data.
///
/// `reserve` once, then `put` without checks.
///
/// Thread safety: one thread at a time.
class Buffer {
 public:
  Buffer() noexcept = default;
  Buffer(Buffer&& other) noexcept
      : data_(std::move(other.data_)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}
  Buffer& operator=(Buffer&& other) noexcept {
    if (this != &other) {
      release();
      data_ = std::move(other.data_);
      size_ = std::exchange(other.size_, 0);
      capacity_ = std::exchange(other.capacity_, 0);
    }
    return *this;
  }
  ~Buffer() { release(); }

  /// Makes room for `more` bytes behind the present ones. Errors: `std::bad_alloc`.
  void reserve(std::size_t more) {
    if (capacity_ - size_ < more) [[unlikely]]
      grow(more);
  }
  /// Reserves `more` bytes and returns `end()`, for several pieces that are appended with a local
  /// pointer and then counted at once with `end_at`: much quicker than to count each.
  [[nodiscard]] char* room(std::size_t more) {
    reserve(more);
    return end();
  }
  /// Counts everything before `end` as part of the buffer; the room has to be reserved.
  void end_at(const char* end) noexcept { size_ = static_cast<std::size_t>(end - data_.get()); }
  /// Appends; the room has to be reserved.
  void put(char c) noexcept { data_[size_++] = c; }
  /// \copydoc put(char)
  void put(std::string_view text) noexcept {
    if (!text.empty()) std::memcpy(data_.get() + size_, text.data(), text.size());
    size_ += text.size();
  }
  /// Reserves and appends.
  [[gnu::noinline]] void append(std::string_view text) {
    reserve(text.size());
    put(text);
  }
  /// Counts `count` bytes that were written at `end()` as part of the buffer.
  void commit(std::size_t count) noexcept { size_ += count; }
  /// Drops everything from `size` on.
  /// \param size at most `size()`.
  void truncate(std::size_t size) noexcept { size_ = size; }
  /// Forgets the text and keeps the memory; wipes nothing.
  void clear() noexcept { size_ = 0; }

  /// The first byte; null where there is no memory yet.
  [[nodiscard]] char* data() noexcept { return data_.get(); }
  /// Behind the last byte.
  [[nodiscard]] char* end() noexcept { return data_.get() + size_; }
  /// in bytes
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Whether `c` is the last byte.
  [[nodiscard]] bool ends_with(char c) const noexcept {
    return size_ != 0 && data_[size_ - 1] == c;
  }
  /// The bytes from `from` on.
  /// \param from at most `size()`.
  [[nodiscard]] std::string_view view(std::size_t from = 0) const noexcept {
    return {data_.get() + from, size_ - from};
  }

 private:
  [[gnu::cold]] void grow(std::size_t more) {
    std::size_t wanted = capacity_ * 2 < 1024 ? 1024 : capacity_ * 2;
    if (wanted < size_ + more) wanted = size_ + more;
    std::unique_ptr<char[]> fresh{new char[wanted]};
    if (size_ != 0) std::memcpy(fresh.get(), data_.get(), size_);
    if (data_) wipe(data_.get(), capacity_);
    data_ = std::move(fresh);
    capacity_ = wanted;
  }
  void release() noexcept {
    if (data_) wipe(data_.get(), capacity_);
    data_.reset();
    size_ = capacity_ = 0;
  }

  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace florin::wire

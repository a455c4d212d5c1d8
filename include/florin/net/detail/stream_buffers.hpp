// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/detail/posix.hpp>
#include <florin/secret.hpp>

#include <boost/asio/buffer.hpp>

#include <array>
#include <cstddef>
#include <cstring>

namespace florin::net::detail {

/// The first buffer of a sequence that is not empty, or an empty one.
template <class Buffer, class Sequence>
Buffer first_buffer(const Sequence& buffers) noexcept {
  const auto end = boost::asio::buffer_sequence_end(buffers);
  for (auto position = boost::asio::buffer_sequence_begin(buffers); position != end; ++position) {
    const Buffer buffer{*position};
    if (buffer.size() != 0) return buffer;
  }
  return Buffer{};
}

/// The largest payload of a TLS record.
inline constexpr std::size_t record_size = 16384;

/// Presents a sequence as one contiguous piece of at most a record: the first buffer itself where
/// it is alone or fills a record, else the leading buffers copied together. The copy is wiped.
class Contiguous {
 public:
  template <class Sequence>
  explicit Contiguous(const Sequence& buffers) noexcept {
    const auto end = boost::asio::buffer_sequence_end(buffers);
    for (auto position = boost::asio::buffer_sequence_begin(buffers); position != end; ++position) {
      const boost::asio::const_buffer buffer{*position};
      if (!add(static_cast<const char*>(buffer.data()), buffer.size())) break;
    }
  }
  Contiguous(const Contiguous&) = delete;
  Contiguous& operator=(const Contiguous&) = delete;
  ~Contiguous() {
    if (data_ == copy_.data()) wipe(copy_.data(), size_);
  }

  [[nodiscard]] const void* data() const noexcept { return data_; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  bool add(const char* data, std::size_t size) noexcept {
    if (size == 0) return true;
    if (size_ == 0) {
      data_ = data;
      size_ = size;
      return size < record_size;
    }
    if (data_ != copy_.data()) {
      std::memcpy(copy_.data(), data_, size_);
      data_ = copy_.data();
    }
    const auto part = size < record_size - size_ ? size : record_size - size_;
    std::memcpy(copy_.data() + size_, data, part);
    size_ += part;
    return size_ < record_size;
  }

  const char* data_ = nullptr;
  std::size_t size_ = 0;
  std::array<char, record_size> copy_;  // NOLINT: filled as far as it is used
};

/// The leading buffers of a sequence as the operating system wants them.
class Pieces {
 public:
  template <class Sequence>
  explicit Pieces(const Sequence& buffers) noexcept {
    const auto end = boost::asio::buffer_sequence_end(buffers);
    for (auto position = boost::asio::buffer_sequence_begin(buffers);
         position != end && count_ < pieces_.size(); ++position) {
      const boost::asio::const_buffer buffer{*position};
      if (buffer.size() == 0) continue;
      pieces_[count_++] = {const_cast<void*>(buffer.data()), buffer.size()};
    }
  }

  [[nodiscard]] ::iovec* data() noexcept { return pieces_.data(); }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }

 private:
  std::array<::iovec, 16> pieces_;  // NOLINT: filled as far as it is used
  std::size_t count_ = 0;
};

}  // namespace florin::net::detail

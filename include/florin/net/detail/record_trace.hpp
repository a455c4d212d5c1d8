// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <algorithm>
#include <cstddef>

namespace florin::net::detail {

/// Follows the records of TLS (RFC 8446, 5.1) through a stream of received bytes, so that it is
/// known whether the stream has stopped within one. OpenSSL does not tell.
class RecordTrace {
 public:
  /// The next `size` bytes of the stream.
  void feed(const char* data, std::size_t size) noexcept {
    while (size != 0) {
      std::size_t taken = 1;
      if (body_ != 0) {
        taken = std::min(body_, size);
        body_ -= taken;
      } else if (header_ < length_at) {
        taken = std::min(length_at - header_, size);
        header_ += taken;
      } else if (header_ == length_at) {
        high_ = static_cast<unsigned char>(*data);
        ++header_;
      } else {
        body_ = std::size_t{high_} << 8U | static_cast<unsigned char>(*data);
        header_ = 0;
        ++records_;
      }
      data += taken;
      size -= taken;
    }
  }

  /// Whether a record has begun that is not complete.
  [[nodiscard]] bool inside() const noexcept { return header_ != 0 || body_ != 0; }

  /// Records whose header has been seen.
  [[nodiscard]] std::size_t records() const noexcept { return records_; }

 private:
  /// A header is a type, a version of two bytes, and the length of the body in two bytes.
  static constexpr std::size_t length_at = 3;

  std::size_t header_ = 0;  // bytes seen of a header
  std::size_t body_ = 0;    // bytes to come of a body
  std::size_t records_ = 0;
  unsigned char high_ = 0;
};

}  // namespace florin::net::detail

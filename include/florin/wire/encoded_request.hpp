// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/config.hpp>
#include <florin/field.hpp>
#include <florin/wire/buffer.hpp>
#include <florin/wire/written_request.hpp>

#include <cstddef>
#include <string_view>

namespace florin {

/// An HTTP/1.1 request in one contiguous piece of memory, as `encode` leaves it and as it is sent.
///
/// Reuse one object: its memory is kept, and wiped in the end, since it holds the credentials.
///
/// Thread safety: one thread at a time.
class EncodedRequest {
 public:
  /// Head and body, ready to be sent. Valid until the next `encode` into this object.
  [[nodiscard]] std::string_view bytes() const noexcept {
    return buffer_.view(start_).substr(0, end_ - start_);
  }
  /// Request line and headers, the empty line included. Holds credentials.
  [[nodiscard]] std::string_view head() const noexcept {
    return buffer_.view(start_).substr(0, body_ - start_);
  }
  /// The body alone.
  [[nodiscard]] std::string_view body() const noexcept {
    return buffer_.view(body_).substr(0, end_ - body_);
  }
  /// What stands in the request line between the method and the version.
  [[nodiscard]] std::string_view target() const noexcept { return target_of(head()); }
  /// The signature that `place_signature` left room for; empty: the request is not signed.
  [[nodiscard]] std::string_view signature() const noexcept {
    return {buffer_.view().data() + signature_.at, signature_.size};
  }
  /// Given fields that the processor cannot carry.
  [[nodiscard]] FieldSet dropped() const noexcept { return dropped_; }

  /// Begins the head: everything up to the value of `Content-Length`.
  FLORIN_DECL wire::Buffer& begin(std::string_view request_line, std::string_view host);
  /// Begins the head of a request whose target is made of several parts. What follows up to
  /// `end_target` is appended to it.
  /// \param before, value, after method, blank and path; `value` is percent-encoded.
  FLORIN_DECL wire::Buffer& begin_target(std::string_view before, std::string_view value,
                                         std::string_view after);
  /// Ends the target: what follows are headers.
  /// \param host the value of the `Host` header.
  /// \param has_body whether there is a body.
  FLORIN_DECL void end_target(std::string_view host, bool has_body);
  /// Ends the head; what follows in the buffer is the body.
  FLORIN_DECL void end_head();
  /// Ends the body: fills in its length and closes the gap before it.
  FLORIN_DECL void end_body(FieldSet dropped) noexcept;
  /// Ends a request without a body.
  FLORIN_DECL void end_without_body() noexcept;
  /// Keeps `text` in the same memory, behind a request that was ended: not sent, wiped with it.
  /// Errors: `std::bad_alloc`.
  void hold(std::string_view text) { buffer_.append(text); }
  /// What `hold` was given since the request was ended, one behind the other.
  [[nodiscard]] std::string_view held() const noexcept { return buffer_.view(end_); }
  /// The target of a request whose head is not ended yet. Valid until something is appended.
  [[nodiscard]] std::string_view begun_target() const noexcept { return target_of(buffer_.view()); }
  /// Says where in the head, which is not ended yet, the signature will stand.
  void place_signature(wire::SignaturePlace place) noexcept { signature_ = place; }
  /// Where the signature begins, to be filled in.
  [[nodiscard]] char* signature_place() noexcept { return buffer_.data() + signature_.at; }
  /// Forgets the request and wipes its bytes, keeping the memory.
  FLORIN_DECL void clear() noexcept;

 private:
  static constexpr std::size_t digits_ = 10;

  static FLORIN_DECL std::string_view target_of(std::string_view head) noexcept;
  FLORIN_DECL void begin_anew() noexcept;

  wire::Buffer buffer_;
  std::size_t start_ = 0;
  std::size_t body_ = 0;
  std::size_t lead_ = 0;
  std::size_t end_ = 0;
  wire::SignaturePlace signature_{};
  std::size_t used_ = 0;  ///< by earlier requests that were longer
  FieldSet dropped_{};
};

}  // namespace florin

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/encoded_request.ipp>
#endif

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/field.hpp>
#include <florin/wire/buffer.hpp>
#include <florin/wire/percent.hpp>
#include <florin/wire/written_request.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
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
  wire::Buffer& begin(std::string_view request_line, std::string_view host) {
    constexpr std::string_view length = "\r\nContent-Length: ";
    begin_anew();
    char* to = buffer_.room(request_line.size() + host.size() + length.size() + digits_ + 1024);
    char* const begin = to;
    to = wire::copy(wire::copy(wire::copy(to, request_line), host), length);
    lead_ = static_cast<std::size_t>(to - begin);
    buffer_.end_at(wire::copy(to + digits_, "\r\n"));
    return buffer_;
  }
  /// Begins the head of a request whose target is made of several parts. What follows up to
  /// `end_target` is appended to it.
  /// \param before, value, after method, blank and path; `value` is percent-encoded.
  wire::Buffer& begin_target(std::string_view before, std::string_view value,
                             std::string_view after) {
    begin_anew();
    char* const to = buffer_.room(before.size() + 3 * value.size() + after.size() + 1024);
    buffer_.end_at(wire::copy(wire::detail::put_percent(wire::copy(to, before), value), after));
    return buffer_;
  }
  /// Ends the target: what follows are headers.
  /// \param host the value of the `Host` header.
  /// \param has_body whether there is a body.
  void end_target(std::string_view host, bool has_body) {
    constexpr std::string_view protocol = " HTTP/1.1\r\nHost: ";
    constexpr std::string_view length = "\r\nContent-Length: ";
    char* to = buffer_.room(protocol.size() + host.size() + length.size() + digits_ + 2);
    to = wire::copy(wire::copy(to, protocol), host);
    if (has_body) {
      to = wire::copy(to, length);
      lead_ = static_cast<std::size_t>(to - buffer_.data());
      to += digits_;
    }
    buffer_.end_at(wire::copy(to, "\r\n"));
  }
  /// Ends the head; what follows in the buffer is the body.
  void end_head() {
    buffer_.append("\r\n");
    body_ = buffer_.size();
  }
  /// Ends the body: fills in its length and closes the gap before it.
  void end_body(FieldSet dropped) noexcept {
    end_ = buffer_.size();
    char* digit = buffer_.data() + lead_ + digits_;
    std::size_t rest = end_ - body_;
    do *--digit = static_cast<char>('0' + rest % 10);
    while ((rest /= 10) != 0);
    start_ = static_cast<std::size_t>(digit - buffer_.data()) - lead_;
    std::memmove(buffer_.data() + start_, buffer_.data(), lead_);
    dropped_ = dropped;
  }
  /// Ends a request without a body.
  void end_without_body() noexcept {
    start_ = 0;
    end_ = buffer_.size();
    dropped_ = {};
  }
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
  void clear() noexcept {
    wipe(buffer_.data(), std::max(used_, buffer_.size()));
    buffer_.clear();
    start_ = body_ = lead_ = end_ = used_ = 0;
    signature_ = {};
    dropped_ = {};
  }

 private:
  static constexpr std::size_t digits_ = 10;

  static std::string_view target_of(std::string_view head) noexcept {
    const std::size_t from = head.find(' ') + 1;
    return head.substr(from, head.find(' ', from) - from);
  }
  void begin_anew() noexcept {
    used_ = std::max(used_, buffer_.size());
    buffer_.clear();
    signature_ = {};
  }

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

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/detail/newline.hpp>
#include <florin/secret.hpp>
#include <florin/wire/reply_reader.hpp>

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/optional/optional.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace florin::net {

namespace detail {

/// Hands status, headers and body of an HTTP/1 response to a `wire::ReplyReader` as they arrive;
/// keeps nothing itself. Refuses what two readers could frame in two ways (RFC 9112, 6.1 and 6.3),
/// and a content coding, since none was asked for. Trailers are passed over: they come from
/// whoever ends the body, and nothing that matters is declared to stand there.
class ReplyParser : public boost::beast::http::basic_parser<false> {
 public:
  using Code = boost::beast::error_code;
  using View = boost::beast::string_view;

  explicit ReplyParser(wire::ReplyReader& reader) : reader_(&reader) {
    eager(true);
    header_limit(max_header);
    body_limit(wire::ReplyReader::max_body);
  }
  /// Longest response header that is read, in bytes.
  static constexpr std::uint32_t max_header = 16 * 1024;

  [[nodiscard]] int status() const noexcept { return status_; }
  /// 1xx: not the answer yet.
  [[nodiscard]] bool is_interim() const noexcept { return status_ >= 100 && status_ <= 199; }
  /// Whether what follows the answer on the connection can be told from the answer.
  [[nodiscard]] bool is_framed() const noexcept { return framed_; }
  /// Why the answer was refused where the parser's own error does not say it. Static text.
  [[nodiscard]] std::string_view refusal() const noexcept { return refusal_; }

 private:
  using Name = boost::beast::http::field;

  static std::string_view plain(View text) noexcept { return {text.data(), text.size()}; }

  void on_request_impl(boost::beast::http::verb, View, View, int, Code&) override {}
  void on_response_impl(int code, View, int version, Code& ec) override {
    ec = {};
    if (code < 100) ec = boost::beast::http::error::bad_status;
    status_ = code;
    version_ = version;
    reader_->status(code);
  }
  void on_field_impl(Name field, View name, View value, Code& ec) override {
    ec = {};
    if (header_ended_) return;
    if (field == Name::transfer_encoding) {
      if (std::exchange(transfer_encoding_, true) || version_ < 11 ||
          !wire::same_name(plain(value), "chunked"))
        ec = boost::beast::http::error::bad_transfer_encoding;
    } else if (field == Name::content_encoding && !wire::same_name(plain(value), "identity")) {
      refusal_ = "the answer has a content coding that was not asked for";
      ec = boost::beast::http::error::bad_value;
    } else if (!is_interim()) {
      reader_->header(plain(name), plain(value));
    }
  }
  void on_header_impl(Code& ec) override {
    ec = {};
    header_ended_ = true;
    // Some servers send the body that these two must not have.
    if (status_ == 204 || status_ == 304)
      framed_ = !transfer_encoding_ && content_length().value_or(0) == 0;
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, Code& ec) override { ec = {}; }
  std::size_t on_body_impl(View body, Code& ec) override {
    ec = {};
    reader_->body(plain(body));
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, View, Code& ec) override { ec = {}; }
  std::size_t on_chunk_body_impl(std::uint64_t, View body, Code& ec) override {
    return on_body_impl(body, ec);
  }
  void on_finish_impl(Code& ec) override { ec = {}; }

  wire::ReplyReader* reader_;
  int status_ = 0;
  int version_ = 0;
  bool header_ended_ = false;
  bool transfer_encoding_ = false;
  bool framed_ = true;
  std::string_view refusal_{};
};

}  // namespace detail

/// One HTTP/1.1 request and its answer over any byte stream, without I/O: a driver moves the bytes
/// and reports what happened. Reuse one object: its buffer is kept, and wiped by `clear` and in the
/// end, since answers hold personal data and tokens.
///
/// Thread safety: one thread at a time.
class Exchange {
 public:
  Exchange() noexcept = default;
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;
  ~Exchange() { clear(); }

  /// What has to be done next.
  enum class Step : unsigned char {
    write,   ///< write some of `unsent()`, then `written`
    read,    ///< read some into `room()`, then `received`
    done,    ///< a whole answer was read
    failed,  ///< see `error()` and `malformed()`
  };

  /// Begins an exchange. `request` and `reader` must outlive it.
  void begin(std::string_view request, wire::ReplyReader& reader) {
    if (!buffer_) [[unlikely]]
      buffer_.reset(new char[capacity]);
    unsent_ = request;
    sent_any_ = false;
    received_any_ = false;
    reader_ = &reader;
    begin_answer();
    from_ = to_ = total_ = 0;
    error_ = {};
    malformed_ = {};
    step_ = Step::write;
  }

  /// What has to be done next.
  [[nodiscard]] Step step() const noexcept { return step_; }

  /// Bytes of the request that are still to be written.
  [[nodiscard]] std::string_view unsent() const noexcept { return unsent_; }

  /// A write ended. From the first attempt on, the peer may have got something.
  void written(boost::system::error_code ec, std::size_t count) {
    sent_any_ = true;
    if (ec) [[unlikely]]
      return fail(ec);
    unsent_.remove_prefix(count);
    if (unsent_.empty()) step_ = Step::read;
  }

  /// Where the next bytes of the answer go; never empty while the step is `read`.
  [[nodiscard]] boost::asio::mutable_buffer room() noexcept {
    if (from_ == to_) from_ = to_ = 0;
    if (to_ == capacity) [[unlikely]]
      move_up();
    return boost::asio::buffer(buffer_.get() + to_, capacity - to_);
  }

  /// A read ended. An orderly end may end an answer of unknown length.
  void received(boost::system::error_code ec, std::size_t count) {
    to_ += count;
    total_ += count;
    used_ = std::max(used_, to_);
    ended_ = ec.failed();
    if (count != 0) [[likely]] {
      received_any_ = true;
      if (!parse()) return;
    }
    if (step_ != Step::read) return;
    if (total_ > max_answer) [[unlikely]]
      return malform("the answer is longer than 8 MiB", boost::beast::http::error::body_limit);
    if (ended_) [[unlikely]]
      end(ec);
  }

  /// Wipes what was received, keeping the memory.
  void clear() noexcept { wipe(buffer_.get(), std::exchange(used_, 0)); }

  /// Whether the connection can carry another exchange.
  [[nodiscard]] bool reusable() const noexcept {
    return step_ == Step::done && parser_->keep_alive() && parser_->is_framed() && from_ == to_ &&
           !ended_;
  }
  /// Whether a write was attempted, so that the peer may know of the request.
  [[nodiscard]] bool sent_any() const noexcept { return sent_any_; }
  /// Whether any byte of an answer came.
  [[nodiscard]] bool received_any() const noexcept { return received_any_; }
  /// Why it failed: the stream's error, or the parser's.
  [[nodiscard]] boost::system::error_code error() const noexcept { return error_; }
  /// Why the answer cannot be read; empty for a failure of the stream. Static text.
  [[nodiscard]] std::string_view malformed() const noexcept { return malformed_; }

 private:
  /// Large enough for the longest header and a TLS record of body.
  static constexpr std::size_t capacity = 32 * 1024;
  static_assert(capacity > detail::ReplyParser::max_header);
  /// Most bytes of an answer with all that frames it, interim answers included: the longest body in
  /// chunks of one byte fits.
  static constexpr std::size_t max_answer = 8 * wire::ReplyReader::max_body;
  /// Bytes of the shortest end of a chunked body.
  static constexpr std::size_t last_chunk = std::string_view{"0\r\n\r\n"}.size();

  void begin_answer() {
    reader_->reset();
    parser_.emplace(*reader_);
  }

  /// \return false when the step has changed.
  bool parse() {
    while (from_ != to_) {
      // Beast asserts that it gets all of an empty chunked body at once. No body ends with less.
      if (parser_->is_header_done() && parser_->chunked() && to_ - from_ < last_chunk) return true;
      boost::beast::error_code ec;
      from_ += parser_->put(boost::asio::const_buffer(buffer_.get() + from_, to_ - from_), ec);
      if (ec.failed()) [[unlikely]]
        return lacks_more(ec);
      if (!parser_->is_done()) continue;
      if (!parser_->is_interim()) [[likely]] {
        finish();
        return false;
      }
      if (!pass_interim()) return false;
    }
    return true;
  }
  /// \param ec why the parser has stopped.
  /// \return false: for what no further bytes help against.
  [[gnu::cold]] bool lacks_more(boost::beast::error_code ec) noexcept {
    const bool full = to_ - from_ == capacity;
    if (ec == boost::beast::http::error::need_more &&
        detail::has_bare_newline({buffer_.get() + from_, to_ - from_})) {
      // What is left is of a header or of what frames a chunk: bodies are taken as they come.
      malform("a line of the answer ends without CR", boost::beast::http::error::bad_line_ending);
      return false;
    }
    if (ec == boost::beast::http::error::need_more && !full) return true;
    if (ec == boost::beast::http::error::need_more ||
        ec == boost::beast::http::error::header_limit) {
      malform("the answer's header is too long", boost::beast::http::error::header_limit);
    } else if (ec == boost::beast::http::error::body_limit) {
      malform("the body is larger than 1 MiB", ec);
    } else {
      const auto why = parser_->refusal();
      malform(why.empty() ? "the answer is not HTTP" : why, ec);
    }
    return false;
  }
  /// An interim answer has come.
  /// \return whether another one may follow.
  [[gnu::cold]] bool pass_interim() {
    if (parser_->status() == 101) {
      malform("the answer switches protocols", {});
      return false;
    }
    begin_answer();
    return true;
  }
  /// Makes room behind what was received.
  [[gnu::cold]] void move_up() noexcept {
    std::copy(buffer_.get() + from_, buffer_.get() + to_, buffer_.get());
    to_ -= from_;
    from_ = 0;
  }
  /// The stream has ended or failed before the answer was whole, as far as that can be told.
  [[gnu::cold]] void end(boost::system::error_code ec) {
    if (ec == boost::asio::error::eof && parser_->got_some() && parser_->need_eof()) {
      boost::beast::error_code end;
      parser_->put_eof(end);
      if (!end) return finish();
    }
    fail(ec);
  }
  void finish() {
    reader_->finish();
    step_ = Step::done;
  }
  [[gnu::cold]] void fail(boost::system::error_code ec) noexcept {
    error_ = ec;
    step_ = Step::failed;
  }
  [[gnu::cold]] void malform(std::string_view why, boost::system::error_code ec) noexcept {
    malformed_ = why;
    fail(ec);
  }

  std::string_view unsent_;
  bool sent_any_ = false;
  bool received_any_ = false;
  bool ended_ = false;
  wire::ReplyReader* reader_ = nullptr;
  std::optional<detail::ReplyParser> parser_;
  std::unique_ptr<char[]> buffer_;
  std::size_t from_ = 0;
  std::size_t to_ = 0;
  std::size_t total_ = 0;  ///< bytes received
  std::size_t used_ = 0;   ///< bytes of the buffer that have held something
  boost::system::error_code error_;
  std::string_view malformed_;
  Step step_ = Step::failed;
};

}  // namespace florin::net

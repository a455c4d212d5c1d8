// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/detail/code_line.hpp>
#include <florin/detail/config.hpp>
#include <florin/error.hpp>
#include <florin/wire/buffer.hpp>
#include <florin/wire/json_reader.hpp>
#include <florin/wire/path_table.hpp>
#include <florin/wire/retry_after.hpp>
#include <florin/wire/utf8.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace florin::wire {

/// One response header.
struct HeaderView {
  std::string_view name;   ///< in any letter case
  std::string_view value;  ///< its text
};

/// A whole HTTP response that somebody else holds in memory.
template <class HeaderRange>
struct ResponseView {
  int status = 0;              ///< HTTP status
  const HeaderRange& headers;  ///< any range of things with `name` and `value`
  std::string_view body{};     ///< without transfer coding
};

/// Reads one answer, in any chunking, and says what it means. The same code serves every policy: a
/// policy only contributes constants.
///
/// Call `reset`, `status`, `header` for each, `body` for each piece, then `failure` and, if that is
/// empty, the accessors. Nothing is allocated for a success.
///
/// Thread safety: one thread at a time.
class ReplyReader {
 public:
  /// Longest body that is read, in bytes. A longer one is an unreadable reply.
  static constexpr std::size_t max_body = std::size_t{1} << 20U;
  /// \param facts of the policy and the operation; they have to outlive it.
  explicit ReplyReader(const ReplyFacts& facts) : facts_(&facts), json_(facts.paths, facts.syntax) {
    for (const std::string_view name :
         {facts.headers.request_id, facts.reply.id_header, facts.replay_header,
          facts.headers.should_retry, facts.headers.limit_reset, retry_after_header, date_header})
      name_lengths_ |= length_bit(name);
    reset();
  }

  /// Forgets the last answer and wipes what was kept of it.
  [[gnu::aligned(florin::detail::code_line)]] FLORIN_DECL void reset() noexcept;
  /// Takes note of the HTTP status.
  void status(int code) noexcept {
    status_ = code;
    if (!facts_->success_paths) return;
    if (code >= 200 && code <= 299) {
      json_.keep(
          *facts_->success_paths,
          facts_->reads == Reads::record || facts_->reads == Reads::page ? &record_ : nullptr);
    } else {
      json_.keep(facts_->paths);
    }
  }
  /// Takes note of the headers that mean something and ignores all others. Of several with one name
  /// the first counts; two that name different customers make the answer unreadable.
  void header(std::string_view name, std::string_view value) noexcept {
    if ((name_lengths_ & length_bit(name)) != 0) note_header(name, value);
  }
  /// Reads a piece of the body.
  /// \param piece the next bytes.
  /// \param last whether the body ends with it.
  [[gnu::aligned(florin::detail::code_line)]] void body(std::string_view piece, bool last = false) {
    body_size_ += piece.size();
    if (status_ >= 400 && facts_->failure.plain_text) [[unlikely]]
      keep_text(piece);
    if (body_size_ > max_body) [[unlikely]]
      return json_.reset();
    if (ended_) return;
    if (bare_ && facts_->page.may_be_empty) [[unlikely]]
      bare_ = piece.find_first_not_of("{} \t\r\n") == std::string_view::npos;
    json_.write(piece, last);
    ended_ = last;
  }
  /// Tells the end of the body, unless a piece said so already.
  void finish() {
    if (!ended_) body({}, true);
  }

  /// What `status` was told; 0: nothing yet.
  [[nodiscard]] int http_status() const noexcept { return status_; }
  /// Whether a header says that the answer was given before.
  [[nodiscard]] bool replayed() const noexcept { return replayed_; }
  /// The processor's id of the request, until `reset`; empty: it gave none.
  [[nodiscard]] std::string_view request_id() const noexcept {
    if (!request_id_.view().empty()) return request_id_.view();
    return json_[Slot::request_id].text;
  }
  /// The text at a declared place; empty: it is not there or too long.
  [[nodiscard]] std::string_view text(Slot slot) const noexcept {
    const auto found = json_[slot];
    return found.cut ? std::string_view{} : found.text;
  }
  /// Whether the text at a declared place is too long.
  [[nodiscard]] bool too_long(Slot slot) const noexcept { return json_[slot].cut; }
  /// The `Date` of the answer; empty: it has none.
  [[nodiscard]] std::string_view date() const noexcept { return date_.view(); }
  /// The customer's id of a success.
  [[nodiscard]] std::string_view id() const noexcept {
    return facts_->reply.id_header.empty() ? json_[Slot::id].text : id_.view();
  }

  /// Whether `id` looks like one that can be sent again; a token is visible ASCII, not too long.
  [[nodiscard]] FLORIN_DECL bool is_identifier(std::string_view id) const noexcept;
  /// The error for a success that cannot be used.
  /// \param reason static text.
  [[nodiscard, gnu::cold]] FLORIN_DECL Error unreadable(std::string_view reason) const;

  /// The id that a duplicate's answer names; empty: it names none.
  [[nodiscard, gnu::cold]] FLORIN_DECL std::string_view existing_id() const noexcept;

  /// Whether something other than null stands at a declared place.
  [[nodiscard]] bool has(Slot slot) const noexcept { return json_[slot].present; }
  /// The record of a success, or its records, where the operation reads such.
  [[nodiscard]] const RecordLog& record() const noexcept { return record_; }

  /// What is stated about this operation's answers.
  [[nodiscard]] const ReplyFacts& facts() const noexcept { return *facts_; }

  /// What went wrong, or nothing. Call after `finish`.
  [[nodiscard, gnu::aligned(florin::detail::code_line)]] FLORIN_DECL std::optional<Error> failure()
      const;

  /// Whether the answer says that the customer was deleted earlier: what the operation's `gone`
  /// states.
  [[nodiscard]] FLORIN_DECL bool says_gone() const noexcept;

  /// Why a success is not about the customer `id`, or nothing; letter case counts for nothing. Call
  /// where `failure` found none.
  [[nodiscard]] FLORIN_DECL std::optional<Error> other_customer(std::string_view id) const;

  /// Why a success is not the answer to a request with these values, or does not say that their
  /// customer was made; or nothing. Call where `failure` found none.
  /// \param merchant_customer_id, email as they were given; empty: none.
  [[nodiscard]] FLORIN_DECL std::optional<Error> stranger(std::string_view merchant_customer_id,
                                                          std::string_view email) const;

 private:
  static constexpr std::string_view retry_after_header = "Retry-After";
  static constexpr std::string_view date_header = "Date";

  /// What stands for a header's name of this length in `name_lengths_`; nothing for an empty one.
  static constexpr std::uint64_t length_bit(std::string_view name) noexcept {
    return name.empty() ? 0 : std::uint64_t{1} << (name.size() % 64);
  }
  /// Takes note of a header that may mean something.
  [[gnu::aligned(florin::detail::code_line)]] FLORIN_DECL void note_header(
      std::string_view name, std::string_view value) noexcept;
  /// Whether what stands at `slot`, if anything does, is what was sent.
  template <class Same>
  [[nodiscard]] bool echoes(Slot slot, std::string_view sent, Same same) const noexcept {
    const std::string_view came = text(slot);
    if (came.empty() || same(came, sent)) return true;
    return trim(came).empty() || trim(sent).empty() || same(trim(came), trim(sent));
  }
  static FLORIN_DECL bool has_other_than_ascii(std::string_view text) noexcept;

  /// A header value of at most 255 bytes; longer ones are ignored.
  class Short {
   public:
    Short() noexcept = default;
    Short(const Short&) = delete;
    Short& operator=(const Short&) = delete;
    ~Short() { clear(); }
    void clear() noexcept { wipe(text_.data(), std::exchange(size_, 0)); }
    void assign(std::string_view value) noexcept {
      size_ = value.size() <= text_.size() ? value.copy(text_.data(), text_.size()) : 0;
    }
    [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

   private:
    std::array<char, 255> text_;
    std::size_t size_ = 0;
  };

  /// The headers of which only the first counts.
  enum class Heard : unsigned char {
    request_id,
    id,
    replay,
    should_retry,
    retry_after,
    limit_reset,
    date
  };
  bool is_first(Heard header) noexcept {
    const unsigned bit = 1U << static_cast<unsigned>(header);
    const bool first = (heard_ & bit) == 0;
    heard_ |= bit;
    return first;
  }

  /// The last segment of a link's path, if what stands before it is right; all of a text without
  /// slashes.
  [[nodiscard]] FLORIN_DECL std::string_view last_segment(std::string_view link) const noexcept;
  /// The letters, digits, `-` and `_` at the start of `text`.
  static constexpr std::string_view first_word(std::string_view text) noexcept {
    std::size_t end = 0;
    while (end < text.size() &&
           ((text[end] >= '0' && text[end] <= '9') || (text[end] >= 'a' && text[end] <= 'z') ||
            (text[end] >= 'A' && text[end] <= 'Z') || text[end] == '-' || text[end] == '_'))
      ++end;
    return text.substr(0, end);
  }
  /// What stands behind `mark` in `text`; nothing when it is not there.
  static constexpr std::string_view behind(std::string_view text, std::string_view mark) noexcept {
    const auto at = text.find(mark);
    return at == std::string_view::npos ? std::string_view{} : text.substr(at + mark.size());
  }
  [[nodiscard, gnu::cold]] FLORIN_DECL std::string_view param() const noexcept;
  /// Keeps the beginning of a body that may be a plain text.
  [[gnu::cold]] FLORIN_DECL void keep_text(std::string_view piece) noexcept;
  /// The plain text of a body that is no JSON: one line of UTF-8; empty: it is none.
  [[nodiscard, gnu::cold]] FLORIN_DECL std::string_view plain_text() const noexcept;

  [[nodiscard, gnu::cold]] FLORIN_DECL Error begin_error(Errc code, Outcome outcome) const;
  /// Whether `text` reads like a processor's code or type; a sentence or an address does not.
  static FLORIN_DECL bool is_code(std::string_view text) noexcept;
  /// Whether the answer itself is an error of this processor: whole JSON with a code or a type
  /// where the policy says that they stand. A message alone shows it only where there are no codes
  /// at all: proxies and gateways have messages too. Without a body it is one that has a request
  /// id, where all have it.
  [[nodiscard, gnu::cold]] FLORIN_DECL bool is_own() const noexcept;
  /// The first rule that fits, or none. What the body does not show to be the processor's own is
  /// judged by no rule, unless the rule itself knows a text in it. A plain text has a message
  /// alone.
  [[nodiscard, gnu::cold]] FLORIN_DECL const Rule* matching_rule(std::span<const Rule> rules,
                                                                 bool own) const noexcept;
  /// Whether an error's code, type or message is there.
  [[nodiscard]] FLORIN_DECL bool is_explained() const noexcept;
  /// The error for a body that cannot be read in the syntax of this operation's answers.
  [[nodiscard, gnu::cold]] FLORIN_DECL Error broken() const;
  /// Whether a 2xx has what shows that it is a success.
  [[nodiscard]] FLORIN_DECL bool accepted() const noexcept;
  /// What a 2xx means that is no success as documented.
  [[nodiscard, gnu::cold]] FLORIN_DECL Error unaccepted(bool nothing_is_there) const;
  /// Why an answer does not confirm what was asked, or nothing.
  [[nodiscard]] FLORIN_DECL std::optional<Error> unconfirmed() const;
  /// Why an answer has no records, or nothing.
  [[nodiscard]] FLORIN_DECL std::optional<Error> without_records() const;
  [[nodiscard, gnu::cold]] FLORIN_DECL Error refused() const;
  /// A stored 5xx that is only replayed would be replayed again.
  [[nodiscard]] FLORIN_DECL bool advised(Errc means, Retry retry) const noexcept;

  const ReplyFacts* facts_;
  RecordLog record_;
  JsonReader json_;
  Buffer text_;
  int status_ = 0;
  std::size_t body_size_ = 0;
  bool ended_ = false;
  bool bare_ = true;  // nothing but braces and white space so far: what is whole JSON then is `{}`
  Short request_id_;
  Short id_;
  Short retry_after_;
  Short limit_reset_;
  Short date_;
  Retry should_retry_ = Retry::by_code;
  bool replayed_ = false;
  bool two_ids_ = false;
  unsigned heard_ = 0;
  std::uint64_t name_lengths_ = 0;  // of the headers that mean something
};

}  // namespace florin::wire

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/reply_reader.ipp>
#endif

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/error.hpp>
#include <florin/wire/json_reader.hpp>
#include <florin/wire/path_table.hpp>
#include <florin/wire/retry_after.hpp>
#include <florin/wire/utf8.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace florin::wire {

/// One response header.
struct HeaderView {
  std::string_view name;
  std::string_view value;
};

/// A whole HTTP response that somebody else holds in memory.
template <class HeaderRange>
struct ResponseView {
  int status = 0;
  const HeaderRange& headers;  ///< any range of things with `name` and `value`
  std::string_view body{};
};

/// Reads one answer, in any chunking, and says what it means. The same code serves every policy: a
/// policy only contributes constants.
///
/// Call `reset`, `status`, `header` for each, `body` for each piece, then `failure` and, if that is
/// empty, the accessors. Nothing is allocated for a success. Thread safety: one thread at a time.
class ReplyReader {
 public:
  /// Longest body that is read, in bytes. A longer one is an unreadable reply.
  static constexpr std::size_t max_body = std::size_t{1} << 20U;
  explicit ReplyReader(const ReplyFacts& facts) : facts_(&facts), json_(facts.paths) { reset(); }

  /// Forgets the last answer and wipes what was kept of it.
  void reset() noexcept {
    json_.reset();
    status_ = 0;
    body_size_ = 0;
    ended_ = false;
    request_id_.clear();
    id_.clear();
    retry_after_.clear();
    date_.clear();
    should_retry_ = Retry::by_code;
    replayed_ = false;
    two_ids_ = false;
    heard_ = 0;
  }
  void status(int code) noexcept {
    status_ = code;
    if (facts_->echoing_paths)
      json_.keep(code >= 200 && code <= 299 ? *facts_->echoing_paths : facts_->paths);
  }
  /// Takes note of the headers that mean something and ignores all others. Of several with one name
  /// the first counts; two that name different customers make the answer unreadable.
  void header(std::string_view name, std::string_view value) noexcept {
    const auto is = [name](std::string_view wanted) {
      return name.size() == wanted.size() && !wanted.empty() && same_name(name, wanted);
    };
    if (is(facts_->headers.request_id)) {
      if (is_first(Heard::request_id)) request_id_.assign(value);
    } else if (is(facts_->reply.id_header)) {
      const std::string_view id = last_segment(value);
      if (is_first(Heard::id)) {
        id_.assign(id);
      } else if (id != id_.view()) {
        two_ids_ = true;
      }
    } else if (is(facts_->replay_header)) {
      if (is_first(Heard::replay)) replayed_ = same_name(value, facts_->replay_value);
    } else if (is(facts_->headers.should_retry)) {
      if (!is_first(Heard::should_retry)) return;
      should_retry_ = same_name(value, "true")    ? Retry::yes
                      : same_name(value, "false") ? Retry::no
                                                  : Retry::by_code;
    } else if (is("Retry-After")) {
      if (is_first(Heard::retry_after)) retry_after_.assign(value);
    } else if (is("Date")) {
      if (is_first(Heard::date)) date_.assign(value);
    }
  }
  /// Reads a piece of the body. \param last whether the body ends with it.
  void body(std::string_view piece, bool last = false) {
    body_size_ += piece.size();
    if (ended_ || body_size_ > max_body) return;
    json_.write(piece, last);
    ended_ = last;
  }
  /// Tells the end of the body, unless a piece said so already.
  void finish() {
    if (!ended_) body({}, true);
  }

  [[nodiscard]] int http_status() const noexcept { return status_; }
  [[nodiscard]] bool replayed() const noexcept { return replayed_; }
  [[nodiscard]] std::string_view request_id() const noexcept {
    if (!request_id_.view().empty()) return request_id_.view();
    return json_[Slot::request_id].text;
  }
  /// The text at a declared place; empty: it is not there or too long.
  [[nodiscard]] std::string_view text(Slot slot) const noexcept {
    const auto found = json_[slot];
    return found.cut ? std::string_view{} : found.text;
  }
  /// The `Date` of the answer; empty: it has none.
  [[nodiscard]] std::string_view date() const noexcept { return date_.view(); }
  /// The customer's id of a success.
  [[nodiscard]] std::string_view id() const noexcept {
    return facts_->reply.id_header.empty() ? json_[Slot::id].text : id_.view();
  }

  /// What went wrong, or nothing. Call after `finish`.
  [[nodiscard]] std::optional<Error> failure() const {
    if (status_ < 200 || status_ > 299) return refused();
    const bool in_header = !facts_->reply.id_header.empty();
    if (body_size_ > max_body) return unreadable("the body is larger than 1 MiB");
    if (!json_.complete() && !(in_header && body_size_ == 0))
      return unreadable("the body is not a whole JSON document");
    const bool accepted =
        facts_->reply.verdict.empty() || json_[Slot::verdict].text == facts_->reply.verdict_text;
    if (two_ids_) return unreadable("the answer names two customers");
    if (!accepted || id().empty()) {
      const bool explained = !json_[Slot::code].text.empty() || !json_[Slot::type].text.empty() ||
                             !json_[Slot::message].text.empty();
      return explained ? refused() : unreadable(facts_->no_id);
    }
    if ((!in_header && json_[Slot::id].cut) || !is_identifier(id()) ||
        !id().starts_with(facts_->reply.id_prefix))
      return unreadable(facts_->bad_id);
    return std::nullopt;
  }

  /// Why a success is not the answer to a request with these values, or nothing. Call where
  /// `failure` found none.
  /// \param merchant_customer_id, email as they were given; empty: none.
  [[nodiscard]] std::optional<Error> stranger(std::string_view merchant_customer_id,
                                              std::string_view email) const {
    if (echoes(Slot::echoed_reference, merchant_customer_id,
               [](std::string_view a, std::string_view b) { return a == b; }) &&
        // Beyond ASCII a processor may write an address in another way.
        (has_other_than_ascii(email) || echoes(Slot::echoed_email, email, same_name)))
      return std::nullopt;
    return unreadable("the answer is for another customer");
  }

 private:
  /// Whether what stands at `slot`, if anything does, is what was sent.
  template <class Same>
  [[nodiscard]] bool echoes(Slot slot, std::string_view sent, Same same) const noexcept {
    const std::string_view came = trim(text(slot));
    sent = trim(sent);
    return came.empty() || sent.empty() || same(came, sent);
  }
  static bool has_other_than_ascii(std::string_view text) noexcept {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  }

  /// A header value of at most 255 bytes; longer ones are ignored.
  class Short {
   public:
    Short() noexcept = default;
    Short(const Short&) = delete;
    Short& operator=(const Short&) = delete;
    ~Short() { clear(); }
    void clear() noexcept { wipe(text_.data(), std::exchange(size_, 0)); }
    void assign(std::string_view value) noexcept {
      size_ = value.size() <= text_.size() ? value.size() : 0;
      std::copy_n(value.data(), size_, text_.data());
    }
    [[nodiscard]] std::string_view view() const noexcept { return {text_.data(), size_}; }

   private:
    std::array<char, 255> text_;
    std::size_t size_ = 0;
  };

  /// The headers of which only the first counts.
  enum class Heard : unsigned char { request_id, id, replay, should_retry, retry_after, date };
  bool is_first(Heard header) noexcept {
    const unsigned bit = 1U << static_cast<unsigned>(header);
    const bool first = (heard_ & bit) == 0;
    heard_ |= bit;
    return first;
  }

  [[nodiscard]] bool is_identifier(std::string_view id) const noexcept {
    return !id.empty() && id.size() <= facts_->max_id &&
           std::all_of(id.begin(), id.end(), [](char c) { return c > 0x20 && c < 0x7f; });
  }

  /// The last segment of a link's path, if what stands before it is right; all of a text without
  /// slashes.
  [[nodiscard]] std::string_view last_segment(std::string_view link) const noexcept {
    link = link.substr(0, link.find_first_of("?#"));
    while (link.ends_with('/')) link.remove_suffix(1);
    const std::size_t from = link.rfind('/') + 1;
    const std::string_view path = facts_->reply.link_path;
    if (from != 0 &&
        (from < path.size() || !same_name(link.substr(from - path.size(), path.size()), path)))
      return {};
    return link.substr(from);
  }
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
  [[nodiscard]] std::string_view param() const noexcept {
    const auto& failure = facts_->failure;
    std::string_view found = json_[Slot::param].text;
    if (found.starts_with('/')) found.remove_prefix(1);
    if (!found.empty()) return found;
    std::string_view message = json_[Slot::message].text;
    if (!failure.param_behind.empty()) {
      message = behind(message, failure.param_behind);
    } else if (failure.param_before.empty()) {
      return {};
    }
    const std::string_view word = first_word(message);
    return message.substr(word.size()).starts_with(failure.param_before) ? word
                                                                         : std::string_view{};
  }
  [[nodiscard]] std::string_view existing_id() const noexcept {
    std::string_view found;
    if (const auto place = json_[Slot::existing_id]; !place.cut) found = last_segment(place.text);
    if (found.empty() && !facts_->failure.existing_id_behind.empty())
      found = first_word(behind(json_[Slot::message].text, facts_->failure.existing_id_behind));
    return is_identifier(found) ? found : std::string_view{};
  }

  [[nodiscard]] Error begin_error(Errc code, Outcome outcome) const {
    Error error;
    error.code = code;
    error.outcome = outcome;
    error.status_code = unified_status(code, status_);
    error.http_status = status_;
    error.connector = facts_->connector;
    error.request_id = Text{request_id()};
    return error;
  }
  [[nodiscard]] Error unreadable(std::string_view reason) const {
    Error error = begin_error(Errc::unreadable_reply, Outcome::unknown);
    error.reason = reason;
    error.transient = true;
    return error;
  }
  /// Whether `text` reads like a processor's code or type; a sentence or an address does not.
  static constexpr bool is_code(std::string_view text) noexcept {
    return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
      return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
             c == '_' || c == '-' || c == '.' || c == ' ';
    });
  }
  /// Whether the body itself is an error of this processor: whole JSON with a code or a type where
  /// the policy says that they stand. A message alone shows it only where there are no codes at
  /// all: proxies and gateways have messages too.
  [[nodiscard]] bool is_own() const noexcept {
    if (!json_.complete()) return false;
    const auto& failure = facts_->failure;
    if (failure.code.empty() && failure.type.empty()) return !json_[Slot::message].text.empty();
    return is_code(json_[Slot::code].text) || is_code(json_[Slot::type].text);
  }
  /// The first rule that fits, or none. What the body does not show to be the processor's own is
  /// judged by no rule, unless the rule itself knows a text in it.
  [[nodiscard]] const Rule* matching_rule(bool own) const noexcept {
    if (!json_.complete()) return nullptr;
    const auto fits = [](std::string_view wanted, std::string_view found) {
      return wanted.empty() || same_name(wanted, found);
    };
    for (std::size_t i = 0; i < facts_->rule_count; ++i) {
      const Rule& rule = facts_->rules[i];
      const bool knows = !rule.code.empty() || !rule.type.empty() || !rule.message.empty();
      if ((own || knows) && (rule.status == 0 || rule.status == status_) &&
          fits(rule.code, json_[Slot::code].text) && fits(rule.type, json_[Slot::type].text) &&
          fits(rule.param, param()) && fits(rule.message, json_[Slot::message].text))
        return &rule;
    }
    return nullptr;
  }
  [[nodiscard]] Error refused() const {
    const bool own = is_own();
    const Rule* const rule = matching_rule(own);
    const Errc means = rule != nullptr ? rule->means : errc_of_status(status_);
    Error error = begin_error(means, outcome_of(means, status_));
    error.from_processor = own || rule != nullptr;
    error.connector_code.assign(json_[Slot::code].text);
    error.connector_type.assign(json_[Slot::type].text);
    error.connector_message.assign(json_[Slot::message].text);
    error.param.assign(param());
    if (means == Errc::customer_exists) error.existing_customer_id.assign(existing_id());
    error.retry_after = parse_retry_after(retry_after_.view(), date_.view());
    error.transient = advised(means, rule != nullptr ? rule->retry : Retry::by_code);
    return error;
  }
  /// A stored 5xx that is only replayed would be replayed again.
  [[nodiscard]] bool advised(Errc means, Retry retry) const noexcept {
    if (should_retry_ != Retry::by_code) return should_retry_ == Retry::yes;
    if (replayed_) return false;
    if (retry != Retry::by_code) return retry == Retry::yes;
    return means == Errc::rate_limited || means == Errc::connector_unavailable;
  }

  const ReplyFacts* facts_;
  JsonReader json_;
  int status_ = 0;
  std::size_t body_size_ = 0;
  bool ended_ = false;
  Short request_id_;
  Short id_;
  Short retry_after_;
  Short date_;
  Retry should_retry_ = Retry::by_code;
  bool replayed_ = false;
  bool two_ids_ = false;
  unsigned heard_ = 0;
};

}  // namespace florin::wire

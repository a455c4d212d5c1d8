// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/error.hpp>
#include <florin/wire/reply_reader.hpp>
#include <florin/wire/retry_after.hpp>
#include <florin/wire/utf8.hpp>

#include <algorithm>
#include <cstddef>
#include <new>
#include <optional>
#include <span>
#include <string_view>

namespace florin::wire {

FLORIN_DECL bool ReplyReader::is_identifier(std::string_view id) const noexcept {
  if (facts_->reads != Reads::token) return is_customer_id(id);
  return !id.empty() && id.size() <= facts_->max_id &&
         std::all_of(id.begin(), id.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

FLORIN_DECL bool ReplyReader::has_other_than_ascii(std::string_view text) noexcept {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

FLORIN_DECL bool ReplyReader::is_code(std::string_view text) noexcept {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
           c == '-' || c == '.' || c == ' ';
  });
}

FLORIN_DECL void ReplyReader::reset() noexcept {
  json_.reset();
  record_.clear();
  if (text_.size() != 0) [[unlikely]] {
    wipe(text_.data(), text_.size());
    text_.clear();
  }
  status_ = 0;
  body_size_ = 0;
  ended_ = false;
  bare_ = true;
  request_id_.clear();
  id_.clear();
  retry_after_.clear();
  limit_reset_.clear();
  date_.clear();
  should_retry_ = Retry::by_code;
  replayed_ = false;
  two_ids_ = false;
  heard_ = 0;
}

FLORIN_DECL void ReplyReader::note_header(std::string_view name, std::string_view value) noexcept {
  const auto is = [name](std::string_view wanted) {
    return name.size() == wanted.size() && same_name(name, wanted);
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
  } else if (is(retry_after_header)) {
    if (is_first(Heard::retry_after)) retry_after_.assign(value);
  } else if (is(facts_->headers.limit_reset)) {
    if (is_first(Heard::limit_reset)) limit_reset_.assign(value);
  } else if (is(date_header)) {
    if (is_first(Heard::date)) date_.assign(value);
  }
}

FLORIN_DECL std::optional<Error> ReplyReader::failure() const {
  if (status_ < 200 || status_ > 299) [[unlikely]]
    return refused();
  if (facts_->reads == Reads::confirmation) return unconfirmed();
  if (facts_->reads == Reads::page) return without_records();
  const bool in_header = !facts_->reply.id_header.empty();
  if (body_size_ == 0 && facts_->reply.may_be_empty) return std::nullopt;
  if (body_size_ > max_body) [[unlikely]]
    return unreadable("the body is larger than 1 MiB");
  if (!json_.complete() && !(in_header && body_size_ == 0)) [[unlikely]]
    return broken();
  if (two_ids_) [[unlikely]]
    return unreadable("the answer names two customers");
  const auto in_body = in_header ? JsonReader::Capture{} : json_[Slot::id];
  const std::string_view id = in_header ? id_.view() : in_body.text;
  if (const bool good = accepted(); !good || id.empty()) [[unlikely]]
    return unaccepted(good && !facts_->nothing_is_not_found.empty() && has(Slot::nobody));
  if (in_body.cut || !is_identifier(id) || !id.starts_with(facts_->reply.id_prefix)) [[unlikely]]
    return unreadable(facts_->bad_id);
  return std::nullopt;
}

FLORIN_DECL bool ReplyReader::accepted() const noexcept {
  if (facts_->reply.verdict.empty()) return true;
  const auto verdict = json_[Slot::verdict];
  const std::string_view wanted = facts_->reply.verdict_text;
  return wanted.empty() ? verdict.present : verdict.text == wanted;
}

FLORIN_DECL bool ReplyReader::is_explained() const noexcept {
  return !json_[Slot::code].text.empty() || !json_[Slot::type].text.empty() ||
         !json_[Slot::message].text.empty();
}

FLORIN_DECL Error ReplyReader::broken() const {
  switch (facts_->syntax) {
    case Syntax::form:
      return unreadable("the body is not a whole form");
    case Syntax::xml:
      return unreadable("the body is not a whole XML document");
    case Syntax::json:
      break;
  }
  return unreadable("the body is not a whole JSON document");
}

FLORIN_DECL Error ReplyReader::unaccepted(bool nothing_is_there) const {
  if (is_explained()) return refused();
  if (nothing_is_there) return begin_error(Errc::not_found, Outcome::no_effect);
  return unreadable(facts_->no_id);
}

FLORIN_DECL std::optional<Error> ReplyReader::unconfirmed() const {
  if (body_size_ == 0 && facts_->reply.may_be_empty) return std::nullopt;
  if (!json_.complete()) return broken();
  if (!accepted() || (!facts_->reply.id.empty() && id().empty()) ||
      (facts_->reply.message_refuses && is_explained()))
    return unaccepted(false);
  return std::nullopt;
}

FLORIN_DECL std::optional<Error> ReplyReader::without_records() const {
  if (body_size_ > max_body) return unreadable("the body is larger than 1 MiB");
  if (!json_.complete()) return broken();
  if (facts_->page.may_be_empty && bare_) return std::nullopt;
  const auto list = json_[Slot::id];
  if (!accepted() || !list.present || (facts_->page.message_refuses && is_explained()))
    return unaccepted(false);
  // What is no list says nothing of who is in it.
  const bool in_place = !facts_->page.items.empty() && facts_->page.shown_by.empty();
  if (facts_->syntax == Syntax::json && in_place && !list.list)
    return unreadable("something else stands where the list of customers belongs");
  return std::nullopt;
}

FLORIN_DECL bool ReplyReader::says_gone() const noexcept {
  // 410 says it by itself.
  return matching_rule(facts_->gone, is_own() || status_ == 410) != nullptr;
}

FLORIN_DECL std::optional<Error> ReplyReader::other_customer(std::string_view id) const {
  if (record_.lost()) return unreadable("the record could not be kept");
  if (record_.count() > 1) return unreadable("the answer has more than one customer");
  if (!this->id().empty() && !same_name(this->id(), id))
    return unreadable("the answer is for another customer");
  return std::nullopt;
}

FLORIN_DECL std::optional<Error> ReplyReader::stranger(std::string_view merchant_customer_id,
                                                       std::string_view email) const {
  const auto equal = [](std::string_view a, std::string_view b) { return a == b; };
  const bool same_reference = echoes(Slot::echoed_reference, merchant_customer_id, equal);
  const bool same_email = echoes(Slot::echoed_email, email, equal) ||
                          // Beyond ASCII a processor may write an address in another way.
                          has_other_than_ascii(email) ||
                          echoes(Slot::echoed_email, email, same_name);
  if (same_reference && same_email) [[likely]]
    return std::nullopt;
  if (!same_email || !facts_->reply.other_exists)
    return unreadable("the answer is for another customer");
  Error error = begin_error(Errc::customer_exists, Outcome::in_effect);
  error.from_processor = true;
  error.field = Field::merchant_customer_id;
  error.reason = "is another one at the existing customer";
  error.existing_customer_id.assign(id());
  return error;
}

FLORIN_DECL std::string_view ReplyReader::last_segment(std::string_view link) const noexcept {
  link = link.substr(0, link.find_first_of("?#"));
  while (link.ends_with('/')) link.remove_suffix(1);
  const std::size_t from = link.rfind('/') + 1;
  const std::string_view path = facts_->reply.link_path;
  if (from != 0 &&
      (from < path.size() || !same_name(link.substr(from - path.size(), path.size()), path)))
    return {};
  return link.substr(from);
}

FLORIN_DECL std::string_view ReplyReader::param() const noexcept {
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
  return message.substr(word.size()).starts_with(failure.param_before) ? word : std::string_view{};
}

FLORIN_DECL void ReplyReader::keep_text(std::string_view piece) noexcept {
  if (text_.size() == 0)
    while (!piece.empty() && is_blank(piece.front())) piece.remove_prefix(1);
  const std::size_t before = text_.size();
  try {
    text_.append(piece.substr(0, JsonReader::max_capture - before));
  } catch (const std::bad_alloc&) {
    return;
  }
  for (char* at = text_.data() + before; at != text_.end(); ++at)
    if (static_cast<unsigned char>(*at) < 0x20 || *at == 0x7f) *at = ' ';
}

FLORIN_DECL std::string_view ReplyReader::plain_text() const noexcept {
  if (json_.complete()) return {};
  std::string_view text = text_.view();
  if (text.size() < JsonReader::max_capture) {
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    return is_text(text) ? text : std::string_view{};
  }
  // The last character may be cut.
  for (std::size_t cut = 0; cut != 4; ++cut)
    if (is_text(text.substr(0, text.size() - cut))) return text.substr(0, text.size() - cut);
  return {};
}

FLORIN_DECL std::string_view ReplyReader::existing_id() const noexcept {
  std::string_view found;
  if (const auto place = json_[Slot::existing_id]; !place.cut) found = last_segment(place.text);
  if (found.empty() && !facts_->failure.existing_id_behind.empty())
    found = first_word(behind(json_[Slot::message].text, facts_->failure.existing_id_behind));
  return is_identifier(found) ? found : std::string_view{};
}

FLORIN_DECL Error ReplyReader::begin_error(Errc code, Outcome outcome) const {
  Error error;
  error.code = code;
  error.outcome = outcome;
  error.status_code = unified_status(code, status_);
  error.http_status = status_;
  error.connector = facts_->connector;
  error.request_id = Text{request_id()};
  return error;
}

FLORIN_DECL Error ReplyReader::unreadable(std::string_view reason) const {
  Error error = begin_error(Errc::unreadable_reply, Outcome::unknown);
  error.reason = reason;
  error.transient = true;
  return error;
}

FLORIN_DECL bool ReplyReader::is_own() const noexcept {
  if (body_size_ == 0) return facts_->headers.on_every_answer && !request_id_.view().empty();
  if (!json_.complete()) return false;
  const auto& failure = facts_->failure;
  if (failure.code.empty() && failure.type.empty()) return !json_[Slot::message].text.empty();
  return is_code(json_[Slot::code].text) || is_code(json_[Slot::type].text);
}

FLORIN_DECL const Rule* ReplyReader::matching_rule(std::span<const Rule> rules,
                                                   bool own) const noexcept {
  const std::string_view text = plain_text();
  if (!json_.complete() && !own && text.empty()) return nullptr;
  const auto fits = [](std::string_view wanted, std::string_view found) {
    return wanted.empty() || same_name(wanted, found);
  };
  for (const Rule& rule : rules) {
    const bool names = !rule.code.empty() || !rule.type.empty() || !rule.param.empty();
    if (!text.empty() && names) continue;
    const bool knows = !rule.code.empty() || !rule.type.empty() || !rule.message.empty() ||
                       !rule.message_has.empty() || !rule.message_begins.empty();
    const std::string_view message = text.empty() ? json_[Slot::message].text : text;
    if ((own || knows) && (rule.status == 0 || rule.status == status_) &&
        (rule.at == At::any || meet(rule.at, facts_->at)) &&
        fits(rule.code, json_[Slot::code].text) && fits(rule.type, json_[Slot::type].text) &&
        fits(rule.param, param()) && (!rule.no_param || param().empty()) &&
        fits(rule.message, message) && has_text(message, rule.message_has) &&
        same_name(message.substr(0, rule.message_begins.size()), rule.message_begins))
      return &rule;
  }
  return nullptr;
}

FLORIN_DECL Error ReplyReader::refused() const {
  const bool own = is_own();
  const Rule* const rule = matching_rule(facts_->rules, own);
  const Errc means = rule != nullptr ? rule->means : errc_of_status(status_);
  const bool refuses = rule != nullptr && rule->refuses;
  Error error = begin_error(means, refuses ? Outcome::no_effect : outcome_of(means, status_));
  error.from_processor = own || rule != nullptr;
  error.connector_code.assign(json_[Slot::code].text);
  error.connector_type.assign(json_[Slot::type].text);
  const std::string_view text = plain_text();
  error.connector_message.assign(text.empty() ? json_[Slot::message].text : text);
  error.param.assign(param());
  if (means == Errc::customer_exists) error.existing_customer_id.assign(existing_id());
  error.retry_after = parse_retry_after(retry_after_.view(), date_.view());
  // Every answer has the limit's end, so that it says something of a refusal for its sake alone.
  if (!error.retry_after && means == Errc::rate_limited)
    error.retry_after = parse_limit_reset(limit_reset_.view(), date_.view());
  error.transient = advised(means, rule != nullptr ? rule->retry : Retry::by_code);
  return error;
}

FLORIN_DECL bool ReplyReader::advised(Errc means, Retry retry) const noexcept {
  if (should_retry_ != Retry::by_code) return should_retry_ == Retry::yes;
  if (replayed_) return false;
  if (retry != Retry::by_code) return retry == Retry::yes;
  return means == Errc::rate_limited || means == Errc::connector_unavailable;
}

}  // namespace florin::wire

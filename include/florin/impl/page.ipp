// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/find.hpp>
#include <florin/wire/digits.hpp>
#include <florin/wire/record.hpp>
#include <florin/wire/reply_reader.hpp>
#include <florin/wire/utf8.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace florin {

namespace detail {

/// The id of one record of several; empty: it has none.
inline std::string_view id_of(const wire::RecordView& record, bool reference_is_id) noexcept {
  const auto part_of = [&record](std::uint8_t part) -> std::string_view {
    for (const auto& entry : record.entries)
      if (entry.part == part) {
        const std::string_view text = record.text_of(entry);
        return entry.is_json && !wire::is_digits(text) ? std::string_view{} : text;
      }
    return {};
  };
  if (reference_is_id)
    if (const auto id = part_of(static_cast<std::uint8_t>(Field::merchant_customer_id));
        !id.empty())
      return id;
  return part_of(static_cast<std::uint8_t>(wire::RecordPart::id));
}

/// Whether the customer is one that was asked for.
inline bool is_wanted(const Customer& customer, const FindRequest& request,
                      bool ignores_case) noexcept {
  if (customer.status == CustomerStatus::deleted) return false;
  if (!request.merchant_customer_id.empty())
    return customer.merchant_customer_id() == request.merchant_customer_id;
  const auto email = customer.email();
  if (!email) return false;
  return ignores_case ? wire::same_name(*email, request.email) : *email == request.email;
}

/// A number that is written in digits alone; nothing: it is none.
inline std::optional<std::uint64_t> number_in(std::string_view text) noexcept {
  std::uint64_t number = 0;
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

/// The numbers of the page that was asked for and of the one behind it.
struct PageNumbers {
  std::uint64_t here = 0;
  std::uint64_t next = 0;
};
/// Nothing: the page is no number, or none can follow.
inline std::optional<PageNumbers> numbers_of(std::string_view page, const wire::json::Page& facts) {
  std::optional<std::uint64_t> here = facts.first;
  if (!page.empty()) here = number_in(page);
  constexpr std::uint64_t most = std::numeric_limits<std::uint32_t>::max();
  if (!here || *here > most - facts.step) return std::nullopt;
  return PageNumbers{*here, *here + facts.step};
}

/// What stands behind the `?` of a link, as it is; empty: nothing.
constexpr std::string_view query_of(std::string_view link) noexcept {
  link = link.substr(0, link.find('#'));
  const std::size_t at = link.find('?');
  return at == std::string_view::npos ? std::string_view{} : link.substr(at + 1);
}

/// Whether the answer says that this page is the last one. Nothing: it does not say what it should.
inline std::optional<bool> ends_at(const PageNumbers& page, const wire::ReplyReader& reader) {
  const auto& facts = reader.facts().page;
  bool ends = false;
  if (!facts.pages.empty()) {
    const auto pages = number_in(reader.text(wire::Slot::pages));
    if (!pages) return std::nullopt;
    ends = page.here >= *pages;
  }
  if (!facts.total.empty()) {
    const auto total = number_in(reader.text(wire::Slot::total));
    if (!total) return std::nullopt;
    ends = ends || page.next - std::min<std::uint64_t>(page.next, facts.first) >= *total;
  }
  return ends;
}

/// Whether the answer says that there are more.
inline bool has_more(const wire::ReplyReader& reader) noexcept {
  const std::string_view text = reader.text(wire::Slot::more);
  return !text.empty() && text != "false" && text != "0";
}

}  // namespace detail

FLORIN_DECL std::string_view CustomerPage::assign(const wire::ReplyReader& reader,
                                                  const FindRequest& request) {
  const auto& facts = reader.facts();
  const wire::RecordLog& log = reader.record();
  if (log.lost()) return "the records could not be kept";
  const bool single = facts.page.items.empty();
  const std::size_t count = single ? 1 : log.count();
  size_ = 0;
  next_.clear();
  first_.clear();
  std::string_view last;
  for (std::size_t i = 0; i < count; ++i) {
    const wire::RecordView record = single ? log.whole() : log.record(i);
    last = detail::id_of(record, facts.reference_is_id);
    if (!reader.is_identifier(last) || !last.starts_with(facts.reply.id_prefix))
      return "a record has no id, or not one of this processor";
    if (i == 0) first_.assign(last);
    if (size_ == customers_.size()) customers_.emplace_back();
    Customer& customer = customers_[size_];
    customer.assign(last, record, facts);
    customer.http_status = reader.http_status();
    customer.request_id.assign(reader.request_id());
    if (detail::is_wanted(customer, request, facts.page.ignores_case)) ++size_;
  }
  index = facts.index;
  http_status = reader.http_status();
  request_id.assign(reader.request_id());
  if (single || (!facts.page.more.empty() && !detail::has_more(reader))) return {};
  if (facts.page.counts() && (count == 0 || count < facts.page.size)) return {};
  // Whoever counts on where the number of the page counts for nothing never ends.
  if (facts.page.next == wire::json::Next::number && !first_.empty() && first_ == request.before) {
    size_ = 0;
    return {};
  }
  switch (facts.page.next) {
    case wire::json::Next::token:
      if (reader.too_long(wire::Slot::next_page)) return "the next page's name is too long";
      next_.assign(reader.text(wire::Slot::next_page));
      break;
    case wire::json::Next::last_id:
      next_.assign(last);
      break;
    case wire::json::Next::number: {
      const auto numbers = detail::numbers_of(request.page, facts.page);
      if (!numbers) return "the page is not a number";
      const auto ends = detail::ends_at(*numbers, reader);
      if (!ends) return "the answer does not say how many there are";
      if (*ends) return {};
      std::array<char, 12> digits;
      const auto end =
          std::to_chars(digits.data(), digits.data() + digits.size(), numbers->next).ptr;
      next_.assign(digits.data(), end);
      break;
    }
    case wire::json::Next::link: {
      if (reader.too_long(wire::Slot::next_page)) return "the next page's name is too long";
      const std::string_view link = reader.text(wire::Slot::next_page);
      next_.assign(detail::query_of(link));
      if (!detail::is_query(next_) || (next_.empty() && !link.empty()))
        return "the next page's link has no query that can be sent";
      break;
    }
  }
  if (!detail::is_page(next_)) return "the next page's name cannot be sent";
  if (next_.empty() && !facts.page.more.empty()) return "the answer does not name its next page";
  // Whoever follows a page that names itself never ends.
  if (!next_.empty() && next_ == request.page) return "the answer names the same page again";
  return {};
}

FLORIN_DECL void CustomerPage::assign_none(const wire::ReplyReader& reader) {
  size_ = 0;
  next_.clear();
  first_.clear();
  index = reader.facts().index;
  http_status = reader.http_status();
  request_id.assign(reader.request_id());
}

}  // namespace florin

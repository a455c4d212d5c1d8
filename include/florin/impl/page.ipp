// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/find.hpp>
#include <florin/wire/record.hpp>
#include <florin/wire/reply_reader.hpp>
#include <florin/wire/utf8.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace florin {

namespace detail {

/// The id of one record of several; empty: it has none.
inline std::string_view id_of(const wire::RecordView& record, bool reference_is_id) noexcept {
  const auto part = reference_is_id ? static_cast<std::uint8_t>(Field::merchant_customer_id)
                                    : static_cast<std::uint8_t>(wire::RecordPart::id);
  for (const auto& entry : record.entries)
    if (entry.part == part) return record.text_of(entry);
  return {};
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

/// The number of the page that was asked for; nothing: it is none.
inline std::optional<unsigned> number_of(std::string_view page, const wire::json::Page& facts) {
  if (page.empty()) return facts.first;
  unsigned number = 0;
  const auto [end, ec] = std::from_chars(page.data(), page.data() + page.size(), number);
  if (ec != std::errc{} || end != page.data() + page.size()) return std::nullopt;
  return number;
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
  std::string_view last;
  for (std::size_t i = 0; i < count; ++i) {
    const wire::RecordView record = single ? log.whole() : log.record(i);
    last = detail::id_of(record, facts.reference_is_id);
    if (!reader.is_identifier(last) || !last.starts_with(facts.reply.id_prefix))
      return "a record has no id, or not one of this processor";
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
  switch (facts.page.next) {
    case wire::json::Next::token:
      if (reader.too_long(wire::Slot::next_page)) return "the next page's name is too long";
      next_.assign(reader.text(wire::Slot::next_page));
      break;
    case wire::json::Next::last_id:
      next_.assign(last);
      break;
    case wire::json::Next::number: {
      const auto number = detail::number_of(request.page, facts.page);
      if (!number) return "the page is not a number";
      std::array<char, 12> digits;
      const auto end =
          std::to_chars(digits.data(), digits.data() + digits.size(), *number + facts.page.step)
              .ptr;
      next_.assign(digits.data(), end);
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
  index = reader.facts().index;
  http_status = reader.http_status();
  request_id.assign(reader.request_id());
}

}  // namespace florin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/record.hpp>
#include <florin/testing/processor.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing::detail {

/// What stands in a placeholder's place.
struct Filling {
  std::string text;
  /// Already JSON text.
  bool raw = false;
};

/// A page of customers.
struct Page {
  const Listing& rules;
  const boost::json::value& item;
  /// Where it was found.
  std::string_view path;
  std::string_view query;
  /// On all pages.
  std::span<const Record* const> all{};
  std::vector<const Record*> customers{};
  std::size_t limit = 0;
  std::size_t number = 0;
  /// How many customers come before it.
  std::size_t start = 0;
  std::size_t total = 0;
  bool has_more = false;

  std::size_t end() const { return start + customers.size(); }
  std::size_t pages() const { return total / limit + (total % limit == 0 ? 0 : 1); }
  std::string cursor(const Record& customer) const { return rules.cursor_prefix + customer.id; }

  /// The path and query of the page so many customers from the first one, or of this number, or
  /// behind this cursor, which is a name and a value.
  std::string link(std::size_t first, std::size_t page_number,
                   const std::string& cursor_pair = {}) const {
    std::string out(path);
    char separator = '?';
    const auto add = [&](std::string_view pair) {
      out += std::exchange(separator, '&');
      out += pair;
    };
    for (std::string_view rest = query; !rest.empty();) {
      const std::string_view pair = rest.substr(0, rest.find('&'));
      const std::string_view name = pair.substr(0, pair.find('='));
      if (name != rules.limit_name && name != rules.offset_name && name != rules.page_name &&
          name != rules.from_name && name != rules.after_name && name != rules.before_name)
        add(pair);
      rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    }
    if (!rules.limit_name.empty()) add(rules.limit_name + '=' + std::to_string(limit));
    if (!rules.offset_name.empty()) add(rules.offset_name + '=' + std::to_string(first));
    if (!rules.from_name.empty() && first != 0 && first < all.size())
      add(rules.from_name + '=' + cursor(*all[first]));
    if (!rules.page_name.empty()) add(rules.page_name + '=' + std::to_string(page_number));
    if (!cursor_pair.empty()) add(cursor_pair);
    return out;
  }

  /// Takes its share of all that was found, which has to last as long as the page.
  /// \param after, before  how many come up to the cursors of the query
  void cut(const std::vector<const Record*>& found, std::size_t offset,
           std::optional<std::size_t> after, std::optional<std::size_t> before) {
    all = found;
    total = found.size();
    const std::size_t last = before.value_or(total);
    const bool backwards = before && !after;
    if (backwards) {
      start = last - std::min(last, limit);
    } else if (after) {
      start = std::min(last, *after);
    } else {
      const std::size_t skipped = number - rules.first_page;
      start = skipped > last / limit ? last : std::min(last, skipped * limit + offset);
    }
    const auto first = found.begin() + static_cast<std::ptrdiff_t>(start);
    customers.assign(first, first + static_cast<std::ptrdiff_t>(std::min(limit, last - start)));
    has_more = backwards ? start > 0 : end() < total;
  }

  /// Of the placeholders that are about the page as a whole.
  /// \param base  what links begin with
  std::optional<Filling> value(std::string_view name, std::string_view base) const {
    const auto count = [](std::size_t value, bool given = true) -> std::optional<Filling> {
      if (!given) return std::nullopt;
      return Filling{std::to_string(value), true};
    };
    const bool empty = customers.empty();
    const bool next = end() < total;
    const bool previous = start > 0;
    const auto cursor_of = [&](bool given, bool first) -> std::optional<Filling> {
      if (!given || empty) return std::nullopt;
      return Filling{cursor(*(first ? customers.front() : customers.back()))};
    };
    const std::string_view start_of_link = name == "next_path" ? std::string_view() : base;
    const auto link_to = [&](bool given, std::size_t first, std::size_t page_number,
                             const std::string& cursor_name = {},
                             bool to_front = false) -> std::optional<Filling> {
      if (!given) return std::nullopt;
      std::string pair;
      if (!cursor_name.empty() && !empty)
        pair = cursor_name + '=' + cursor(*(to_front ? customers.front() : customers.back()));
      return Filling{std::string(start_of_link) + link(first, page_number, pair)};
    };
    const std::size_t before_last = std::max<std::size_t>(pages(), 1) - 1;
    const std::size_t last_page = rules.first_page + before_last;
    if (name == "has_more") return Filling{has_more ? "true" : "false", true};
    if (name == "last_cursor") return cursor_of(true, false);
    if (name == "next_cursor") return cursor_of(next, false);
    if (name == "previous_cursor") return cursor_of(previous, true);
    if (name == "limit") return count(limit);
    if (name == "total") return count(total);
    if (name == "count") return count(customers.size());
    if (name == "offset") return count(start);
    if (name == "page") return count(number);
    if (name == "pages") return count(pages());
    if (name == "next_page") return count(number + 1, next);
    if (name == "previous_page") return count(number - 1, number > rules.first_page);
    if (name == "last_page") return count(last_page);
    if (name == "from") return count(start + 1, !empty);
    if (name == "to") return count(end(), !empty);
    if (name == "self_link") return link_to(true, start, number);
    if (name == "first_link") return link_to(true, 0, rules.first_page);
    if (name == "last_link") return link_to(true, before_last * limit, last_page);
    if (name == "next_link" || name == "next_path")
      return link_to(next, end(), number + 1, rules.after_name);
    if (name == "previous_link")
      return link_to(previous, start - std::min(start, limit), number - 1, rules.before_name, true);
    return std::nullopt;
  }
};

}  // namespace florin::testing::detail

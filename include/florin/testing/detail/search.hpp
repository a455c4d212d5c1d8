// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/detail/render.hpp>
#include <florin/testing/detail/texts.hpp>
#include <florin/testing/detail/validate.hpp>
#include <florin/testing/processor.hpp>

#include <boost/beast/core/string.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing::detail {

/// A time in a query.
struct Moment {
  std::chrono::milliseconds value{};
  /// Given in whole seconds: what it is compared with is, too.
  bool seconds = true;
};

/// Unix seconds, or ISO 8601: a date, alone or with a time and `Z` or an offset.
inline std::optional<Moment> read_moment(std::string_view text) {
  using namespace std::chrono;
  if (const auto unix_time = whole_number(text); unix_time && text.size() < 12)
    return Moment{seconds(static_cast<seconds::rep>(*unix_time))};
  const auto take = [&](std::size_t digits, char before) -> std::optional<int> {
    if (before != 0 && !text.starts_with(before)) return std::nullopt;
    if (before != 0) text.remove_prefix(1);
    const auto number = whole_number(text.substr(0, digits));
    if (!number || text.size() < digits) return std::nullopt;
    text.remove_prefix(digits);
    return static_cast<int>(*number);
  };
  const auto year_number = take(4, 0);
  const auto month_number = take(2, '-');
  const auto day_number = take(2, '-');
  if (!year_number || !month_number || !day_number) return std::nullopt;
  const year_month_day date(year(*year_number), month(static_cast<unsigned>(*month_number)),
                            day(static_cast<unsigned>(*day_number)));
  if (!date.ok()) return std::nullopt;
  Moment moment{sys_days(date).time_since_epoch()};
  if (text.empty()) return moment;
  const auto hour_number = take(2, 'T');
  const auto minute_number = take(2, ':');
  const auto second_number = take(2, ':');
  if (!hour_number || !minute_number || !second_number || *hour_number > 23 ||
      *minute_number > 59 || *second_number > 60)
    return std::nullopt;
  moment.value += hours(*hour_number) + minutes(*minute_number) + seconds(*second_number);
  if (text.starts_with('.')) {
    moment.seconds = false;
    text.remove_prefix(1);
    for (int unit = 100; !text.empty() && text[0] >= '0' && text[0] <= '9'; unit /= 10) {
      moment.value += milliseconds(unit * (text[0] - '0'));
      text.remove_prefix(1);
    }
  }
  if (text == "Z") return moment;
  const bool west = text.starts_with('-');
  const auto offset_hours = take(2, west ? '-' : '+');
  const auto offset_minutes = take(2, text.starts_with(':') ? ':' : '\0');
  if (!offset_hours || !offset_minutes || !text.empty()) return std::nullopt;
  const auto offset = hours(*offset_hours) + minutes(*offset_minutes);
  moment.value += west ? offset : -offset;
  return moment;
}

/// A query for customers.
class Search {
 public:
  explicit Search(const Listing& rules)
      : limit(std::min(rules.default_limit, rules.max_limit)),
        page(rules.first_page),
        newest_first(rules.newest_first),
        rules_(rules) {}

  std::size_t limit;
  std::size_t page;
  std::size_t offset = 0;
  std::optional<std::string> after{};
  std::optional<std::string> before{};
  std::optional<std::string> from{};
  bool newest_first;

  /// What is wrong with the query.
  std::optional<Violation> read(const std::vector<Parameter>& parameters) {
    for (const Parameter& parameter : parameters) {
      const bool none =
          parameter.value.empty() ||
          (!parameter.is_string && (parameter.value == "null" || parameter.value == "[]"));
      if (rules_.ignore_empty && none) continue;
      if (!understands(parameter))
        return Violation{Case::invalid_value, parameter.name, parameter.value};
    }
    return std::nullopt;
  }

  bool finds(const Record& customer) const {
    return customer.removed == removed_ &&
           std::all_of(wanted_.begin(), wanted_.end(),
                       [&](const Wanted& wanted) { return agrees(wanted, customer); }) &&
           std::all_of(conditions_.begin(), conditions_.end(),
                       [&](const Condition& condition) { return condition(customer.fields); });
  }

 private:
  using Match = Filter::Match;

  /// A filter that the query uses.
  struct Wanted {
    const Filter* filter;
    std::optional<std::string> key{};
    std::vector<std::string> values{};
    Moment moment{};
  };

  static bool is_name(const std::string& name, const Parameter& parameter) {
    return !name.empty() && name == parameter.name;
  }

  bool understands(const Parameter& parameter) {
    const std::string& value = parameter.value;
    const auto number = [&](std::size_t& out, std::size_t least) {
      const auto given = whole_number(value);
      if (!given || *given < least) return false;
      out = *given;
      return true;
    };
    const auto cursor = [&](std::optional<std::string>& out) {
      if (!value.starts_with(rules_.cursor_prefix)) return false;
      out = value.substr(rules_.cursor_prefix.size());
      return true;
    };
    const auto one_of = [&](const std::string& yes, const std::string& no, bool& out) {
      out = boost::beast::iequals(value, yes);
      return out || boost::beast::iequals(value, no);
    };
    if (is_name(rules_.limit_name, parameter)) {
      if (!number(limit, 1) || (limit > rules_.max_limit && !rules_.cut_limit)) return false;
      limit = std::min(limit, rules_.max_limit);
      return true;
    }
    if (is_name(rules_.after_name, parameter)) return cursor(after);
    if (is_name(rules_.before_name, parameter)) return cursor(before);
    if (is_name(rules_.from_name, parameter)) return cursor(from);
    if (is_name(rules_.page_name, parameter)) return number(page, rules_.first_page);
    if (is_name(rules_.offset_name, parameter)) return number(offset, 0);
    if (is_name(rules_.direction_name, parameter))
      return one_of(rules_.descending, rules_.ascending, newest_first);
    if (is_name(rules_.removed_name, parameter)) return one_of("true", "false", removed_);
    if (is_name(rules_.query_name, parameter)) {
      auto condition = rules_.query(value);
      if (condition) conditions_.push_back(std::move(*condition));
      return condition.has_value();
    }
    for (const Filter& filter : rules_.filters) {
      if (is_name(filter.key_name, parameter)) {
        wanted(filter).key = value;
      } else if (is_name(filter.name, parameter)) {
        if (filter.match >= Match::created_from) {
          const auto moment = read_moment(value);
          if (!moment) return false;
          wanted(filter).moment = *moment;
        }
        wanted(filter).values.push_back(value);
      }
    }
    return true;
  }

  Wanted& wanted(const Filter& filter) {
    for (Wanted& each : wanted_)
      if (each.filter == &filter) return each;
    return wanted_.emplace_back(Wanted{&filter});
  }

  static bool agrees(const Wanted& wanted, const Record& customer) {
    const Filter& filter = *wanted.filter;
    if (filter.match >= Match::created_from) return agrees(wanted, customer.created);
    const auto fits = [&](std::string_view has) {
      return std::any_of(wanted.values.begin(), wanted.values.end(),
                         [&](const std::string& asked) { return fits_one(filter, asked, has); });
    };
    if (!filter.key_name.empty())
      return std::any_of(customer.fields.begin(), customer.fields.end(),
                         [&](const Parameter& field) {
                           if (!wanted.values.empty() && !fits(field.value)) return false;
                           const auto key = stored_key(customer.body, filter.field, field.name);
                           return key && (!wanted.key || *key == *wanted.key);
                         });
    if (filter.field == "{id}") return fits(customer.id);
    const Parameter* const field = customer.find(filter.field);
    if (field == nullptr && filter.otherwise.empty()) return filter.match == Match::differs;
    return fits(field != nullptr ? field->value : filter.otherwise);
  }

  static bool agrees(const Wanted& wanted, std::chrono::system_clock::time_point created) {
    using std::chrono::floor;
    std::chrono::milliseconds when = floor<std::chrono::milliseconds>(created).time_since_epoch();
    if (wanted.moment.seconds) when = floor<std::chrono::seconds>(when);
    switch (wanted.filter->match) {
      case Match::created_from:
        return when >= wanted.moment.value;
      case Match::created_after:
        return when > wanted.moment.value;
      case Match::created_until:
        return when <= wanted.moment.value;
      default:
        return when < wanted.moment.value;
    }
  }

  static bool fits_one(const Filter& filter, const std::string& asked, std::string_view has) {
    if (filter.agrees) return filter.agrees(asked, has);
    switch (filter.match) {
      case Match::ignore_case:
        return lower_case(has) == lower_case(asked);
      case Match::differs:
        return has != asked;
      case Match::contains:
        return has.find(asked) != std::string_view::npos;
      case Match::starts_with:
        return has.starts_with(asked);
      case Match::ends_with:
        return has.ends_with(asked);
      case Match::email_or_domain: {
        const std::string_view domain = has.substr(std::min(has.size(), has.find('@') + 1));
        return lower_case(asked) == lower_case(has) || lower_case(asked) == lower_case(domain);
      }
      default:
        return has == asked;
    }
  }

  const Listing& rules_;
  bool removed_ = false;
  std::vector<Wanted> wanted_;
  std::vector<Condition> conditions_;
};

/// The description with all that listings read named among the fields of their actions.
inline Processor with_listing_fields(Processor processor) {
  for (Action& action : processor.actions) {
    if (action.operation != Operation::list && action.operation != Operation::find) continue;
    const Listing& rules = action.listing ? *action.listing : processor.listing;
    if (rules.ignore_empty) action.refuse_empty = false;
    const auto add = [&](const std::string& name, bool repeatable = false) {
      const bool known = std::any_of(action.fields.begin(), action.fields.end(),
                                     [&](const Field& field) { return field.name == name; });
      if (!known && !name.empty())
        action.fields.push_back({.name = name, .type = Type::any, .repeatable = repeatable});
    };
    for (const Filter& filter : rules.filters) {
      add(filter.name, filter.repeatable);
      add(filter.key_name);
    }
    for (const std::string& name :
         {rules.query_name, rules.limit_name, rules.after_name, rules.before_name, rules.from_name,
          rules.page_name, rules.offset_name, rules.direction_name, rules.removed_name})
      add(name);
  }
  return processor;
}

}  // namespace florin::testing::detail

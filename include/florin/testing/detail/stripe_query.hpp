// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/detail/search.hpp>
#include <florin/testing/processor.hpp>

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing::detail {

/// Reads Stripe's query language: clauses such as `metadata['k']:'v'`, `-email:"a@b.c"` and
/// `name~'ana'`, joined by blanks or `AND`, or by `OR`.
class StripeQuery {
 public:
  explicit StripeQuery(std::string_view text) : rest_(text) {}

  std::optional<Condition> read() {
    std::vector<Condition> clauses;
    std::string_view joined_by;
    for (skip_blanks(); !rest_.empty(); skip_blanks()) {
      auto clause = read_clause();
      if (!clause) return std::nullopt;
      clauses.push_back(std::move(*clause));
      const bool apart = skip_blanks();
      if (rest_.empty()) break;
      std::string_view word = "AND";
      if (take("AND ") || take("OR ")) {
        word = taken_.substr(0, taken_.size() - 1);
        if (skip_blanks(); rest_.empty()) return std::nullopt;
      }
      if (!apart || (!joined_by.empty() && joined_by != word)) return std::nullopt;
      joined_by = word;
    }
    if (clauses.empty()) return std::nullopt;
    return [clauses = std::move(clauses), any = joined_by == "OR"](std::span<const Parameter> all) {
      const auto holds = [&](const Condition& clause) { return clause(all); };
      return any ? std::any_of(clauses.begin(), clauses.end(), holds)
                 : std::all_of(clauses.begin(), clauses.end(), holds);
    };
  }

 private:
  bool skip_blanks() {
    const std::string_view before = rest_;
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
    return rest_.size() != before.size();
  }

  bool take(std::string_view text) {
    if (!rest_.starts_with(text)) return false;
    taken_ = rest_.substr(0, text.size());
    rest_.remove_prefix(text.size());
    return true;
  }

  /// Text in quotes of either kind; a backslash takes the character behind it as it is.
  std::optional<std::string> read_quoted() {
    if (!take("'") && !take("\"")) return std::nullopt;
    const char end = taken_.front();
    std::string out;
    for (; !rest_.empty(); rest_.remove_prefix(1)) {
      if (rest_.front() == end) {
        rest_.remove_prefix(1);
        return out;
      }
      if (rest_.front() == '\\') rest_.remove_prefix(1);
      if (rest_.empty()) break;
      out += rest_.front();
    }
    return std::nullopt;
  }

  std::optional<Condition> read_clause() {
    const bool negated = take("-");
    std::string name;
    const bool token = take("metadata[");
    if (token) {
      const auto key = read_quoted();
      if (!key || key->empty() || !take("]")) return std::nullopt;
      name = "metadata[" + *key + ']';
    } else if (take("email") || take("name") || take("phone")) {
      name = taken_;
    } else {
      return std::nullopt;
    }
    const bool part = take("~");
    if (!part && !take(":")) return std::nullopt;
    std::optional<std::string> value;
    if (part || !take("null")) {
      value = read_quoted();
      if (!value || (part && (token || value->size() < 3))) return std::nullopt;
      value = lower_case(*value);
    }
    return [=](std::span<const Parameter> all) {
      const Parameter* const field = find(all, name);
      const bool holds = !value             ? field == nullptr
                         : field == nullptr ? false
                         : token            ? lower_case(field->value) == *value
                                 : lower_case(field->value).find(*value) != std::string::npos;
      return holds != negated;
    };
  }

  std::string_view rest_;
  std::string_view taken_;
};

/// For `Listing::query`.
inline std::optional<Condition> stripe_query(std::string_view text) {
  return StripeQuery(text).read();
}

}  // namespace florin::testing::detail

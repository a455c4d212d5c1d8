// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "text.hpp"

/// Lays out what `wire list` tells of a connector as a page to read.
namespace wire_example {

/// Columns of a page.
inline constexpr std::size_t page_width = 100;

/// The text in lines of at most `width` columns, cut at blanks; a longer word is cut anywhere.
inline std::vector<std::string> wrapped(std::string_view text, std::size_t width) {
  std::vector<std::string> lines(1);
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (!lines.back().empty()) {
      if (lines.back().size() + 1 + word.size() <= width) {
        lines.back().append(" ").append(word);
        continue;
      }
      lines.emplace_back();
    }
    for (; word.size() > width; word.remove_prefix(width)) {
      lines.back() = word.substr(0, width);
      lines.emplace_back();
    }
    lines.back() = word;
  }
  return lines;
}

using Row = std::vector<std::string>;

/// Rows, all of as many cells.
struct Table {
  std::vector<Row> rows{};
  bool headed = false;  ///< the first row names the columns
};

struct Section {
  std::string heading{};
  std::vector<Table> tables{};
};

struct Page {
  std::string name{};
  std::vector<Section> sections{};
};

/// Appends a table in aligned columns. The last column takes what is left of the width, or stands
/// below where that is little.
inline void put_table(std::string& page, const Table& table) {
  const std::vector<Row>& rows = table.rows;
  constexpr std::size_t indent = 2;
  constexpr std::size_t least = 36;   ///< of the last column, where it needs as much
  constexpr std::size_t first = 28;   ///< of the first column, at most
  constexpr std::size_t widest = 64;  ///< of the others
  std::vector<std::size_t> widths;
  std::size_t last = 0;
  for (const Row& row : rows) {
    widths.resize(std::max(widths.size(), row.size() - 1));
    last = std::max(last, row.back().size());
    for (std::size_t i = 0; i + 1 < row.size(); ++i)
      for (const std::string& line : wrapped(row[i], i == 0 ? first : widest))
        widths[i] = std::max(widths[i], line.size());
  }
  std::size_t left = indent;
  for (const std::size_t width : widths) left += width + 2;
  const bool below = left + std::min(last, least) > page_width;
  for (const Row& row : rows) {
    std::vector<std::vector<std::string>> cells;
    for (std::size_t i = 0; i < row.size(); ++i)
      cells.push_back(wrapped(
          row[i], i < widths.size() ? widths[i] : page_width - (below ? 3 * indent : left)));
    const std::size_t beside = below ? widths.size() : cells.size();
    std::size_t height = 0;
    for (std::size_t i = 0; i < beside; ++i) height = std::max(height, cells[i].size());
    for (std::size_t line = 0; line < height; ++line) {
      std::string text(indent, ' ');
      std::size_t column = indent;
      for (std::size_t i = 0; i < beside; ++i) {
        text.resize(column, ' ');
        if (line < cells[i].size()) text.append(cells[i][line]);
        if (i < widths.size()) column += widths[i] + 2;
      }
      text.erase(text.find_last_not_of(' ') + 1);
      page.append(text).append("\n");
    }
    if (below)
      for (const std::string& line : cells.back())
        if (!line.empty()) page.append(3 * indent, ' ').append(line).append("\n");
  }
}

/// The texts of an array in one.
inline std::string joined(const json::value& texts, std::string_view between = ", ") {
  std::string all;
  for (const json::value& text : texts.as_array())
    all.append(all.empty() ? std::string_view{} : between).append(text.as_string());
  return all;
}

/// \copydoc joined
inline std::string joined_or(const json::value& texts, std::string_view none) {
  return texts.is_null() || texts.as_array().empty() ? std::string{none} : joined(texts);
}

inline std::string text_at(const json::object& object, std::string_view name) {
  return std::string{std::string_view{object.at(name).as_string()}};
}

inline bool holds(const json::array& texts, std::string_view wanted) {
  return std::any_of(texts.begin(), texts.end(),
                     [wanted](const json::value& text) { return text.as_string() == wanted; });
}

/// What is said of the value in a place.
inline std::string limits_text(const json::object& place, bool required) {
  std::string limits = required ? "is absent" : "";
  const json::value& declared = place.at("limits");
  if (declared.is_null()) {
    limits.append(limits.empty() ? "" : "; ").append("breaks rules of its own");
  } else if (!declared.as_array().empty()) {
    limits.append(limits.empty() ? "" : "; ").append(joined(declared, "; "));
  }
  return limits;
}

/// The places of the fields of a request, in the order of the schema.
/// \param required the fields that it has to give.
inline void put_places(Section& section, const json::object& request, const json::object& fields,
                       const json::array& required) {
  std::vector<Row> rows{{"field", "on the wire", "refused before it is sent if it"}};
  for (const auto& field : fields) {
    for (const json::value& each : request.at("places").as_array()) {
      const json::object& place = each.as_object();
      const json::array& held = place.at("fields").as_array();
      if (held.front().as_string() != field.key()) continue;
      std::string name = text_at(place, "name");
      if (!place.at("form").is_null()) name += " (" + text_at(place, "form") + ")";
      rows.push_back(
          {joined(held), std::move(name), limits_text(place, holds(required, field.key()))});
    }
  }
  if (const json::value* const token = request.if_contains("payment_token")) {
    const json::object& place = token->as_object();
    rows.push_back({"payment_token", text_at(place, "name"),
                    limits_text(place, place.at("required").as_bool())});
  }
  section.tables.push_back({std::move(rows), true});
}

/// What is true of several fields of a request.
inline void put_conditions(Section& section, const json::object& request) {
  std::vector<Row> rows{{"not carried", joined_or(request.at("not_carried"), "-")}};
  for (const json::value& fields : request.at("one_of").as_array())
    rows.push_back({"needed", "one of " + joined(fields)});
  for (const json::value& each : request.at("only_with").as_array()) {
    const json::object& condition = each.as_object();
    const bool all = condition.contains("all_of");
    rows.push_back({"sent only with", (all ? "all of " : "one of ") +
                                          joined(condition.at(all ? "all_of" : "any_of")) + ": " +
                                          joined_or(condition.at("fields"), "these themselves")});
  }
  section.tables.push_back({std::move(rows)});
}

/// What an update does with what is not sent.
inline std::string replacement_text(const json::object& replaces) {
  if (replaces.at("record").as_bool())
    return "the whole record: what does not change is sent again";
  std::string text;
  if (!replaces.at("group").as_array().empty())
    text = joined(replaces.at("group")) + (replaces.at("perhaps").as_bool()
                                               ? " together, perhaps: that is not documented"
                                               : " together");
  if (replaces.at("metadata").as_bool())
    text.append(text.empty() ? "" : "; ").append("the metadata as a whole");
  return text.empty() ? "only what is sent: the rest stays" : text + "; the rest stays";
}

inline Section update_of(const json::object& description) {
  const json::object& requests = description.at("requests").as_object();
  const json::object& update = requests.at("update").as_object();
  const json::object& create = requests.at("create").as_object();
  Section section{"Update"};
  std::vector<Row> rows;
  if (update.at("places") == create.at("places") &&
      update.at("not_carried") == create.at("not_carried")) {
    rows.push_back({"fields", "those of create, in the same places"});
  } else {
    put_places(section, update, description.at("fields").as_object(), {});
    put_conditions(section, update);
  }
  std::string cleared = joined_or(update.at("clearable"), "nothing");
  if (!update.at("cleared_by").is_null()) {
    const std::string by = text_at(update, "cleared_by");
    cleared += by == "null"       ? " (sent as null)"
               : by == "omission" ? " (left out)"
                                  : " (sent empty)";
  }
  rows.push_back({"replaces", replacement_text(update.at("replaces").as_object())});
  rows.push_back({"reads first", update.at("reads_first").as_bool()
                                     ? "the customer, where the change needs the rest; not atomic"
                                     : "nothing"});
  rows.push_back({"can be cleared", std::move(cleared)});
  rows.push_back({"a repetition", update.at("idempotency").is_null()
                                      ? "is not recognised"
                                      : "is recognised by " + text_at(update, "idempotency")});
  section.tables.push_back({std::move(rows)});
  return section;
}

inline std::string index_text(const json::object& finder) {
  const std::string index = text_at(finder, "index");
  if (finder.contains("certain"))
    return "may miss a customer: that it looks there is not documented";
  if (index == "undocumented") return "when a customer can be found is not documented";
  if (!finder.contains("delay")) return "finds a customer at once";
  const std::string rule =
      "finds a customer after " + std::to_string(finder.at("delay").as_int64()) + " s as a rule, ";
  if (!finder.contains("longest")) return rule + "at times later";
  return rule + std::to_string(finder.at("longest").as_int64()) + " s at the longest";
}

inline Section finders_of(const json::object& description) {
  std::vector<Row> rows;
  for (const auto& finder : description.at("finders").as_object()) {
    if (finder.value().is_null()) continue;
    const std::string by = "find by " + std::string{std::string_view{finder.key()}};
    const json::object& request = description.at("requests").as_object().at(by).as_object();
    for (const json::value& each : request.at("places").as_array()) {
      const json::object& place = each.as_object();
      const std::string limits = limits_text(place, false);
      rows.push_back({finder.key(), text_at(place, "name"),
                      index_text(finder.value().as_object()) +
                          (limits.empty() ? "" : "; refused if it " + limits)});
    }
  }
  if (rows.empty()) rows.push_back({"none: customers cannot be searched"});
  return {"Finders", {{std::move(rows)}}};
}

/// What becomes of a create that is asked for again.
inline std::string repetition_text(std::string_view repetition) {
  if (repetition == "replayed") return "the same customer, and says so";
  if (repetition == "same_answer") return "the same customer, like a new one";
  if (repetition == "names_customer") return "customer_exists, with the id";
  if (repetition == "refused") return "an error without the id";
  return "a second customer";
}

inline std::string guarantee_text(std::string_view guarantee) {
  if (guarantee == "by_key") return "by the key: one customer, the same for all who ask";
  if (guarantee == "by_uniqueness") return "by uniqueness: the processor refuses a second one";
  if (guarantee == "by_lookup")
    return "by a lookup: one customer, unless two processes ask at the same time";
  return "nothing: a doubt is only reported";
}

inline Section repetitions_of(const json::object& description) {
  std::string recognised = "nothing";
  if (!description.at("idempotency").is_null()) {
    recognised = text_at(description, "idempotency");
    if (const json::value& key = description.at("idempotency_key"); key.is_null()) {
      recognised += ", which is unique";
    } else {
      const json::object& facts = key.as_object();
      recognised += ", a key in the " + text_at(facts, "in") + " of at most " +
                    std::to_string(facts.at("max_length").to_number<std::size_t>()) + " characters";
      if (const json::value& limits = facts.at("limits"); !limits.as_array().empty())
        recognised += ", refused if it " + joined(limits, "; ");
      if (!facts.at("replay_header").is_null())
        recognised += "; a replay has " + text_at(facts, "replay_header");
    }
  }
  std::string duplicates = "nothing";
  if (const json::value& codes = description.at("duplicates"); !codes.is_null())
    duplicates =
        joined(codes) + (description.at("names_existing").as_bool() ? ", with the id" : "");
  std::string repeated;
  for (const auto& field : description.at("echo").as_object())
    if (!field.value().is_null())
      repeated.append(repeated.empty() ? "" : ", ")
          .append(field.key())
          .append(" at ")
          .append(field.value().as_string());
  if (description.at("other_exists").as_bool())
    repeated += "; another merchant_customer_id is an existing customer's";
  return {"Repetitions of create",
          {{{{"recognised by", std::move(recognised)},
             {"the same again gives", repetition_text(text_at(description, "repetition"))},
             {"duplicates refused as", std::move(duplicates)},
             {"ensure settles", guarantee_text(text_at(description, "guarantee"))},
             {"answers repeat", repeated.empty() ? "nothing that was sent" : repeated}}}}};
}

/// What the processor's own codes mean, where the HTTP status does not say it.
inline Section refusals_of(const json::object& description) {
  std::vector<Row> rows{{"an answer with", "means", "at"}};
  for (const json::value& each : description.at("rules").as_array()) {
    const json::object& rule = each.as_object();
    const std::string retried = text_at(rule, "retried");
    rows.push_back({joined(rule.at("when")),
                    text_at(rule, "means") + (retried.empty() ? "" : "; " + retried),
                    rule.at("at").as_string().empty() ? "all" : text_at(rule, "at")});
  }
  if (rows.size() == 1) return {"Refusals", {{{{"by their HTTP status alone"}}}}};
  return {"Refusals", {{std::move(rows), true}}};
}

inline Section operations_of(const json::object& description) {
  std::vector<Row> rows;
  for (const auto& each : description.at("requests").as_object()) {
    const json::object& request = each.value().as_object();
    std::string type;
    if (!request.at("content_type").is_null()) type = text_at(request, "content_type");
    rows.push_back({each.key(), text_at(request, "method"), text_at(request, "path"), type});
  }
  Section section{"Operations", {{std::move(rows)}}};
  rows = {{"read back", joined_or(description.at("record"), "nothing")}};
  const json::object& requests = description.at("requests").as_object();
  if (const json::value* const removal = requests.if_contains("delete"))
    rows.push_back({"deleted", removal->as_object().at("shows_deleted").as_bool()
                                   ? "can still be read"
                                   : "cannot be told from one that never was"});
  section.tables.push_back({std::move(rows)});
  return section;
}

/// The page of a connector.
/// \param description what `wire list` tells of it.
inline Page page_of(const json::object& description) {
  const json::object& requests = description.at("requests").as_object();
  const json::object& variables = description.at("environment_variables").as_object();
  Page page{text_at(description, "name")};

  const json::object& hosts = description.at("hosts").as_object();
  std::vector<Row> rows{
      {"live", text_at(hosts, "live"), text_at(variables, "environment") + "=live"},
      {"sandbox", text_at(hosts, "sandbox"), text_at(variables, "environment") + "=sandbox"},
      {"another", text_at(variables, "base_url"),
       "its root certificates: " + text_at(variables, "ca_file")}};
  if (const json::object* const apart = description.at("token_hosts").if_object()) {
    rows.push_back({"tokens, live", text_at(*apart, "live"), ""});
    rows.push_back({"tokens, sandbox", text_at(*apart, "sandbox"), ""});
    rows.push_back({"tokens, another", text_at(variables, "token_base_url"),
                    "else at " + text_at(variables, "base_url") + ", where that is given"});
  }
  page.sections.push_back({"Hosts", {{std::move(rows)}}});

  rows.clear();
  const json::array& optional = description.at("optional_credentials").as_array();
  for (const json::value& credential : description.at("credentials").as_array()) {
    const std::string_view name = credential.as_string();
    rows.push_back({std::string{name}, text_at(variables, name),
                    holds(optional, name) ? "optional" : "required"});
  }
  page.sections.push_back(
      {"Credentials (" + text_at(description, "authentication") + ")", {{std::move(rows)}}});

  page.sections.push_back(operations_of(description));
  Section fields{"Fields of create"};
  const json::object& create = requests.at("create").as_object();
  put_places(fields, create, description.at("fields").as_object(),
             description.at("required").as_array());
  put_conditions(fields, create);
  page.sections.push_back(std::move(fields));
  if (requests.contains("update")) page.sections.push_back(update_of(description));
  page.sections.push_back(finders_of(description));
  page.sections.push_back(repetitions_of(description));
  page.sections.push_back(refusals_of(description));
  return page;
}

/// A page as text.
inline std::string text_of(const Page& page) {
  std::string text = page.name + "\n" + std::string(page.name.size(), '=') + "\n";
  for (const Section& section : page.sections) {
    text.append("\n").append(section.heading).append("\n");
    for (const Table& table : section.tables) {
      if (&table != &section.tables.front()) text += "\n";
      put_table(text, table);
    }
  }
  return text;
}

/// A page as JSON, for those who lay it out otherwise.
inline json::object json_of(const Page& page) {
  json::array sections;
  for (const Section& section : page.sections) {
    json::array tables;
    for (const Table& table : section.tables) {
      json::array rows;
      for (const Row& row : table.rows) rows.emplace_back(json::array(row.begin(), row.end()));
      tables.push_back(json::object{{"headed", table.headed}, {"rows", std::move(rows)}});
    }
    sections.push_back(json::object{{"heading", section.heading}, {"tables", std::move(tables)}});
  }
  return {{"name", page.name}, {"sections", std::move(sections)}};
}

}  // namespace wire_example

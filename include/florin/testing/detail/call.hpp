// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/processor.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing::detail {

/// A request on its way through the engine.
struct Call {
  const ReceivedRequest& request;
  std::string_view path;
  std::string_view query;
  const Action* action = nullptr;
  std::string id{};
  std::vector<Parameter> parameters{};
  std::string account{};
  std::size_t credential = 0;
  std::string key{};
};

/// Whether the path has the form; a segment `{NAME}` of the form is given out decoded.
inline bool matches(std::string_view form, std::string_view path, Parameter& segment) {
  const std::size_t at = form.find('{');
  if (at == std::string_view::npos) return form == path;
  const std::size_t end = form.find('}', at);
  const std::string_view before = form.substr(0, at);
  const std::string_view after = form.substr(end + 1);
  if (path.size() <= before.size() + after.size() || !path.starts_with(before) ||
      !path.ends_with(after))
    return false;
  const auto raw = path.substr(before.size(), path.size() - before.size() - after.size());
  auto decoded = percent_decode(raw, false);
  if (!decoded || raw.find('/') != std::string_view::npos) return false;
  segment = {std::string(form.substr(at + 1, end - at - 1)), std::move(*decoded)};
  return true;
}

inline bool has_media_type(const Action& action, const ReceivedRequest& request) {
  if (action.body == Body::none || action.content_types.empty() || request.body.empty())
    return true;
  const auto header = request.header("Content-Type");
  if (!header) return false;
  std::string_view bare = header->substr(0, header->find(';'));
  while (bare.ends_with(' ')) bare.remove_suffix(1);
  return std::any_of(action.content_types.begin(), action.content_types.end(),
                     [&](const std::string& type) { return boost::beast::iequals(type, bare); });
}

inline bool selected(const Action& action, const std::vector<Parameter>& parameters) {
  if (action.selects) return action.selects(parameters);
  return action.selector.empty() ||
         std::any_of(parameters.begin(), parameters.end(), [&](const Parameter& parameter) {
           return parameter.name.starts_with(action.selector);
         });
}

inline bool decode(const Action& action, Call& call) {
  const std::string& body = call.request.body;
  std::optional<std::vector<Parameter>> parameters{std::in_place};
  if (action.body == Body::form) parameters = decode_form(body);
  if (action.body == Body::json) parameters = decode_json(body);
  if (!parameters) return false;
  call.parameters = std::move(*parameters);
  const bool searches = action.operation == Operation::list || action.operation == Operation::find;
  if (action.body == Body::json && !searches) return true;
  const auto query = decode_form(call.query);
  if (!query) return false;
  call.parameters.insert(call.parameters.end(), query->begin(), query->end());
  return true;
}

inline std::string fingerprint(const Call& call) {
  std::vector<std::string> entries;
  for (const Parameter& parameter : call.parameters)
    entries.push_back(parameter.name + '\0' + parameter.value);
  std::sort(entries.begin(), entries.end());
  std::string out = call.request.method + ' ' + std::string(call.path);
  for (const std::string& entry : entries) {
    out += '\0';
    out += std::to_string(entry.size()) + ':' + entry;
  }
  return out;
}

/// What a customer's parameters become by an update.
inline std::vector<Parameter> merge(std::vector<Parameter> fields,
                                    const std::vector<Parameter>& sent, const Action& action) {
  std::vector<Parameter> changes = action.stored_as.empty() ? sent : std::vector<Parameter>();
  for (const auto& [from, to] : action.stored_as)
    for (const Parameter& parameter : sent)
      if (parameter.name.starts_with(from))
        changes.push_back(
            {to + parameter.name.substr(from.size()), parameter.value, parameter.is_string});
  const auto clear = [&](const std::string& whole) {
    std::erase_if(fields, [&](const Parameter& field) { return is_within(field.name, whole); });
  };
  for (const std::string& name : action.forgotten)
    if (find(changes, name) == nullptr) clear(name);
  for (const std::string& whole : action.replaced)
    if (std::any_of(changes.begin(), changes.end(),
                    [&](const Parameter& change) { return is_within(change.name, whole); }))
      clear(whole);
  std::vector<std::string> repeated;
  for (const Parameter& change : changes) {
    const auto named = [&](const Parameter& field) { return field.name == change.name; };
    if (is_nothing(change)) {
      clear(change.name);
      continue;
    }
    if (std::count_if(changes.begin(), changes.end(), named) > 1) {
      if (std::find(repeated.begin(), repeated.end(), change.name) == repeated.end())
        clear(repeated.emplace_back(change.name));
      fields.push_back(change);
      continue;
    }
    const auto at = std::find_if(fields.begin(), fields.end(), named);
    if (at == fields.end()) {
      fields.push_back(change);
      continue;
    }
    *at = change;
    fields.erase(std::remove_if(at + 1, fields.end(), named), fields.end());
  }
  return fields;
}

}  // namespace florin::testing::detail

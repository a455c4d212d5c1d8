// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/detail/render.hpp>
#include <florin/testing/detail/texts.hpp>
#include <florin/testing/processor.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

namespace florin::testing::detail {

/// A refusal found by validation.
struct Violation {
  Case cause{};
  std::string param{};
  std::string value{};
  const Field* field = nullptr;
};

inline bool has_type(Type type, const Parameter& parameter, Body body) {
  const std::string_view text = parameter.value;
  const auto integer = [&] {
    const std::string_view digits = text.starts_with('-') ? text.substr(1) : text;
    return has_format(Format::digits, digits) && digits.size() < 19;
  };
  if (body == Body::json && type != Type::any && parameter.is_string != (type == Type::string))
    return false;
  switch (type) {
    case Type::any:
    case Type::string:
      return true;
    case Type::integer:
      return integer();
    case Type::number:
      return !text.empty() && text.find_first_not_of("0123456789+-.eE") == std::string_view::npos;
    case Type::boolean:
      return text == "true" || text == "false";
  }
  return false;
}

/// Checks decoded parameters against an action, in order of arrival, then what is missing.
/// Values of other types than string lose their quotation (`Parameter::is_string`).
class Validator {
 public:
  Validator(const Action& action, std::vector<Parameter>& parameters)
      : action_(action), parameters_(parameters) {}

  std::optional<Violation> run() {
    for (const MapField& map : action_.maps)
      if (!name_entries(map, parameters_)) return Violation{Case::invalid_value, map.prefix};
    std::unordered_set<std::string_view> seen;
    std::vector<std::size_t> entries(action_.maps.size(), 0);
    std::size_t last = 0;
    for (Parameter& parameter : parameters_) {
      const auto field = std::find_if(action_.fields.begin(), action_.fields.end(),
                                      [&](const Field& f) { return f.name == parameter.name; });
      const bool known = field != action_.fields.end();
      if (!seen.insert(parameter.name).second && !(known && field->repeatable))
        return Violation{Case::repeated_parameter, parameter.name};
      if (clears(parameter)) continue;
      if (!known) {
        if (auto fault = check_entry(parameter, entries)) return fault;
        continue;
      }
      const auto position = static_cast<std::size_t>(field - action_.fields.begin());
      if (action_.ordered && position < last) return Violation{Case::wrong_order, parameter.name};
      last = position;
      if (auto fault = check_field(*field, parameter)) return fault;
    }
    for (const MapField& map : action_.maps)
      if (map.max_total != 0 && total(map) > map.max_total)
        return Violation{Case::too_long, map.prefix};
    return check_missing();
  }

 private:
  /// Characters of all entries as the JSON text of an object.
  std::size_t total(const MapField& map) const {
    std::string text;
    for (const Parameter& parameter : parameters_) {
      const auto key = map_key(notation_of(action_.body, map), map.prefix, parameter.name);
      if (!key) continue;
      text += text.empty() ? '{' : ',';
      write_json_string(*key, text);
      text += ':';
      write_json_string(parameter.value, text);
    }
    return utf8_length(text += '}').value_or(text.size());
  }

  /// Whether the parameter clears an object or a map.
  bool clears(const Parameter& parameter) const {
    return is_nothing(parameter) && (!is_null(parameter) || action_.null_clears) &&
           std::find(action_.clearable.begin(), action_.clearable.end(), parameter.name) !=
               action_.clearable.end();
  }

  std::optional<Violation> check_field(const Field& field, Parameter& parameter) const {
    const auto fault = [&](Case cause) {
      return Violation{cause, parameter.name, parameter.value, &field};
    };
    if (parameter.is_string && parameter.value.empty()) {
      if (action_.refuse_empty && !field.may_be_empty) return fault(Case::empty_value);
      return std::nullopt;
    }
    if (action_.null_clears && is_null(parameter)) {
      if (field.required) return fault(Case::missing_field);
      return std::nullopt;
    }
    if (!has_type(field.type, parameter, action_.body)) return fault(Case::invalid_value);
    if (field.type != Type::string && field.type != Type::any) parameter.is_string = false;
    if (field.max_length != 0 && utf8_length(parameter.value).value_or(0) > field.max_length)
      return fault(Case::too_long);
    const bool listed = field.one_of.empty() || std::find(field.one_of.begin(), field.one_of.end(),
                                                          parameter.value) != field.one_of.end();
    if (!listed || !has_format(field.format, parameter.value) ||
        (field.check && !field.check(parameter.value)))
      return fault(Case::invalid_value);
    return std::nullopt;
  }

  std::optional<Violation> check_entry(const Parameter& parameter,
                                       std::vector<std::size_t>& entries) const {
    const auto fault = [&](Case cause) {
      return Violation{cause, parameter.name, parameter.value};
    };
    for (std::size_t i = 0; i < action_.maps.size(); ++i) {
      const MapField& map = action_.maps[i];
      if (parameter.name == map.prefix && !parameter.is_string &&
          parameter.value == (map.pair_name.empty() ? "{}" : "[]"))
        return std::nullopt;
      const auto key = map_key(notation_of(action_.body, map), map.prefix, parameter.name);
      if (!key) continue;
      if (map.max_entries != 0 && ++entries[i] > map.max_entries)
        return fault(Case::too_many_entries);
      if (key->empty() || key->find_first_of(map.forbidden_in_keys) != std::string::npos ||
          (map.max_key != 0 && utf8_length(*key).value_or(0) > map.max_key) ||
          (map.key_check && !map.key_check(*key)))
        return fault(Case::invalid_key);
      if (action_.null_clears && is_null(parameter)) return std::nullopt;
      if (!parameter.is_string) return fault(Case::invalid_value);
      if (action_.refuse_empty && parameter.value.empty()) return fault(Case::empty_value);
      if (map.max_value != 0 && utf8_length(parameter.value).value_or(0) > map.max_value)
        return fault(Case::too_long);
      return std::nullopt;
    }
    const bool unchecked =
        std::any_of(action_.unchecked.begin(), action_.unchecked.end(),
                    [&](const std::string& whole) { return is_within(parameter.name, whole); });
    if (action_.refuse_unknown && !unchecked) return fault(Case::unknown_parameter);
    return std::nullopt;
  }

  const Parameter* find(std::string_view name) const { return detail::find(parameters_, name); }

  std::optional<Violation> check_missing() const {
    for (const Field& field : action_.fields) {
      const bool needed =
          field.required ||
          (!field.required_with.empty() &&
           std::any_of(parameters_.begin(), parameters_.end(), [&](const Parameter& parameter) {
             return parameter.name.starts_with(field.required_with);
           }));
      if (needed && find(field.name) == nullptr)
        return Violation{Case::missing_field, field.name, {}, &field};
    }
    for (const std::vector<std::string>& group : action_.any_of) {
      const bool some = std::any_of(group.begin(), group.end(), [&](const std::string& name) {
        const Parameter* parameter = find(name);
        return parameter != nullptr && !is_nothing(*parameter);
      });
      if (!some && !group.empty()) return Violation{Case::missing_field, group.front()};
    }
    if (action_.check)
      if (const auto odd = action_.check(parameters_)) {
        const Parameter* parameter = find(odd->second);
        return Violation{odd->first, odd->second, parameter ? parameter->value : std::string()};
      }
    return std::nullopt;
  }

  const Action& action_;
  std::vector<Parameter>& parameters_;
};

}  // namespace florin::testing::detail

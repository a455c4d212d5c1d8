// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/page.hpp>
#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/detail/record.hpp>
#include <florin/testing/detail/texts.hpp>
#include <florin/testing/processor.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing::detail {

/// Reproducible, never repeating 64-bit numbers (splitmix64).
class Randomness {
 public:
  explicit Randomness(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9E3779B97F4A7C15u);
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
    return z ^ (z >> 31);
  }

  /// Uniform in [0, 1).
  double fraction() { return static_cast<double>(next() >> 11) * 0x1p-53; }

  std::string fill(std::string_view pattern) {
    static constexpr std::string_view letters =
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    std::string out(pattern);
    std::uint64_t pool = 0;
    std::uint64_t left = 0;
    for (char& c : out) {
      const std::uint64_t base = c == '*' ? 62 : c == '#' ? 10 : c == '%' ? 16 : 0;
      if (base == 0) continue;
      if (left < base) {
        pool = next();
        left = ~std::uint64_t{0};
      }
      c = letters[pool % base];
      pool /= base;
      left /= base;
    }
    return out;
  }

 private:
  std::uint64_t state_;
};

/// `{{fixed PATTERN}}` of the customer with this id.
inline std::string fixed_text(std::string_view id, std::string_view pattern) {
  std::uint64_t seed = 0xCBF29CE484222325u;
  for (const char c : id) seed = (seed ^ static_cast<unsigned char>(c)) * 0x100000001B3u;
  return Randomness(seed).fill(pattern);
}

/// What the placeholders of one answer stand for.
struct Scope {
  const Record* customer = nullptr;
  /// The parameters of the request.
  const std::vector<Parameter>* sent = nullptr;
  const Page* page = nullptr;
  std::string_view existing_id{};
  std::string_view request_id{};
  std::string_view code{};
  std::string_view reason{};
  std::string_view message{};
  std::string_view param{};
  std::string_view value{};
  std::string_view credential{};
  std::string_view token{};
  std::string_view base{};
  std::chrono::system_clock::time_point expires{};
};

inline void write_json_string(std::string_view text, std::string& out) {
  static constexpr char digits[] = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += digits[static_cast<unsigned char>(c) >> 4];
      out += digits[static_cast<unsigned char>(c) & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

/// The text as it stands in XML, within an element or an attribute.
inline std::string xml_text(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&' || c == '<' || c == '>' || c == '"' || c == '\r' || c == '\n' || c == '\t')
      out += "&#" + std::to_string(static_cast<int>(c)) + ';';
    else
      out += c;
  }
  return out;
}

/// Fills templates.
class Renderer {
 public:
  using Absent = Processor::Absent;

  Renderer(const Processor& processor, Randomness& randomness)
      : absent_(processor.absent), randomness_(randomness) {
    if (processor.customer.starts_with('<'))
      customer_xml_ = processor.customer;
    else if (!processor.customer.empty())
      customer_ = parse(processor.customer);
  }

  /// A JSON template, read once.
  static boost::json::value parse(const std::string& text) {
    boost::system::error_code error;
    boost::json::value value = boost::json::parse(text, error);
    if (error)
      throw std::invalid_argument("florin::testing: this answer is not JSON text: " + text);
    return value;
  }

  std::string json(const boost::json::value& form, const Scope& scope, Absent absent) const {
    std::string out;
    out.reserve(1024);
    if (write(form, scope, absent, out) == Kind::missing && form.is_object()) out = "{}";
    return out;
  }

  std::string text(std::string_view form, const Scope& scope) const {
    return fill(form, scope,
                [](const std::optional<Filling>& value, std::string& out, std::string_view&) {
                  out += value ? value->text : "";
                });
  }

  std::string xml(std::string_view form, const Scope& scope, Absent absent) const {
    return fill(
        form, scope,
        [absent](const std::optional<Filling>& value, std::string& out, std::string_view& rest) {
          if (value)
            out += value->raw ? value->text : xml_text(value->text);
          else if (absent == Absent::omitted && out.ends_with('>') && rest.starts_with("</")) {
            out.resize(out.rfind('<'));
            rest.remove_prefix(rest.find('>') + 1);
          }
        });
  }

 private:
  using Value = Filling;
  /// `vacant` is an array that lost all its elements.
  enum class Kind { constant, given, vacant, missing };

  /// \param put  called with a placeholder's value, what was written so far and what follows
  template <class Put>
  std::string fill(std::string_view form, const Scope& scope, Put put) const {
    std::string out;
    for (;;) {
      const std::size_t start = form.find("{{");
      const std::size_t end = form.find("}}", start);
      if (start == std::string_view::npos || end == std::string_view::npos) break;
      out += form.substr(0, start);
      const auto value = lookup(form.substr(start + 2, end - start - 2), scope);
      form.remove_prefix(end + 2);
      put(value, out, form);
    }
    out += form;
    return out;
  }

  static std::string_view argument(std::string_view name, std::string_view function) {
    return name.substr(function.size());
  }

  static std::optional<Value> given(std::string_view text) {
    if (text.empty()) return std::nullopt;
    return Value{std::string(text)};
  }

  std::optional<Value> lookup(std::string_view name, const Scope& scope) const {
    if (const std::size_t at = name.rfind(" if "); at != std::string_view::npos) {
      if (!has_any(name.substr(at + 4), scope)) return std::nullopt;
      name = name.substr(0, at);
    }
    if (name.starts_with("field "))
      return field(argument(name, "field "), scope.customer ? &scope.customer->fields : nullptr);
    if (name.starts_with("sent ")) return field(argument(name, "sent "), scope.sent);
    if (name.starts_with("lower ")) return lower(argument(name, "lower "), scope);
    if (name.starts_with("digits ")) return digits(argument(name, "digits "), scope);
    if (name.starts_with("nullable "))
      return field(argument(name, "nullable "), scope.sent).value_or(Value{"null", true});
    if (name.starts_with("all ")) return all(argument(name, "all "), scope);
    if (name.starts_with("map ")) return map(argument(name, "map "), scope, false);
    if (name.starts_with("pairs ")) return map(argument(name, "pairs "), scope, true);
    if (name.starts_with("random ")) return Value{randomness_.fill(argument(name, "random "))};
    if (name.starts_with("fixed ")) return fixed(argument(name, "fixed "), scope);
    if (name.starts_with("expires_time "))
      return Value{utc_time(scope.expires, std::string(argument(name, "expires_time ")))};
    if (name == "id") return given(scope.customer ? scope.customer->id : std::string_view());
    if (name == "numeric_id" && scope.customer) return Value{scope.customer->id, true};
    if (name == "existing_id") return given(scope.existing_id);
    if (name == "request_id") return given(scope.request_id);
    if (name == "code") return given(scope.code);
    if (name == "code_dashed") return given(dashed(scope.code));
    if (name == "reason") return given(scope.reason);
    if (name == "message") return given(text_of_message(scope));
    if (name == "param") return given(scope.param);
    if (name == "param_leaf") return given(leaf(scope.param));
    if (name == "param_parent") return given(parent(scope.param));
    if (name == "param_pointer") return given(pointer(scope.param));
    if (name == "param_brackets") return given(brackets(scope.param));
    if (name == "param_tree") return tree(scope.param, text_of_message(scope));
    if (name == "value") return given(scope.value);
    if (name == "credential") return given(scope.credential);
    if (name == "token") return given(scope.token);
    if (name == "base") return given(scope.base);
    if (auto value = moment(name, scope)) return value;
    if (name == "removed" && scope.customer && scope.customer->removed) return Value{"true", true};
    if (name == "customer" && scope.customer)
      return Value{customer_xml_.empty() ? json(customer_, scope, absent_)
                                         : xml(customer_xml_, scope, absent_),
                   true};
    if (const std::size_t bar = name.find('|'); bar != std::string_view::npos) {
      auto value = lookup(name.substr(0, bar), scope);
      return value ? value : fallback(name.substr(bar + 1));
    }
    return scope.page ? of_page(name, scope) : std::nullopt;
  }

  std::optional<Value> of_page(std::string_view name, const Scope& scope) const {
    if (name == "cursor") {
      if (scope.customer == nullptr) return std::nullopt;
      return Value{scope.page->cursor(*scope.customer)};
    }
    if (name == "some_customers" && scope.page->customers.empty()) return std::nullopt;
    if (name != "customers" && name != "some_customers") return scope.page->value(name, scope.base);
    const bool array = customer_xml_.empty();
    Value all{array ? "[" : "", true};
    for (const Record* record : scope.page->customers) {
      if (array && all.text.size() > 1) all.text += ',';
      Scope inner = scope;
      inner.customer = record;
      all.text += json(scope.page->item, inner, absent_);
    }
    if (array) all.text += ']';
    return all;
  }

  static std::optional<Value> moment(std::string_view name, const Scope& scope) {
    const auto time = [&](std::string_view function, auto when) -> std::optional<Value> {
      if (name == function) return Value{iso_time(when)};
      if (!name.starts_with(function) || name[function.size()] != ' ') return std::nullopt;
      return Value{utc_time(when, std::string(name.substr(function.size() + 1)))};
    };
    const Record* const customer = scope.customer;
    const auto now = std::chrono::system_clock::now();
    const auto created = customer ? customer->created : now;
    const auto updated = customer ? customer->updated : now;
    if (name == "created" || name == "updated")
      return Value{std::to_string(
                       std::chrono::system_clock::to_time_t(name == "created" ? created : updated)),
                   true};
    if (auto value = time("created_time", created)) return value;
    if (auto value = time("updated_time", updated)) return value;
    if (customer == nullptr || !customer->removed) return std::nullopt;
    return time("removed_time", customer->updated);
  }

  static bool has_any(std::string_view asked, const Scope& scope) {
    const std::vector<Parameter>* const parameters =
        scope.customer ? &scope.customer->fields : scope.sent;
    if (parameters == nullptr) return false;
    const std::size_t equals = asked.find('=');
    if (equals != std::string_view::npos) {
      const Parameter* const field = find(*parameters, asked.substr(0, equals));
      return field != nullptr && field->value == asked.substr(equals + 1);
    }
    return std::any_of(parameters->begin(), parameters->end(),
                       [&](const Parameter& field) { return field.name.starts_with(asked); });
  }

  static std::optional<Value> fixed(std::string_view pattern, const Scope& scope) {
    if (scope.customer == nullptr) return std::nullopt;
    return Value{fixed_text(scope.customer->id, pattern)};
  }

  std::string text_of_message(const Scope& scope) const {
    if (scope.message.find("{{message}}") != std::string_view::npos) return {};
    return text(scope.message, scope);
  }

  static std::optional<Value> field(std::string_view name,
                                    const std::vector<Parameter>* parameters) {
    const std::size_t bar = name.find('|');
    const Parameter* parameter = parameters ? find(*parameters, name.substr(0, bar)) : nullptr;
    if (parameter) return Value{parameter->value, !parameter->is_string};
    if (bar == std::string_view::npos) return std::nullopt;
    return fallback(name.substr(bar + 1));
  }

  static std::optional<Value> lower(std::string_view name, const Scope& scope) {
    auto value = field(name, scope.customer ? &scope.customer->fields : nullptr);
    if (value) value->text = lower_case(value->text);
    return value;
  }

  static std::optional<Value> digits(std::string_view name, const Scope& scope) {
    auto value = field(name, scope.customer ? &scope.customer->fields : nullptr);
    if (value) std::erase_if(value->text, [](char c) { return c < '0' || c > '9'; });
    return value;
  }

  static Value fallback(std::string_view text) {
    boost::system::error_code not_json;
    static_cast<void>(boost::json::parse({text.data(), text.size()}, not_json));
    return Value{std::string(text), !not_json};
  }

  static Value all(std::string_view name, const Scope& scope) {
    Value list{"[", true};
    if (scope.customer) {
      for (const Parameter& parameter : scope.customer->fields) {
        if (parameter.name != name) continue;
        if (list.text.size() > 1) list.text += ',';
        write_json_string(parameter.value, list.text);
      }
    }
    list.text += ']';
    return list;
  }

  static std::optional<Value> map(std::string_view name, const Scope& scope, bool pairs) {
    const std::size_t bar = name.find('|');
    const std::string_view prefix = name.substr(0, bar);
    Value all{pairs ? "[" : "{", true};
    if (scope.customer) {
      for (const Parameter& parameter : scope.customer->fields) {
        const auto key = stored_key(scope.customer->body, prefix, parameter.name);
        if (!key) continue;
        if (all.text.size() > 1) all.text += ',';
        if (pairs) all.text += "{\"name\":";
        write_json_string(*key, all.text);
        all.text += pairs ? ",\"value\":" : ":";
        write_json_string(parameter.value, all.text);
        if (pairs) all.text += '}';
      }
    }
    if (all.text.size() == 1 && bar != std::string_view::npos)
      return fallback(name.substr(bar + 1));
    all.text += pairs ? ']' : '}';
    return all;
  }

  static std::string dashed(std::string_view code) {
    std::string out(code);
    std::replace(out.begin(), out.end(), '_', '-');
    return out;
  }

  static std::string_view leaf(std::string_view name) {
    if (name.ends_with(']')) name.remove_suffix(1);
    const std::size_t at = name.find_last_of(".[");
    return at == std::string_view::npos ? name : name.substr(at + 1);
  }

  static std::string_view parent(std::string_view name) {
    const std::size_t last = name.find_last_of('.');
    if (last == std::string_view::npos) return {};
    name = name.substr(0, last);
    if (name.ends_with(']')) name = name.substr(0, name.find_last_of('['));
    return leaf(name);
  }

  static std::string brackets(std::string_view name) {
    std::string out;
    bool open = false;
    for (const char c : name) {
      if (open && (c == '.' || c == '[')) out += ']';
      open = c == '.' || (open && c != '[');
      out += c == '.' ? '[' : c;
    }
    return open ? out + ']' : out;
  }

  static std::optional<Value> tree(std::string_view name, std::string_view text) {
    if (name.empty()) return std::nullopt;
    Value out{{}, true};
    std::string end;
    for (std::size_t at = 0; at != std::string_view::npos;) {
      at = name.find('.');
      out.text += '{';
      write_json_string(name.substr(0, at), out.text);
      out.text += ':';
      end += '}';
      if (at != std::string_view::npos) name.remove_prefix(at + 1);
    }
    write_json_string(text, out.text);
    out.text += end;
    return out;
  }

  static std::string pointer(std::string_view name) {
    std::string out;
    if (!name.empty()) out = '/';
    for (const char c : name)
      if (c != ']') out += c == '.' || c == '[' ? '/' : c;
    return out;
  }

  Kind write(const boost::json::value& form, const Scope& scope, Absent absent,
             std::string& out) const {
    if (const auto* text_form = form.if_string())
      return write_string(*text_form, scope, absent, out);
    if (const auto* object = form.if_object()) {
      const std::size_t start = out.size();
      bool only_missing = !object->empty();
      bool comma = false;
      out += '{';
      for (const auto& member : *object) {
        const std::size_t before = out.size();
        if (comma) out += ',';
        const std::string_view name{member.key().data(), member.key().size()};
        if (name.find("{{") == std::string_view::npos)
          write_json_string(name, out);
        else
          write_json_string(text(name, scope), out);
        out += ':';
        const Kind kind = write(member.value(), scope, absent, out);
        if (kind < Kind::vacant) only_missing = false;
        if (kind == Kind::missing && absent == Absent::omitted)
          out.resize(before);
        else
          comma = true;
      }
      out += '}';
      if (!only_missing) return Kind::given;
      out.resize(start);
      write_missing(absent, out);
      return Kind::missing;
    }
    if (const auto* array = form.if_array()) {
      bool comma = false;
      out += '[';
      for (const boost::json::value& element : *array) {
        const std::size_t before = out.size();
        if (comma) out += ',';
        if (write(element, scope, absent, out) == Kind::missing)
          out.resize(before);
        else
          comma = true;
      }
      out += ']';
      return comma || array->empty() ? Kind::constant : Kind::vacant;
    }
    out += boost::json::serialize(form);
    return Kind::constant;
  }

  Kind write_string(std::string_view form, const Scope& scope, Absent absent,
                    std::string& out) const {
    if (form.find("{{") == std::string_view::npos) {
      write_json_string(form, out);
      return Kind::constant;
    }
    if (form.starts_with("{{") && form.find("}}") == form.size() - 2) {
      const auto value = lookup(form.substr(2, form.size() - 4), scope);
      if (!value) {
        write_missing(absent, out);
        return Kind::missing;
      }
      if (value->raw)
        out += value->text;
      else
        write_json_string(value->text, out);
      return Kind::given;
    }
    write_json_string(text(form, scope), out);
    return Kind::given;
  }

  static void write_missing(Absent absent, std::string& out) {
    out += absent == Absent::empty ? "\"\"" : "null";
  }

  Absent absent_;
  Randomness& randomness_;
  boost::json::value customer_;
  /// In its place, where customers are XML.
  std::string customer_xml_;
};

}  // namespace florin::testing::detail

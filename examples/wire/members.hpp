// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/field.hpp>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wire_example {

namespace json = boost::json;
using florin::Field;

/// What is wrong with what was read, before the library sees any of it.
struct BadLine {
  std::string_view code;
  std::string message;
  std::optional<Field> field{};
};

/// The members of an object, of which every one has to be asked for. Absent and null are the same.
class Members {
 public:
  /// \param path how messages call the object, with a dot behind; empty for the line itself.
  Members(const json::object& object, std::string path)
      : object_(&object), path_(std::move(path)) {}

  const json::value* find(std::string_view name) {
    known_.push_back(name);
    const json::value* value = object_->if_contains(name);
    return value == nullptr || value->is_null() ? nullptr : value;
  }
  /// \param code of the error when the member is there and no string.
  std::string text(std::string_view name, std::string_view code = "invalid_request",
                   std::optional<Field> field = std::nullopt) {
    const json::value* value = find(name);
    if (value == nullptr) return {};
    if (!value->is_string())
      throw BadLine{code, path_ + std::string{name} + " is not a string", field};
    return std::string{std::string_view{value->get_string()}};
  }
  /// An object of its own; one without members when it is absent.
  Members object(std::string_view name) {
    static const json::object none;
    const json::value* value = find(name);
    if (value == nullptr) return {none, path_ + std::string{name} + "."};
    if (!value->is_object())
      throw BadLine{"invalid_request", path_ + std::string{name} + " is not an object"};
    return {value->get_object(), path_ + std::string{name} + "."};
  }
  /// Refuses members that nobody asked for.
  void done(std::string_view code = "invalid_request") const {
    for (const auto& member : *object_) {
      bool known = false;
      for (const auto name : known_) known = known || member.key() == name;
      if (!known)
        throw BadLine{code, path_ + std::string{std::string_view{member.key()}} + " is unknown"};
    }
  }
  [[nodiscard]] const json::object& all() const { return *object_; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  const json::object* object_;
  std::string path_;
  std::vector<std::string_view> known_;
};

}  // namespace wire_example

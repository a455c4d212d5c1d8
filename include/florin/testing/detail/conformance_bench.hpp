// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/given.hpp>
#include <florin/testing/conformance_report.hpp>
#include <florin/testing/detail/conformance_subject.hpp>
#include <florin/testing/detail/engine.hpp>
#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/processor.hpp>
#include <florin/testing/sandbox.hpp>
#include <florin/wire/source.hpp>
#include <florin/wire/utf8.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::testing::detail {

/// What one check found.
struct Findings {
  std::vector<std::string> faults{};
  std::string seen{};     ///< said when there is no fault
  std::string skipped{};  ///< why there was nothing to check

  template <class... Parts>
  void fault(const Parts&... parts) {
    std::string text;
    (text.append(std::string_view{parts}), ...);
    faults.push_back(std::move(text));
  }
};

/// The member of a request that holds a text field; null for the metadata.
template <class Request>
std::string* text_of(Request& request, florin::Field field) {
  std::string* found = nullptr;
  florin::detail::each_text(request, [&](florin::Field each, std::string& text) {
    if (each == field) found = &text;
  });
  return found;
}

/// The fields of a set, for a sentence.
inline std::string list(FieldSet fields) {
  std::string text;
  for (florin::Field field : fields) text.append(text.empty() ? "" : ", ").append(to_string(field));
  return text.empty() ? "none" : text;
}

/// How a call failed, for a sentence: codes only, no values.
inline std::string describe(const Error& error) {
  std::string text = error.what();
  if (!error.connector_code.empty()) text.append(", code ").append(error.connector_code);
  if (!error.param.empty() && !error.field) text.append(", parameter ").append(error.param);
  return text;
}

/// Whether an error blames `field`, or the other line of an address that shares its place.
inline bool blames(const std::optional<Error>& error, Errc code, florin::Field field) {
  constexpr FieldSet lines{florin::Field::address_line1, florin::Field::address_line2};
  if (!error || error->code != code || !error->field) return false;
  return error->field == field || (lines.contains(field) && lines.contains(*error->field));
}

/// The policy, its sandbox, and what all checks do with them.
class ConformanceBench {
 public:
  ConformanceBench(const Subject& subject, const Processor& processor,
                   const ConformanceSettings& settings, Sandbox& sandbox)
      : subject_(subject),
        processor_(processor),
        settings_(settings),
        sandbox_(sandbox),
        engine_(processor),
        tried_(subject.carried) {}

  [[nodiscard]] const Subject& subject() const noexcept { return subject_; }
  [[nodiscard]] const Processor& processor() const noexcept { return processor_; }
  [[nodiscard]] Sandbox& sandbox() noexcept { return sandbox_; }
  [[nodiscard]] Engine& engine() noexcept { return engine_; }

  /// The carried fields that have not been found to fail by themselves.
  [[nodiscard]] FieldSet tried() const noexcept { return tried_; }
  void give_up(florin::Field field) noexcept { tried_ = tried_ - FieldSet{field}; }
  /// What every request gives.
  [[nodiscard]] FieldSet minimal() const noexcept { return subject_.required | settings_.always; }

  /// A request with all fields.
  [[nodiscard]] CreateRequest sample() const {
    CreateRequest made = settings_.sample;
    made.metadata = {};
    std::size_t at = 0;
    for (const auto& [key, value] : settings_.sample.metadata)
      if (at < subject_.max_entries) made.metadata.set(metadata_key(at++, key), value);
    return made;
  }
  /// A key of the metadata: one of those that there are, else `other`.
  /// \param number below `Subject::max_entries`.
  [[nodiscard]] std::string metadata_key(std::size_t number, std::string_view other) const {
    const auto& keys = subject_.metadata_keys;
    return keys.empty() ? std::string{other} : keys[number % keys.size()];
  }
  /// A request of a new customer with these fields and the minimal ones.
  [[nodiscard]] CreateRequest request(FieldSet fields) {
    CreateRequest made = sample();
    const std::string number = std::to_string(++number_);
    made.merchant_customer_id += number;
    made.email.insert(std::min(made.email.find('@'), made.email.size()), number);
    for (std::size_t i = 0; i < std::min(number.size(), made.phone.size()); ++i)
      made.phone[made.phone.size() - 1 - i] = number[number.size() - 1 - i];
    const FieldSet kept = fields | minimal();
    for (florin::Field field : FieldSet::all() - kept) {
      if (std::string* text = text_of(made, field)) {
        text->clear();
      } else {
        made.metadata = {};
      }
    }
    return made;
  }
  /// A request of a new customer that gives `field` this text beside the minimal fields.
  [[nodiscard]] CreateRequest request_with(florin::Field field, std::string_view text) {
    CreateRequest made = request({field});
    *text_of(made, field) = text;
    return made;
  }

  /// Creates over the network and takes note of what errors say.
  Result<CreateResponse> create(const CreateRequest& request, const ConformanceCall& call = {}) {
    auto answer = subject_.create(request, call);
    if (!answer) said_.push_back(answer.error().what());
    return answer;
  }
  /// Reads a customer back over the network and takes note of what errors say.
  Result<Customer> retrieve(std::string_view id) {
    auto answer = subject_.retrieve(id);
    if (!answer) said_.push_back(answer.error().what());
    return answer;
  }
  /// Changes a customer over the network and takes note of what errors say.
  Result<Customer> update(const UpdateRequest& request) {
    auto answer = subject_.update(request);
    if (!answer) said_.push_back(answer.error().what());
    return answer;
  }
  /// Ensures a customer over the network and takes note of what errors say.
  Result<CreateResponse> ensure(const CreateRequest& request) {
    auto answer = subject_.ensure(request);
    if (!answer) said_.push_back(answer.error().what());
    return answer;
  }
  /// Deletes a customer over the network and takes note of what errors say.
  Result<DeleteResponse> remove(std::string_view id) {
    auto answer = subject_.remove(id);
    if (!answer) said_.push_back(answer.error().what());
    return answer;
  }
  /// Finds customers over the network and takes note of what errors say.
  Result<std::vector<Customer>> find(const FindRequest& filter) {
    auto answer = subject_.find(filter);
    if (!answer) said_.push_back(answer.error().what());
    return answer;
  }
  /// Encodes only.
  /// \return the error, if any.
  std::optional<Error> refusal(const CreateRequest& request, const ConformanceCall& call = {}) {
    auto encoded = subject_.encode(request, call, encoded_);
    if (encoded) return std::nullopt;
    said_.push_back(encoded.error().what());
    return encoded.error();
  }
  /// What the last successful `refusal` encoded.
  [[nodiscard]] const EncodedRequest& encoded() const noexcept { return encoded_; }
  /// Texts of all errors so far.
  [[nodiscard]] const std::vector<std::string>& said() const noexcept { return said_; }

  /// The parameters of an encoded body; nothing when it cannot be decoded.
  [[nodiscard]] std::optional<std::vector<Parameter>> parameters(std::string_view body) const {
    return subject_.content_type.find("json") == std::string_view::npos ? decode_form(body)
                                                                        : decode_json(body);
  }
  /// The description of the operation under test; null when it has none.
  [[nodiscard]] const Action* action() const noexcept {
    for (const Action& action : processor_.actions)
      if (action.operation == Operation::create && action.path == subject_.path) return &action;
    return nullptr;
  }

  /// The stored parameter that holds `field` of `request`, or null.
  [[nodiscard]] const std::pair<std::string, std::string>* stored(const StoredCustomer& customer,
                                                                  florin::Field field,
                                                                  std::string_view text) const {
    for (const auto& entry : customer.fields)
      if (holds(field, text, entry.second)) return &entry;
    return nullptr;
  }
  /// Whether the customer holds all that `request` says in `field`.
  [[nodiscard]] bool arrived(const StoredCustomer& customer, const CreateRequest& request,
                             florin::Field field) const {
    if (field == florin::Field::metadata) {
      return std::all_of(request.metadata.begin(), request.metadata.end(), [&](const auto& entry) {
        return has_entry(customer, entry.first, entry.second);
      });
    }
    CreateRequest copy = request;
    const std::string_view text = *text_of(copy, field);
    if (stored(customer, field, text) != nullptr) return true;
    if (field == florin::Field::phone) return has_parts(customer, text);
    if (field == florin::Field::address_line1) return has_line(customer, text);
    if (field != florin::Field::name) return false;
    const auto [given, family] = split(text);
    return stored(customer, field, given) != nullptr &&
           (family.empty() || stored(customer, field, family) != nullptr);
  }
  /// The two parts of a name in full.
  static std::pair<std::string_view, std::string_view> split(std::string_view name) {
    const std::string_view whole = wire::trim(name);
    const auto blank = std::find_if(whole.begin(), whole.end(), wire::is_blank);
    const auto given = whole.substr(0, static_cast<std::size_t>(blank - whole.begin()));
    return {given, wire::trim(whole.substr(given.size()))};
  }
  /// Whether a stored value is what `text` in `field` comes to.
  [[nodiscard]] bool holds(florin::Field field, std::string_view text,
                           std::string_view value) const {
    if (value == text || (settings_.same_value && settings_.same_value(field, text, value)))
      return true;
    if (field == florin::Field::address_country) {
      constexpr std::array<std::pair<std::string_view, std::string_view>, 6> codes{{{"US", "USA"},
                                                                                    {"DE", "DEU"},
                                                                                    {"GB", "GBR"},
                                                                                    {"FR", "FRA"},
                                                                                    {"CA", "CAN"},
                                                                                    {"IN", "IND"}}};
      if (std::find(codes.begin(), codes.end(), std::pair{text, value}) != codes.end()) return true;
    }
    for (std::size_t end = value.find(", "); end != std::string_view::npos;
         end = value.find(", ", end + 1))
      if (value.substr(0, end) == text || value.substr(end + 2) == text) return true;
    return false;
  }

 private:
  /// Whether a line of an address is stored in two: the number that it begins with, and the rest.
  [[nodiscard]] bool has_line(const StoredCustomer& customer, std::string_view line) const {
    const std::string_view number = line.substr(0, line.find(' '));
    const auto has = [&](std::string_view part) {
      return stored(customer, florin::Field::address_line1, part) != nullptr;
    };
    return number.size() < line.size() && has(number) && has(line.substr(number.size() + 1));
  }
  /// Whether a phone is stored in two: the code that it begins with and the rest of its digits.
  static bool has_parts(const StoredCustomer& customer, std::string_view phone) {
    std::string digits;
    for (const char c : phone)
      if (c >= '0' && c <= '9') digits += c;
    const std::string_view all = digits;
    const auto has = [&](std::string_view part) {
      return std::any_of(customer.fields.begin(), customer.fields.end(),
                         [part](const auto& field) { return field.second == part; });
    };
    const std::size_t code = wire::detail::calling_code_size(all);
    return code != 0 && has(all.substr(0, code)) && has(all.substr(code));
  }
  [[nodiscard]] bool has_entry(const StoredCustomer& customer, std::string_view key,
                               std::string_view value) const {
    const std::string in_form = '[' + std::string{key} + ']';
    const std::string in_json = '.' + escape_member(key);
    std::string named = subject_.entry_name;
    if (const std::size_t at = named.find("{}"); at != std::string::npos) named.replace(at, 2, key);
    return std::any_of(customer.fields.begin(), customer.fields.end(), [&](const auto& field) {
      return field.second == value &&
             (field.first.ends_with(in_form) || field.first.ends_with(in_json) ||
              field.first == key || field.first == named);
    });
  }

  const Subject& subject_;
  const Processor& processor_;
  const ConformanceSettings& settings_;
  Sandbox& sandbox_;
  Engine engine_;
  FieldSet tried_;
  unsigned number_ = 0;
  EncodedRequest encoded_;
  std::vector<std::string> said_;
};

}  // namespace florin::testing::detail

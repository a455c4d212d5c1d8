// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/field.hpp>

#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>

namespace florin_test {

/// What a processor has is compared with what it was sent.
class Comparison {
 public:
  /// Compares a customer with a request that has its name in two parts.
  /// \param fields those that went out and come back.
  Comparison(const florin::CreateRequest& sent, const florin::Customer& customer,
             florin::FieldSet fields)
      : customer_(&customer) {
    florin::CreateRequest request = sent;
    florin::detail::each_text(request, [&](florin::Field field, const std::string& text) {
      if ((fields - florin::name_fields).contains(field))
        judge(to_string(field), is_kept(field, text, sent.address.line2));
    });
    if (!(fields & florin::name_fields).empty())
      judge("name", customer.name() == sent.given_name + ' ' + sent.family_name ||
                        (customer.given_name() == sent.given_name &&
                         customer.family_name() == sent.family_name));
    if (fields.contains(florin::Field::metadata))
      for (const auto& [key, value] : sent.metadata)
        judge("metadata." + key, customer.metadata(key) == std::string_view{value});
  }

  /// The fields that are as they were sent.
  [[nodiscard]] const std::string& same() const noexcept { return same_; }
  /// The others; empty: all are as they were sent.
  [[nodiscard]] const std::string& different() const noexcept { return different_; }

 private:
  void judge(std::string_view name, bool kept) {
    std::string& list = kept ? same_ : different_;
    list.append(list.empty() ? "" : ", ").append(name);
  }
  [[nodiscard]] bool is_kept(florin::Field field, const std::string& text,
                             const std::string& line2) const {
    const auto part = customer_->get(field);
    if (!part || part->empty()) return false;
    // A number goes out in the form that the processor wants, perhaps without its country.
    if (field == florin::Field::phone) return digits(text).ends_with(digits(*part));
    // Two lines may share one place.
    if (field == florin::Field::address_line1 && *part == text + ", " + line2) return true;
    return *part == text;
  }
  static std::string digits(std::string_view text) {
    std::string found;
    std::copy_if(text.begin(), text.end(), std::back_inserter(found),
                 [](char c) { return c >= '0' && c <= '9'; });
    return found;
  }

  const florin::Customer* customer_;
  std::string same_;
  std::string different_;
};

}  // namespace florin_test

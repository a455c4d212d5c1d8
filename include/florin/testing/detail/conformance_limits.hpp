// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/conformance_bench.hpp>
#include <florin/wire/limit.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

/// The check of conformance that compares the policy's limits with what the processor accepts.
namespace florin::testing::detail {

class LimitCheck {
 public:
  explicit LimitCheck(ConformanceBench& bench) : bench_(bench) {}

  Findings run() {
    for (florin::Field field : bench_.tried())
      if (field == florin::Field::metadata) {
        check_metadata();
      } else if (field != florin::Field::address_country) {
        check_text(field);
      }
    if (tried_ == 0) found_.skipped = "neither the policy nor the description has a limit";
    found_.seen = std::to_string(tried_) +
                  " limits: accepted by the processor up to them, refused locally beyond";
    return std::move(found_);
  }

 private:
  /// What the description says of the parameter in which `text` is stored, with what is not stored
  /// of a phone; 0: nothing.
  std::size_t described(const StoredCustomer& customer, florin::Field field,
                        std::string_view text) const {
    const auto* const entry = bench_.stored(customer, field, text);
    if (entry == nullptr) return 0;
    const bool cut = field == florin::Field::phone && entry->second.size() < text.size();
    for (const Field& described : bench_.action()->fields)
      if (described.name == entry->first)
        return described.max_length == 0 || !cut
                   ? described.max_length
                   : described.max_length + text.size() - entry->second.size();
    for (const MapField& map : bench_.action()->maps)
      if (map_key(notation_of(bench_.action()->body, map), map.prefix, entry->first))
        return map.max_value;
    return 0;
  }
  /// `text` cut or padded to `size` characters, keeping its form.
  static std::string sized(florin::Field field, std::string text, std::size_t size) {
    const bool digit = !text.empty() && text.back() >= '0' && text.back() <= '9';
    if (text.size() > size) {
      text.resize(size);
    } else if (field == florin::Field::email) {
      text.insert(0, size - text.size(), 'x');
    } else {
      text.append(size - text.size(), digit ? '0' : 'x');
    }
    return text;
  }
  void expect_refused(const CreateRequest& request, florin::Field field, std::string_view what) {
    ++tried_;
    const auto error = bench_.refusal(request);
    if (!blames(error, Errc::invalid_field, field))
      found_.fault(to_string(field), " with ", what, " is not refused as invalid_field");
  }
  void expect_accepted(const CreateRequest& request, florin::Field field, std::string_view what) {
    bench_.sandbox().clear();
    if (const auto answer = bench_.create(request); !answer) {
      found_.fault(to_string(field), " with ", what, " gives ", describe(answer.error()));
    } else if (!bench_.arrived(bench_.sandbox().customers().front(), request, field)) {
      found_.fault(to_string(field), " with ", what, " arrives changed");
    }
  }
  static std::string characters(std::size_t count) { return std::to_string(count) + " characters"; }

  void check_text(florin::Field field) {
    CreateRequest request = bench_.request({field});
    bench_.sandbox().clear();
    if (!bench_.create(request)) return;
    const StoredCustomer customer = bench_.sandbox().customers().front();
    const std::string text = *text_of(request, field);

    const std::size_t limit = bench_.subject().max_length[static_cast<std::size_t>(field)];
    if (limit != wire::unlimited) {
      expect_accepted(bench_.request_with(field, sized(field, text, limit)), field,
                      characters(limit));
      expect_refused(bench_.request_with(field, sized(field, text, limit + 1)), field,
                     characters(limit + 1));
    }
    const std::size_t whole = described(customer, field, text);
    if (whole != 0 && limit != wire::unlimited && limit < whole)
      found_.fault(to_string(field), ": the policy allows ", characters(limit), ", the processor ",
                   std::to_string(whole));
    if (whole != 0)
      expect_refused(bench_.request_with(field, sized(field, text, whole + 1)), field,
                     characters(whole + 1));
    if (field != florin::Field::name || whole != 0) return;
    const std::size_t blank = text.find(' ');
    if (blank == std::string::npos) return;
    if (const auto given = described(customer, field, text.substr(0, blank)); given != 0)
      expect_refused(bench_.request_with(field, std::string(given + 1, 'x')), field,
                     "a given name of " + characters(given + 1));
    if (const auto family = described(customer, field, text.substr(blank + 1)); family != 0)
      expect_refused(bench_.request_with(field, "x " + std::string(family + 1, 'x')), field,
                     "a family name of " + characters(family + 1));
  }

  CreateRequest with_entries(std::size_t count, std::size_t key_size, std::size_t value_size) {
    CreateRequest request = bench_.request({florin::Field::metadata});
    request.metadata = {};
    for (std::size_t i = 0; i < count; ++i) {
      const std::string number = std::to_string(i);
      const std::string key =
          std::string(key_size - std::min(key_size, number.size()), 'k') + number;
      const bool known = i < bench_.subject().max_entries;
      request.metadata.set(known ? bench_.metadata_key(i, key) : key, std::string(value_size, 'v'));
    }
    return request;
  }
  void check_metadata() {
    constexpr auto metadata = florin::Field::metadata;
    std::size_t most = bench_.subject().max_entries;
    const auto& maps = bench_.action()->maps;
    // What is limited as a whole holds as many as the policy lets through.
    if (std::any_of(maps.begin(), maps.end(), [](const MapField& map) { return map.max_total; }))
      while (most > 1 && bench_.refusal(with_entries(most, 8, 8))) --most;
    expect_accepted(with_entries(most, 8, 8), metadata, std::to_string(most) + " entries");
    expect_refused(with_entries(most + 1, 8, 8), metadata, std::to_string(most + 1) + " entries");
    for (const MapField& map : bench_.action()->maps) {
      if (map.max_key != 0 && bench_.subject().metadata_keys.empty()) {
        expect_accepted(with_entries(1, map.max_key, 8), metadata,
                        "a key of " + characters(map.max_key));
        expect_refused(with_entries(1, map.max_key + 1, 8), metadata,
                       "a key of " + characters(map.max_key + 1));
      }
      if (map.max_value != 0) {
        expect_accepted(with_entries(1, 8, map.max_value), metadata,
                        "a value of " + characters(map.max_value));
        expect_refused(with_entries(1, 8, map.max_value + 1), metadata,
                       "a value of " + characters(map.max_value + 1));
      }
    }
  }

  ConformanceBench& bench_;
  Findings found_;
  std::size_t tried_ = 0;
};

inline Findings check_length_limits(ConformanceBench& bench) {
  return LimitCheck{bench}.run();
}

}  // namespace florin::testing::detail

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string_view>

/// What all fuzz targets share: how they take an input apart, and what they do where a property
/// does not hold.
namespace florin_fuzz {

/// Ends the process: libFuzzer keeps the input.
inline void end_process(const char* property) {
  std::fprintf(stderr, "florin: this does not hold: %s\n", property);
  std::abort();
}
/// What is called when a property does not hold; unit tests throw.
inline void (*on_broken_property)(const char* property) = end_process;

inline void expect(bool holds, const char* property) {
  if (!holds) on_broken_property(property);
}

/// The bytes of an input, taken from the front. What is not there is 0 or empty.
class Input {
 public:
  Input(const unsigned char* data, std::size_t size) noexcept
      : rest_(reinterpret_cast<const char*>(data), size) {}

  /// A number below `count`: `A` is 0, so that seeds can be read and written by people.
  std::size_t choice(std::size_t count) noexcept {
    const auto byte = static_cast<unsigned char>(text(1).empty() ? 'A' : last_);
    return static_cast<unsigned char>(byte - 'A') % count;
  }
  /// The next `size` bytes, or as many as there are.
  std::string_view text(std::size_t size) noexcept {
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    if (!taken.empty()) last_ = taken.back();
    return taken;
  }
  /// Everything up to `end`, which is passed over.
  std::string_view up_to(char end) noexcept {
    const std::string_view taken = rest_.substr(0, rest_.find(end));
    rest_.remove_prefix(taken.size() < rest_.size() ? taken.size() + 1 : taken.size());
    return taken;
  }
  [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

 private:
  std::string_view rest_;
  char last_ = 'A';
};

}  // namespace florin_fuzz

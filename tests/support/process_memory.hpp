// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>

#include <fcntl.h>
#include <sys/types.h>
#include <unistd.h>

/// Whether the memory of the process can be searched: the sanitizers keep copies of their own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FLORIN_TEST_SEARCHES_MEMORY 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define FLORIN_TEST_SEARCHES_MEMORY 0
#endif
#endif
#if !defined(FLORIN_TEST_SEARCHES_MEMORY)
#define FLORIN_TEST_SEARCHES_MEMORY 1
#endif

namespace florin_test {

/// A text that is searched for in the memory of this process and is kept veiled, so that the search
/// does not find itself.
class VeiledText {
 public:
  /// Veils `text` and wipes it.
  explicit VeiledText(std::string& text) {
    for (char& c : text) {
      veiled_ += static_cast<char>(c ^ veil);
      c = '\0';
      asm volatile("" : : "r"(&c) : "memory");
    }
  }
  /// Veils `size` bytes made by `make(i)` one at a time.
  template <class Make>
  VeiledText(std::size_t size, Make make) {
    for (std::size_t i = 0; i < size; ++i) veiled_ += static_cast<char>(make(i) ^ veil);
  }

  [[nodiscard]] std::size_t size() const noexcept { return veiled_.size(); }

  /// Writes the text itself to `target`, which the caller wipes.
  void reveal(char* target) const noexcept {
    for (std::size_t i = 0; i < veiled_.size(); ++i)
      target[i] = static_cast<char>(veiled_[i] ^ veil);
  }

  /// How often the text stands in what this process can write to, freed memory included. Other
  /// threads may map and unmap meanwhile. Linux.
  [[nodiscard]] std::size_t copies_in_memory() const {
    // Into memory of its own: what was freed must not be overwritten by the search.
    static char maps[512 * 1024];
    const int file = ::open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    std::size_t size = 0;
    for (::ssize_t count = 1; count > 0 && size + 1 < sizeof maps;
         size += count > 0 ? static_cast<std::size_t>(count) : 0)
      count = ::read(file, maps + size, sizeof maps - size - 1);
    ::close(file);
    maps[size] = '\0';
    const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    std::size_t copies = 0;
    for (const char* line = maps; line != nullptr && *line != '\0';) {
      std::uintptr_t from = 0;
      std::uintptr_t to = 0;
      char rights[5] = {};
      // Not what a sanitizer notes down, terabytes of it.
      if (std::sscanf(line, "%lx-%lx %4s", &from, &to, rights) == 3 && rights[0] == 'r' &&
          rights[1] == 'w' && to - from <= std::uint64_t{1} << 32U)
        copies += copies_in(memory, from, to);
      line = std::strchr(line, '\n');
      if (line != nullptr) ++line;
    }
    ::close(memory);
    return copies;
  }

 private:
  static constexpr char veil = 0x55;

  /// \param memory where a range that another thread has unmapped cannot be read, no more than
  /// that.
  [[nodiscard]] std::size_t copies_in(int memory, std::uintptr_t from, std::uintptr_t to) const {
    static char block[1U << 16U];
    const std::size_t length = veiled_.size();
    const auto own = reinterpret_cast<std::uintptr_t>(block);
    std::size_t copies = 0;
    for (auto at = from; at < to; at += sizeof block - length) {
      const auto count =
          ::pread(memory, block, std::min(sizeof block, to - at), static_cast<::off_t>(at));
      if (count <= 0) break;
      const char* const end = block + count;
      for (const char* next = block; (next = first_in(next, end)) != nullptr; ++next) {
        const auto i = static_cast<std::size_t>(next - block);
        if (static_cast<std::size_t>(end - next) < length || i >= sizeof block - length) break;
        if (at + i + length > own && at + i < own + sizeof block) continue;
        std::size_t same = 0;
        while (same < length && (next[same] ^ veil) == veiled_[same]) ++same;
        copies += same == length ? 1 : 0;
      }
    }
    std::memset(block, 0, sizeof block);
    asm volatile("" : : "r"(block) : "memory");
    return copies;
  }
  /// Where the text's first character first stands; null: nowhere.
  [[nodiscard]] const char* first_in(const char* from, const char* to) const noexcept {
    return static_cast<const char*>(
        std::memchr(from, veiled_[0] ^ veil, static_cast<std::size_t>(to - from)));
  }

  std::string veiled_;
};

}  // namespace florin_test

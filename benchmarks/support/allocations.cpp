// SPDX-License-Identifier: Apache-2.0
#include "support/allocations.hpp"

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <execinfo.h>

#include <openssl/crypto.h>
#include <unistd.h>

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* memory, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

thread_local florin_bench::Allocations count;
thread_local bool shown = false;

void note() noexcept {
  ++count.all;
  if (!shown) return;
  shown = false;
  void* frames[24];
  const int depth = ::backtrace(frames, 24);
  ::backtrace_symbols_fd(frames + 2, depth > 2 ? depth - 2 : 0, STDERR_FILENO);
  [[maybe_unused]] const auto written = ::write(STDERR_FILENO, "--\n", 3);
  shown = true;
}

void* openssl_malloc(std::size_t size, const char*, int) {
  ++count.openssl;
  return std::malloc(size);
}
void* openssl_realloc(void* memory, std::size_t size, const char*, int) {
  ++count.openssl;
  return std::realloc(memory, size);
}
void openssl_free(void* memory, const char*, int) {
  std::free(memory);
}

}  // namespace

extern "C" {

void* malloc(std::size_t size) noexcept {
  note();
  return __libc_malloc(size);
}
void* calloc(std::size_t number, std::size_t size) noexcept {
  note();
  return __libc_calloc(number, size);
}
void* realloc(void* memory, std::size_t size) noexcept {
  note();
  return __libc_realloc(memory, size);
}
void* memalign(std::size_t alignment, std::size_t size) noexcept {
  note();
  return __libc_memalign(alignment, size);
}
void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  note();
  return __libc_memalign(alignment, size);
}
int posix_memalign(void** memory, std::size_t alignment, std::size_t size) noexcept {
  note();
  *memory = __libc_memalign(alignment, size);
  return *memory == nullptr ? ENOMEM : 0;
}
}

namespace florin_bench {

Allocations allocations() noexcept {
  return count;
}

bool watch_openssl() noexcept {
  return CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) == 1;
}

void show_allocations(bool show) noexcept {
  if (show) {
    void* frame[1];
    ::backtrace(frame, 1);  // loads what it needs, which allocates
  }
  shown = show;
}

}  // namespace florin_bench

// SPDX-License-Identifier: Apache-2.0
#include "allocations.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <new>

namespace {

thread_local std::size_t count = 0;

void* counted(std::size_t size) {
  ++count;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc{};
}

void* counted(std::size_t size, std::align_val_t alignment) {
  ++count;
  void* memory = nullptr;
  const auto least = static_cast<std::size_t>(alignment);
  if (::posix_memalign(&memory, least < sizeof(void*) ? sizeof(void*) : least, size) == 0) {
    return memory;
  }
  throw std::bad_alloc{};
}

}  // namespace

std::size_t florin::test::allocations() noexcept {
  return count;
}

// The nothrow forms of the standard library call these. The array forms would too, were it not for
// the sanitizers, which bring their own.
void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new[](std::size_t size) {
  return counted(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return counted(size, alignment);
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
  return counted(size, alignment);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete[](void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

BOOST_AUTO_TEST_SUITE(allocations)

BOOST_AUTO_TEST_CASE(each_is_counted) {
  const auto before = florin::test::allocations();
  // Called as functions: compilers may leave out a new-expression whose result is not needed.
  void* const one = ::operator new(4);
  void* const several = ::operator new[](40);
  void* const aligned = ::operator new (64, std::align_val_t{64});
  const auto after = florin::test::allocations();
  BOOST_TEST(after - before == 3U);
  ::operator delete(one);
  ::operator delete[](several);
  ::operator delete (aligned, std::align_val_t{64});
}

BOOST_AUTO_TEST_SUITE_END()

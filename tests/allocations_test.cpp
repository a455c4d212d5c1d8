// SPDX-License-Identifier: Apache-2.0
#include "allocations.hpp"

#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <memory>
#include <new>
#include <string>

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

// The array and nothrow forms of the standard library call these.
void* operator new(std::size_t size) {
  return counted(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
  return counted(size, alignment);
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
  std::free(memory);
}

BOOST_AUTO_TEST_SUITE(allocations)

BOOST_AUTO_TEST_CASE(each_is_counted) {
  const auto before = florin::test::allocations();
  const std::unique_ptr<int> one{new int{1}};
  const std::unique_ptr<int[]> several{new int[10]};
  const std::string text(1000, 'x');
  const auto after = florin::test::allocations();
  BOOST_TEST(after - before == 3U);
  BOOST_TEST((*one == 1 && several != nullptr && text.size() == 1000U));
}

BOOST_AUTO_TEST_SUITE_END()

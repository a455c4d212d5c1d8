// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/test/unit_test.hpp>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>

#include <unistd.h>

namespace florin_test {

/// A file of the test's own.
class ScopedFile {
 public:
  explicit ScopedFile(const std::string& text) {
    const int descriptor = ::mkstemp(path_);
    BOOST_TEST_REQUIRE(descriptor >= 0);
    ::close(descriptor);
    std::ofstream{path_} << text;
  }
  ScopedFile(const ScopedFile&) = delete;
  ScopedFile& operator=(const ScopedFile&) = delete;
  ~ScopedFile() { static_cast<void>(std::remove(path_)); }
  [[nodiscard]] const char* path() const { return path_; }

 private:
  char path_[32] = "/tmp/florin_test_XXXXXX";
};

}  // namespace florin_test

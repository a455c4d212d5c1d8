// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/io_context.hpp>

#include <cstddef>
#include <new>

#include "support/allocations.hpp"

namespace florin_test {

/// An asynchronous operation of which an allocation has failed, run to its end.
class Starved {
 public:
  /// \param number that of the allocation, from 0.
  /// \param begin begins the operation on `context`; its handler first calls what `begin` is given,
  /// which lives until then.
  template <class Begin>
  Starved(boost::asio::io_context& context, std::size_t number, Begin begin) {
    context.restart();
    AllocationFailure failure{number};
    const auto told = [this, &failure] {
      failure.stop();
      ++called_;
    };
    try {
      begin(told);
      context.run();
    } catch (const std::bad_alloc&) {
      // Asio itself had no memory for an operation, which takes the handler with it.
      thrown_ = true;
      failure.stop();
      context.restart();
      context.run();
    }
    failed_ = failure.happened();
  }

  /// Whether there were so many allocations.
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] bool thrown() const noexcept { return thrown_; }
  /// How often the handler was called, or lost by an exception.
  [[nodiscard]] int ends() const noexcept { return called_ + (thrown_ ? 1 : 0); }

 private:
  int called_ = 0;
  bool thrown_ = false;
  bool failed_ = false;
};

}  // namespace florin_test

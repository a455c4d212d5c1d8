// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/error.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <memory>
#include <utility>

namespace florin::net::detail {

/// What the exception that is being handled says: its error code, or that there is no memory, which
/// is all that else can happen where this is used.
inline boost::system::error_code caught_error() noexcept {
  try {
    throw;
  } catch (const boost::system::system_error& error) {
    return error.code();
  } catch (...) {
    return boost::asio::error::no_memory;
  }
}

/// A composed operation that waits, as a handler of its own: small, and several may refer to it.
template <class Self>
class Parked {
 public:
  using allocator_type = boost::asio::associated_allocator_t<Self>;
  using executor_type = boost::asio::associated_executor_t<Self>;
  using cancellation_slot_type = boost::asio::associated_cancellation_slot_t<Self>;

  struct Kept {
    Self self;
    bool resumed = false;
    explicit Kept(Self&& which) : self(std::move(which)) {}
  };

  explicit Parked(std::shared_ptr<Kept> kept) noexcept : kept_(std::move(kept)) {}
  // Never empty: Asio asks handlers for their executor that it has moved away.
  Parked(const Parked&) noexcept = default;
  Parked& operator=(const Parked&) = delete;
  ~Parked() = default;

  [[nodiscard]] allocator_type get_allocator() const noexcept {
    return boost::asio::get_associated_allocator(kept_->self);
  }
  [[nodiscard]] executor_type get_executor() const noexcept {
    return boost::asio::get_associated_executor(kept_->self);
  }
  [[nodiscard]] cancellation_slot_type get_cancellation_slot() const noexcept {
    return boost::asio::get_associated_cancellation_slot(kept_->self);
  }
  template <class... Arguments>
  void operator()(Arguments&&... arguments) {
    kept_->resumed = true;
    Self self{std::move(kept_->self)};
    kept_.reset();  // nothing may be held when a handler is called
    self(std::forward<Arguments>(arguments)...);
  }

 private:
  std::shared_ptr<Kept> kept_;
};

/// Moves a composed operation away to wait for something. Asio destroys an operation whose wait it
/// cannot begin; this hands it back, so that it can be completed.
/// \param begin called with a handler for the wait; may throw instead of beginning it.
/// \param fail called with the operation and the error when the wait could not be begun.
template <class Self, class Begin, class Fail>
void park(Self& self, Begin begin, Fail fail) {
  std::shared_ptr<typename Parked<Self>::Kept> kept;
  boost::system::error_code ec;
  try {
    kept = std::make_shared<typename Parked<Self>::Kept>(std::move(self));
    begin(Parked<Self>{kept});
    return;
  } catch (...) {
    if (kept && kept->resumed) throw;  // of a handler that was called at once
    ec = caught_error();
  }
  if (!kept) return fail(self, ec);
  Self back{std::move(kept->self)};
  kept.reset();
  fail(back, ec);
}

}  // namespace florin::net::detail

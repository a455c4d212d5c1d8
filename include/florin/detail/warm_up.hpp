// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/establish_error.hpp>
#include <florin/detail/place.hpp>
#include <florin/detail/transport_error.hpp>
#include <florin/error.hpp>
#include <florin/net/deadline.hpp>
#include <florin/net/detail/fork.hpp>
#include <florin/net/establish.hpp>
#include <florin/net/pool.hpp>

#include <boost/asio/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

namespace florin::detail {

/// Opens connections, one after the other, until enough of them are ready. Each is the pool's as
/// soon as it is open, so that nobody waits for the others. Both drivers run it.
class WarmUp {
 public:
  /// \param pool the client's.
  /// \param place where the connections lead.
  /// \param limit for all of it.
  WarmUp(std::string_view connector, net::Pool& pool, std::shared_ptr<const Place> place,
         std::size_t count, std::chrono::milliseconds limit)
      : connector_(connector),
        pool_(&pool),
        place_(std::move(place)),
        missing_(count),
        limit_(limit),
        failed_(place_->error) {}
  WarmUp(const WarmUp&) = delete;
  WarmUp& operator=(const WarmUp&) = delete;
  ~WarmUp() {
    if (!inherited()) give_back(false);
  }

  /// Whether it is the parent's.
  [[nodiscard]] bool inherited() const noexcept {
    return process_ != net::detail::process_number();
  }
  /// The time begins to run.
  void launch(net::TimePoint now) {
    deadline_ = net::saturated(now, net::clipped(limit_));
    missing_ = std::min(missing_, pool_->max_connections());
    if (failed_) return;
    // Connections that are open already need not be opened.
    pool_->sweep(now);
    missing_ -= std::min(missing_, pool_->stats().idle);
  }
  /// The connection to establish now; null: enough, none to be had, or one has failed.
  [[nodiscard]] net::Connection* next() {
    if (missing_ == 0 || failed_) return nullptr;
    if (!opening_) opening_ = pool_->try_acquire_fresh(place_->number);
    if (!opening_ && pool_->closed()) failed_ = shut_down_error(connector_);
    return opening_.get();
  }
  void established(const net::EstablishResult& result) {
    give_back(result.ok());
    if (result.ok()) {
      --missing_;
      return pool_->count_opened();
    }
    failed_ = establish_error(connector_, result, net::Clock::now(), deadline_);
  }
  /// Ends it with `error`.
  void refuse(Error error) { failed_ = std::move(error); }
  /// Ends one that this process has inherited: its parent goes on with it.
  void orphan() {
    opening_.reset();
    failed_ = transport_error(connector_, Errc::connect_failed, false,
                              boost::asio::error::connection_aborted, Phase::queue);
  }
  [[nodiscard]] net::TimePoint deadline() const noexcept { return deadline_; }
  [[nodiscard]] std::shared_ptr<const net::Target> target() const noexcept {
    return Place::target_of(place_);
  }
  /// \return the first failure, if any.
  [[nodiscard]] Result<void> result() {
    if (!inherited()) give_back(false);
    if (failed_) return *std::move(failed_);
    return {};
  }

 private:
  void give_back(bool open) {
    if (opening_) pool_->release(std::move(opening_), open, net::Clock::now());
  }

  const unsigned process_ = net::detail::process_number();
  std::string_view connector_;
  net::Pool* pool_;
  std::shared_ptr<const Place> place_;
  std::size_t missing_;
  std::chrono::milliseconds limit_;
  net::TimePoint deadline_{};
  std::unique_ptr<net::Connection> opening_;
  std::optional<Error> failed_;
};

}  // namespace florin::detail

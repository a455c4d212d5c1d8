// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/connect_race.hpp>
#include <florin/net/deadline.hpp>
#include <florin/net/detail/open_socket.hpp>
#include <florin/net/detail/posix.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <cerrno>
#include <cstddef>
#include <exception>
#include <utility>
#include <vector>

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace florin::net::detail {

/// The attempts of a blocking connect, one descriptor each; those that were not taken are closed.
class PolledAttempts {
 public:
  using Code = boost::system::error_code;
  using Endpoint = boost::asio::ip::tcp::endpoint;

  PolledAttempts() noexcept = default;
  PolledAttempts(const PolledAttempts&) = delete;
  PolledAttempts& operator=(const PolledAttempts&) = delete;
  ~PolledAttempts() {
    for (std::size_t i = 0; i < entries_.size(); ++i) close(i);
  }

  /// Makes room for `most` attempts.
  /// \return false: no memory.
  [[nodiscard]] bool reserve(std::size_t most) noexcept {
    try {
      entries_.reserve(most);
      return true;
    } catch (const std::exception&) {
      return false;
    }
  }

  /// Begins the next attempt and tells the race if it is over already.
  void start(const Endpoint& endpoint, bool keep_alive, ConnectRace& race) {
    const std::size_t index = entries_.size();
    Code ec;
    const int handle = open_socket(endpoint.protocol(), keep_alive, ec);
    entries_.push_back({handle, POLLOUT, 0});  // within what was reserved
    if (handle < 0) return race.failed(ec);
    if (::connect(handle, endpoint.data(), static_cast<::socklen_t>(endpoint.size())) == 0)
      return race.succeeded(index);
    // Interrupted means begun: POSIX lets it go on in the background.
    if (errno != EINPROGRESS && errno != EINTR) end(index, errno, race);
  }

  /// Waits until an attempt ends or `until` has passed, and tells the race.
  void wait(TimePoint until, ConnectRace& race, Code& ec) {
    ec.clear();
    if (await_any(entries_.data(), entries_.size(), until, ec) == 0) return;
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      if (entries_[i].fd < 0 || entries_[i].revents == 0) continue;
      int error = 0;
      ::socklen_t size = sizeof error;
      if (::getsockopt(entries_[i].fd, SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
      if (error == 0) return race.succeeded(i);
      end(i, error, race);
    }
  }

  /// The descriptor of an attempt, which is the caller's from now on.
  [[nodiscard]] int take(std::size_t index) noexcept {
    return std::exchange(entries_[index].fd, -1);
  }

 private:
  void end(std::size_t index, int error, ConnectRace& race) noexcept {
    race.failed({error, boost::system::system_category()});
    close(index);
  }
  void close(std::size_t index) noexcept {
    if (const int handle = take(index); handle >= 0) ::close(handle);
  }

  std::vector<::pollfd> entries_;  // a descriptor of -1 is skipped
};

}  // namespace florin::net::detail

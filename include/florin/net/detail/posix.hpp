// SPDX-License-Identifier: Apache-2.0
#pragma once

#if !defined(__unix__) && !defined(__APPLE__)
#error "florin/net needs POSIX sockets: Linux, macOS or another Unix"
#endif

#include <florin/net/deadline.hpp>
#include <florin/net/detail/open_socket.hpp>

#include <boost/beast/core/error.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <limits>

#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/uio.h>

namespace florin::net::detail {

#if defined(MSG_NOSIGNAL)
inline constexpr int no_signal = MSG_NOSIGNAL;
#else
inline constexpr int no_signal = 0;  // SO_NOSIGPIPE is set on the descriptor instead
#endif

/// Longest time one blocking receive stays in the kernel. A receive that has more time than this
/// left costs one system call instead of a poll and a receive.
inline constexpr std::chrono::milliseconds receive_slice{250};

/// Makes a connected descriptor fit for `Stream`: close-on-exec, no SIGPIPE; sends at once.
inline void prepare_descriptor(int descriptor, boost::system::error_code& ec) noexcept {
  bool good = ::ioctl(descriptor, FIOCLEX) == 0;
#if defined(SO_NOSIGPIPE)
  const int on = 1;
  good = good && ::setsockopt(descriptor, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof on) == 0;
#endif
  if (good) {
    ec.clear();
    send_at_once(descriptor);
  } else {
    ec.assign(errno, boost::system::system_category());
  }
}

/// Lets a receive wait in the kernel, for the slice at most. Every other call says MSG_DONTWAIT.
/// \return false: it cannot.
inline bool make_blocking(int descriptor) noexcept {
  int off = 0;
  ::timeval slice{};
  slice.tv_usec = std::chrono::duration_cast<std::chrono::microseconds>(receive_slice).count();
  return ::setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &slice, sizeof slice) == 0 &&
         ::ioctl(descriptor, FIONBIO, &off) == 0;
}

/// Whether a call that failed with `error` is to be tried again once the descriptor is ready. An
/// interrupted one is not tried again at once: a blocking receive would begin its slice anew at
/// each signal and outlast every deadline.
inline bool would_block(int error) noexcept {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/// `::recv`. `may_block`: stay in the kernel for at most the slice.
inline ::ssize_t receive(int descriptor, void* data, std::size_t size, bool may_block) noexcept {
  return ::recv(descriptor, data, size, may_block ? 0 : MSG_DONTWAIT);
}

/// `::send` that never blocks.
inline ::ssize_t transmit(int descriptor, const void* data, std::size_t size) noexcept {
  return ::send(descriptor, data, size, MSG_DONTWAIT | no_signal);
}

/// `transmit` of several pieces of memory.
inline ::ssize_t transmit(int descriptor, ::iovec* pieces, std::size_t count) noexcept {
  ::msghdr message{};
  message.msg_iov = pieces;
  message.msg_iovlen = count;
  return ::sendmsg(descriptor, &message, MSG_DONTWAIT | no_signal);
}

/// Waits until one of `count` entries is ready, or `deadline` passes.
/// \return how many are; 0 at the deadline and after an error.
inline int await_any(::pollfd* entries, std::size_t count, TimePoint deadline,
                     boost::system::error_code& ec) noexcept {
  ec.clear();
  for (;;) {
    int timeout = -1;
    if (deadline != never) {
      const auto left = std::chrono::ceil<std::chrono::milliseconds>(left_until(deadline));
      if (left.count() <= 0) return 0;
      timeout = static_cast<int>(
          std::min<std::chrono::milliseconds::rep>(left.count(), std::numeric_limits<int>::max()));
    }
    const int ready = ::poll(entries, count, timeout);
    if (ready > 0) return ready;
    if (ready < 0 && errno != EINTR) {
      ec.assign(errno, boost::system::system_category());
      return 0;
    }
  }
}

/// Waits until `descriptor` is ready for `events` (POLLIN, POLLOUT) or `deadline` passes
/// (`boost::beast::error::timeout`).
inline void await_ready(int descriptor, short events, TimePoint deadline,
                        boost::system::error_code& ec) noexcept {
  ::pollfd entry{descriptor, events, 0};
  if (await_any(&entry, 1, deadline, ec) == 0 && !ec) ec = boost::beast::error::timeout;
}

}  // namespace florin::net::detail

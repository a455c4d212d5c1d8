// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <cerrno>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

namespace florin::net::detail {

/// Has `exec` close a descriptor that somebody else has opened. A thread that forks at this moment
/// may still pass it on.
inline void close_on_exec(int descriptor) noexcept {
  static_cast<void>(::ioctl(descriptor, FIOCLEX));
}

/// Has a TCP socket send at once what it is given. One that cannot is slower at most, so nobody is
/// told.
inline void send_at_once(int descriptor) noexcept {
  const int on = 1;
  static_cast<void>(::setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
}

/// A TCP socket that does not block and is closed by `exec`.
/// \return its descriptor, which belongs to the caller, or -1.
/// \param keep_alive sets SO_KEEPALIVE, where the system grants it.
inline int open_socket(const boost::asio::ip::tcp& protocol, bool keep_alive,
                       boost::system::error_code& ec) noexcept {
#if defined(SOCK_CLOEXEC) && defined(SOCK_NONBLOCK)
  // At once: another thread may fork and exec between two calls.
  const int flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
#else
  const int flags = 0;
#endif
  const int handle = ::socket(protocol.family(), protocol.type() | flags, protocol.protocol());
  int on = 1;
  const bool good =
      handle >= 0 &&
      (flags != 0 || (::ioctl(handle, FIOCLEX) == 0 && ::ioctl(handle, FIONBIO, &on) == 0));
  if (good) {
    send_at_once(handle);
    if (keep_alive)
      static_cast<void>(::setsockopt(handle, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on));
    ec.clear();
    return handle;
  }
  ec.assign(errno, boost::system::system_category());
  if (handle >= 0) ::close(handle);
  return -1;
}

}  // namespace florin::net::detail

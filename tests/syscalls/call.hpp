// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cerrno>
#include <cstddef>
#include <netdb.h>
#include <string_view>
#include <vector>

namespace florin_test::syscalls {

/// What is told apart of the functions that the library, Asio and OpenSSL call the system with.
enum class Call : unsigned char {
  socket,
  connect,
  poll,
  ppoll,
  epoll_create,
  epoll_add,      ///< epoll_ctl that adds a socket
  epoll_add_own,  ///< epoll_ctl that adds what Asio's reactor itself needs
  epoll_change,   ///< epoll_ctl that does not add
  epoll_wait,
  eventfd,
  pipe,
  timerfd_create,
  timerfd_settime,
  recv,
  recvmsg,
  read,
  readv,
  read_own,  ///< read from what is no socket: Asio's event
  send,
  sendmsg,
  write,
  writev,
  write_own,  ///< write to what is no socket
  getsockopt,
  setsockopt,
  getsockname,
  ioctl,
  fcntl,
  open,
  close,
  shutdown,
  getentropy,
  getrandom,
  getaddrinfo,
  pthread_create,
};

inline constexpr std::size_t call_count = static_cast<std::size_t>(Call::pthread_create) + 1;

constexpr std::string_view to_string(Call call) noexcept {
  constexpr std::array<std::string_view, call_count> names{"socket",
                                                           "connect",
                                                           "poll",
                                                           "ppoll",
                                                           "epoll_create",
                                                           "epoll_add",
                                                           "epoll_add_own",
                                                           "epoll_change",
                                                           "epoll_wait",
                                                           "eventfd",
                                                           "pipe",
                                                           "timerfd_create",
                                                           "timerfd_settime",
                                                           "recv",
                                                           "recvmsg",
                                                           "read",
                                                           "readv",
                                                           "read_own",
                                                           "send",
                                                           "sendmsg",
                                                           "write",
                                                           "writev",
                                                           "write_own",
                                                           "getsockopt",
                                                           "setsockopt",
                                                           "getsockname",
                                                           "ioctl",
                                                           "fcntl",
                                                           "open",
                                                           "close",
                                                           "shutdown",
                                                           "getentropy",
                                                           "getrandom",
                                                           "getaddrinfo",
                                                           "pthread_create"};
  return names[static_cast<std::size_t>(call)];
}

/// Whether a call moves bytes of a connection into the process.
constexpr bool receives(Call call) noexcept {
  return call == Call::recv || call == Call::recvmsg || call == Call::read || call == Call::readv;
}

/// Whether a call moves bytes of a connection out of the process.
constexpr bool sends(Call call) noexcept {
  return call == Call::send || call == Call::sendmsg || call == Call::write || call == Call::writev;
}

/// A way in which a call may fail.
struct Failure {
  std::string_view name;
  int error = 0;  ///< `errno`; of `getaddrinfo` what it returns
  /// Nothing is lost by it: the library has to get by.
  bool harmless = false;
};

/// What the manual pages know of that can happen to correct arguments. Not here: what Linux does
/// not do (`epoll_ctl` fails only where it adds, an event that does not block is not interrupted,
/// `timerfd_settime` has nothing to fail for), and `epoll_add_own`, whose failure Asio ignores.
inline std::vector<Failure> failures(Call call) {
  switch (call) {
    case Call::socket:
      return {{"EMFILE", EMFILE}, {"ENFILE", ENFILE}, {"ENOBUFS", ENOBUFS},
              {"ENOMEM", ENOMEM}, {"EACCES", EACCES}, {"EAFNOSUPPORT", EAFNOSUPPORT}};
    case Call::connect:
      return {{"ECONNREFUSED", ECONNREFUSED},
              {"ETIMEDOUT", ETIMEDOUT},
              {"ENETUNREACH", ENETUNREACH},
              {"EADDRNOTAVAIL", EADDRNOTAVAIL},
              {"EAGAIN", EAGAIN},
              {"EPERM", EPERM},
              {"EINTR", EINTR}};
    case Call::poll:
    case Call::ppoll:
      return {{"EINTR", EINTR, true}, {"ENOMEM", ENOMEM}};
    case Call::epoll_create:
      return {{"EMFILE", EMFILE}, {"ENFILE", ENFILE}, {"ENOMEM", ENOMEM}};
    case Call::epoll_add:
      return {{"ENOMEM", ENOMEM}, {"ENOSPC", ENOSPC}};
    case Call::epoll_wait:
      return {{"EINTR", EINTR, true}};
    case Call::eventfd:
    case Call::timerfd_create:
      return {{"EMFILE", EMFILE, true}, {"ENFILE", ENFILE, true}, {"ENOMEM", ENOMEM, true}};
    case Call::pipe:
    case Call::open:
      return {{"EMFILE", EMFILE}, {"ENFILE", ENFILE}};
    case Call::recv:
    case Call::recvmsg:
    case Call::read:
    case Call::readv:
      return {{"EINTR", EINTR, true},
              {"EAGAIN", EAGAIN, true},
              {"ECONNRESET", ECONNRESET},
              {"ETIMEDOUT", ETIMEDOUT},
              {"ENOMEM", ENOMEM},
              {"EHOSTUNREACH", EHOSTUNREACH},
              {"EIO", EIO}};
    case Call::send:
    case Call::sendmsg:
    case Call::write:
    case Call::writev:
      return {{"EINTR", EINTR, true},     {"EAGAIN", EAGAIN, true},       {"EPIPE", EPIPE},
              {"ECONNRESET", ECONNRESET}, {"ETIMEDOUT", ETIMEDOUT},       {"ENOBUFS", ENOBUFS},
              {"ENOMEM", ENOMEM},         {"EHOSTUNREACH", EHOSTUNREACH}, {"EIO", EIO}};
    case Call::read_own:
      return {{"EINTR", EINTR, true}, {"EAGAIN", EAGAIN, true}};
    case Call::getsockopt:
    case Call::getsockname:
      return {{"ENOBUFS", ENOBUFS}, {"ENOMEM", ENOMEM}};
    case Call::setsockopt:
      return {
          {"ENOMEM", ENOMEM, true}, {"ENOBUFS", ENOBUFS, true}, {"ENOPROTOOPT", ENOPROTOOPT, true}};
    case Call::ioctl:
      return {{"ENOTTY", ENOTTY}};
    case Call::fcntl:
      return {{"EINVAL", EINVAL}};
    case Call::close:
      return {{"EINTR", EINTR, true}, {"EIO", EIO, true}};
    case Call::shutdown:
      return {{"ENOTCONN", ENOTCONN, true}};
    case Call::getentropy:
    case Call::getrandom:
      return {{"EIO", EIO, true}, {"ENOSYS", ENOSYS, true}};
    case Call::getaddrinfo:
      return {{"EAI_AGAIN", EAI_AGAIN},
              {"EAI_FAIL", EAI_FAIL},
              {"EAI_MEMORY", EAI_MEMORY},
              {"EAI_NONAME", EAI_NONAME},
              {"EAI_SYSTEM", EAI_SYSTEM}};
    case Call::pthread_create:
      return {{"EAGAIN", EAGAIN}};
    case Call::epoll_add_own:
    case Call::epoll_change:
    case Call::timerfd_settime:
    case Call::write_own:
      return {};
  }
  return {};
}

/// Whether a call may fail with `error` without any harm.
constexpr bool may_fail_harmlessly(Call call, int error) noexcept {
  const bool moves = receives(call) || sends(call);
  if (error == EAGAIN) return moves;
  return error == EINTR && (moves || call == Call::poll || call == Call::epoll_wait);
}

}  // namespace florin_test::syscalls

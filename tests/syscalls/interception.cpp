// SPDX-License-Identifier: Apache-2.0
// The program's own functions of these names come before the C library's for all that it is linked
// with. What the C library calls within itself, such as the sockets of `getaddrinfo`, goes past
// them, and so do memory and the waiting for locks.
#include "syscalls/interception.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstddef>
#include <dlfcn.h>
#include <functional>
#include <memory>
#include <netdb.h>
#include <pthread.h>
#include <thread>
#include <utility>

#include <poll.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <unistd.h>

namespace florin_test::syscalls {
namespace {

using Kind = Disturbance::Kind;

/// Of the interception that lives, if one does.
struct State {
  std::atomic<bool> armed{false};  // all below is written before it is set
  Disturbance disturbance;
  const std::function<void()>* at_fork = nullptr;
  std::array<std::atomic<std::size_t>, call_count> counts{};
  std::atomic<bool> happened{false};
  std::atomic<int> beginning{0};  // visits that may be about to disturb something
};

constinit State state;
constinit thread_local bool watched = false;

/// One call to a function, which may be disturbed.
class Visit {
 public:
  explicit Visit(Call call) {
    if (!watched || !state.armed) return;
    ++state.beginning;
    if (state.armed) arrive(call);
    --state.beginning;
  }
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;
  ~Visit() {
    if (kind_ != Kind::signal_after) return;
    const int error = errno;
    ::pthread_kill(::pthread_self(), SIGUSR1);
    errno = error;
  }

  /// Whether the call fails; `errno` is set.
  [[nodiscard]] bool fails() const noexcept {
    const bool so = kind_ == Kind::fail || kind_ == Kind::fail_alternate;
    if (so) errno = error_;
    return so;
  }
  [[nodiscard]] int error() const noexcept { return error_; }
  /// Whether the peer has ended the connection.
  [[nodiscard]] bool ends() const noexcept { return kind_ == Kind::end; }
  [[nodiscard]] bool shortens() const noexcept {
    return kind_ == Kind::shorten || kind_ == Kind::shorten_all;
  }
  /// How many of `size` bytes may be moved.
  [[nodiscard]] std::size_t most(std::size_t size) const noexcept {
    return shortens() && size > 1 ? 1 : size;
  }

 private:
  void arrive(Call call) {
    const auto& wanted = state.disturbance;
    const auto occurrence = state.counts[static_cast<std::size_t>(call)]++;
    if (wanted.kind == Kind::shorten_all) {
      if (receives(call) || sends(call)) begin(wanted);
    } else if (wanted.kind == Kind::fail_alternate) {
      if (occurrence % 2 == 0 && may_fail_harmlessly(call, wanted.failure.error)) begin(wanted);
    } else if (wanted.kind != Kind::none && wanted.call == call &&
               wanted.occurrence == occurrence) {
      begin(wanted);
    }
  }
  void begin(const Disturbance& wanted) {
    state.happened = true;
    kind_ = wanted.kind;
    error_ = wanted.failure.error;
    if (kind_ == Kind::signal_before) ::pthread_kill(::pthread_self(), SIGUSR1);
    if (kind_ == Kind::fork && *state.at_fork) (*state.at_fork)();
  }

  Kind kind_ = Kind::none;
  int error_ = 0;
};

/// Several pieces of memory of which a visit may use only a part.
class Pieces {
 public:
  Pieces(const Visit& visit, const ::iovec* pieces, std::size_t count) noexcept
      : pieces_(pieces), count_(count) {
    for (std::size_t i = 0; visit.shortens() && i != count; ++i) {
      if (pieces[i].iov_len == 0) continue;
      byte_ = {pieces[i].iov_base, 1};
      pieces_ = &byte_;
      count_ = 1;
      break;
    }
  }
  Pieces(const Pieces&) = delete;
  Pieces& operator=(const Pieces&) = delete;
  ~Pieces() = default;

  [[nodiscard]] const ::iovec* data() const noexcept { return pieces_; }
  [[nodiscard]] std::size_t count() const noexcept { return count_; }
  /// `message` with these pieces.
  [[nodiscard]] ::msghdr of(const ::msghdr& message) const noexcept {
    ::msghdr same = message;
    same.msg_iov = const_cast<::iovec*>(pieces_);
    same.msg_iovlen = count_;
    return same;
  }

 private:
  ::iovec byte_{};
  const ::iovec* pieces_;
  std::size_t count_;
};

bool is_socket(int descriptor) noexcept {
  struct ::stat about {};
  return ::fstat(descriptor, &about) == 0 && S_ISSOCK(about.st_mode);
}

/// The function that stands behind the one of this name here.
template <class Function>
Function* next(const char* name) noexcept {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

/// What a thread runs that is started by one under test.
struct Started {
  void* (*run)(void*);
  void* argument;

  static void* enter(void* self) {
    const Started mine = *std::unique_ptr<Started>{static_cast<Started*>(self)};
    watched = true;
    return mine.run(mine.argument);
  }
};

}  // namespace

Interception::Interception(const Disturbance& disturbance, std::function<void()> at_fork)
    : at_fork_(std::move(at_fork)) {
  state.disturbance = disturbance;
  state.at_fork = &at_fork_;
  for (auto& count : state.counts) count = 0;
  state.happened = false;
}
Interception::~Interception() {
  stop();
}
void Interception::watch_this_thread() noexcept {
  watched = true;
}
void Interception::start() noexcept {
  state.armed = true;
}
void Interception::stop() noexcept {
  state.armed = false;
  while (state.beginning != 0) std::this_thread::yield();
}
bool Interception::happened() noexcept {
  return state.happened;
}
std::size_t Interception::count(Call call) noexcept {
  return state.counts[static_cast<std::size_t>(call)];
}

}  // namespace florin_test::syscalls

using florin_test::syscalls::Call;
using florin_test::syscalls::is_socket;
using florin_test::syscalls::next;
using florin_test::syscalls::Pieces;
using florin_test::syscalls::Started;
using florin_test::syscalls::Visit;

extern "C" {

int socket(int family, int type, int protocol) noexcept {
  static auto* const real = next<decltype(socket)>("socket");
  const Visit visit{Call::socket};
  return visit.fails() ? -1 : real(family, type, protocol);
}

int connect(int descriptor, const ::sockaddr* address, ::socklen_t size) {
  static auto* const real = next<decltype(connect)>("connect");
  const Visit visit{Call::connect};
  if (!visit.fails()) return real(descriptor, address, size);
  // An interrupted one goes on in the background.
  if (visit.error() == EINTR) static_cast<void>(real(descriptor, address, size));
  errno = visit.error();
  return -1;
}

int poll(::pollfd* entries, ::nfds_t count, int timeout) {
  static auto* const real = next<decltype(poll)>("poll");
  const Visit visit{Call::poll};
  return visit.fails() ? -1 : real(entries, count, timeout);
}

int ppoll(::pollfd* entries, ::nfds_t count, const ::timespec* timeout, const ::sigset_t* mask) {
  static auto* const real = next<decltype(ppoll)>("ppoll");
  const Visit visit{Call::ppoll};
  return visit.fails() ? -1 : real(entries, count, timeout, mask);
}

int epoll_create1(int flags) noexcept {
  static auto* const real = next<decltype(epoll_create1)>("epoll_create1");
  const Visit visit{Call::epoll_create};
  return visit.fails() ? -1 : real(flags);
}

int epoll_ctl(int descriptor, int operation, int whom, ::epoll_event* event) noexcept {
  static auto* const real = next<decltype(epoll_ctl)>("epoll_ctl");
  const Visit visit{operation != EPOLL_CTL_ADD ? Call::epoll_change
                    : is_socket(whom)          ? Call::epoll_add
                                               : Call::epoll_add_own};
  return visit.fails() ? -1 : real(descriptor, operation, whom, event);
}

int epoll_wait(int descriptor, ::epoll_event* events, int most, int timeout) {
  static auto* const real = next<decltype(epoll_wait)>("epoll_wait");
  const Visit visit{Call::epoll_wait};
  return visit.fails() ? -1 : real(descriptor, events, most, timeout);
}

int eventfd(unsigned value, int flags) noexcept {
  static auto* const real = next<decltype(eventfd)>("eventfd");
  const Visit visit{Call::eventfd};
  return visit.fails() ? -1 : real(value, flags);
}

int pipe(int* ends) noexcept {
  static auto* const real = next<decltype(pipe)>("pipe");
  const Visit visit{Call::pipe};
  return visit.fails() ? -1 : real(ends);
}

int timerfd_create(::clockid_t clock, int flags) noexcept {
  static auto* const real = next<decltype(timerfd_create)>("timerfd_create");
  const Visit visit{Call::timerfd_create};
  return visit.fails() ? -1 : real(clock, flags);
}

int timerfd_settime(int descriptor, int flags, const ::itimerspec* time,
                    ::itimerspec* before) noexcept {
  static auto* const real = next<decltype(timerfd_settime)>("timerfd_settime");
  const Visit visit{Call::timerfd_settime};
  return visit.fails() ? -1 : real(descriptor, flags, time, before);
}

::ssize_t recv(int descriptor, void* data, std::size_t size, int flags) {
  static auto* const real = next<decltype(recv)>("recv");
  const Visit visit{Call::recv};
  if (visit.ends()) return 0;
  return visit.fails() ? -1 : real(descriptor, data, visit.most(size), flags);
}

::ssize_t recvmsg(int descriptor, ::msghdr* message, int flags) {
  static auto* const real = next<decltype(recvmsg)>("recvmsg");
  const Visit visit{Call::recvmsg};
  if (visit.ends()) return 0;
  if (visit.fails()) return -1;
  if (!visit.shortens()) return real(descriptor, message, flags);
  const Pieces pieces{visit, message->msg_iov, message->msg_iovlen};
  ::msghdr part = pieces.of(*message);
  return real(descriptor, &part, flags);
}

::ssize_t read(int descriptor, void* data, std::size_t size) {
  static auto* const real = next<decltype(read)>("read");
  const bool socket = is_socket(descriptor);
  const Visit visit{socket ? Call::read : Call::read_own};
  if (visit.ends()) return 0;
  return visit.fails() ? -1 : real(descriptor, data, socket ? visit.most(size) : size);
}

::ssize_t readv(int descriptor, const ::iovec* pieces, int count) {
  static auto* const real = next<decltype(readv)>("readv");
  const Visit visit{Call::readv};
  if (visit.ends()) return 0;
  const Pieces part{visit, pieces, static_cast<std::size_t>(count)};
  return visit.fails() ? -1 : real(descriptor, part.data(), static_cast<int>(part.count()));
}

::ssize_t send(int descriptor, const void* data, std::size_t size, int flags) {
  static auto* const real = next<decltype(send)>("send");
  const Visit visit{Call::send};
  return visit.fails() ? -1 : real(descriptor, data, visit.most(size), flags);
}

::ssize_t sendmsg(int descriptor, const ::msghdr* message, int flags) {
  static auto* const real = next<decltype(sendmsg)>("sendmsg");
  const Visit visit{Call::sendmsg};
  const Pieces pieces{visit, message->msg_iov, message->msg_iovlen};
  const ::msghdr part = pieces.of(*message);
  return visit.fails() ? -1 : real(descriptor, &part, flags);
}

::ssize_t write(int descriptor, const void* data, std::size_t size) {
  static auto* const real = next<decltype(write)>("write");
  const bool socket = is_socket(descriptor);
  const Visit visit{socket ? Call::write : Call::write_own};
  return visit.fails() ? -1 : real(descriptor, data, socket ? visit.most(size) : size);
}

::ssize_t writev(int descriptor, const ::iovec* pieces, int count) {
  static auto* const real = next<decltype(writev)>("writev");
  const Visit visit{Call::writev};
  const Pieces part{visit, pieces, static_cast<std::size_t>(count)};
  return visit.fails() ? -1 : real(descriptor, part.data(), static_cast<int>(part.count()));
}

int getsockopt(int descriptor, int level, int name, void* value, ::socklen_t* size) noexcept {
  static auto* const real = next<decltype(getsockopt)>("getsockopt");
  const Visit visit{Call::getsockopt};
  return visit.fails() ? -1 : real(descriptor, level, name, value, size);
}

int setsockopt(int descriptor, int level, int name, const void* value, ::socklen_t size) noexcept {
  static auto* const real = next<decltype(setsockopt)>("setsockopt");
  const Visit visit{Call::setsockopt};
  return visit.fails() ? -1 : real(descriptor, level, name, value, size);
}

int getsockname(int descriptor, ::sockaddr* address, ::socklen_t* size) noexcept {
  static auto* const real = next<decltype(getsockname)>("getsockname");
  const Visit visit{Call::getsockname};
  return visit.fails() ? -1 : real(descriptor, address, size);
}

int ioctl(int descriptor, unsigned long request, ...) noexcept {
  static auto* const real = next<decltype(ioctl)>("ioctl");
  std::va_list more;
  va_start(more, request);
  void* const argument = va_arg(more, void*);
  va_end(more);
  const Visit visit{Call::ioctl};
  return visit.fails() ? -1 : real(descriptor, request, argument);
}

int shutdown(int descriptor, int how) noexcept {
  static auto* const real = next<decltype(shutdown)>("shutdown");
  const Visit visit{Call::shutdown};
  return visit.fails() ? -1 : real(descriptor, how);
}

int close(int descriptor) {
  static auto* const real = next<decltype(close)>("close");
  const Visit visit{Call::close};
  const int result = real(descriptor);  // Linux closes whatever it says
  return visit.fails() ? -1 : result;
}

int getentropy(void* data, std::size_t size) {
  static auto* const real = next<decltype(getentropy)>("getentropy");
  const Visit visit{Call::getentropy};
  return visit.fails() ? -1 : real(data, size);
}

::ssize_t getrandom(void* data, std::size_t size, unsigned flags) {
  static auto* const real = next<decltype(getrandom)>("getrandom");
  const Visit visit{Call::getrandom};
  return visit.fails() ? -1 : real(data, size, flags);
}

int getaddrinfo(const char* host, const char* service, const ::addrinfo* hints,
                ::addrinfo** found) {
  static auto* const real = next<decltype(getaddrinfo)>("getaddrinfo");
  const Visit visit{Call::getaddrinfo};
  if (!visit.fails()) return real(host, service, hints, found);
  errno = visit.error() == EAI_SYSTEM ? EMFILE : 0;
  return visit.error();
}

int pthread_create(::pthread_t* thread, const ::pthread_attr_t* attributes, void* (*run)(void*),
                   void* argument) noexcept {
  static auto* const real = next<decltype(pthread_create)>("pthread_create");
  using florin_test::syscalls::watched;
  const Visit visit{Call::pthread_create};
  if (visit.fails()) return visit.error();
  if (!watched) return real(thread, attributes, run, argument);
  auto started = std::make_unique<Started>(Started{run, argument});
  const int result = real(thread, attributes, &Started::enter, started.get());
  if (result == 0) static_cast<void>(started.release());
  return result;
}

// The headers give these one name or the other, as the size of file offsets is chosen.
int florin_test_open(const char* path, int flags, ...) __asm__("open");
int florin_test_open64(const char* path, int flags, ...) __asm__("open64");
int florin_test_fcntl(int descriptor, int command, ...) __asm__("fcntl");
int florin_test_fcntl64(int descriptor, int command, ...) __asm__("fcntl64");

int florin_test_open(const char* path, int flags, ...) {
  static auto* const real = next<int(const char*, int, ...)>("open");
  std::va_list more;
  va_start(more, flags);
  const auto mode = va_arg(more, unsigned);
  va_end(more);
  const Visit visit{Call::open};
  return visit.fails() ? -1 : real(path, flags, mode);
}

int florin_test_open64(const char* path, int flags, ...) {
  std::va_list more;
  va_start(more, flags);
  const auto mode = va_arg(more, unsigned);
  va_end(more);
  return florin_test_open(path, flags, mode);
}

int florin_test_fcntl(int descriptor, int command, ...) {
  static auto* const real = next<int(int, int, ...)>("fcntl");
  std::va_list more;
  va_start(more, command);
  void* const argument = va_arg(more, void*);
  va_end(more);
  const Visit visit{Call::fcntl};
  return visit.fails() ? -1 : real(descriptor, command, argument);
}

int florin_test_fcntl64(int descriptor, int command, ...) {
  std::va_list more;
  va_start(more, command);
  void* const argument = va_arg(more, void*);
  va_end(more);
  return florin_test_fcntl(descriptor, command, argument);
}

}  // extern "C"

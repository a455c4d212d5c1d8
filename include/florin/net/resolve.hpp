// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/deadline.hpp>
#include <florin/net/detail/posix.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution/context.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/system_executor.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/system/error_code.hpp>

#include <cerrno>
#include <charconv>
#include <condition_variable>
#include <cstdint>
#include <cstring>
#include <memory>
#include <mutex>
#include <netdb.h>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <netinet/in.h>
#include <sys/socket.h>

namespace florin::net {

/// Addresses of a host in the order in which they are to be tried.
using Endpoints = std::vector<boost::asio::ip::tcp::endpoint>;

/// Alternates the address families, keeping the order within each (RFC 8305, section 4). The first
/// family is that of the first endpoint: the system's resolver sorts by RFC 6724, which puts IPv6
/// first wherever it can be reached.
[[nodiscard]] inline Endpoints interleaved(const Endpoints& endpoints) {
  Endpoints result;
  if (endpoints.empty()) return result;
  result.reserve(endpoints.size());
  const bool first_is_v6 = endpoints.front().address().is_v6();
  const auto next = [&](std::size_t from, bool v6) {
    while (from < endpoints.size() && endpoints[from].address().is_v6() != v6) ++from;
    return from;
  };
  std::size_t ours = next(0, first_is_v6);
  std::size_t others = next(0, !first_is_v6);
  while (ours < endpoints.size() || others < endpoints.size()) {
    if (ours < endpoints.size()) {
      result.push_back(endpoints[ours]);
      ours = next(ours + 1, first_is_v6);
    }
    if (others < endpoints.size()) {
      result.push_back(endpoints[others]);
      others = next(others + 1, !first_is_v6);
    }
  }
  return result;
}

/// The endpoint that `host` and `service` spell out when they are an IP literal (without brackets)
/// and a decimal port; nothing when a resolver is needed. Never does I/O.
[[nodiscard]] inline std::optional<boost::asio::ip::tcp::endpoint> literal_endpoint(
    std::string_view host, std::string_view service) {
  std::uint16_t port = 0;
  const auto parsed = std::from_chars(service.data(), service.data() + service.size(), port);
  if (parsed.ec != std::errc{} || parsed.ptr != service.data() + service.size()) return {};
  if (host.find('\0') != std::string_view::npos) return {};
  boost::system::error_code ec;
  const auto address = boost::asio::ip::make_address(std::string{host}.c_str(), ec);
  if (ec) return {};
  return boost::asio::ip::tcp::endpoint{address, port};
}

namespace detail {

inline boost::system::error_code resolver_error(int code) noexcept {
  switch (code) {
    case EAI_SYSTEM:
      return {errno, boost::system::system_category()};
    case EAI_AGAIN:
      return boost::asio::error::host_not_found_try_again;
    case EAI_FAIL:
      return boost::asio::error::no_recovery;
    case EAI_MEMORY:
      return boost::asio::error::no_memory;
    case EAI_SERVICE:
      return boost::asio::error::service_not_found;
    default:
      return boost::asio::error::host_not_found;
  }
}

/// Asks the system, blocking for as long as it likes.
inline Endpoints look_up(const std::string& host, const std::string& service,
                         boost::system::error_code& ec) {
  using boost::asio::ip::tcp;
  if (host.empty() || host.find('\0') != std::string::npos) {
    ec = boost::asio::error::host_not_found;
    return {};
  }
  ::addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_protocol = IPPROTO_TCP;
  ::addrinfo* list = nullptr;
  const int code = ::getaddrinfo(host.c_str(), service.c_str(), &hints, &list);
  if (code != 0) {
    ec = resolver_error(code);
    return {};
  }
  const std::unique_ptr<::addrinfo, decltype(&::freeaddrinfo)> owner{list, &::freeaddrinfo};
  Endpoints found;
  for (const auto* entry = list; entry != nullptr; entry = entry->ai_next) {
    if (entry->ai_family != AF_INET && entry->ai_family != AF_INET6) continue;
    tcp::endpoint endpoint;
    if (entry->ai_addrlen > endpoint.capacity()) continue;
    std::memcpy(endpoint.data(), entry->ai_addr, entry->ai_addrlen);
    endpoint.resize(entry->ai_addrlen);
    found.push_back(endpoint);
  }
  ec.clear();
  if (found.empty()) ec = boost::asio::error::host_not_found;
  return interleaved(found);
}

/// A lookup that its caller may walk away from. The thread that performs it holds this object and
/// nothing of the caller; the caller's timer is woken only while it is attached.
struct Lookup {
  std::mutex mutex;
  std::condition_variable ready;
  bool done = false;
  boost::system::error_code result;
  Endpoints endpoints;
  boost::asio::steady_timer* waiter = nullptr;

  void perform(const std::string& host, const std::string& service) {
    boost::system::error_code ec;
    Endpoints found = look_up(host, service, ec);
    const std::scoped_lock lock{mutex};
    result = ec;
    endpoints = std::move(found);
    done = true;
    if (waiter != nullptr) waiter->cancel();
    ready.notify_all();
  }

  /// Starts `lookup` on the process-wide threads of `boost::asio::system_executor`.
  static void start(std::shared_ptr<Lookup> lookup, std::string host, std::string service) {
    boost::asio::post(boost::asio::system_executor{},
                      [lookup = std::move(lookup), host = std::move(host),
                       service = std::move(service)] { lookup->perform(host, service); });
  }
};

/// Knows which lookups may wake a timer of an execution context, and forbids it when the context
/// ends: a context that is being destroyed must not be touched from another thread. Made after the
/// timers' own service, so it is shut down before that one.
class LookupService final : public boost::asio::execution_context::service {
 public:
  using key_type = LookupService;
  static inline boost::asio::execution_context::id id;

  explicit LookupService(boost::asio::execution_context& context) : service(context) {}

  void attach(const std::shared_ptr<Lookup>& lookup, boost::asio::steady_timer& timer) {
    const std::scoped_lock lock{mutex_};
    attached_.push_back(lookup);
    const std::scoped_lock inner{lookup->mutex};
    lookup->waiter = &timer;
  }
  void detach(const std::shared_ptr<Lookup>& lookup) {
    const std::scoped_lock lock{mutex_};
    std::erase(attached_, lookup);
    const std::scoped_lock inner{lookup->mutex};
    lookup->waiter = nullptr;
  }

 private:
  void shutdown() override {
    const std::scoped_lock lock{mutex_};
    for (const auto& lookup : attached_) {
      const std::scoped_lock inner{lookup->mutex};
      lookup->waiter = nullptr;
    }
    attached_.clear();
  }

  std::mutex mutex_;
  std::vector<std::shared_ptr<Lookup>> attached_;
};

class ResolveOperation {
 public:
  ResolveOperation(const boost::asio::any_io_executor& executor, std::string host,
                   std::string service, TimePoint deadline)
      : executor_(executor),
        host_(std::move(host)),
        service_(std::move(service)),
        deadline_(deadline) {}

  template <class Self>
  void operator()(Self& self, boost::system::error_code ec = {}) {
    if (finished_) return self.complete(result_, std::move(endpoints_));
    if (!wait_) {
      self.reset_cancellation_state(boost::asio::enable_total_cancellation());
      if (const auto endpoint = literal_endpoint(host_, service_)) {
        finished_ = true;
        endpoints_.push_back(*endpoint);
        const auto executor = executor_;
        return boost::asio::post(executor, std::move(self));
      }
      if (Clock::now() >= deadline_) {
        finished_ = true;
        result_ = boost::beast::error::timeout;
        const auto executor = executor_;
        return boost::asio::post(executor, std::move(self));
      }
      auto lookup = std::make_shared<Lookup>();
      wait_ = std::make_unique<Wait>(lookup, executor_, deadline_);
      auto host = std::move(host_);
      auto service = std::move(service_);
      wait_->timer.async_wait(std::move(self));
      return Lookup::start(std::move(lookup), std::move(host), std::move(service));
    }
    {
      auto& lookup = *wait_->lookup;
      const std::scoped_lock lock{lookup.mutex};
      if (self.cancelled() != boost::asio::cancellation_type::none) {
        result_ = boost::asio::error::operation_aborted;
      } else if (lookup.done) {
        result_ = lookup.result;
        endpoints_ = std::move(lookup.endpoints);
      } else {
        result_ = ec ? ec : boost::system::error_code{boost::beast::error::timeout};
      }
    }
    wait_.reset();
    self.complete(result_, std::move(endpoints_));
  }

 private:
  /// The attachment to a lookup: ends with the operation, however that ends.
  struct Wait {
    std::shared_ptr<Lookup> lookup;
    boost::asio::steady_timer timer;

    LookupService* service;

    Wait(std::shared_ptr<Lookup> source, const boost::asio::any_io_executor& executor,
         TimePoint deadline)
        : lookup(std::move(source)),
          timer(executor, deadline),
          service(&boost::asio::use_service<LookupService>(
              boost::asio::query(executor, boost::asio::execution::context))) {
      service->attach(lookup, timer);
    }
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;
    ~Wait() { service->detach(lookup); }
  };

  boost::asio::any_io_executor executor_;
  std::string host_;
  std::string service_;
  TimePoint deadline_;
  std::unique_ptr<Wait> wait_;
  bool finished_ = false;
  boost::system::error_code result_;
  Endpoints endpoints_;
};

}  // namespace detail

/// Resolves `host` (a name or an IP literal without brackets) and `service` (a decimal port or a
/// service name), blocking until `deadline` at most. The system's resolver cannot be interrupted:
/// it runs on a thread of `boost::asio::system_executor` and is abandoned at the deadline. (The end
/// of the process waits for those threads, as long as the system's resolver takes.)
/// Errors: `boost::beast::error::timeout`, `boost::asio::error::host_not_found` and its kind.
/// Thread safety: may be called from any thread.
inline Endpoints resolve(std::string_view host, std::string_view service, TimePoint deadline,
                         boost::system::error_code& ec) {
  ec.clear();
  if (const auto endpoint = literal_endpoint(host, service)) return {*endpoint};
  if (Clock::now() >= deadline) {
    ec = boost::beast::error::timeout;
    return {};
  }
  auto lookup = std::make_shared<detail::Lookup>();
  detail::Lookup::start(lookup, std::string{host}, std::string{service});
  std::unique_lock lock{lookup->mutex};
  const auto done = [&] { return lookup->done; };
  if (deadline == never) {
    lookup->ready.wait(lock, done);
  } else if (!lookup->ready.wait_until(lock, deadline, done)) {
    ec = boost::beast::error::timeout;
    return {};
  }
  ec = lookup->result;
  return std::move(lookup->endpoints);
}

/// The asynchronous `resolve`, for any completion token of signature
/// `void(boost::system::error_code, Endpoints)`. Cancellation (any type) takes effect at once:
/// `boost::asio::error::operation_aborted`; the abandoned lookup keeps nothing of the caller.
template <class Token>
auto async_resolve(const boost::asio::any_io_executor& executor, std::string host,
                   std::string service, TimePoint deadline, Token&& token) {
  return boost::asio::async_compose<Token, void(boost::system::error_code, Endpoints)>(
      detail::ResolveOperation{executor, std::move(host), std::move(service), deadline}, token,
      executor);
}

}  // namespace florin::net

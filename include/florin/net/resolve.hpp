// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/deadline.hpp>
#include <florin/net/detail/lookups.hpp>
#include <florin/net/detail/park.hpp>

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
#include <boost/beast/core/error.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>

#include <charconv>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

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

/// Keeps the lookups from waking a timer of an execution context that ends: a context that is being
/// destroyed must not be touched from another thread. Made after the timers' own service, so it is
/// shut down before that one.
class LookupService final : public boost::asio::execution_context::service {
 public:
  using key_type = LookupService;
  static inline boost::asio::execution_context::id id;

  explicit LookupService(boost::asio::execution_context& context) : service(context) {}

 private:
  void shutdown() override {
    if (auto* const all = shared_lookups.value.find()) all->forget(&context());
  }
};

/// Waits for a lookup with a timer: the resolver wakes it, or the deadline.
class TimedLookup final : public Lookups::Waiter {
 public:
  TimedLookup(const boost::asio::any_io_executor& executor, TimePoint deadline)
      : lookups_(lookups()),
        timer_(executor, deadline),
        context_(&boost::asio::query(executor, boost::asio::execution::context)) {
    boost::asio::use_service<LookupService>(*context_);
  }
  ~TimedLookup() { leave(); }

  /// Begins the lookup and continues `handler` when it is done or the deadline has passed.
  template <class Handler>
  void begin(const std::string& host, const std::string& service, Handler handler) {
    timer_.async_wait(std::move(handler));
    lookups_.join(*this, host, service, context_);  // has no effect if the wait is over already
  }
  void leave() noexcept { lookups_.leave(*this); }

 private:
  void wake() noexcept override {
    try {
      timer_.cancel();
    } catch (const boost::system::system_error&) {  // only the signature says that it might
    }
  }

  Lookups& lookups_;
  boost::asio::steady_timer timer_;
  boost::asio::execution_context* context_;
};

class ResolveOperation {
 public:
  using Code = boost::system::error_code;

  ResolveOperation(const boost::asio::any_io_executor& executor, std::string host,
                   std::string service, TimePoint deadline)
      : executor_(executor),
        host_(std::move(host)),
        service_(std::move(service)),
        deadline_(deadline) {}

  template <class Self>
  void operator()(Self& self, Code ec = {}) {
    if (!begun_) {
      begun_ = true;
      try {
        self.reset_cancellation_state(boost::asio::enable_total_cancellation());
        prepare();
      } catch (...) {
        result_ = caught_error();
      }
      return wait(self);
    }
    if (lookup_) conclude(self.cancelled() != boost::asio::cancellation_type::none, ec);
    self.complete(result_, std::move(endpoints_));
  }

 private:
  /// Finds out whether there is anything to wait for.
  void prepare() {
    if (const auto endpoint = literal_endpoint(host_, service_)) {
      endpoints_.push_back(*endpoint);
    } else if (Clock::now() >= deadline_) {
      result_ = boost::beast::error::timeout;
    } else {
      lookup_ = std::make_shared<TimedLookup>(executor_, deadline_);
    }
  }

  template <class Self>
  void wait(Self& self) {
    // What is needed after self has been moved away, and perhaps completed on another thread.
    const auto lookup = lookup_;
    const auto executor = executor_;
    const auto host = std::move(host_);
    const auto service = std::move(service_);
    park(
        self,
        [&](auto handler) {
          if (lookup) {
            lookup->begin(host, service, std::move(handler));
          } else {
            boost::asio::post(executor, std::move(handler));
          }
        },
        [](Self& me, Code ec) { me.complete(ec, Endpoints{}); });
  }

  void conclude(bool cancelled, Code ec) noexcept {
    lookup_->leave();
    if (cancelled) {
      result_ = boost::asio::error::operation_aborted;
    } else if (!lookup_->done()) {
      result_ = ec ? ec : Code{boost::beast::error::timeout};
    } else {
      try {
        endpoints_ = interleaved(Lookups::answer(*lookup_, result_));
      } catch (...) {
        result_ = caught_error();
      }
    }
    lookup_.reset();
  }

  boost::asio::any_io_executor executor_;
  std::string host_;
  std::string service_;
  TimePoint deadline_;
  std::shared_ptr<TimedLookup> lookup_;
  bool begun_ = false;
  Code result_;
  Endpoints endpoints_;
};

}  // namespace detail

/// Resolves `host` (a name or an IP literal without brackets) and `service` (a decimal port or a
/// service name), blocking until `deadline` at most. The system's resolver cannot be interrupted:
/// it runs on one of a few threads of the library's own and is abandoned at the deadline. The end
/// of the process waits for none of them. Errors: `boost::beast::error::timeout`,
/// `boost::asio::error::host_not_found` and its kind, and what `is_out_of_resources` knows when
/// memory, threads or descriptors cannot be had.
///
/// Thread safety: may be called from any thread. A child made by `fork` has threads of its own.
inline Endpoints resolve(std::string_view host, std::string_view service, TimePoint deadline,
                         boost::system::error_code& ec) {
  ec.clear();
  try {
    if (const auto endpoint = literal_endpoint(host, service)) return {*endpoint};
    if (Clock::now() < deadline)
      return interleaved(detail::lookups().resolve(host, service, deadline, ec));
    ec = boost::beast::error::timeout;
  } catch (...) {
    ec = detail::caught_error();
  }
  return {};
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

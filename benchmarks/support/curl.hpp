// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>

#include <cstddef>
#include <cstdint>
#include <curl/curl.h>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/epoll.h>
#include <unistd.h>

#include "peers.hpp"

/// The same create with libcurl: the body is built, sent, and the id is parsed from the answer.
namespace florin_bench {

inline void check_curl(CURLcode code, const char* what) {
  if (code != CURLE_OK)
    throw std::runtime_error{std::string{what} + ": " + ::curl_easy_strerror(code)};
}

/// libcurl's global state, for as long as it lives.
struct CurlGlobal {
  CurlGlobal() { check_curl(::curl_global_init(CURL_GLOBAL_DEFAULT), "curl_global_init"); }
  CurlGlobal(const CurlGlobal&) = delete;
  CurlGlobal& operator=(const CurlGlobal&) = delete;
  ~CurlGlobal() { ::curl_global_cleanup(); }
};

struct FreeEasy {
  void operator()(CURL* easy) const noexcept { ::curl_easy_cleanup(easy); }
};
struct FreeMulti {
  void operator()(CURLM* multi) const noexcept { ::curl_multi_cleanup(multi); }
};
struct FreeList {
  void operator()(::curl_slist* list) const noexcept { ::curl_slist_free_all(list); }
};

/// Sessions of TLS that several handles share.
class CurlSessions {
 public:
  CurlSessions() : share_(::curl_share_init()) {
    if (share_ == nullptr ||
        ::curl_share_setopt(share_, CURLSHOPT_SHARE, CURL_LOCK_DATA_SSL_SESSION) != CURLSHE_OK)
      throw std::runtime_error{"curl_share_init"};
  }
  CurlSessions(const CurlSessions&) = delete;
  CurlSessions& operator=(const CurlSessions&) = delete;
  ~CurlSessions() { ::curl_share_cleanup(share_); }
  [[nodiscard]] CURLSH* get() const noexcept { return share_; }

 private:
  CURLSH* share_;
};

/// One create at a time over a handle that is used again.
class CurlCreate {
 public:
  CurlCreate(const std::string& url, const std::string& ca_file) : easy_(::curl_easy_init()) {
    if (!easy_) throw std::runtime_error{"curl_easy_init"};
    set(CURLOPT_URL, (url + "/v1/customers").c_str());
    set(CURLOPT_CAINFO, ca_file.c_str());
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_TIMEOUT_MS, 30'000L);
    set(CURLOPT_CONNECTTIMEOUT_MS, 10'000L);
    set(CURLOPT_WRITEFUNCTION, &CurlCreate::append);
    set(CURLOPT_WRITEDATA, &answer_);
    set(CURLOPT_PRIVATE, this);
  }
  CurlCreate(const CurlCreate&) = delete;
  CurlCreate& operator=(const CurlCreate&) = delete;
  ~CurlCreate() = default;

  [[nodiscard]] CURL* easy() const noexcept { return easy_.get(); }
  void share(const CurlSessions& sessions) { set(CURLOPT_SHARE, sessions.get()); }

  /// Builds headers and body of the next request.
  void prepare(const florin::CreateRequest& request) {
    body_ = form_body(request);
    headers_.reset();
    add("Authorization: Bearer sk_test_EXAMPLE");
    add("Stripe-Version: 2026-06-24.dahlia");
    add(("Idempotency-Key: " + request.merchant_customer_id).c_str());
    set(CURLOPT_HTTPHEADER, headers_.get());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<::curl_off_t>(body_.size()));
    set(CURLOPT_POSTFIELDS, body_.c_str());
    answer_.clear();
  }
  /// The id of the customer. Errors: exceptions.
  [[nodiscard]] std::string id(CURLcode code) const {
    check_curl(code, "libcurl");
    long status = 0;
    ::curl_easy_getinfo(easy_.get(), CURLINFO_RESPONSE_CODE, &status);
    if (status != 200) throw std::runtime_error{"libcurl: HTTP status " + std::to_string(status)};
    return id_by_nlohmann(answer_);
  }
  /// How many connections the last transfer had to open.
  [[nodiscard]] std::size_t opened() const {
    long count = 0;
    ::curl_easy_getinfo(easy_.get(), CURLINFO_NUM_CONNECTS, &count);
    return static_cast<std::size_t>(count);
  }
  /// Creates a customer and blocks until it is answered.
  [[nodiscard]] std::string perform(const florin::CreateRequest& request) {
    prepare(request);
    return id(::curl_easy_perform(easy_.get()));
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    check_curl(::curl_easy_setopt(easy_.get(), option, value), "curl_easy_setopt");
  }
  void add(const char* line) {
    ::curl_slist* const longer = ::curl_slist_append(headers_.get(), line);
    if (longer == nullptr) throw std::bad_alloc{};
    static_cast<void>(headers_.release());
    headers_.reset(longer);
  }
  static std::size_t append(const char* data, std::size_t size, std::size_t count, void* to) {
    static_cast<std::string*>(to)->append(data, size * count);
    return size * count;
  }

  std::unique_ptr<::curl_slist, FreeList> headers_;
  std::string body_;
  std::string answer_;
  std::unique_ptr<CURL, FreeEasy> easy_;
};

/// libcurl's multi interface driven by epoll, its fastest way: `curl_multi_socket_action`.
class CurlLoop {
 public:
  /// Called for each transfer that has ended; may add it again.
  using Done = std::function<void(CurlCreate&, CURLcode)>;

  CurlLoop(long connections, Done done)
      : done_(std::move(done)),
        multi_(::curl_multi_init()),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)) {
    if (!multi_ || epoll_ < 0) throw std::runtime_error{"curl_multi_init"};
    set(CURLMOPT_SOCKETFUNCTION, &CurlLoop::on_socket);
    set(CURLMOPT_SOCKETDATA, this);
    set(CURLMOPT_TIMERFUNCTION, &CurlLoop::on_timer);
    set(CURLMOPT_TIMERDATA, this);
    set(CURLMOPT_MAXCONNECTS, connections);
    set(CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
  }
  CurlLoop(const CurlLoop&) = delete;
  CurlLoop& operator=(const CurlLoop&) = delete;
  ~CurlLoop() {
    multi_.reset();
    ::close(epoll_);
  }

  void add(CurlCreate& transfer) {
    check(::curl_multi_add_handle(multi_.get(), transfer.easy()), "curl_multi_add_handle");
    ++pending_;
  }
  /// Runs until no transfer is pending.
  void run() {
    std::vector<::epoll_event> events(512);
    while (pending_ != 0) {
      int timeout = -1;
      if (timer_ >= 0) timeout = static_cast<int>(timer_);
      const int ready =
          ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), timeout);
      if (ready < 0) throw std::runtime_error{"epoll_wait"};
      int running = 0;
      if (ready == 0) {
        timer_ = -1;
        check(::curl_multi_socket_action(multi_.get(), CURL_SOCKET_TIMEOUT, 0, &running),
              "curl_multi_socket_action");
      }
      for (int i = 0; i < ready; ++i) {
        const auto& event = events[static_cast<std::size_t>(i)];
        const int what = ((event.events & EPOLLIN) != 0 ? CURL_CSELECT_IN : 0) |
                         ((event.events & EPOLLOUT) != 0 ? CURL_CSELECT_OUT : 0) |
                         ((event.events & (EPOLLERR | EPOLLHUP)) != 0 ? CURL_CSELECT_ERR : 0);
        check(::curl_multi_socket_action(multi_.get(), event.data.fd, what, &running),
              "curl_multi_socket_action");
      }
      collect();
    }
  }

 private:
  template <class Value>
  void set(CURLMoption option, Value value) {
    check(::curl_multi_setopt(multi_.get(), option, value), "curl_multi_setopt");
  }
  static void check(CURLMcode code, const char* what) {
    if (code != CURLM_OK)
      throw std::runtime_error{std::string{what} + ": " + ::curl_multi_strerror(code)};
  }
  void collect() {
    int left = 0;
    while (const CURLMsg* const message = ::curl_multi_info_read(multi_.get(), &left)) {
      if (message->msg != CURLMSG_DONE) continue;
      const CURLcode code = message->data.result;
      CURL* const easy = message->easy_handle;
      CurlCreate* transfer = nullptr;
      check_curl(::curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer), "curl_easy_getinfo");
      check(::curl_multi_remove_handle(multi_.get(), easy), "curl_multi_remove_handle");
      --pending_;
      done_(*transfer, code);
    }
  }
  static int on_socket(CURL*, ::curl_socket_t socket, int what, void* self, void* known) {
    auto& me = *static_cast<CurlLoop*>(self);
    if (what == CURL_POLL_REMOVE) {
      ::epoll_ctl(me.epoll_, EPOLL_CTL_DEL, socket, nullptr);  // may be closed by now
      return 0;
    }
    ::epoll_event event{};
    event.data.fd = socket;
    if (what != CURL_POLL_OUT) event.events |= EPOLLIN;
    if (what != CURL_POLL_IN) event.events |= EPOLLOUT;
    const int operation = known != nullptr ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;
    if (::epoll_ctl(me.epoll_, operation, socket, &event) != 0) return -1;
    ::curl_multi_assign(me.multi_.get(), socket, self);
    return 0;
  }
  static int on_timer(CURLM*, long milliseconds, void* self) {
    static_cast<CurlLoop*>(self)->timer_ = milliseconds;
    return 0;
  }

  Done done_;
  std::unique_ptr<CURLM, FreeMulti> multi_;
  int epoll_;
  long timer_ = -1;
  std::size_t pending_ = 0;
};

}  // namespace florin_bench

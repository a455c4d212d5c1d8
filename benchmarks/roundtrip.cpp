// SPDX-License-Identifier: Apache-2.0
// What a create costs over one warm TLS 1.3 connection on loopback, next to what one would use
// instead and next to prebuilt bytes over blocking OpenSSL, the limit. All of them run on one
// thread and take turns in small rounds; answers are checked before anything is timed.
//
// usage: bench_roundtrip --url https://localhost:PORT --ca FILE [options]
//   --json FILE             writes the report there
//   --rounds N              rounds of `calls_per_round` calls of each; 400
//   --system-calls FILE     figures to put into the report: lines `NAME COUNT`, per call
//   --only NAME --calls N   instead: N calls of one of them, to be counted from outside
//   --show-allocations NAME instead: who allocates in one warm call
// The server is to answer like benchmarks/support/nginx.py.
#include <florin/client.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <curl/curl.h>
#include <exception>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "support/allocations.hpp"
#include "support/documented.hpp"
#include "support/peers.hpp"
#include "support/report.hpp"
#include "support/samples.hpp"
#include "support/text_file.hpp"

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using florin_bench::documented_request;
using tcp = asio::ip::tcp;

constexpr std::size_t calls_per_round = 200;
constexpr std::size_t warm_up_calls = 50;
constexpr std::string_view api_key = "sk_test_EXAMPLE";
constexpr std::string_view idempotency_key = "00000000-0000-8000-8000-00000000fa4e";
constexpr std::string_view expected_id = "cus_FaKe0Example01";

struct Server {
  std::string url;
  std::string host = "localhost";
  std::string port;
  std::string ca_file;

  [[nodiscard]] std::string authority() const { return host + ':' + port; }
};

void check(bool right, std::string_view what) {
  if (!right) throw std::runtime_error(std::string{what} + ": a wrong answer");
}

/// Where the duration of each call goes, in nanoseconds.
using Samples = std::vector<double>;

double elapsed(std::chrono::steady_clock::time_point since) {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - since).count();
}

/// One way to create a customer, over a connection of its own that stays open.
class Competitor {
 public:
  Competitor() = default;
  Competitor(const Competitor&) = delete;
  Competitor& operator=(const Competitor&) = delete;
  virtual ~Competitor() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;
  /// Makes so many calls, checks each answer, and adds how long each took.
  virtual void call(std::size_t times, Samples& samples) = 0;

 protected:
  template <class Once>
  static void timed(std::size_t times, Samples& samples, Once once) {
    for (std::size_t i = 0; i < times; ++i) {
      const auto since = std::chrono::steady_clock::now();
      once();
      samples.push_back(elapsed(since));
    }
  }
};

florin::ClientOptions client_options(const Server& server) {
  florin::ClientOptions options;
  options.base_url = server.url;
  options.tls.ca_pem = florin_bench::read_file(server.ca_file);
  return options;
}

void check(const florin::Result<florin::CreateResponse>& answer) {
  if (!answer) throw std::runtime_error("florin: " + answer.error().what());
  check(answer->connector_customer_id == expected_id, "florin");
}

class FlorinBlocking final : public Competitor {
 public:
  explicit FlorinBlocking(const Server& server)
      : client_({.api_key = api_key}, client_options(server)) {}
  static constexpr std::string_view title = "florin";
  [[nodiscard]] std::string_view name() const override { return title; }
  void call(std::size_t times, Samples& samples) override {
    timed(times, samples,
          [&] { check(client_.create(request_, {.idempotency_key = idempotency_key})); });
  }

 private:
  florin::CreateRequest request_ = documented_request();
  florin::Client<florin::StripePolicy> client_;
};

class FlorinCoroutine final : public Competitor {
 public:
  explicit FlorinCoroutine(const Server& server)
      : client_(context_.get_executor(), {.api_key = api_key}, client_options(server)) {}
  static constexpr std::string_view title = "florin, coroutine";
  [[nodiscard]] std::string_view name() const override { return title; }
  void call(std::size_t times, Samples& samples) override {
    std::exception_ptr failed;
    asio::co_spawn(context_, run(times, samples),
                   [&](std::exception_ptr error) { failed = error; });
    context_.run();
    context_.restart();
    if (failed) std::rethrow_exception(failed);
  }

 private:
  asio::awaitable<void> run(std::size_t times, Samples& samples) {
    for (std::size_t i = 0; i < times; ++i) {
      const auto since = std::chrono::steady_clock::now();
      check(co_await client_.async_create(request_, {.idempotency_key = idempotency_key},
                                          asio::use_awaitable));
      samples.push_back(elapsed(since));
    }
  }

  florin::CreateRequest request_ = documented_request();
  asio::io_context context_{1};
  florin::Client<florin::StripePolicy> client_;
};

/// libcurl with a reused handle, the body escaped by hand, and nlohmann/json.
class Curl final : public Competitor {
 public:
  explicit Curl(const Server& server) : handle_(curl_easy_init()) {
    if (!handle_) throw std::runtime_error("curl_easy_init failed");
    for (const auto& line :
         {"Content-Type: application/x-www-form-urlencoded", "Accept: application/json",
          "Stripe-Version: 2026-06-24.dahlia", "Expect:"})
      add_header(line);
    add_header("Authorization: Bearer " + std::string{api_key});
    add_header("Idempotency-Key: " + std::string{idempotency_key});
    set(CURLOPT_URL, (server.url + "/v1/customers").c_str());
    set(CURLOPT_CAINFO, server.ca_file.c_str());
    set(CURLOPT_HTTPHEADER, headers_.get());
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_WRITEFUNCTION, &Curl::receive);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&body_));
    set(CURLOPT_NOSIGNAL, 1L);
  }
  static constexpr std::string_view title = "libcurl";
  [[nodiscard]] std::string_view name() const override { return title; }
  void call(std::size_t times, Samples& samples) override {
    timed(times, samples, [&] { check(once() == expected_id, "libcurl"); });
  }

 private:
  std::string once() {
    const std::string form = florin_bench::form_body(request_);
    body_.clear();
    set(CURLOPT_POSTFIELDS, form.c_str());
    set(CURLOPT_POSTFIELDSIZE, static_cast<long>(form.size()));
    if (const CURLcode code = curl_easy_perform(handle_.get()); code != CURLE_OK)
      throw std::runtime_error(curl_easy_strerror(code));
    long status = 0;
    curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &status);
    check(status == 200, "libcurl");
    return florin_bench::id_by_nlohmann(body_);
  }
  template <class Value>
  void set(CURLoption option, Value value) {
    if (curl_easy_setopt(handle_.get(), option, value) != CURLE_OK)
      throw std::runtime_error("curl_easy_setopt failed");
  }
  void add_header(const std::string& line) {
    headers_.reset(curl_slist_append(headers_.release(), line.c_str()));
  }
  static std::size_t receive(char* data, std::size_t size, std::size_t count, void* to) {
    static_cast<std::string*>(to)->append(data, size * count);
    return size * count;
  }

  struct FreeHandle {
    void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
  };
  struct FreeList {
    void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
  };
  florin::CreateRequest request_ = documented_request();
  std::string body_;
  std::unique_ptr<curl_slist, FreeList> headers_;
  std::unique_ptr<CURL, FreeHandle> handle_;
};

/// Boost.Beast as in its examples, with string_body and Boost.JSON's DOM.
class Beast final : public Competitor {
 public:
  explicit Beast(const Server& server) : host_(server.authority()) {
    tls_.load_verify_file(server.ca_file);
    tls_.set_verify_mode(asio::ssl::verify_peer);
    stream_.set_verify_callback(asio::ssl::host_name_verification(server.host));
    asio::connect(stream_.next_layer(), tcp::resolver{context_}.resolve(server.host, server.port));
    stream_.next_layer().set_option(tcp::no_delay{true});
    if (SSL_set_tlsext_host_name(stream_.native_handle(), server.host.c_str()) != 1)
      throw std::runtime_error("Beast: no SNI");
    stream_.handshake(asio::ssl::stream_base::client);
  }
  static constexpr std::string_view title = "Beast";
  [[nodiscard]] std::string_view name() const override { return title; }
  void call(std::size_t times, Samples& samples) override {
    timed(times, samples, [&] { check(once() == expected_id, "Beast"); });
  }

 private:
  std::string once() {
    http::request<http::string_body> request{http::verb::post, "/v1/customers", 11};
    request.set(http::field::host, host_);
    request.set(http::field::content_type, "application/x-www-form-urlencoded");
    request.set(http::field::accept, "application/json");
    request.set(http::field::user_agent, "peer/1.0");
    request.set("Stripe-Version", "2026-06-24.dahlia");
    request.set(http::field::authorization, "Bearer " + std::string{api_key});
    request.set("Idempotency-Key", idempotency_key);
    request.body() = florin_bench::form_body(request_);
    request.prepare_payload();
    http::write(stream_, request);
    http::response<http::string_body> response;
    http::read(stream_, buffer_, response);
    check(response.result() == http::status::ok, "Beast");
    const auto document = boost::json::parse(response.body());
    const auto& id = document.at("id").as_string();
    return {id.data(), id.size()};
  }

  florin::CreateRequest request_ = documented_request();
  std::string host_;
  asio::io_context context_;
  asio::ssl::context tls_{asio::ssl::context::tls_client};
  asio::ssl::stream<tcp::socket> stream_{context_, tls_};
  beast::flat_buffer buffer_;
};

/// Prebuilt bytes over blocking OpenSSL, and the answer only counted: the limit.
class Limit final : public Competitor {
 public:
  explicit Limit(const Server& server)
      : bytes_(florin_bench::http_request(documented_request(), server.authority(), api_key,
                                          idempotency_key)),
        context_(SSL_CTX_new(TLS_client_method())) {
    if (!context_ ||
        SSL_CTX_load_verify_locations(context_.get(), server.ca_file.c_str(), nullptr) != 1)
      fail("context");
    SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER, nullptr);
    asio::connect(socket_, tcp::resolver{io_}.resolve(server.host, server.port));
    socket_.set_option(tcp::no_delay{true});
    tls_.reset(SSL_new(context_.get()));
    if (!tls_ || SSL_set1_host(tls_.get(), server.host.c_str()) != 1 ||
        SSL_set_tlsext_host_name(tls_.get(), server.host.c_str()) != 1 ||
        SSL_set_fd(tls_.get(), socket_.native_handle()) != 1 || SSL_connect(tls_.get()) != 1)
      fail("handshake");
    if (SSL_version(tls_.get()) != TLS1_3_VERSION) fail("version");
    learn_size();
  }
  static constexpr std::string_view title = "OpenSSL, prebuilt";
  [[nodiscard]] std::string_view name() const override { return title; }
  void call(std::size_t times, Samples& samples) override {
    timed(times, samples, [&] {
      write();
      std::size_t size = 0;
      while (size < size_) size += read(size);
      check(size == size_ && std::string_view{answer_.data(), 12} == "HTTP/1.1 200", "OpenSSL");
    });
  }

 private:
  [[noreturn]] static void fail(std::string_view what) {
    throw std::runtime_error("OpenSSL: " + std::string{what} + ": " +
                             ERR_error_string(ERR_get_error(), nullptr));
  }
  void write() {
    if (SSL_write(tls_.get(), bytes_.data(), static_cast<int>(bytes_.size())) !=
        static_cast<int>(bytes_.size()))
      fail("write");
  }
  std::size_t read(std::size_t at) {
    const int count =
        SSL_read(tls_.get(), answer_.data() + at, static_cast<int>(answer_.size() - at));
    if (count <= 0) fail("read");
    return static_cast<std::size_t>(count);
  }
  /// Answers are all alike: how long they are and that they are right is found out once.
  void learn_size() {
    write();
    std::size_t size = read(0);
    for (;;) {
      const std::string_view text{answer_.data(), size};
      const std::size_t head = text.find("\r\n\r\n");
      const std::size_t length = text.find("Content-Length: ");
      if (head != std::string_view::npos && length < head) {
        size_ = head + 4 + std::stoul(std::string{text.substr(length + 16)});
        if (size == size_) {
          check(florin_bench::id_by_nlohmann(text.substr(head + 4)) == expected_id, "OpenSSL");
          return;
        }
      }
      size += read(size);
    }
  }

  struct FreeContext {
    void operator()(SSL_CTX* context) const noexcept { SSL_CTX_free(context); }
  };
  struct FreeSession {
    void operator()(SSL* session) const noexcept { SSL_free(session); }
  };
  std::string bytes_;
  asio::io_context io_;
  tcp::socket socket_{io_};
  std::unique_ptr<SSL_CTX, FreeContext> context_;
  std::unique_ptr<SSL, FreeSession> tls_;
  std::array<char, 32 * 1024> answer_;
  std::size_t size_ = 0;
};

/// Makes the competitor of this name, or all of them when it is empty.
std::vector<std::unique_ptr<Competitor>> make_competitors(const Server& server,
                                                          std::string_view only) {
  std::vector<std::unique_ptr<Competitor>> made;
  const auto add = [&]<class C>(std::type_identity<C>) {
    if (only.empty() || only == C::title) made.push_back(std::make_unique<C>(server));
  };
  add(std::type_identity<FlorinBlocking>{});
  add(std::type_identity<FlorinCoroutine>{});
  add(std::type_identity<Curl>{});
  add(std::type_identity<Beast>{});
  add(std::type_identity<Limit>{});
  if (made.empty()) throw std::invalid_argument("nobody is called " + std::string{only});
  return made;
}

double thread_cpu() {
  timespec now{};
  if (::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0)
    throw std::runtime_error("no clock for the thread's CPU time");
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

/// What was measured of one competitor, times in nanoseconds.
struct Measured {
  Samples wall;
  Samples cpu;  ///< per call, one sample a round
  double allocations = 0;
  double openssl_allocations = 0;
};

using Results = std::map<std::string, Measured, std::less<>>;

Results measure(const std::vector<std::unique_ptr<Competitor>>& competitors, std::size_t rounds) {
  Results results;
  for (const auto& competitor : competitors) {
    Samples ignored;
    competitor->call(warm_up_calls, ignored);
    Measured& result = results[std::string{competitor->name()}];
    result.wall.reserve(rounds * calls_per_round);
    result.cpu.reserve(rounds);
    ignored.reserve(warm_up_calls + calls_per_round);
    const auto before = florin_bench::allocations();
    competitor->call(calls_per_round, ignored);
    const auto after = florin_bench::allocations();
    result.allocations = static_cast<double>(after.all - before.all) / calls_per_round;
    result.openssl_allocations =
        static_cast<double>(after.openssl - before.openssl) / calls_per_round;
  }
  for (std::size_t round = 0; round < rounds; ++round) {
    for (std::size_t i = 0; i < competitors.size(); ++i) {
      // Another one begins each round, so that nobody always follows the same one.
      Competitor& competitor = *competitors[(i + round) % competitors.size()];
      Measured& result = results.find(competitor.name())->second;
      const double before = thread_cpu();
      competitor.call(calls_per_round, result.wall);
      result.cpu.push_back((thread_cpu() - before) / calls_per_round);
    }
    if ((round + 1) % 100 == 0) std::cout << "round " << round + 1 << " of " << rounds << std::endl;
  }
  return results;
}

std::map<std::string, double> read_system_calls(const std::string& path) {
  std::map<std::string, double> found;
  if (path.empty()) return found;
  std::istringstream lines{florin_bench::read_file(path)};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t blank = line.rfind(' ');
    found[line.substr(0, blank)] = std::stod(line.substr(blank + 1));
  }
  return found;
}

boost::json::object bars(std::string_view file, std::string_view title, std::string_view unit,
                         boost::json::array groups, boost::json::array series) {
  using florin_bench::Report;
  return {{"file", Report::text(file)},  {"title", Report::text(title)},
          {"unit", Report::text(unit)},  {"kind", "bars"},
          {"groups", std::move(groups)}, {"series", std::move(series)}};
}

void write_report(const std::string& path, const Results& results,
                  const std::map<std::string, double>& system_calls) {
  florin_bench::Report report{"roundtrip"};
  const Measured& florin = results.find("florin")->second;
  const Measured& coroutine = results.find("florin, coroutine")->second;
  const Measured& curl = results.find("libcurl")->second;
  const Measured& beast = results.find("Beast")->second;
  const Measured& limit = results.find("OpenSSL, prebuilt")->second;
  const auto p50 = [](const Measured& of) { return florin_bench::median(of.wall); };
  const auto cpu = [](const Measured& of) { return florin_bench::median(of.cpu); };

  report.row("blocking, p50 / OpenSSL", p50(florin) / p50(limit), "x", 1.05);
  report.row("blocking, CPU / OpenSSL", cpu(florin) / cpu(limit), "x", 1.12);
  report.row("blocking, p50 / libcurl", p50(florin) / p50(curl), "x", 0.75);
  report.row("blocking, CPU / libcurl", cpu(florin) / cpu(curl), "x", 0.55);
  report.row("blocking, p50 / Beast", p50(florin) / p50(beast), "x");
  report.row("blocking, CPU / Beast", cpu(florin) / cpu(beast), "x");
  report.row("coroutine, CPU / OpenSSL", cpu(coroutine) / cpu(limit), "x", 1.25);
  report.row("coroutine, p50 / OpenSSL", p50(coroutine) / p50(limit), "x");
  if (!system_calls.empty()) {
    const double least = system_calls.at("OpenSSL, prebuilt");
    report.row("blocking, system calls beyond OpenSSL", system_calls.at("florin") - least, "", 2);
    report.row("coroutine, system calls beyond OpenSSL",
               system_calls.at("florin, coroutine") - least, "");
  }
  report.row("blocking, allocations outside OpenSSL",
             florin.allocations - florin.openssl_allocations, "", 0);
  report.row("blocking, allocations inside OpenSSL", florin.openssl_allocations, "");
  report.row("coroutine, allocations outside OpenSSL",
             coroutine.allocations - coroutine.openssl_allocations, "");

  boost::json::object all;
  boost::json::array wall_series;
  boost::json::array cpu_series;
  for (const auto& [name, result] : results) {
    const double p99 = florin_bench::quantile(result.wall, 0.99);
    const double p999 = florin_bench::quantile(result.wall, 0.999);
    boost::json::object entry{{"calls", result.wall.size()},
                              {"p50_us", p50(result) / 1000},
                              {"p99_us", p99 / 1000},
                              {"p99.9_us", p999 / 1000},
                              {"cpu_us", cpu(result) / 1000},
                              {"allocations", result.allocations},
                              {"allocations_inside_openssl", result.openssl_allocations}};
    if (const auto found = system_calls.find(name); found != system_calls.end())
      entry["system_calls"] = found->second;
    all[name] = std::move(entry);
    wall_series.push_back(
        {{"name", name}, {"values", {p50(result) / 1000, p99 / 1000, p999 / 1000}}});
    cpu_series.push_back({{"name", name}, {"values", boost::json::array{cpu(result) / 1000}}});
  }
  report.details()["competitors"] = std::move(all);
  report.plot(bars("roundtrip_wall", "One warm call over TLS 1.3: wall time", "us",
                   {"p50", "p99", "p99.9"}, std::move(wall_series)));
  report.plot(bars("roundtrip_cpu", "One warm call over TLS 1.3: CPU of the caller", "us", {""},
                   std::move(cpu_series)));
  report.write(path);
}

void print(const Results& results) {
  for (const auto& [name, result] : results)
    std::cout << name << ": p50 " << florin_bench::median(result.wall) / 1000 << " us, p99 "
              << florin_bench::quantile(result.wall, 0.99) / 1000 << " us, p99.9 "
              << florin_bench::quantile(result.wall, 0.999) / 1000 << " us, CPU "
              << florin_bench::median(result.cpu) / 1000 << " us, " << result.allocations
              << " allocations (" << result.openssl_allocations << " inside OpenSSL)\n";
}

std::map<std::string, std::string> read_options(int argc, char** argv) {
  constexpr std::array known{"--url",          "--ca",   "--json",  "--rounds",
                             "--system-calls", "--only", "--calls", "--show-allocations"};
  std::map<std::string, std::string> options;
  for (int i = 1; i < argc; i += 2) {
    if (std::find(known.begin(), known.end(), std::string_view{argv[i]}) == known.end() ||
        i + 1 == argc)
      throw std::invalid_argument("unknown option or no value: " + std::string{argv[i]});
    options[argv[i]] = argv[i + 1];
  }
  return options;
}

int run(int argc, char** argv) {
  if (!florin_bench::watch_openssl()) throw std::runtime_error("OpenSSL is already in use");
  if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
    throw std::runtime_error("curl_global_init failed");
  auto options = read_options(argc, argv);
  Server server;
  server.url = options["--url"];
  server.ca_file = options["--ca"];
  server.port = server.url.substr(server.url.rfind(':') + 1);

  std::string only = options["--only"];
  const bool showing = options.contains("--show-allocations");
  if (showing) only = options["--show-allocations"];
  const auto competitors = make_competitors(server, only);
  if (!only.empty()) {
    Samples samples;
    samples.reserve(std::size_t{1} << 20U);
    competitors.front()->call(warm_up_calls, samples);
    florin_bench::show_allocations(showing);
    competitors.front()->call(showing ? 1 : std::stoul(options["--calls"]), samples);
    florin_bench::show_allocations(false);
    return 0;
  }

  const std::size_t rounds =
      options.contains("--rounds") ? std::stoul(options["--rounds"]) : std::size_t{400};
  const auto results = measure(competitors, rounds);
  print(results);
  if (options.contains("--json"))
    write_report(options["--json"], results, read_system_calls(options["--system-calls"]));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const std::exception& error) {
    std::cerr << "bench_roundtrip: " << error.what() << '\n';
    return 1;
  }
}

// SPDX-License-Identifier: Apache-2.0
// Many creates at the same time on one thread, against libcurl's multi interface: calls per second
// of CPU time and latency, with 1 to 1,024 connections that are all in use. Then what an idle
// pooled connection and a call in flight keep in memory.
//
// usage: bench_load --url https://HOST:PORT --ca FILE --json FILE [--quick]
#include <florin/client.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value_from.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iomanip>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/arguments.hpp"
#include "support/curl.hpp"
#include "support/customer.hpp"
#include "support/process.hpp"
#include "support/report.hpp"
#include "support/samples.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using florin_bench::Arguments;
using florin_bench::CurlCreate;
using florin_bench::Customers;

constexpr double rate_limit = 1.5;
constexpr double idle_limit = 64;
constexpr double kilobyte = 1000;

/// What one slot of time brought.
struct Slot {
  std::size_t calls = 0;
  double cpu = 0;                 ///< seconds
  std::size_t opened = 0;         ///< connections
  std::vector<double> latency{};  ///< microseconds
};

florin::ClientOptions options_for(const Arguments& arguments, std::size_t connections) {
  florin::ClientOptions options;
  options.base_url = arguments.url;
  options.tls.ca_file = arguments.ca_file;
  options.pool.max_connections = connections;
  return options;
}

/// Creates over florin: each of the connections is given the next call when one is answered.
class FlorinLoad {
 public:
  using Client = florin::Client<florin::StripePolicy>;

  FlorinLoad(const Arguments& arguments, std::size_t connections)
      : client_(context_.get_executor(), {.api_key = "sk_test_EXAMPLE"},
                options_for(arguments, connections)),
        customers_(connections) {}

  /// Keeps all connections busy for `duration`; zero: one call over each.
  [[nodiscard]] Slot run(std::chrono::milliseconds duration) {
    slot_ = {};
    failure_.clear();
    const auto opened = client_.pool().opened;
    const double before = florin_bench::cpu_seconds();
    until_ = Clock::now() + duration;
    for (auto& customers : customers_) create(customers);
    context_.restart();
    context_.run();
    slot_.cpu = florin_bench::cpu_seconds() - before;
    if (!failure_.empty()) throw std::runtime_error("florin: " + failure_);
    slot_.opened = client_.pool().opened - opened;
    return std::move(slot_);
  }
  [[nodiscard]] Client& client() noexcept { return client_; }
  [[nodiscard]] boost::asio::io_context& context() noexcept { return context_; }

 private:
  void create(Customers& customers) {
    const auto began = Clock::now();
    client_.async_create(customers.next(), [this, &customers, began](const auto& answer) {
      const auto now = Clock::now();
      slot_.latency.push_back(std::chrono::duration<double, std::micro>(now - began).count());
      ++slot_.calls;
      if (!answer) {
        failure_ = answer.error().what();
      } else if (now < until_ && failure_.empty()) {
        create(customers);
      }
    });
  }

  boost::asio::io_context context_{1};
  Client client_;
  std::vector<Customers> customers_;
  Clock::time_point until_{};
  Slot slot_;
  std::string failure_;
};

/// The same over libcurl.
class CurlLoad {
 public:
  CurlLoad(const Arguments& arguments, std::size_t connections)
      : loop_(static_cast<long>(connections),
              [this](CurlCreate& transfer, CURLcode code) { done(transfer, code); }) {
    for (std::size_t i = 0; i < connections; ++i)
      lanes_.push_back(std::make_unique<Lane>(arguments));
  }

  [[nodiscard]] Slot run(std::chrono::milliseconds duration) {
    slot_ = {};
    const double before = florin_bench::cpu_seconds();
    until_ = Clock::now() + duration;
    for (auto& lane : lanes_) create(*lane);
    loop_.run();
    slot_.cpu = florin_bench::cpu_seconds() - before;
    return std::move(slot_);
  }

 private:
  struct Lane : CurlCreate {
    explicit Lane(const Arguments& arguments) : CurlCreate(arguments.url, arguments.ca_file) {}
    Customers customers;
    Clock::time_point began{};
  };

  void create(Lane& lane) {
    lane.began = Clock::now();
    lane.prepare(lane.customers.next());
    loop_.add(lane);
  }
  void done(CurlCreate& transfer, CURLcode code) {
    auto& lane = static_cast<Lane&>(transfer);
    static_cast<void>(lane.id(code));
    slot_.opened += lane.opened();
    const auto now = Clock::now();
    slot_.latency.push_back(std::chrono::duration<double, std::micro>(now - lane.began).count());
    ++slot_.calls;
    if (now < until_) create(lane);
  }

  florin_bench::CurlLoop loop_;
  std::vector<std::unique_ptr<Lane>> lanes_;
  Clock::time_point until_{};
  Slot slot_;
};

/// The slots of one peer at one number of connections.
struct Series {
  std::vector<double> rates{};    ///< calls per second of CPU time
  std::size_t opened = 0;         ///< connections, which should be none
  std::vector<double> latency{};  ///< microseconds

  void add(Slot slot) {
    rates.push_back(static_cast<double>(slot.calls) / slot.cpu);
    opened += slot.opened;
    latency.insert(latency.end(), slot.latency.begin(), slot.latency.end());
  }
  [[nodiscard]] double rate() const { return florin_bench::median(rates); }
  [[nodiscard]] double quantile(double part) const { return florin_bench::quantile(latency, part); }
};

boost::json::object describe(const Series& series) {
  boost::json::object text{{"calls_per_cpu_second", series.rate()},
                           {"rounds", boost::json::value_from(series.rates)},
                           {"calls", series.latency.size()},
                           {"connections_opened", series.opened}};
  text["p50_us"] = series.quantile(0.5);
  text["p99_us"] = series.quantile(0.99);
  text["p999_us"] = series.quantile(0.999);
  return text;
}

boost::json::object lines(std::string_view file, std::string_view title, std::string_view unit,
                          boost::json::array series) {
  using florin_bench::Report;
  return {{"file", Report::text(file)},
          {"title", Report::text(title)},
          {"kind", "lines"},
          {"x", "connections"},
          {"unit", Report::text(unit)},
          {"log_x", true},
          {"log_y", true},
          {"series", std::move(series)}};
}

void measure_load(const Arguments& arguments, florin_bench::Report& report) {
  const int rounds = arguments.quick ? 1 : 7;
  const std::chrono::milliseconds duration{arguments.quick ? 200 : 600};
  boost::json::array levels;
  boost::json::array rates[2];
  boost::json::array tails[2];
  for (const std::size_t connections : {1U, 16U, 64U, 256U, 1024U}) {
    FlorinLoad florin_load{arguments, connections};
    CurlLoad curl_load{arguments, connections};
    // Connects, and grows what grows.
    static_cast<void>(florin_load.run(duration / 2));
    static_cast<void>(curl_load.run(duration / 2));
    Series florin_series;
    Series curl_series;
    for (int round = 0; round < rounds; ++round) {
      // Whoever is first may find the processor in another state.
      if (round % 2 == 0) florin_series.add(florin_load.run(duration));
      curl_series.add(curl_load.run(duration));
      if (round % 2 == 1) florin_series.add(florin_load.run(duration));
    }
    const double ratio = florin_series.rate() / curl_series.rate();
    const std::string where = std::to_string(connections) + " connections";
    std::cerr << "load: " << where << ": florin " << std::lround(florin_series.rate())
              << ", libcurl " << std::lround(curl_series.rate()) << " calls per CPU second, x "
              << std::setprecision(3) << ratio << "; p99 " << florin_series.quantile(0.99)
              << " and " << curl_series.quantile(0.99) << " us\n";

    const std::string name = "calls per CPU second / libcurl multi, " + where;
    if (connections == 64) {
      report.row_at_least(name, ratio, "x", rate_limit);
    } else {
      report.row(name, ratio, "x");
    }
    report.row("calls per CPU second, " + where, florin_series.rate(), "1/s");
    report.row("p99 latency / libcurl multi, " + where,
               florin_series.quantile(0.99) / curl_series.quantile(0.99), "x");
    const auto* series = &florin_series;
    for (const auto i : {0U, 1U}) {
      rates[i].push_back(boost::json::array{connections, series->rate()});
      tails[i].push_back(boost::json::array{connections, series->quantile(0.99)});
      series = &curl_series;
    }
    levels.push_back(boost::json::object{{"connections", connections},
                                         {"florin", describe(florin_series)},
                                         {"libcurl multi", describe(curl_series)}});
  }
  report.details()["levels"] = std::move(levels);
  const auto both = [](boost::json::array(&points)[2]) {
    return boost::json::array{
        boost::json::object{{"name", "florin"}, {"points", std::move(points[0])}},
        boost::json::object{{"name", "libcurl multi"}, {"points", std::move(points[1])}}};
  };
  report.plot(lines("load_rate", "Calls per second of CPU time, one thread", "1/s", both(rates)));
  report.plot(lines("load_p99", "Latency, 99th percentile", "us", both(tails)));
}

/// Memory in bytes, as the allocator and as the system count it.
struct Memory {
  double heap;
  double resident;

  /// What there is now.
  [[nodiscard]] static Memory now() {
    florin_bench::trim_heap();
    return {static_cast<double>(florin_bench::heap_bytes()),
            static_cast<double>(florin_bench::resident_bytes())};
  }

  /// What came since `before`, for each of `count` things, in kB.
  [[nodiscard]] Memory since(const Memory& before, std::size_t count) const {
    const double unit = kilobyte * static_cast<double>(count);
    return {(heap - before.heap) / unit, (resident - before.resident) / unit};
  }
};

void measure_memory(const Arguments& arguments, florin_bench::Report& report) {
  const std::size_t count = arguments.quick ? 64 : 512;

  // Each call over a connection of its own. This stays while the rest is measured, so that nothing
  // can move into memory that was given back.
  FlorinLoad wide{arguments, count};
  static_cast<void>(wide.client().warm_up(1));
  const Memory one = Memory::now();
  if (const auto warm = wide.client().warm_up(count); !warm)
    throw std::runtime_error(warm.error().what());
  const Memory warmed = Memory::now().since(one, count - 1);
  static_cast<void>(wide.run(std::chrono::milliseconds{0}));
  const Memory used = Memory::now().since(one, count - 1);
  if (wide.client().pool().idle != count) throw std::runtime_error("connections are missing");

  // With one connection, all calls but one wait: what is added is calls.
  FlorinLoad queue{arguments, 1};
  static_cast<void>(queue.run(std::chrono::milliseconds{0}));
  Customers customers;
  std::size_t answered = 0;
  const Memory alone = Memory::now();
  for (std::size_t i = 0; i < count; ++i)
    queue.client().async_create(customers.next(), [&](const auto& answer) {
      if (!answer) throw std::runtime_error(answer.error().what());
      ++answered;
    });
  const Memory queued = Memory::now().since(alone, count);
  queue.context().restart();
  queue.context().run();
  if (answered != count) throw std::runtime_error("calls are missing");
  // Calls are kept for the next ones, with all that they ever needed.
  const Memory call = Memory::now().since(alone, count);
  // A subtraction is good for the heap only: which pages are resident depends on neighbours.
  const double idle = used.heap - call.heap;

  report.row("idle pooled connection, heap", idle, "kB", idle_limit);
  report.row("idle pooled connection after warm_up, heap", warmed.heap, "kB", idle_limit);
  report.row("idle pooled connection after warm_up, resident memory", warmed.resident, "kB",
             idle_limit);
  report.row("call in flight, heap", call.heap, "kB");
  report.row("call in flight, resident memory", call.resident, "kB");
  report.row("connection and call together, resident memory", used.resident, "kB");
  std::cerr << "load: an idle connection keeps " << idle << " kB of heap (" << warmed.heap
            << " after warm_up, " << warmed.resident << " resident), a call " << call.heap
            << " kB (" << call.resident << " resident), both " << used.resident << " resident\n";
  report.details()["memory"] = {{"connections", count},
                                {"idle_heap_kb", idle},
                                {"warmed_heap_kb", warmed.heap},
                                {"warmed_resident_kb", warmed.resident},
                                {"call_heap_kb", call.heap},
                                {"call_resident_kb", call.resident},
                                {"queued_call_heap_kb", queued.heap},
                                {"queued_call_resident_kb", queued.resident},
                                {"both_heap_kb", used.heap},
                                {"both_resident_kb", used.resident}};
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = Arguments::parse(argc, argv);
  try {
    florin_bench::raise_file_limit(4096);
    const florin_bench::CurlGlobal curl;
    florin_bench::Report report{"load"};
    // First, in a process that has not touched other memory yet.
    measure_memory(arguments, report);
    measure_load(arguments, report);
    report.write(arguments.json);
  } catch (const std::exception& error) {
    std::cerr << "load: " << error.what() << '\n';
    return 1;
  }
  return 0;
}

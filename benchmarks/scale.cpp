// SPDX-License-Identifier: Apache-2.0
// 1,000,000 creates through one client: what it keeps in memory and how long a call takes must not
// depend on how many went before.
//
// usage: bench_scale --url https://HOST:PORT --ca FILE --json FILE [--quick]
#include <florin/client.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "support/arguments.hpp"
#include "support/customer.hpp"
#include "support/process.hpp"
#include "support/report.hpp"
#include "support/samples.hpp"

namespace {

using Clock = std::chrono::steady_clock;
using Client = florin::Client<florin::StripePolicy>;

constexpr std::size_t connections = 32;
constexpr std::size_t first_calls = 10'000;
constexpr std::size_t most_stretches = 100;
constexpr double growth_limit = 1;
constexpr double megabyte = 1'000'000;

/// What was seen after a stretch of calls.
struct Stretch {
  std::size_t calls = 0;  ///< so far
  double resident = 0;    ///< MB
  double heap = 0;        ///< MB
  double p50 = 0;         ///< microseconds, of the calls of this stretch
  double p99 = 0;
  double cpu = 0;  ///< microseconds of CPU time for a call
};

/// Runs the calls. Its own memory is all taken before the first one.
class Scale {
 public:
  Scale(const florin_bench::Arguments& arguments, std::size_t calls)
      : calls_(calls),
        stretch_size_(std::max(first_calls, calls / most_stretches)),
        client_(context_.get_executor(), {.api_key = "sk_test_EXAMPLE"}, options_for(arguments)) {
    latency_.reserve(stretch_size_);
    stretches_.reserve(most_stretches + 1);
  }

  [[nodiscard]] const std::vector<Stretch>& run() {
    cpu_ = florin_bench::cpu_seconds();
    for (std::size_t i = 0; i < connections; ++i) create();
    context_.run();
    if (!failure_.empty()) throw std::runtime_error("florin: " + failure_);
    if (done_ != calls_ || client_.pool().opened != connections)
      throw std::runtime_error("calls are missing, or connections were lost");
    return stretches_;
  }

 private:
  static florin::ClientOptions options_for(const florin_bench::Arguments& arguments) {
    florin::ClientOptions options;
    options.base_url = arguments.url;
    options.tls.ca_file = arguments.ca_file;
    options.pool.max_connections = connections;
    return options;
  }

  void create() {
    ++begun_;
    client_.async_create(customers_.next(), [this, began = Clock::now()](const auto& answer) {
      if (!answer) {
        failure_ = answer.error().what();
        return context_.stop();
      }
      latency_.push_back(std::chrono::duration<double, std::micro>(Clock::now() - began).count());
      ++done_;
      if (done_ % stretch_size_ == 0) look();
      if (begun_ < calls_) create();
    });
  }

  void look() {
    // In place, so that looking takes no memory.
    const auto at = [this](double part) {
      const auto place = latency_.begin() +
                         static_cast<std::ptrdiff_t>(part * static_cast<double>(latency_.size()));
      std::nth_element(latency_.begin(), place, latency_.end());
      return *place;
    };
    const double now = florin_bench::cpu_seconds();
    stretches_.push_back(
        {.calls = done_,
         .resident = static_cast<double>(florin_bench::resident_bytes()) / megabyte,
         .heap = static_cast<double>(florin_bench::heap_bytes()) / megabyte,
         .p50 = at(0.5),
         .p99 = at(0.99),
         .cpu = (now - cpu_) * 1e6 / static_cast<double>(latency_.size())});
    latency_.clear();
    cpu_ = florin_bench::cpu_seconds();
    if (stretches_.size() % 10 == 1) {
      const Stretch& last = stretches_.back();
      std::cerr << "scale: " << last.calls << " calls, " << last.resident << " MB resident, p50 "
                << last.p50 << " us, " << last.cpu << " us of CPU time for a call\n";
    }
  }

  std::size_t calls_;
  std::size_t stretch_size_;
  boost::asio::io_context context_{1};
  Client client_;
  florin_bench::Customers customers_;
  std::vector<double> latency_;
  std::vector<Stretch> stretches_;
  std::size_t begun_ = 0;
  std::size_t done_ = 0;
  double cpu_ = 0;
  std::string failure_;
};

/// The median over the stretches from `first` on, `count` of them.
double median_of(const std::vector<Stretch>& stretches, std::size_t first, std::size_t count,
                 double Stretch::*member) {
  std::vector<double> values;
  for (std::size_t i = first; i < first + count; ++i) values.push_back(stretches[i].*member);
  return florin_bench::median(values);
}

boost::json::object lines(std::string_view file, std::string_view title, std::string_view unit,
                          const std::vector<Stretch>& stretches, double Stretch::*member) {
  using florin_bench::Report;
  boost::json::array points;
  for (const Stretch& stretch : stretches)
    points.push_back(boost::json::array{stretch.calls, stretch.*member});
  return {{"file", Report::text(file)},
          {"title", Report::text(title)},
          {"kind", "lines"},
          {"x", "calls"},
          {"unit", Report::text(unit)},
          {"log_x", false},
          {"log_y", false},
          {"series", boost::json::array{{{"name", "florin"}, {"points", std::move(points)}}}}};
}

void write_report(const std::string& path, const std::vector<Stretch>& stretches, double seconds) {
  florin_bench::Report report{"scale"};
  const Stretch& first = stretches.front();
  const Stretch& last = stretches.back();
  report.row("resident memory after " + std::to_string(last.calls) + " calls, beyond that after " +
                 std::to_string(first.calls),
             last.resident - first.resident, "MB", growth_limit);
  report.row("heap in use, likewise", last.heap - first.heap, "MB", growth_limit);
  // The first stretch connects.
  const std::size_t part = std::max<std::size_t>(stretches.size() / 5, 1);
  const std::size_t tail = stretches.size() - part;
  for (const auto& [name, member] :
       {std::pair{"median latency", &Stretch::p50}, std::pair{"p99 latency", &Stretch::p99},
        std::pair{"CPU time", &Stretch::cpu}})
    report.row(std::string{name} + ", last fifth / first fifth",
               median_of(stretches, tail, part, member) / median_of(stretches, 0, part, member),
               "x");
  report.row("resident memory", last.resident, "MB");
  report.row("calls per second", static_cast<double>(last.calls) / seconds, "1/s");

  boost::json::array all;
  for (const Stretch& stretch : stretches)
    all.push_back(boost::json::object{{"calls", stretch.calls},
                                      {"resident_mb", stretch.resident},
                                      {"heap_mb", stretch.heap},
                                      {"p50_us", stretch.p50},
                                      {"p99_us", stretch.p99},
                                      {"cpu_us", stretch.cpu}});
  report.details()["connections"] = connections;
  report.details()["stretches"] = std::move(all);
  report.plot(lines("scale_memory", "Resident memory", "MB", stretches, &Stretch::resident));
  report.plot(lines("scale_latency", "Median latency", "us", stretches, &Stretch::p50));
  report.write(path);
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = florin_bench::Arguments::parse(argc, argv);
  try {
    Scale scale{arguments, arguments.quick ? std::size_t{100'000} : std::size_t{1'000'000}};
    const auto began = Clock::now();
    const auto& stretches = scale.run();
    write_report(arguments.json, stretches,
                 std::chrono::duration<double>(Clock::now() - began).count());
  } catch (const std::exception& error) {
    std::cerr << "scale: " << error.what() << '\n';
    return 1;
  }
  return 0;
}

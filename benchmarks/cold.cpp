// SPDX-License-Identifier: Apache-2.0
// What a first call costs over a long way: round trips and time from nothing to the answer, without
// and with a session to resume, and over a warmed pool; against libcurl. The way is a relay that
// holds everything for 25 ms in each direction.
//
// usage: bench_cold --url https://HOST:PORT --ca FILE --json FILE [--quick]
#include <florin/base_url.hpp>
#include <florin/client.hpp>
#include <florin/net/tls.hpp>
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
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "support/arguments.hpp"
#include "support/curl.hpp"
#include "support/customer.hpp"
#include "support/delay_relay.hpp"
#include "support/report.hpp"
#include "support/samples.hpp"

namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Client = florin::Client<florin::StripePolicy>;
using florin_bench::CurlCreate;
using florin_bench::DelayRelay;

constexpr auto delay = 25ms;
constexpr double round_trip = 50;  // milliseconds
/// Long enough for what is still under way, such as tickets.
constexpr auto settled = 4 * delay;

/// TCP, TLS 1.3 and the exchange; a resumed TLS 1.3 handshake takes a round trip as well, since a
/// create must not go out as early data, which can be replayed.
constexpr double cold_round_trips = 3;
constexpr double warm_round_trips = 1;

/// The calls of one kind.
struct Series {
  std::vector<double> milliseconds{};
  std::vector<double> round_trips{};  ///< counted at the relay
  std::vector<double> received{};     ///< bytes that the server sent
};

class Cold {
 public:
  explicit Cold(const florin_bench::Arguments& arguments)
      : url_(parsed(arguments.url)), relay_(url_.host, url_.port, delay) {
    options_.base_url = "https://" + url_.host + ':' + std::to_string(relay_.port());
    options_.tls.ca_file = arguments.ca_file;
    options_.retry.retries = 0;
  }

  /// One call of every kind and peer.
  void round() {
    full();
    resumed();
    warmed();
  }

  struct Kind {
    std::string name;
    double limit;
    std::string peer{};  ///< what libcurl does instead, if it is not the same
  };
  static const std::vector<Kind>& kinds() {
    static const std::vector<Kind> all{
        {"first call", cold_round_trips},
        {"first call, asynchronous", cold_round_trips, "first call"},
        {"first call, resumed session", cold_round_trips},
        {"first call, warmed pool", warm_round_trips, "second call"},
    };
    return all;
  }
  [[nodiscard]] const Series& of(std::string_view peer, const std::string& kind) const {
    return series_.at(std::string{peer} + '/' + kind);
  }

 private:
  static florin::BaseUrl parsed(const std::string& url) {
    if (auto found = florin::BaseUrl::parse(url); found && found->tls) return *found;
    throw std::runtime_error("not a URL: " + url);
  }

  /// Times `call` and adds what the relay counted on the connections that it makes.
  /// \param existing how many of the connections made last it uses too.
  void take(std::string_view peer, const std::string& kind, const std::function<void()>& call,
            std::size_t existing = 0) {
    const auto first = relay_.connections() - existing;
    const auto before = relay_.counts(first);
    const auto began = Clock::now();
    call();
    const auto took = std::chrono::duration<double, std::milli>(Clock::now() - began).count();
    const auto counted = relay_.counts(first) - before;
    Series& series = series_[std::string{peer} + '/' + kind];
    series.milliseconds.push_back(took);
    series.round_trips.push_back(static_cast<double>(counted.round_trips));
    series.received.push_back(static_cast<double>(counted.from_server));
  }
  [[nodiscard]] const florin::CreateRequest& request() { return customers_.next(); }

  void create(Client& client) {
    if (const auto answer = client.create(request()); !answer)
      throw std::runtime_error("florin: " + answer.error().what());
  }
  void create(CurlCreate& curl) { static_cast<void>(curl.perform(request())); }
  [[nodiscard]] std::unique_ptr<CurlCreate> curl() const {
    return std::make_unique<CurlCreate>(options_.base_url, options_.tls.ca_file);
  }
  static std::shared_ptr<florin::net::TlsContext> context(const florin::ClientOptions& options) {
    auto made = florin::net::TlsContext::make(options.tls);
    if (!made) throw std::runtime_error("TLS: " + made.error().message());
    return *made;
  }

  void full() {
    Client client{credentials(), options_};
    take("florin", "first call", [&] { create(client); });
    const auto peer = curl();
    take("libcurl", "first call", [&] { create(*peer); });

    boost::asio::io_context loop{1};
    Client other{loop.get_executor(), credentials(), options_};
    std::string failure = "no answer";
    take("florin", "first call, asynchronous", [&] {
      other.async_create(request(), [&](const auto& answer) {
        failure = answer ? std::string{} : std::string{answer.error().what()};
      });
      loop.run();
    });
    if (!failure.empty()) throw std::runtime_error("florin: " + failure);
  }

  void resumed() {
    auto options = options_;
    options.tls_context = context(options_);
    Client first{credentials(), options};
    create(first);
    Client second{credentials(), options};
    take("florin", "first call, resumed session", [&] { create(second); });

    const florin_bench::CurlSessions sessions;
    const auto earlier = curl();
    earlier->share(sessions);
    create(*earlier);
    const auto later = curl();
    later->share(sessions);
    take("libcurl", "first call, resumed session", [&] { create(*later); });
  }

  void warmed() {
    Client client{credentials(), options_};
    if (const auto warm = client.warm_up(1); !warm)
      throw std::runtime_error("florin: " + warm.error().what());
    std::this_thread::sleep_for(settled);
    take(
        "florin", "first call, warmed pool", [&] { create(client); }, 1);

    // libcurl cannot connect ahead of a call and use the connection for it.
    const auto peer = curl();
    create(*peer);
    std::this_thread::sleep_for(settled);
    take(
        "libcurl", "second call", [&] { create(*peer); }, 1);
  }

  static Client::Credentials credentials() { return {.api_key = "sk_test_EXAMPLE"}; }

  florin::BaseUrl url_;
  DelayRelay relay_;
  florin::ClientOptions options_;
  florin_bench::Customers customers_;
  std::map<std::string, Series> series_;
};

boost::json::object describe(const Series& series) {
  return {{"ms", boost::json::value_from(series.milliseconds)},
          {"round_trips", boost::json::value_from(series.round_trips)},
          {"bytes_from_server", boost::json::value_from(series.received)}};
}

void write_report(const std::string& path, const Cold& cold) {
  using florin_bench::median;
  using florin_bench::Report;
  Report report{"cold"};
  boost::json::array groups;
  boost::json::array times[2];
  for (const auto& kind : Cold::kinds()) {
    const auto& ours = cold.of("florin", kind.name);
    const auto& other = kind.peer.empty() ? kind.name : kind.peer;
    const auto& theirs = cold.of("libcurl", other);
    const double took = median(ours.milliseconds);
    const double peer_took = median(theirs.milliseconds);
    const double most = *std::max_element(ours.round_trips.begin(), ours.round_trips.end());
    report.row(kind.name + ", round trips, counted", most, "", kind.limit);
    report.row(kind.name + ", round trips, by time", std::round(took / round_trip), "", kind.limit);
    report.row(kind.name + ", time / libcurl" + (kind.peer.empty() ? "" : ", " + kind.peer),
               took / peer_took, "x");
    report.row(kind.name + ", time", took, "ms");
    groups.push_back(Report::text(kind.name));
    times[0].push_back(took);
    times[1].push_back(peer_took);
    report.details()[kind.name] = {{"florin", describe(ours)}, {"libcurl", describe(theirs)}};
    std::cerr << "cold: " << kind.name << ": " << took << " ms, " << most
              << " round trips; libcurl " << peer_took << " ms, " << median(theirs.round_trips)
              << " round trips\n";
  }
  report.plot(
      {{"file", "cold_time"},
       {"title", "A first call over 25 ms each way"},
       {"kind", "bars"},
       {"unit", "ms"},
       {"groups", std::move(groups)},
       {"series", boost::json::array{{{"name", "florin"}, {"values", std::move(times[0])}},
                                     {{"name", "libcurl"}, {"values", std::move(times[1])}}}}});
  report.write(path);
}

/// A resumed handshake carries no certificate.
void check_resumption(const Cold& cold) {
  const auto received = [&](std::string_view peer, const std::string& kind) {
    return florin_bench::median(cold.of(peer, kind).received);
  };
  for (const std::string_view peer : {"florin", "libcurl"})
    if (received(peer, "first call, resumed session") >= received(peer, "first call"))
      throw std::runtime_error(std::string{peer} + " did not resume its session");
}

}  // namespace

int main(int argc, char** argv) {
  const auto arguments = florin_bench::Arguments::parse(argc, argv);
  try {
    const florin_bench::CurlGlobal curl;
    const int rounds = arguments.quick ? 2 : 15;
    Cold cold{arguments};
    for (int round = 0; round < rounds; ++round) {
      cold.round();
      std::cerr << "cold: round " << round + 1 << '/' << rounds << '\n';
    }
    check_resumption(cold);
    write_report(arguments.json, cold);
  } catch (const std::exception& error) {
    std::cerr << "cold: " << error.what() << '\n';
    return 1;
  }
  return 0;
}

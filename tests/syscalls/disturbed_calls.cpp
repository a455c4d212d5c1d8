// SPDX-License-Identifier: Apache-2.0
// Makes one call of a client to a sandbox again and again, each time in a process of its own, in
// which another of its system calls fails, moves one byte only, is interrupted by a signal or meets
// a fork. The sandboxes' root certificates are read from standard input. One JSON object a line out
// for each trial: `call`, `occurrence` (from 0), `disturbance`, `harmless` (whether the call has to
// succeed), `name` (the reference of what was to be created), and `report`, see `Trial::run`, or
// `ended`. The first ones disturb nothing and say which calls there are.
//
// usage: disturbed_calls BASE_URL MUTE_URL CREDENTIAL OPERATION DRIVER START RETRIES EVERY SEED
// BASE_URL: of a sandbox of Stripe's, but of Dwolla's for the operation token. MUTE_URL: of one
// that never answers; only the operations that take such a one use it. EVERY: about one of so many
// trials is made, as SEED says; 1: all.
#include <florin/policies/dwolla.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "syscalls/trial.hpp"

namespace {

namespace json = boost::json;
using namespace florin_test::syscalls;
using Kind = Disturbance::Kind;

/// Whether a fork may come while another thread looks a name up: a lock of the C library's would
/// keep the child from doing so.
bool beside_resolver(const Disturbance& disturbance) {
  if (disturbance.kind != Kind::fork) return false;
  const auto call = disturbance.call;
  return call == Call::epoll_wait || call == Call::epoll_change || call == Call::timerfd_settime ||
         call == Call::write_own;
}

/// Runs trials and prints what they tell.
class Trials {
 public:
  explicit Trials(Setting setting) : setting_(std::move(setting)) {}

  /// \return the report; empty: the trial has ended otherwise.
  json::object run(const Disturbance& disturbance) {
    const std::string name = "customer-" + std::to_string(number_++);
    const auto operation = setting_.operation;
    if (operation == Operation::update || (operation == Operation::retrieve && made_.empty()))
      made_ = Trial<florin::StripePolicy>::make(setting_, name);
    Setting setting = setting_;
    if (beside_resolver(disturbance)) setting.name_host_by_address();
    const auto words = operation == Operation::token
                           ? Trial<florin::DwollaPolicy>{setting, disturbance, name, made_}.run()
                           : Trial<florin::StripePolicy>{setting, disturbance, name, made_}.run();
    json::object line{{"call", disturbance.general() ? "every" : to_string(disturbance.call)},
                      {"occurrence", disturbance.occurrence},
                      {"disturbance", disturbance.name()},
                      {"harmless", harmless(disturbance)},
                      {"name", name}};
    json::object report;
    if (words.starts_with('{')) {
      report = json::parse(words).as_object();
      line["report"] = report;
    } else {
      line["ended"] = words;
    }
    std::cout << json::serialize(line) << std::endl;
    return report;
  }

 private:
  [[nodiscard]] bool harmless(const Disturbance& disturbance) const {
    // What connects may go on connecting after EINTR; Asio does not know that.
    if (disturbance.call == Call::connect && disturbance.failure.error == EINTR)
      return setting_.driver == Driver::blocking;
    return disturbance.harmless();
  }

  Setting setting_;
  std::size_t number_ = 0;
  std::string made_;  // an update needs another one each time
};

/// How often each call is made when nothing is disturbed, at most: threads take turns differently.
std::array<std::size_t, call_count> undisturbed(Trials& trials) {
  std::array<std::size_t, call_count> most{};
  for (int i = 0; i < 3; ++i) {
    const auto report = trials.run({});
    const auto* const counts = report.if_contains("counts");
    if (counts == nullptr) continue;
    for (std::size_t call = 0; call != call_count; ++call)
      if (const auto* count = counts->as_object().if_contains(to_string(static_cast<Call>(call))))
        most[call] = std::max(most[call], count->to_number<std::size_t>());
  }
  return most;
}

/// Whether another thread may be inside OpenSSL, or this one, while a call is made: a child that is
/// forked then can hang for a lock that nobody gives back to it.
bool beside_openssl(Call call, Driver driver) {
  if (call == Call::getentropy || call == Call::getrandom) return true;
  return driver == Driver::own_threads && (call == Call::epoll_wait || call == Call::epoll_change);
}

/// Everything that can happen to a call.
std::vector<Disturbance> disturbances(Call call, Operation operation, Driver driver) {
  std::vector<Disturbance> all;
  // Where nobody answers a shutdown that did nothing would leave the call waiting: the system has
  // it fail only where there is no connection any more.
  const bool ends_call = call == Call::shutdown && is_mute(operation);
  if (!ends_call)
    for (const auto& failure : failures(call)) all.push_back({Kind::fail, failure, call});
  if (receives(call) || sends(call)) all.push_back({Kind::shorten, {}, call});
  if (receives(call)) all.push_back({Kind::end, {}, call});
  all.push_back({Kind::signal_before, {}, call});
  all.push_back({Kind::signal_after, {}, call});
  if (!beside_openssl(call, driver)) all.push_back({Kind::fork, {}, call});
  return all;
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> given{argv + 1, argv + argc};
  const bool complete = given.size() == 9;
  const auto operation = complete ? named<Operation>(given[3], operation_names) : std::nullopt;
  const auto driver = complete ? named<Driver>(given[4], driver_names) : std::nullopt;
  const auto start = complete ? named<Start>(given[5], start_names) : std::nullopt;
  if (!operation || !driver || !start) {
    std::cerr
        << "usage: disturbed_calls BASE_URL MUTE_URL CREDENTIAL OPERATION DRIVER START RETRIES "
           "EVERY SEED\n";
    return 2;
  }
  Setting setting;
  setting.base_url = given[0];
  setting.mute_url = given[1];
  setting.credential = given[2];
  setting.operation = *operation;
  setting.driver = *driver;
  setting.start = *start;
  setting.retries = std::stoi(given[6]);
  setting.ca_pem.assign(std::istreambuf_iterator<char>{std::cin}, {});
  const auto every = static_cast<std::uint32_t>(std::stoul(given[7]));
  std::mt19937 random{static_cast<std::uint32_t>(std::stoul(given[8]))};

  Trials trials{std::move(setting)};
  const auto counts = undisturbed(trials);
  trials.run({.kind = Kind::shorten_all});
  trials.run({.kind = Kind::fail_alternate, .failure = {"EINTR", EINTR, true}});
  trials.run({.kind = Kind::fail_alternate, .failure = {"EAGAIN", EAGAIN, true}});
  for (std::size_t i = 0; i != call_count; ++i)
    for (auto disturbance : disturbances(static_cast<Call>(i), *operation, *driver))
      for (disturbance.occurrence = 0; disturbance.occurrence != counts[i];
           ++disturbance.occurrence)
        if (std::uniform_int_distribution<std::uint32_t>{1, every}(random) == 1)
          trials.run(disturbance);
}

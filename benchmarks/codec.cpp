// SPDX-License-Identifier: Apache-2.0
// What encode and decode cost at layer 0, for every policy: time, heap allocations, bytes and
// instructions. For Stripe the same work is done by what one would use instead, and by what comes
// close to the least that is possible. Answers are checked before anything is timed.
//
// usage: bench_codec [--json FILE] [--instructions FILE] [--benchmark_...]
//   --json FILE          writes the report there
//   --instructions FILE  figures to put into the report: lines `NAME COUNT`
//   --count              instead: does everything `counted_calls` times, for valgrind's callgrind
#include <florin/policies.hpp>

#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <benchmark/benchmark.h>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <memory>
#include <simdjson.h>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <valgrind/callgrind.h>
#include <vector>

#include "support/allocations.hpp"
#include "support/example.hpp"
#include "support/peers.hpp"
#include "support/report.hpp"
#include "support/samples.hpp"
#include "support/text_file.hpp"

namespace {

using florin_bench::Example;

constexpr std::uint64_t counted_calls = 100;

// What is to be reached for Stripe's documented customer, in the time that peers take in the same
// run.
constexpr double memcpy_limit = 60;    // of the same bytes
constexpr double by_hand_limit = 0.6;  // std::string and operator+
constexpr double dom_limit = 0.56;     // Boost.JSON's
constexpr double simdjson_limit =
    3;  // its DOM; it needs padding, and knows the processor's instructions
// Of the time that create's answer takes: all parts are read, not the id alone.
constexpr double record_limit = 1.6;
// No connector should take more per byte of its body than these do for Stripe's.
constexpr double per_byte_limit = 1;

/// One thing to measure.
struct Work {
  std::string name;                             ///< such as `encode/stripe/florin`
  std::size_t bytes = 0;                        ///< of the body that is written or read
  std::function<void(std::uint64_t)> repeat{};  ///< does it so many times
  double allocations = 0;
  double openssl_allocations = 0;  ///< those of them inside OpenSSL
  bool signs = false;              ///< computes a signature over the request
};

class Works {
 public:
  /// \param once does it once, with nothing that the compiler could leave out.
  template <class Once>
  void add(std::string name, std::size_t bytes, Once once, bool signs = false) {
    const auto repeat = [once](std::uint64_t times) {
      for (std::uint64_t i = 0; i < times; ++i) once();
    };
    repeat(3);
    const auto before = florin_bench::allocations();
    repeat(counted_calls);
    const auto after = florin_bench::allocations();
    const auto per_call = [](std::uint64_t made) {
      return static_cast<double>(made) / static_cast<double>(counted_calls);
    };
    benchmark::RegisterBenchmark(name.c_str(), [once](benchmark::State& state) {
      for (auto _ : state) once();
    });
    all_.push_back({.name = std::move(name),
                    .bytes = bytes,
                    .repeat = repeat,
                    .allocations = per_call(after.all - before.all),
                    .openssl_allocations = per_call(after.openssl - before.openssl),
                    .signs = signs});
  }
  [[nodiscard]] const std::vector<Work>& all() const noexcept { return all_; }

 private:
  std::vector<Work> all_;
};

template <class P>
std::shared_ptr<Example<P>> add_policy(Works& works) {
  auto example = std::make_shared<Example<P>>();
  if constexpr (std::same_as<P, florin::StripePolicy>) {
    example->answer({.status = 200,
                     .content_type = "application/json",
                     .body = florin_bench::read_file(FLORIN_STRIPE_CUSTOMER),
                     .headers = {{"Request-Id", "req_FAKE0000000001"}}});
  }
  const std::string name{P::name};
  works.add(
      "encode/" + name + "/florin", example->encoded_request.body().size(),
      [example] {
        auto encoded = example->encode();
        benchmark::DoNotOptimize(encoded);
        benchmark::ClobberMemory();
      },
      florin::UsesSignature<P, florin::Create>);
  works.add("decode/" + name + "/florin", example->body.size(), [example] {
    auto answer = example->decode();
    benchmark::DoNotOptimize(answer);
  });
  return example;
}

/// Reads the same customer as a record, into one that is used again.
void add_record(Works& works, const std::shared_ptr<Example<florin::StripePolicy>>& stripe) {
  using florin::Retrieve;
  const auto id = stripe->decode()->connector_customer_id.str();
  const auto decoder = std::make_shared<florin::Decoder<florin::StripePolicy, Retrieve>>();
  const auto customer = std::make_shared<florin::Customer>();
  const auto read = [stripe, id, decoder, customer] {
    decoder->reset();
    decoder->status(200);
    decoder->body(stripe->body, true);
    return decoder->take(Retrieve::keep(florin::RetrieveRequest{id}), *customer).has_value();
  };
  if (!read()) throw std::runtime_error("the customer cannot be read back");
  works.add("retrieve/stripe/record", stripe->body.size(), [read] {
    auto done = read();
    benchmark::DoNotOptimize(done);
  });
}

/// Copies bytes that are ready: no encoder can do with less.
void add_prebuilt(Works& works, const Example<florin::StripePolicy>& stripe) {
  const std::string bytes{stripe.encoded_request.bytes()};
  const auto out = std::make_shared<std::string>(bytes.size(), '\0');
  works.add("encode/stripe/prebuilt bytes", stripe.encoded_request.body().size(), [bytes, out] {
    std::memcpy(out->data(), bytes.data(), bytes.size());
    benchmark::DoNotOptimize(out->data());
    benchmark::ClobberMemory();
  });
}

void add_peers(Works& works, const std::shared_ptr<Example<florin::StripePolicy>>& stripe) {
  const auto build = [stripe] {
    return florin_bench::http_request(stripe->request, "api.stripe.com",
                                      stripe->credentials.api_key.reveal(),
                                      stripe->options.idempotency_key);
  };
  if (!build().ends_with(stripe->encoded_request.body()))
    throw std::runtime_error("florin and the code by hand do not build the same body");
  works.add("encode/stripe/by hand", stripe->encoded_request.body().size(), [build] {
    auto request = build();
    benchmark::DoNotOptimize(request);
    benchmark::ClobberMemory();
  });

  const std::string& body = stripe->body;
  const auto expected = stripe->decode()->connector_customer_id.str();
  const auto check = [&expected](std::string_view id) {
    if (id != expected) throw std::runtime_error("a peer reads another id");
  };
  check(florin_bench::id_by_nlohmann(body));
  works.add("decode/stripe/nlohmann json", body.size(), [stripe] {
    auto id = florin_bench::id_by_nlohmann(stripe->body);
    benchmark::DoNotOptimize(id);
  });

  const auto boost_dom = [stripe] {
    const auto document =
        boost::json::parse(boost::json::string_view{stripe->body.data(), stripe->body.size()});
    const auto& id = document.at("id").as_string();
    return std::string{id.data(), id.size()};
  };
  check(boost_dom());
  works.add("decode/stripe/Boost.JSON DOM", body.size(), [boost_dom] {
    auto id = boost_dom();
    benchmark::DoNotOptimize(id);
  });

  const auto padded = std::make_shared<simdjson::padded_string>(body);
  const auto dom_parser = std::make_shared<simdjson::dom::parser>();
  const auto simd_dom = [dom_parser, padded] {
    return std::string_view{dom_parser->parse(*padded)["id"]};
  };
  check(simd_dom());
  works.add("decode/stripe/simdjson DOM", body.size(), [simd_dom] {
    auto id = simd_dom();
    benchmark::DoNotOptimize(id);
  });

  // Ends at the first member, which is the identifier: what follows may be anything.
  const auto parser = std::make_shared<simdjson::ondemand::parser>();
  const auto on_demand = [parser, padded] {
    auto document = parser->iterate(*padded);
    return std::string_view{document["id"]};
  };
  check(on_demand());
  works.add("decode/stripe/simdjson on demand", body.size(), [on_demand] {
    auto id = on_demand();
    benchmark::DoNotOptimize(id);
  });
}

/// Keeps what each repetition took, and shows progress by the usual table.
class Collector : public benchmark::ConsoleReporter {
 public:
  Collector() : ConsoleReporter(OO_None) {}
  bool ReportContext(const Context&) override { return true; }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type != Run::RT_Iteration) continue;
      if (run.error_occurred) throw std::runtime_error(run.benchmark_name());
      nanoseconds_[run.run_name.function_name].push_back(run.GetAdjustedCPUTime());
    }
  }
  [[nodiscard]] double median(const std::string& name) const {
    return florin_bench::median(nanoseconds_.at(name));
  }

 private:
  std::map<std::string, std::vector<double>> nanoseconds_;
};

boost::json::object bars(std::string_view file, std::string_view title, std::string_view unit,
                         const boost::json::array& groups, boost::json::array series) {
  using florin_bench::Report;
  return {{"file", Report::text(file)}, {"title", Report::text(title)},
          {"unit", Report::text(unit)}, {"kind", "bars"},
          {"groups", groups},           {"series", std::move(series)}};
}

void write_report(const std::string& path, const Works& works, const Collector& times,
                  const std::map<std::string, std::uint64_t>& instructions) {
  florin_bench::Report report{"codec"};
  const auto time = [&](const std::string& name) { return times.median(name); };
  const auto stripe = [](std::string_view step, std::string_view who) {
    return std::string{step} + "/stripe/" + std::string{who};
  };
  const double encode = time(stripe("encode", "florin"));
  const double decode = time(stripe("decode", "florin"));
  report.row("encode stripe", encode, "ns");
  report.row("decode stripe", decode, "ns");
  report.row("encode stripe / memcpy of the same bytes",
             encode / time(stripe("encode", "prebuilt bytes")), "x", memcpy_limit);
  report.row("encode stripe / by hand", encode / time(stripe("encode", "by hand")), "x",
             by_hand_limit);
  report.row("decode stripe / Boost.JSON DOM", decode / time(stripe("decode", "Boost.JSON DOM")),
             "x", dom_limit);
  report.row("decode stripe / simdjson DOM", decode / time(stripe("decode", "simdjson DOM")), "x",
             simdjson_limit);
  report.row("decode stripe / simdjson on demand, identifier only",
             decode / time(stripe("decode", "simdjson on demand")), "x");
  report.row("decode stripe / nlohmann json", decode / time(stripe("decode", "nlohmann json")),
             "x");

  report.row("retrieve stripe / decode stripe", time("retrieve/stripe/record") / decode, "x",
             record_limit);

  double allocations = 0;
  struct Worst {
    double per_byte = 0;
    std::string name;
  };
  std::map<std::string, Worst> worst;
  std::map<std::string, double> peers_per_byte;
  for (const Work& work : works.all())
    if (work.name == stripe("encode", "by hand") || work.name == stripe("decode", "Boost.JSON DOM"))
      peers_per_byte[work.name.substr(0, work.name.find('/'))] =
          time(work.name) / static_cast<double>(work.bytes);
  boost::json::array all;
  std::map<std::string, boost::json::array> connectors;
  std::map<std::string, boost::json::array> values;
  for (const Work& work : works.all()) {
    boost::json::object entry{{"name", work.name},
                              {"ns", time(work.name)},
                              {"bytes", work.bytes},
                              {"allocations", work.allocations},
                              {"allocations_inside_openssl", work.openssl_allocations}};
    if (const auto found = instructions.find(work.name); found != instructions.end())
      entry["instructions"] = found->second;
    all.push_back(std::move(entry));
    const bool is_record = work.name.ends_with("/record");
    if (!is_record && !work.name.ends_with("/florin")) continue;
    allocations = std::max(allocations, work.allocations - work.openssl_allocations);
    if (is_record) continue;
    const std::size_t slash = work.name.find('/');
    const std::string step = work.name.substr(0, slash);
    const std::string who = work.name.substr(slash + 1, work.name.rfind('/') - slash - 1);
    connectors[step].emplace_back(who);
    values[step].emplace_back(time(work.name));
    if (work.signs) {
      report.row(step + " " + who + ", signature included", time(work.name), "ns");
      report.row(step + " " + who + ", heap allocations inside OpenSSL", work.openssl_allocations,
                 "");
      continue;
    }
    if (work.bytes == 0) continue;  // the answer is in the headers alone
    const double per_byte = time(work.name) / static_cast<double>(work.bytes);
    if (per_byte > worst[step].per_byte) worst[step] = {per_byte, who};
  }
  report.row("heap allocations, worst connector", allocations, "", 0);
  for (const auto& [step, found] : worst)
    report.row(step + " per byte of body, worst connector (" + found.name + ") / " +
                   (step == "encode" ? "by hand" : "Boost.JSON DOM"),
               found.per_byte / peers_per_byte.at(step), "x", per_byte_limit);
  for (const auto* step : {"encode", "decode"})
    if (const auto found = instructions.find(stripe(step, "florin")); found != instructions.end())
      report.row(std::string{step} + " stripe, instructions", static_cast<double>(found->second),
                 "");
  report.details()["works"] = std::move(all);

  boost::json::array series;
  for (const auto* step : {"encode", "decode"})
    series.push_back({{"name", step}, {"values", values[step]}});
  report.plot(bars("codec_connectors", "Encode and decode by connector", "ns", connectors["encode"],
                   std::move(series)));
  for (const std::string step : {"encode", "decode"}) {
    boost::json::array peers;
    for (const Work& work : works.all())
      if (work.name.starts_with(step + "/stripe/"))
        peers.push_back({{"name", work.name.substr(work.name.rfind('/') + 1)},
                         {"values", boost::json::array{time(work.name)}}});
    report.plot(bars("codec_" + step, "Stripe's customer: " + step, "ns", {""}, std::move(peers)));
  }
  report.write(path);
}

/// Takes `--NAME VALUE` out of the arguments.
/// \return the value; empty: it is not there.
std::string take(std::vector<std::string>& arguments, std::string_view name) {
  const auto at = std::find(arguments.begin(), arguments.end(), name);
  if (at == arguments.end() || at + 1 == arguments.end()) return {};
  std::string value = *(at + 1);
  arguments.erase(at, at + 2);
  return value;
}

std::map<std::string, std::uint64_t> read_instructions(const std::string& path) {
  std::map<std::string, std::uint64_t> found;
  if (path.empty()) return found;
  std::istringstream lines{florin_bench::read_file(path)};
  for (std::string line; std::getline(lines, line);) {
    const std::size_t blank = line.rfind(' ');
    found[line.substr(0, blank)] = std::stoull(line.substr(blank + 1)) / counted_calls;
  }
  return found;
}

int run(std::vector<std::string> arguments) {
  if (!florin_bench::watch_openssl()) throw std::runtime_error("OpenSSL is already in use");
  Works works;
  std::shared_ptr<Example<florin::StripePolicy>> stripe;
  [&]<class... P>(std::type_identity<std::tuple<P...>>) {
    const auto add = [&]<class Policy>(std::type_identity<Policy>) {
      auto example = add_policy<Policy>(works);
      if constexpr (std::same_as<Policy, florin::StripePolicy>) stripe = example;
    };
    (add(std::type_identity<P>{}), ...);
  }(std::type_identity<florin::AllPolicies>{});
  add_record(works, stripe);
  add_prebuilt(works, *stripe);
  add_peers(works, stripe);

  if (std::find(arguments.begin(), arguments.end(), "--count") != arguments.end()) {
    for (const Work& work : works.all()) {
      CALLGRIND_ZERO_STATS;
      work.repeat(counted_calls);
      CALLGRIND_DUMP_STATS_AT(work.name.c_str());
    }
    return 0;
  }
  const std::string json = take(arguments, "--json");
  const auto instructions = read_instructions(take(arguments, "--instructions"));
  // Peers take turns in small rounds, since these machines are noisy.
  arguments.insert(arguments.begin() + 1,
                   {"--benchmark_enable_random_interleaving=true", "--benchmark_repetitions=15",
                    "--benchmark_min_time=0.02"});
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  int count = static_cast<int>(pointers.size());
  benchmark::Initialize(&count, pointers.data());
  if (benchmark::ReportUnrecognizedArguments(count, pointers.data())) return 2;
  Collector times;
  benchmark::RunSpecifiedBenchmarks(&times);
  for (const Work& work : works.all())
    std::cout << work.name << ": " << times.median(work.name) << " ns, " << work.bytes << " bytes, "
              << work.allocations << " allocations\n";
  if (!json.empty()) write_report(json, works, times, instructions);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv, argv + argc});
  } catch (const std::exception& error) {
    std::cerr << "bench_codec: " << error.what() << '\n';
    return 1;
  }
}

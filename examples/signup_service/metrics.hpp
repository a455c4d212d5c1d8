// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/observer.hpp>
#include <florin/onboarding/settled.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>
#include <string>
#include <string_view>

namespace signup {

/// What the service counts, for Prometheus.
class Metrics {
 public:
  Metrics()
      : requests_(counters("signup_requests_total", "Requests that were answered.")),
        seconds_(histograms("signup_request_seconds", "From a whole request to its answer.")),
        abandoned_(counters("signup_abandoned_total", "Senders that hung up before their answer.")
                       .Add({})),
        settled_(counters("signup_settled_total", "Rows taken up again, by what came of them.")),
        connections_(gauges("signup_connections", "Open connections.").Add({})),
        unsettled_(gauges("signup_unsettled", "Rows to be looked up in the dashboard.").Add({})),
        calls_(counters("florin_calls_total", "Calls of the processor, by their end.")),
        phases_(histograms("florin_phase_seconds", "Phases of these calls.")) {}
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  void answered(std::string_view route, unsigned status, std::chrono::duration<double> time) {
    requests_.Add({{"route", std::string{route}}, {"status", std::to_string(status)}}).Increment();
    seconds_.Add({{"route", std::string{route}}}, buckets()).Observe(time.count());
  }
  void abandoned() { abandoned_.Increment(); }
  void settled(const florin::onboarding::Settled& settled) {
    const auto count = [this](const char* result, std::size_t rows) {
      settled_.Add({{"result", result}}).Increment(static_cast<double>(rows));
    };
    count("active", settled.active);
    count("refused", settled.refused);
    count("open", settled.open);
    unsettled_.Set(static_cast<double>(settled.unsettled.size()));
  }
  void connections(std::size_t open) { connections_.Set(static_cast<double>(open)); }

  /// In the format that Prometheus reads.
  [[nodiscard]] std::string text() const {
    return prometheus::TextSerializer{}.Serialize(registry_->Collect());
  }

  /// What a client reports, see `CallObserver`.
  class Exporter {
   public:
    explicit Exporter(Metrics& metrics) : metrics_(&metrics) {}
    void on_phase(const florin::PhaseEvent& event) {
      metrics_->phases_
          .Add({{"connector", std::string{event.connector}},
                {"phase", std::string{to_string(event.phase)}}},
               buckets())
          .Observe(std::chrono::duration<double>(event.duration).count());
    }
    void on_call(const florin::CallEvent& event) {
      metrics_->calls_
          .Add({{"connector", std::string{event.connector}},
                {"operation", std::string{event.operation}},
                {"error", event.error ? std::string{to_string(*event.error)} : "none"},
                {"outcome", std::string{to_string(event.outcome)}}})
          .Increment();
    }

   private:
    Metrics* metrics_;
  };

 private:
  static prometheus::Histogram::BucketBoundaries buckets() {
    return {0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30};
  }
  prometheus::Family<prometheus::Counter>& counters(const char* name, const char* help) {
    return prometheus::BuildCounter().Name(name).Help(help).Register(*registry_);
  }
  prometheus::Family<prometheus::Gauge>& gauges(const char* name, const char* help) {
    return prometheus::BuildGauge().Name(name).Help(help).Register(*registry_);
  }
  prometheus::Family<prometheus::Histogram>& histograms(const char* name, const char* help) {
    return prometheus::BuildHistogram().Name(name).Help(help).Register(*registry_);
  }

  std::unique_ptr<prometheus::Registry> registry_ = std::make_unique<prometheus::Registry>();
  prometheus::Family<prometheus::Counter>& requests_;
  prometheus::Family<prometheus::Histogram>& seconds_;
  prometheus::Counter& abandoned_;
  prometheus::Family<prometheus::Counter>& settled_;
  prometheus::Gauge& connections_;
  prometheus::Gauge& unsettled_;
  prometheus::Family<prometheus::Counter>& calls_;
  prometheus::Family<prometheus::Histogram>& phases_;
};

}  // namespace signup

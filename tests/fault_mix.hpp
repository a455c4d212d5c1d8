// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/fault.hpp>
#include <florin/testing/processor.hpp>

#include <chrono>
#include <cstddef>
#include <utility>

namespace florin_test {

/// Whether the key of a failed request gives that failure again.
inline bool keeps_failures(const florin::testing::Processor& processor) {
  using florin::testing::Idempotency;
  return processor.idempotency.carrier != Idempotency::Carrier::none &&
         processor.idempotency.repeat == Idempotency::Repeat::replay;
}

/// A network that fails in every way there is.
/// \param keeps_failures the key of a failed request gives that failure again.
inline florin::testing::FaultMix fault_mix(bool keeps_failures) {
  using namespace std::chrono_literals;
  using Kind = florin::testing::Fault::Kind;
  florin::testing::FaultMix all;
  const auto add = [&all](double probability, florin::testing::Fault fault) {
    all.shares.push_back({probability, std::move(fault)});
  };
  // At every byte of a request and of an answer, and beyond most.
  constexpr std::size_t positions = 1'000;
  for (std::size_t bytes = 0; bytes < positions; ++bytes) {
    for (const bool store : {false, true}) {
      add(0.010 / positions, {.kind = Kind::reset_after, .store = store, .bytes = bytes});
      add(0.008 / positions, {.kind = Kind::truncate, .store = store, .bytes = bytes});
    }
    add(0.015 / positions, {.kind = Kind::reset_before_read, .bytes = bytes});
  }
  for (const bool store : {false, true}) {
    add(0.008, {.kind = Kind::server_error, .store = store});
    add(0.004, {.kind = Kind::server_error, .store = store, .remember = keeps_failures});
    add(0.008, {.kind = Kind::garbage, .store = store});
    add(0.006, {.kind = Kind::not_http, .store = store});
    add(0.003, {.kind = Kind::delay, .store = store, .delay = 5ms});
    add(0.002, {.kind = Kind::silent, .store = store});
    add(0.004, {.kind = Kind::abandon, .store = store, .delay = 3ms});
  }
  add(0.002, {.kind = Kind::wrong_length});
  add(0.002, {.kind = Kind::wrong_length, .bytes = 40});
  add(0.015, {.kind = Kind::rate_limited});
  add(0.002, {.kind = Kind::rate_limited, .retry_after = "3600"});
  add(0.010, {.kind = Kind::close_after});
  add(0.005, {.kind = Kind::continue_100});
  add(0.003, {.kind = Kind::slow});
  add(0.005, {.kind = Kind::chunked});
  return all;
}

}  // namespace florin_test

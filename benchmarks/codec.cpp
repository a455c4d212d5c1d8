// SPDX-License-Identifier: Apache-2.0
// What encode and decode of the documentation's customer cost at layer 0: time, and heap
// allocations counted exactly. Answers are checked before anything is timed.
#include <florin/decode.hpp>
#include <florin/encode.hpp>
#include <florin/policies/stripe.hpp>

#include <array>
#include <benchmark/benchmark.h>
#include <cstdint>
#include <cstdlib>
#include <new>
#include <string_view>

namespace {

std::uint64_t allocations = 0;

}  // namespace

[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* const memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc{};
}
[[gnu::noinline]] void operator delete(void* memory) noexcept {
  std::free(memory);
}
[[gnu::noinline]] void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace {

constexpr std::string_view reply = R"({
  "id": "cus_FaKe0Example01",
  "object": "customer",
  "address": {
    "city": "Springfield",
    "country": "US",
    "line1": "1 Example Street",
    "line2": "Apt 2",
    "postal_code": "62701",
    "state": "IL"
  },
  "balance": 0,
  "created": 1767600000,
  "currency": null,
  "default_source": null,
  "delinquent": false,
  "description": "Premium plan subscriber",
  "email": "john.doe@example.com",
  "invoice_prefix": "0FAKE123",
  "invoice_settings": {
    "custom_fields": null,
    "default_payment_method": null,
    "footer": null,
    "rendering_options": null
  },
  "livemode": false,
  "metadata": { "merchant_customer_id": "cust_user_12345" },
  "name": "John Doe",
  "next_invoice_sequence": 1,
  "phone": "+1-555-123-4567",
  "preferred_locales": [],
  "shipping": null,
  "tax_exempt": "none",
  "test_clock": null
})";

constexpr std::array headers{florin::wire::HeaderView{"Content-Type", "application/json"},
                             florin::wire::HeaderView{"Request-Id", "req_FAKE0000000001"}};

florin::CreateRequest documented() {
  return {.merchant_customer_id = "cust_user_12345",
          .email = "john.doe@example.com",
          .name = "John Doe",
          .phone = "+1-555-123-4567",
          .description = "Premium plan subscriber"};
}

void report(benchmark::State& state, std::uint64_t before, std::size_t bytes) {
  state.counters["allocations"] = benchmark::Counter(static_cast<double>(allocations - before),
                                                     benchmark::Counter::kAvgIterations);
  state.counters["bytes"] = static_cast<double>(bytes);
}

void encode_stripe(benchmark::State& state) {
  const auto request = documented();
  const florin::StripePolicy::Credentials credentials{.api_key = "sk_test_EXAMPLE"};
  const florin::EncodeOptions options{.idempotency_key = "00000000-0000-8000-8000-00000000fa4e"};
  florin::EncodedRequest out;
  if (!florin::encode<florin::StripePolicy>(request, credentials, options, out) ||
      !out.body().ends_with("metadata[merchant_customer_id]=cust_user_12345"))
    return state.SkipWithError("wrong request");
  const auto before = allocations;
  for (auto _ : state) {
    auto encoded = florin::encode<florin::StripePolicy>(request, credentials, options, out);
    benchmark::DoNotOptimize(encoded);
    benchmark::ClobberMemory();
  }
  report(state, before, out.bytes().size());
}
BENCHMARK(encode_stripe);

void decode_stripe(benchmark::State& state) {
  const auto request = documented();
  const florin::wire::ResponseView<decltype(headers)> response{200, headers, reply};
  const auto first = florin::decode<florin::StripePolicy>(response, request);
  if (!first || first->connector_customer_id != "cus_FaKe0Example01")
    return state.SkipWithError("wrong answer");
  const auto before = allocations;
  for (auto _ : state) {
    auto answer = florin::decode<florin::StripePolicy>(response, request);
    benchmark::DoNotOptimize(answer);
  }
  report(state, before, reply.size());
}
BENCHMARK(decode_stripe);

}  // namespace

BENCHMARK_MAIN();

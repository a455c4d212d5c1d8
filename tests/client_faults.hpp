// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/client_options.hpp>
#include <florin/customer.hpp>
#include <florin/error.hpp>
#include <florin/testing/detail/conformance_subject.hpp>
#include <florin/testing/processor.hpp>
#include <florin/testing/sandbox.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

/// What tests share that call through a network that fails in every way there is.
namespace florin_test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool slowed_down = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool slowed_down = true;
#else
inline constexpr bool slowed_down = false;
#endif
#else
inline constexpr bool slowed_down = false;
#endif

inline constexpr std::uint64_t fault_seed = 20'240'611;
inline constexpr std::size_t faulty_customers = slowed_down ? 1'000 : 4'000;
/// So many of them are ensured: a lookup waits.
inline constexpr std::size_t ensured_customers = 200;
/// So many are created, read, found and deleted.
inline constexpr std::size_t living_customers = 200;

/// What `tests/run --customers` wants in place of these.
inline std::size_t wanted_customers(std::size_t otherwise) {
  const char* const wanted = std::getenv("FLORIN_TEST_CUSTOMERS");
  return wanted == nullptr ? otherwise : std::stoul(wanted);
}

/// The credentials of a policy that a description accepts first, cut at their colons.
template <class P>
florin::CredentialsOf<P> credentials_of(const florin::testing::Processor& processor) {
  return florin::testing::detail::credentials_from_text<P>(processor.credentials.front().text);
}

/// Options that reach the sandbox and do not wait long between attempts.
inline florin::ClientOptions fault_options(const florin::testing::Sandbox& sandbox,
                                           std::chrono::milliseconds deadline) {
  using namespace std::chrono_literals;
  florin::ClientOptions options;
  options.base_url = sandbox.base_url();
  options.tls.ca_pem = sandbox.ca_pem();
  options.deadline = deadline;
  options.retry = {.retries = 2, .first_backoff = 1ms, .longest_backoff = 2ms};
  options.pool.max_connections = 12;  // fewer than calls at once, so that some queue
  return options;
}

/// What happens to a whole processor, several times while so many customers are called for.
inline void disturb(florin::testing::Sandbox& sandbox, std::size_t number, std::size_t customers) {
  using namespace std::chrono_literals;
  constexpr std::size_t token_life = 100;
  // Where there are access tokens, they have to be fetched again and again.
  if (number % token_life == token_life - 1) sandbox.expire_tokens();
  const std::size_t every = std::clamp<std::size_t>(customers / 12, 100, 1'000);
  if (number % every != every / 2) return;
  switch (number / every % 3) {
    case 0:
      return sandbox.restart(2ms);
    case 1:
      return sandbox.close_idle_connections();
    default:
      return sandbox.renew_certificate();
  }
}

/// The caller's reference, or the email where the processor has no place for that.
inline std::string key_of(const florin::testing::StoredCustomer& customer) {
  if (!customer.merchant_customer_id.empty()) return customer.merchant_customer_id;
  for (const auto& [name, value] : customer.fields)
    if (value.find('@') != std::string::npos) return value;
  return {};
}

/// Whether what may be logged holds what the caller or the processor confides.
inline bool tells_on(const florin::Error& error, const florin::CreateRequest& request,
                     const florin::testing::Sandbox& sandbox) {
  const std::string what = error.what();
  for (const auto& confided : {request.email, request.name, request.phone, sandbox.credential()})
    if (what.find(confided) != std::string::npos) return true;
  return false;
}
inline void check_clean(const florin::Error& error, const florin::CreateRequest& request,
                        const florin::testing::Sandbox& sandbox) {
  BOOST_TEST(!tells_on(error, request, sandbox), error.what());
}

}  // namespace florin_test

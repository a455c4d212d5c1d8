// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/client.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <new>
#include <optional>
#include <utility>

#include "support/allocations.hpp"

namespace florin_test {

/// Allocations of one call that are tried at most.
inline constexpr std::size_t exhaustions = 2'000;

/// Makes a call again and again, each time with another allocation that fails, until none does.
/// \tparam Answer what the call answers.
/// \param call `call(client, n, handler)`: calls `handler(answer)`, blocking or, if `async`, later.
/// \param judge `judge(n, answer)`: looks at what came; whether it is other than usual.
template <class Answer, class P, class Call, class Judge>
void exhaust_memory(const florin::CredentialsOf<P>& credentials,
                    const florin::ClientOptions& options, bool async, Call call, Judge judge) {
  bool failed = true;
  [[maybe_unused]] std::size_t refused = 0;
  for (std::size_t n = 0; failed && n < exhaustions; ++n) {
    boost::asio::io_context context;
    florin::Client<P> client{context.get_executor(), credentials, options};
    BOOST_TEST_REQUIRE(client.warm_up(1).has_value());
    std::optional<Answer> answer;
    bool thrown = false;
    {
      const AllocationFailure failure{n};
      try {
        call(client, n, [&answer](Answer told) { answer.emplace(std::move(told)); });
        if (async) context.run();
      } catch (const std::bad_alloc&) {
        thrown = true;
      }
      failed = failure.happened();
    }
    if (thrown) {
      // Asio itself had none: the initiating function or `run` says so.
      BOOST_TEST(async);
      BOOST_TEST(!answer.has_value());
      ++refused;
      continue;
    }
    BOOST_TEST_REQUIRE(answer.has_value());
    if (judge(n, *answer)) ++refused;
  }
  BOOST_TEST(!failed);
#if !FLORIN_TEST_TSAN
  BOOST_TEST(refused != 0U);
#endif
}

}  // namespace florin_test

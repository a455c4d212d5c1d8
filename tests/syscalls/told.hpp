// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/error.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>

#include <atomic>
#include <chrono>
#include <exception>
#include <future>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "syscalls/setting.hpp"

namespace florin_test::syscalls {

inline std::string_view id_of(const florin::CreateResponse& answer) noexcept {
  return answer.connector_customer_id.view();
}
inline std::string_view id_of(const florin::Customer& answer) noexcept {
  return answer.connector_customer_id();
}

/// What a call has answered.
template <class Response>
boost::json::object told(const florin::Result<Response>& answer) {
  if (answer) {
    boost::json::object all{{"ok", true}};
    if constexpr (!std::is_void_v<Response>) all["id"] = id_of(*answer);
    return all;
  }
  const auto error = answer.error();
  return {{"ok", false},
          {"code", to_string(error.code)},
          {"outcome", to_string(error.outcome)},
          {"what", error.what()}};
}

/// Makes a call with a driver and tells what came of it: `told` of its answer; `hangs`; or `throws`
/// and how often the handler was called in spite of that, which is to be never.
/// \param block makes the call and returns its answer.
/// \param start `start(handler)`: begins the asynchronous call.
/// \param context not used by the library's own threads.
template <class Block, class Start>
boost::json::object drive(Driver driver, boost::asio::io_context& context, Block block,
                          Start start) {
  using Answer = decltype(block());
  struct Ending {
    std::promise<boost::json::object> promise;
    std::atomic<int> called{0};
  };
  if (driver == Driver::blocking) {
    try {
      return told(block());
    } catch (const std::exception& error) {
      return {{"throws", error.what()}, {"called", 0}};
    }
  }
  const auto ending = std::make_shared<Ending>();
  auto future = ending->promise.get_future();
  const auto handler = [ending](const Answer& answer) {
    if (++ending->called == 1) ending->promise.set_value(told(answer));
  };
  try {
    start(handler);
    if (driver == Driver::own_context) {
      context.restart();
      context.run();
    }
  } catch (const std::exception& error) {
    context.restart();
    context.run();  // what is left has to end, too
    return {{"throws", error.what()}, {"called", ending->called.load()}};
  }
  constexpr std::chrono::seconds guard{15};
  if (future.wait_for(driver == Driver::own_context ? guard * 0 : guard) !=
      std::future_status::ready)
    return {{"hangs", true}};
  if (ending->called != 1) return {{"throws", "nothing"}, {"called", ending->called.load()}};
  return future.get();
}

}  // namespace florin_test::syscalls

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/completion.hpp>
#include <florin/detail/require.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/prefer.hpp>

#include <utility>

namespace florin::detail {

/// Has a step that has ended its operation called where no executor of the client can do it.
/// \param end the operation's.
/// \param instead an executor for handlers that have none of their own; null: there is none.
template <class Step, class Outcome>
void complete_elsewhere(Step& step, const Completion<Outcome>& end,
                        const boost::asio::any_io_executor* instead) {
  boost::asio::any_io_executor executor;
  if (end.has_own_executor()) {
    executor = end.executor();
  } else if (instead != nullptr) {
    executor = *instead;
  }
  if (end.hands_over() || !executor) return step();
  boost::asio::prefer(executor, boost::asio::execution::blocking.never).execute(std::move(step));
}

}  // namespace florin::detail

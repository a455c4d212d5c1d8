// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/completion.hpp>
#include <florin/detail/require.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/execution/blocking.hpp>
#include <boost/asio/execution/outstanding_work.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/system_executor.hpp>

#include <concepts>
#include <utility>

namespace florin::detail {

/// What stands for the executor of a client that has none: no thread could be started, or the
/// execution context is gone. It is not used for more than that.
using NoExecutor = boost::asio::system_executor;

/// \param executor null: there is none.
inline boost::asio::any_io_executor or_none(const boost::asio::any_io_executor* executor) {
  return executor != nullptr ? *executor : boost::asio::any_io_executor{NoExecutor{}};
}

/// Has a step that has ended its operation called where no executor of the client can do it.
/// \param end the operation's. \param instead an executor for handlers that have none of their own;
/// null: there is none.
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

/// Has an operation called again by what continues it, to complete: not within the initiating
/// function. Where that cannot be, as there is no executor or it is the parent's, it is called by
/// the handler's own one; if that has none, by `instead`; and at once if there is no such one
/// either. \param given what continues the operation. \param usable whether it does.
template <class Self>
void complete_later(Self& self, const boost::asio::any_io_executor& given, bool usable,
                    const boost::asio::any_io_executor* instead) {
  using boost::asio::execution::blocking;
  if (usable) {
    const auto executor = given;  // the operation that it belongs to is moved away
    return boost::asio::post(executor, std::move(self));
  }
  const auto own = self.get_executor();
  if constexpr (std::same_as<decltype(own), const boost::asio::any_io_executor>) {
    // An operation holds its executor with its work counted, which counts as another one.
    using boost::asio::execution::outstanding_work;
    if (own == given || own == boost::asio::prefer(given, outstanding_work.tracked)) {
      if (instead == nullptr) return self();
      return boost::asio::prefer(*instead, blocking.never).execute(std::move(self));
    }
  }
  boost::asio::prefer(own, blocking.never).execute(std::move(self));
}

}  // namespace florin::detail

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/core.hpp>
#include <florin/detail/series.hpp>
#include <florin/error.hpp>
#include <florin/onboarding/detail/settle_call.hpp>
#include <florin/onboarding/detail/settling.hpp>
#include <florin/onboarding/directory.hpp>
#include <florin/onboarding/settled.hpp>

#include <boost/asio/async_result.hpp>

#include <memory>
#include <new>
#include <optional>
#include <utility>
#include <vector>

namespace florin::onboarding {

/// Settles what crashes and unknown outcomes have left in a directory, of one account: rows that
/// are pending or unknown, that nobody works on, and whose time has come, those that were asked for
/// first first. Each is asked for again as the processor's guarantee allows; those that cannot be
/// known are listed, never guessed. Any number of processes may do so at once, each with other
/// rows.
///
/// \param client a `Client` or an `AnyClient`.
/// \param directory where the rows are.
/// \param options see there.
/// \return what it has come to; `directory_failed`: rows could not be read; `invalid_options`. What
/// the calls of single rows come to is counted, and no error.
///
/// Thread safety: as `onboard`.
template <class Client>
[[nodiscard]] Result<Settled> settle(Client& client, const Directory& directory,
                                     const SettleOptions<Client>& options = {}) {
  const auto client_core = florin::detail::CoreAccess::of(client);
  try {
    if (auto fault = detail::fault_of_options(client.ensure_facts().connector, options))
      return *std::move(fault);
    detail::DirectoryCore& core = directory.core();
    detail::Settling settling{client.ensure_facts(), options.account,
                              detail::limit_of(*client_core, options.call)};
    while (true) {
      auto taken = detail::wait_told<detail::Taken>(
          [&](auto done) { settling.next(core, std::move(done)); });
      if (!taken) return std::move(taken).error();
      if (!taken->claimed) break;
      std::optional<Row> row;
      std::optional<detail::OnboardingPlan> plan;
      try {
        row.emplace(taken->claimed->row);
        plan.emplace(taken->worker, *row, taken->deadline);
      } catch (const std::bad_alloc&) {
        taken->hand_back(core);
        throw;
      }
      const auto answer =
          detail::pursue(client, core, *plan, *std::move(taken->claimed), options.call);
      settling.count(answer);
      if (options.on_row) options.on_row(*row, answer);
    }
    auto rows = detail::wait_told<std::vector<Row>>(
        [&](auto done) { settling.list(core, options.listed, std::move(done)); });
    if (!rows) return std::move(rows).error();
    settling.settled().unsettled = *std::move(rows);
    return std::move(settling.settled());
  } catch (const std::bad_alloc&) {
    return florin::detail::no_memory_for(*client_core, true);
  }
}

/// The asynchronous `settle`, for any completion token of signature `void(Result<Settled>)`:
/// several rows at the same time. Cancelled, also by `on_row`, it ends when the calls under way
/// have, with what was done, and lists nothing. What it says of executors and handlers
/// `async_onboard` says.
template <class Client, class Token>
auto async_settle(Client& client, const Directory& directory, const SettleOptions<Client>& options,
                  Token&& token) {
  const auto core = florin::detail::CoreAccess::of(client);
  return boost::asio::async_initiate<Token, void(Result<Settled>)>(
      florin::detail::StartSeries{florin::detail::executor_of(*core)}, token,
      std::make_shared<detail::SettleCall<Client>>(client, directory, options));
}
/// \copydoc async_settle
template <class Client, class Token>
auto async_settle(Client& client, const Directory& directory, Token&& token) {
  return async_settle(client, directory, SettleOptions<Client>{}, std::forward<Token>(token));
}

}  // namespace florin::onboarding

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/net/deadline.hpp>
#include <florin/onboarding/detail/onboarding_plan.hpp>
#include <florin/onboarding/detail/settling.hpp>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::onboarding::detail {

FLORIN_DECL void Taken::hand_back(DirectoryCore& core) const noexcept {
  if (claimed && claimed->what == Claimed::What::ask) core.hand_back(*claimed, worker);
}

FLORIN_DECL Settling::Settling(const EnsureFacts& facts, std::string_view account,
                               std::chrono::milliseconds limit)
    : facts_(facts),
      scope_{std::string{facts.connector}, std::string{account}},
      limit_(limit),
      began_(std::make_shared<DatabaseTime>(0)) {}

FLORIN_DECL void Settling::next(DirectoryCore& core, std::function<void(Result<Taken>)> done) {
  Worker worker{.facts = &facts_, .recovery = core.options().recovery, .lease = core.fresh_lease()};
  ask<Taken>(
      core,
      [&core, limit = limit_, scope = scope_, began = began_,
       worker = std::move(worker)](AnyStore& store) {
        // Before the row is taken: its lease counts from then, and nothing may fail after that.
        Taken taken{.worker = worker, .deadline = net::ends_after(limit)};
        taken.worker.term = lease_term(taken.deadline, core.options());
        auto claimed = core.take(store, scope, *began, {&taken.worker, 1});
        if (!claimed.empty()) taken.claimed.emplace(std::move(claimed.front()));
        return taken;
      },
      std::move(done), [&core](const Result<Taken>& taken) { taken->hand_back(core); });
}

FLORIN_DECL void Settling::count(const Result<Onboarded>& answer) {
  if (answer) {
    ++settled_.active;
  } else if (const Error error = answer.error();
             error.outcome == Outcome::no_effect && about_the_data(error.code)) {
    ++settled_.refused;
  } else if (error.code != Errc::in_doubt) {
    ++settled_.open;
  }
}

FLORIN_DECL void Settling::list(DirectoryCore& core, std::size_t listed,
                                std::function<void(Result<std::vector<Row>>)> done) const {
  ask<std::vector<Row>>(
      core,
      [scope = scope_, listed](AnyStore& store) {
        std::vector<Row> all;
        Listing listing{.scope = scope};
        while (all.size() < listed) {
          const auto rows = store.list(listing);
          for (const Row& row : rows)
            if (row.due == never && all.size() < listed) all.push_back(row);
          if (rows.size() < listing.limit) break;
          listing.after = rows.back().key.merchant_customer_id;
        }
        return all;
      },
      std::move(done));
}

}  // namespace florin::onboarding::detail

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/config.hpp>
#include <florin/ensure.hpp>
#include <florin/error.hpp>
#include <florin/net/deadline.hpp>
#include <florin/onboarding/detail/directory_core.hpp>
#include <florin/onboarding/onboarded.hpp>
#include <florin/onboarding/settled.hpp>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace florin::onboarding::detail {

/// A row that is to be settled, and who does it.
struct Taken {
  Worker worker{};
  net::TimePoint deadline{};         ///< of its call
  std::optional<Claimed> claimed{};  ///< nothing: there is none left

  /// Gives the row back, if it has one, for which nothing was sent.
  FLORIN_DECL void hand_back(DirectoryCore& core) const noexcept;
};

/// What both drivers of `settle` share: which row is next, and what all has come to. One account,
/// from those that were due when it began.
class Settling {
 public:
  /// \param limit of one row's call. Errors: `std::bad_alloc`, as of all others.
  FLORIN_DECL Settling(const EnsureFacts& facts, std::string_view account,
                       std::chrono::milliseconds limit);

  /// Takes up the next row. `done` is told on the directory's thread.
  FLORIN_DECL void next(DirectoryCore& core, std::function<void(Result<Taken>)> done);
  /// Counts what has become of a row.
  FLORIN_DECL void count(const Result<Onboarded>& answer);
  /// Lists what stays. `done` is told on the directory's thread.
  FLORIN_DECL void list(DirectoryCore& core, std::size_t listed,
                        std::function<void(Result<std::vector<Row>>)> done) const;
  [[nodiscard]] Settled& settled() noexcept { return settled_; }

 private:
  const EnsureFacts& facts_;
  Scope scope_;
  std::chrono::milliseconds limit_;
  std::shared_ptr<DatabaseTime> began_;  // by the database's clock, on its thread; 0: not yet
  Settled settled_{};
};

}  // namespace florin::onboarding::detail

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/onboarding/impl/settling.ipp>
#endif

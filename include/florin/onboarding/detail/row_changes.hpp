// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/create.hpp>
#include <florin/detail/config.hpp>
#include <florin/ensure.hpp>
#include <florin/error.hpp>
#include <florin/onboarding/recovery.hpp>
#include <florin/onboarding/row.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// What becomes of a row: pure functions, the only ones that decide it.
namespace florin::onboarding::detail {

/// What somebody who wants to work on rows brings.
struct Worker {
  const EnsureFacts* facts = nullptr;  ///< of the processor; static
  RecoveryOptions recovery{};
  std::string lease{};                ///< unique among all who ever work
  std::chrono::milliseconds term{0};  ///< of the lease
};

/// What came of asking for a row.
struct Claimed {
  enum class What : std::uint8_t {
    ask,     ///< it is one's own now: ask the processor
    known,   ///< it is active
    taken,   ///< somebody else is at work on it, for `wait`
    report,  ///< nothing that may be done would settle it
  };
  What what = What::ask;
  Row row{};
  Recovery how{};
  std::chrono::milliseconds wait{0};
};

/// Most bytes of a key's parts together: PostgreSQL's indexes take 2,704.
inline constexpr std::size_t max_key = 2000;

/// Whether there can be a row of this key.
[[nodiscard]] FLORIN_DECL bool is_text(const CustomerKey& key) noexcept;

/// What is wrong with the name of an account.
[[nodiscard]] FLORIN_DECL std::optional<Error> fault_of_account(std::string_view connector,
                                                                std::string_view account);

/// What is wrong with the key of a row that is wanted: a database would fail at it, over and over.
[[nodiscard]] FLORIN_DECL std::optional<Error> fault_of_key(const CustomerKey& key);

/// That another call is at work on a customer, whose row it has for `wait`.
[[nodiscard]] FLORIN_DECL Error worked_at_elsewhere(std::chrono::milliseconds wait);

/// Makes a new row its worker's own.
FLORIN_DECL void begin(Row& row, const Worker& worker, DatabaseTime now);

/// Takes a row up that is there already, if it may be.
/// \param row as it stands, changed to how it is to be written; `known` and `taken`: it is not.
/// \param asked the request that is asked for now; null: none, the row's own counts.
[[nodiscard]] FLORIN_DECL Claimed take_up(Row row, const Row* asked, const Worker& worker,
                                          DatabaseTime now);

/// Writes down what the processor said.
/// \param row as it was taken up.
FLORIN_DECL void conclude(Row& row, const Result<CreateResponse>& answer, const Worker& worker,
                          DatabaseTime now);

/// Writes down what somebody has seen in the dashboard.
/// \param id the processor's; empty: there is no such customer.
FLORIN_DECL void settle_by_hand(Row& row, std::string_view id, DatabaseTime now);

/// Gives a row back for which nothing was sent.
/// \param due when `settle` may take it up.
FLORIN_DECL void give_back(Row& row, DatabaseTime due, DatabaseTime now);

}  // namespace florin::onboarding::detail

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/onboarding/impl/row_changes.ipp>
#endif

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/error.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "crash/ledger.hpp"
#include "crash/marks.hpp"
#include "crash/recipe.hpp"

namespace florin_test {

/// Which customer is next, and what comes of it: the ledger, worked through by the recipe. First
/// what an earlier life has left open, then new numbers. One thread.
class Work {
 public:
  struct Options {
    std::optional<std::size_t> until{};  ///< no new number from here on; empty: there is no end
    Time shift{};                        ///< by how much the clock is ahead
  };
  struct Job {
    std::size_t number;
    bool look_first;
  };

  /// What was begun before and may not be asked again is doubtful, and written down as that.
  Work(Ledger& ledger, const Recipe& recipe, const Options& options)
      : ledger_(ledger), recipe_(recipe), options_(options) {
    const auto before = ledger.rows();
    for (const auto& [number, row] : before) {
      next_ = std::max(next_, number + 1);
      if (open(number)) continue;
      if (row.state == Row::State::begun) ledger.doubtful(number, "crashed", now());
    }
  }

  /// The next customer, whose row is then begun; nothing: there is none now.
  [[nodiscard]] std::optional<Job> take(char* mark) {
    std::optional<Job> job;
    for (const auto& [number, call] : open_) {
      if (call.due > now()) continue;
      job = Job{number, call.look_first};
      break;
    }
    if (job) {
      open_.erase(job->number);
    } else if (!options_.until || next_ < *options_.until) {
      job = Job{next_++, false};
    } else {
      return std::nullopt;
    }
    ++under_way_;
    Marks::set(mark, Mark::beginning);
    ledger_.begun(job->number, now());
    Marks::set(mark, Mark::calling);
    return job;
  }
  /// Whether there will be more.
  [[nodiscard]] bool ended() const noexcept {
    return open_.empty() && under_way_ == 0 && options_.until && next_ >= *options_.until;
  }
  /// Whether this life has given up some customer that may be asked again.
  [[nodiscard]] bool gave_up() const noexcept { return gave_up_; }

  void put(const Job& job, const florin::Result<florin::CreateResponse>& answer, char* mark) {
    using florin::Outcome;
    --under_way_;
    Marks::set(mark, Mark::storing);
    if (answer) {
      ledger_.done(job.number, answer->connector_customer_id.view(), to_string(answer->origin));
    } else {
      const florin::Error error = answer.error();
      const auto code = to_string(error.code);
      if (error.outcome == Outcome::no_effect) {
        ledger_.failed(job.number, code);
      } else if (error.outcome == Outcome::in_effect && !error.transient) {
        ledger_.exists(job.number, code);
      } else {
        ledger_.doubtful(job.number, code, now());
      }
      // In its last life the driver does not try without end.
      if (options_.until && ++tries_[job.number] == most_tries) {
        gave_up_ = true;
      } else {
        open(job.number);
      }
    }
    Marks::set(mark, Mark::idle);
  }

 private:
  static constexpr int most_tries = 3;

  [[nodiscard]] Time now() const {
    return std::chrono::duration_cast<Time>(std::chrono::system_clock::now().time_since_epoch()) +
           options_.shift;
  }
  /// Takes a customer up again, as far as the recipe has it.
  /// \return whether it does.
  bool open(std::size_t number) {
    const auto call = recipe_.again(ledger_.rows().at(number), now());
    if (!call) return false;
    open_.emplace(number, *call);
    return true;
  }

  Ledger& ledger_;
  Recipe recipe_;
  Options options_;
  std::size_t next_ = 0;
  std::size_t under_way_ = 0;
  bool gave_up_ = false;
  std::map<std::size_t, Recipe::Call> open_{};
  std::map<std::size_t, int> tries_{};
};

}  // namespace florin_test

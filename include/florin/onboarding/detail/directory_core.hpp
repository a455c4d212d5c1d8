// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/config.hpp>
#include <florin/error.hpp>
#include <florin/net/deadline.hpp>
#include <florin/onboarding/detail/any_store.hpp>
#include <florin/onboarding/detail/row_changes.hpp>
#include <florin/onboarding/directory_options.hpp>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <future>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace florin::onboarding::detail {

/// Something that the database is to do for somebody who waits for it.
class Job {
 public:
  explicit Job(net::TimePoint deadline) noexcept : deadline_(deadline) {}
  Job(const Job&) = delete;
  Job& operator=(const Job&) = delete;
  virtual ~Job() = default;

  /// Tells who waits that it was not done.
  virtual void fail(Error error) = 0;
  /// Tells him so because his time is over.
  virtual void be_late(Error error) { fail(std::move(error)); }
  [[nodiscard]] net::TimePoint deadline() const noexcept { return deadline_; }

 private:
  friend class DirectoryCore;

  net::TimePoint deadline_;
  bool over_ = false;    // who waits has been told
  bool listed_ = false;  // `place_` is one
  std::list<std::shared_ptr<Job>>::iterator place_{};
};

struct ClaimJob;

/// The order of claims by their keys.
struct ByKey {
  using is_transparent = void;
  [[nodiscard]] static const CustomerKey& key_of(const CustomerKey& key) noexcept { return key; }
  [[nodiscard]] static const CustomerKey& key_of(const ClaimJob* job) noexcept;

  template <class A, class B>
  [[nodiscard]] bool operator()(const A& a, const B& b) const noexcept {
    return key_of(a) < key_of(b);
  }
};
using ClaimsByKey = std::multiset<ClaimJob*, ByKey>;

/// A row is wanted.
struct ClaimJob : Job {
  using Job::Job;
  void fail(Error error) override { done(std::move(error)); }
  FLORIN_DECL void be_late(Error error) override;

  Row asked{};  ///< the key, the request and its digest
  Worker worker{};
  bool waits = true;                            ///< for others that work on it
  net::TimePoint not_before{};                  ///< when it is tried
  std::chrono::milliseconds pause{0};           ///< how long it has waited last
  bool taken = false;                           ///< somebody else was at work on it then
  std::function<void(Result<Claimed>)> done{};  ///< does not throw
  /// Its own of `DirectoryCore::asleep_`, which so takes no memory; empty: it is there, at `bed`.
  ClaimsByKey::node_type node{};
  ClaimsByKey::iterator bed{};
};

inline const CustomerKey& ByKey::key_of(const ClaimJob* job) noexcept {
  return job->asked.key;
}

/// A row is given back with what the processor said.
struct FinishJob : Job {
  using Job::Job;
  void fail(Error error) override { done(std::move(error)); }

  Row row{};  ///< as it was claimed
  Worker worker{};
  Result<CreateResponse> answer{CreateResponse{}};
  bool asked = true;                        ///< false: nothing was sent, there is no answer
  std::function<void(Result<Row>)> done{};  ///< does not throw
};

/// Anything else, alone in its transaction.
struct OtherJob : Job {
  using Job::Job;
  void fail(Error error) override { failed(std::move(error)); }

  std::function<void(AnyStore&)> perform{};  ///< may be called several times
  std::function<void()> done{};              ///< does not throw
  std::function<void()> undo{};         ///< it was done, and nobody waits any more; may be empty
  std::function<void(Error)> failed{};  ///< does not throw
};

/// The database behind a directory, and the threads of the library that talk to it: one that
/// executes what is asked for, together what many ask for, and one that keeps deadlines whatever
/// the first one is at.
///
/// Who waits is told on one of these threads. A failure of the database is waited for, as long as
/// deadlines allow.
class DirectoryCore : public std::enable_shared_from_this<DirectoryCore> {
 public:
  FLORIN_DECL DirectoryCore(std::unique_ptr<AnyStore> store, const DirectoryOptions& options);
  FLORIN_DECL ~DirectoryCore();

  /// Ends the threads, after what was asked for, and waits for that for some seconds.
  FLORIN_DECL void close() noexcept;

  [[nodiscard]] const DirectoryOptions& options() const noexcept { return options_; }
  /// What the database said when it failed last; empty: it has done something since, or never
  /// failed; in a child that was forked: that it is one. Errors: `std::bad_alloc`.
  [[nodiscard]] FLORIN_DECL std::string trouble() const;
  /// A lease that nobody else has. Errors: `std::bad_alloc`.
  [[nodiscard]] FLORIN_DECL std::string fresh_lease();

  /// Each tells `done` of the job, or has told it before it returns. Errors: `std::bad_alloc`, and
  /// nothing is done.
  FLORIN_DECL void claim(const std::shared_ptr<ClaimJob>& job);
  /// \copydoc claim
  FLORIN_DECL void finish(const std::shared_ptr<FinishJob>& job);
  /// \copydoc claim
  FLORIN_DECL void other(const std::shared_ptr<OtherJob>& job);
  /// Gives a row back that was claimed for somebody who has gone. Where there is no memory for that
  /// its lease ends by itself.
  FLORIN_DECL void hand_back(const Claimed& claimed, const Worker& worker) noexcept;
  /// Tells who waits for a row that it was cancelled, unless he has been told something else.
  FLORIN_DECL void cancel(const std::shared_ptr<ClaimJob>& job) noexcept;
  /// Rows that are due, oldest first, taken up for a worker each.
  /// \param due by the database's clock; 0: now, and it is set.
  FLORIN_DECL std::vector<Claimed> take(AnyStore& store, const Scope& scope, DatabaseTime& due,
                                        std::span<const Worker> workers) const;

 private:
  using Lock = std::unique_lock<std::mutex>;

  /// Jobs change their place by splicing, which takes no memory.
  template <class SomeJob>
  using Jobs = std::list<std::shared_ptr<SomeJob>>;

  /// What one turn does.
  struct Turn {
    Jobs<ClaimJob> claims;
    Jobs<FinishJob> finishes;
    Jobs<OtherJob> others;  ///< one at the most
    /// Who waited for them has been told. What they hold may be the last of this, whose end needs
    /// the lock.
    Jobs<ClaimJob> over;
    [[nodiscard]] bool empty() const noexcept {
      return claims.empty() && finishes.empty() && others.empty();
    }
  };

  FLORIN_DECL void start();
  /// Puts a job into a queue, or tells it that this process may not use the database. Errors:
  /// `std::bad_alloc`, and nothing is done.
  template <class SomeJob>
  void submit(Jobs<SomeJob>& queue, const std::shared_ptr<SomeJob>& job);
  FLORIN_DECL void work();
  FLORIN_DECL void keep_deadlines();
  FLORIN_DECL void next_turn(const Lock& lock, Turn& turn) noexcept;
  /// When there may be something for the next turn.
  [[nodiscard]] FLORIN_DECL net::TimePoint next_claim(const Lock& lock) const;
  FLORIN_DECL void perform(Turn& turn);
  FLORIN_DECL void perform_finishes(Jobs<FinishJob>& jobs);
  /// What came of answers whose rows were not one's own any more.
  FLORIN_DECL void perform_lost(Jobs<FinishJob>& jobs);
  /// What came of one of them.
  /// \param rows as they are, changed to how they are then.
  [[nodiscard]] FLORIN_DECL Result<Row> reconcile(const FinishJob& job, std::vector<Row>& rows,
                                                  DatabaseTime now);
  FLORIN_DECL void perform_claims(Jobs<ClaimJob>& jobs);
  /// Puts back what a turn has not done.
  FLORIN_DECL void put_back(const Lock& lock, Turn& turn) noexcept;
  FLORIN_DECL void tell(ClaimJob& job, Result<Claimed> claimed);
  /// Tells the first of `jobs`, which is over then.
  FLORIN_DECL void tell_first(Jobs<FinishJob>& jobs, Result<Row> row);
  /// Has the first of `jobs` wait for the one that was found at work.
  FLORIN_DECL void try_later(Jobs<ClaimJob>& jobs, const std::optional<Claimed>& claimed);
  /// \return whether who waits has not been told yet, and is to be told now.
  FLORIN_DECL bool leave(Job& job);
  /// Tells all who wait for this key to try at once.
  FLORIN_DECL void hurry(const CustomerKey& key);
  /// It is tried when its turn comes.
  FLORIN_DECL void wake(const Lock& lock, ClaimJob& job) noexcept;
  /// Whether this process was forked from the one that opened it: nothing may be touched.
  [[nodiscard]] FLORIN_DECL bool inherited() const noexcept;
  /// What is said to who has waited too long.
  [[nodiscard]] FLORIN_DECL Error too_late(const Lock& lock) const noexcept;

  const DirectoryOptions options_;
  const unsigned process_;
  const std::string prefix_;  // of leases
  std::atomic<std::uint64_t> leases_{0};
  std::unique_ptr<AnyStore> store_;  // the worker's

  mutable std::mutex mutex_;
  std::condition_variable some_work_;
  std::condition_variable some_deadline_;
  std::condition_variable some_end_;
  Jobs<Job> waiting_;
  net::TimePoint next_deadline_ = net::never;
  Jobs<ClaimJob> claims_;
  ClaimsByKey asleep_;  // those of them that are tried later
  Jobs<FinishJob> finishes_;
  Jobs<OtherJob> others_;
  std::size_t batch_;
  std::string trouble_;  // what the database said last; empty: it works
  std::thread::id worker_{};
  std::thread::id keeper_{};
  int threads_ = 0;
  bool keeps_ = false;  // the thread was started
  bool works_ = false;  // likewise
  bool closed_ = false;
};

/// Has the database do something.
/// \param perform makes a `Value` of the store.
/// \param done is told, on the directory's thread.
/// \param undo is told instead of what was done for nobody, for `done` was told that it is too late.
template <class Value, class Perform>
void ask(DirectoryCore& core, Perform perform, std::function<void(Result<Value>)> done,
         std::function<void(const Result<Value>&)> undo = {}) {
  struct State {
    std::function<void(Result<Value>)> done;
    std::optional<Result<Value>> value;
  };
  const auto state = std::make_shared<State>(State{std::move(done), std::nullopt});
  const auto job = std::make_shared<OtherJob>(net::ends_after(core.options().patience));
  job->perform = [state, perform = std::move(perform)](AnyStore& store) mutable {
    state->value.emplace(perform(store));
  };
  job->done = [state] { state->done(*std::move(state->value)); };
  if (undo) job->undo = [state, undo = std::move(undo)] { undo(*state->value); };
  job->failed = [state](Error error) { state->done(std::move(error)); };
  core.other(job);
}

/// Has something done and waits for that.
/// \param begin hands over what is to be told, once, on whatever thread.
template <class Value, class Begin>
[[nodiscard]] Result<Value> wait_told(Begin begin) {
  // Whoever waits may be gone while the one who tells him is not.
  const auto promise = std::make_shared<std::promise<Result<Value>>>();
  auto answer = promise->get_future();
  begin(std::function<void(Result<Value>)>{
      [promise](Result<Value> value) { promise->set_value(std::move(value)); }});
  return answer.get();
}

}  // namespace florin::onboarding::detail

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/onboarding/impl/directory_core.ipp>
#endif

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/ensuring.hpp>
#include <florin/detail/judged.hpp>
#include <florin/idempotency.hpp>
#include <florin/net/detail/fork.hpp>
#include <florin/net/detail/thread.hpp>
#include <florin/onboarding/detail/directory_core.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <exception>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace florin::onboarding::detail {

using namespace std::chrono_literals;

FLORIN_DECL DirectoryCore::DirectoryCore(std::unique_ptr<AnyStore> store,
                                         const DirectoryOptions& options)
    : options_(options),
      process_(net::detail::process_number()),
      prefix_(florin::fresh_idempotency_key().str() + '.'),
      store_(std::move(store)),
      batch_(std::max<std::size_t>(options.batch, 1)) {}

FLORIN_DECL DirectoryCore::~DirectoryCore() {
  // A child may not touch a connection that its parent uses.
  if (inherited()) static_cast<void>(store_.release());
}

FLORIN_DECL bool DirectoryCore::inherited() const noexcept {
  return process_ != net::detail::process_number();
}

/// What is said in a child that was forked.
inline constexpr std::string_view inherited_directory =
    "this directory was opened by the process that this one was forked from";

FLORIN_DECL void ClaimJob::be_late(Error error) {
  if (taken && error.connector_message.empty()) return fail(worked_at_elsewhere({}));
  fail(std::move(error));
}

FLORIN_DECL void DirectoryCore::close() noexcept {
  if (inherited()) return;
  Lock lock{mutex_};
  closed_ = true;
  some_work_.notify_all();
  some_deadline_.notify_all();
  const auto self = std::this_thread::get_id();
  if (self == worker_ || self == keeper_) return;
  some_end_.wait_for(lock, 5s, [this] { return threads_ == 0; });
}

FLORIN_DECL std::string DirectoryCore::fresh_lease() {
  return prefix_ + std::to_string(++leases_);
}

FLORIN_DECL std::string DirectoryCore::trouble() const {
  if (inherited()) return std::string{inherited_directory};
  const Lock lock{mutex_};
  return trouble_;
}

FLORIN_DECL Error DirectoryCore::too_late(const Lock&) const noexcept {
  Error error = florin::detail::local_error(
      {}, {Errc::directory_failed, std::nullopt, "the directory did not answer in time"});
  error.transient = true;
  try {
    error.connector_message = trouble_;
  } catch (const std::bad_alloc&) {
    // It is said without the database's words.
  }
  return error;
}

FLORIN_DECL void DirectoryCore::start() {
  if (keeps_ && works_) return;
  const auto thread = [this](void (DirectoryCore::*run)(), std::thread::id DirectoryCore::*id) {
    ++threads_;
    const bool good = net::detail::start_thread([self = shared_from_this(), run, id] {
      {
        const Lock lock{self->mutex_};
        (*self).*id = std::this_thread::get_id();
      }
      ((*self).*run)();
      const Lock lock{self->mutex_};
      --self->threads_;
      self->some_end_.notify_all();
    });
    if (!good) --threads_;
    return good;
  };
  keeps_ = keeps_ || thread(&DirectoryCore::keep_deadlines, &DirectoryCore::keeper_);
  works_ = works_ || thread(&DirectoryCore::work, &DirectoryCore::worker_);
  if (!keeps_ || !works_) throw std::bad_alloc{};
}

template <class SomeJob>
void DirectoryCore::submit(Jobs<SomeJob>& queue, const std::shared_ptr<SomeJob>& job) {
  if (inherited())
    return job->fail(florin::detail::local_error(
        {}, {Errc::directory_failed, std::nullopt, inherited_directory}));
  Jobs<Job> waiting{job};
  Jobs<SomeJob> queued{job};
  const Lock lock{mutex_};
  if (job->over_) return;  // it was cancelled meanwhile
  start();
  job->place_ = waiting.begin();
  job->listed_ = true;
  waiting_.splice(waiting_.end(), waiting);
  queue.splice(queue.end(), queued);
  some_work_.notify_all();
  if (job->deadline_ < next_deadline_) {
    next_deadline_ = job->deadline_;
    some_deadline_.notify_all();
  }
}

FLORIN_DECL void DirectoryCore::claim(const std::shared_ptr<ClaimJob>& job) {
  if (!inherited()) {
    if (auto fault = fault_of_key(job->asked.key)) {
      if (leave(*job)) job->fail(*std::move(fault));
      return;
    }
    ClaimsByKey alone{job.get()};
    job->node = alone.extract(alone.begin());
  }
  submit(claims_, job);
}

FLORIN_DECL void DirectoryCore::finish(const std::shared_ptr<FinishJob>& job) {
  submit(finishes_, job);
}

FLORIN_DECL void DirectoryCore::other(const std::shared_ptr<OtherJob>& job) {
  submit(others_, job);
}

FLORIN_DECL void DirectoryCore::cancel(const std::shared_ptr<ClaimJob>& job) noexcept {
  if (inherited() || !leave(*job)) return;
  job->fail(florin::detail::local_error(job->worker.facts->connector,
                                        {Errc::cancelled, std::nullopt, {}}));
}

FLORIN_DECL bool DirectoryCore::leave(Job& job) {
  const Lock lock{mutex_};
  if (std::exchange(job.over_, true)) return false;
  if (std::exchange(job.listed_, false)) waiting_.erase(job.place_);
  if (closed_ && waiting_.empty()) some_deadline_.notify_all();
  return true;
}

FLORIN_DECL void DirectoryCore::hurry(const CustomerKey& key) {
  const Lock lock{mutex_};
  for (auto place = asleep_.find(key); place != asleep_.end(); place = asleep_.find(key)) {
    (*place)->not_before = {};
    wake(lock, **place);
  }
}

FLORIN_DECL void DirectoryCore::wake(const Lock&, ClaimJob& job) noexcept {
  if (job.node.empty()) job.node = asleep_.extract(job.bed);
}

FLORIN_DECL void DirectoryCore::keep_deadlines() {
  Lock lock{mutex_};
  while (!closed_ || !waiting_.empty()) {
    const auto now = net::Clock::now();
    Jobs<Job> late;
    next_deadline_ = net::never;
    for (auto place = waiting_.begin(); place != waiting_.end();) {
      const auto job = place++;
      if ((*job)->deadline_ <= now) {
        (*job)->over_ = true;
        (*job)->listed_ = false;
        late.splice(late.end(), waiting_, job);
      } else {
        next_deadline_ = std::min(next_deadline_, (*job)->deadline_);
      }
    }
    if (!late.empty()) {
      while (!late.empty()) {
        Error error = too_late(lock);
        lock.unlock();
        late.front()->be_late(std::move(error));
        late.pop_front();  // what it holds may be the last of this, whose end needs the lock
        lock.lock();
      }
    } else if (next_deadline_ == net::never) {
      some_deadline_.wait(lock);
    } else {
      some_deadline_.wait_until(lock, next_deadline_);
    }
  }
}

FLORIN_DECL net::TimePoint DirectoryCore::next_claim(const Lock&) const {
  net::TimePoint first = net::never;
  for (const auto& job : claims_) first = std::min(first, job->not_before);
  return first;
}

FLORIN_DECL void DirectoryCore::next_turn(const Lock& lock, Turn& turn) noexcept {
  if (!others_.empty()) turn.others.splice(turn.others.end(), others_, others_.begin());
  const auto several = static_cast<std::ptrdiff_t>(std::min(finishes_.size(), batch_));
  turn.finishes.splice(turn.finishes.end(), finishes_, finishes_.begin(),
                       std::next(finishes_.begin(), several));
  const auto now = net::Clock::now();
  for (auto place = claims_.begin(); place != claims_.end() && turn.claims.size() < batch_;) {
    const auto job = place++;
    const bool over = (*job)->over_;
    if (!over && (*job)->not_before > now) continue;
    wake(lock, **job);
    auto& taken = over ? turn.over : turn.claims;
    taken.splice(taken.end(), claims_, job);
  }
}

FLORIN_DECL void DirectoryCore::put_back(const Lock&, Turn& turn) noexcept {
  // One that fails alone does not stand in the way of the others.
  const bool alone = batch_ == 1;
  claims_.splice(alone ? claims_.end() : claims_.begin(), turn.claims);
  finishes_.splice(alone ? finishes_.end() : finishes_.begin(), turn.finishes);
  others_.splice(others_.end(), turn.others);
  batch_ = std::max<std::size_t>(batch_ / 2, 1);
}

/// What a failure says, as far as there is memory for it.
[[nodiscard]] inline std::string words_of(const std::exception& problem) noexcept {
  try {
    return problem.what();
  } catch (const std::bad_alloc&) {
    return {};
  }
}

FLORIN_DECL void DirectoryCore::work() {
  std::chrono::milliseconds pause{0};
  bool broken = false;
  Lock lock{mutex_};
  while (true) {
    if (broken) {
      if (closed_) break;
      some_work_.wait_for(lock, pause, [this] { return closed_; });
      lock.unlock();
      std::string trouble;
      try {
        store_->recover();
        broken = false;
      } catch (const std::exception& problem) {
        trouble = words_of(problem);
      }
      lock.lock();
      if (broken) {
        trouble_ = std::move(trouble);
        pause = std::clamp(pause * 2, 50ms, 2'000ms);
        continue;
      }
    }
    const auto next = next_claim(lock);
    if (finishes_.empty() && others_.empty() && next > net::Clock::now()) {
      if (closed_) break;
      if (next == net::never) {
        some_work_.wait(lock);
      } else {
        some_work_.wait_until(lock, next);
      }
      continue;
    }
    Turn turn;
    std::string trouble;
    next_turn(lock, turn);
    lock.unlock();
    turn.over.clear();
    try {
      perform(turn);
      pause = 0ms;
    } catch (const std::exception& problem) {
      trouble = words_of(problem);
    }
    lock.lock();
    trouble_ = std::move(trouble);
    if (!turn.empty()) {
      broken = true;
      pause = std::clamp(pause * 2, 20ms, 2'000ms);
      put_back(lock, turn);
    } else {
      batch_ = std::clamp<std::size_t>(batch_ * 2, 1, std::max<std::size_t>(options_.batch, 1));
    }
  }
  lock.unlock();
  // Here, before the end is told: what the store needs may go with the process.
  store_.reset();
}

FLORIN_DECL void DirectoryCore::perform(Turn& turn) {
  if (!turn.finishes.empty()) perform_finishes(turn.finishes);
  if (!turn.claims.empty()) perform_claims(turn.claims);
  if (!turn.others.empty()) {
    const auto job = turn.others.front();
    bool late = false;
    {
      const Lock lock{mutex_};
      late = job->over_;
    }
    if (!late) job->perform(*store_);
    turn.others.clear();
    if (late) return;
    if (leave(*job)) {
      job->done();
    } else if (job->undo) {
      job->undo();
    }
  }
}

FLORIN_DECL void DirectoryCore::perform_finishes(Jobs<FinishJob>& jobs) {
  std::vector<Row> rows;
  std::vector<std::string> leases;
  store_->begin();
  const DatabaseTime now = store_->now();
  for (const auto& job : jobs) {
    Row row = job->row;
    if (job->asked) {
      conclude(row, job->answer, job->worker, now);
    } else {
      --row.attempts;
      give_back(row, now, now);
    }
    rows.push_back(std::move(row));
    leases.push_back(job->worker.lease);
  }
  const std::vector<bool> written = store_->update(rows, leases);
  store_->commit();
  Jobs<FinishJob> lost;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (written[i]) {
      tell_first(jobs, std::move(rows[i]));
    } else {
      lost.splice(lost.end(), jobs, jobs.begin());
    }
  }
  jobs.splice(jobs.end(), lost);
  if (!jobs.empty()) perform_lost(jobs);
}

FLORIN_DECL void DirectoryCore::tell_first(Jobs<FinishJob>& jobs, Result<Row> row) {
  const auto job = jobs.front();
  jobs.pop_front();
  hurry(job->row.key);
  if (leave(*job)) job->done(std::move(row));
}

FLORIN_DECL void DirectoryCore::perform_lost(Jobs<FinishJob>& jobs) {
  std::vector<CustomerKey> keys;
  for (const auto& job : jobs) keys.push_back(job->row.key);
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  // A transaction of its own, which has no rows when it waits for these: two directories that want
  // the same ones would wait for each other.
  store_->begin();
  const DatabaseTime now = store_->now();
  std::vector<Row> rows = store_->lock(keys);
  std::vector<Result<Row>> results;
  for (const auto& job : jobs) results.push_back(reconcile(*job, rows, now));
  store_->commit();
  for (auto& result : results) tell_first(jobs, std::move(result));
}

FLORIN_DECL Result<Row> DirectoryCore::reconcile(const FinishJob& job, std::vector<Row>& rows,
                                                 DatabaseTime now) {
  const auto found = std::find_if(rows.begin(), rows.end(),
                                  [&](const Row& row) { return row.key == job.row.key; });
  if (found == rows.end()) {
    Error error = florin::detail::local_error(
        job.worker.facts->connector,
        {Errc::directory_failed, std::nullopt, "the row was removed meanwhile"});
    if (job.asked) error.outcome = job.answer ? Outcome::in_effect : Outcome::unknown;
    return error;
  }
  Row& row = *found;
  if (!job.asked || !job.answer) return row;  // whoever has it now knows that it is in doubt
  if (row.state == State::active) {
    if (row.connector_customer_id == job.answer->connector_customer_id.view()) return row;
    return florin::detail::customer_in_the_way(
        job.worker.facts->connector, "the directory has another customer of this reference",
        row.connector_customer_id);
  }
  const std::string lease = row.lease;
  conclude(row, job.answer, job.worker, now);
  if (!store_->update({&row, 1}, {&lease, 1}).front())
    throw std::runtime_error{"a row was changed while it was locked"};
  return row;
}

FLORIN_DECL void DirectoryCore::perform_claims(Jobs<ClaimJob>& jobs) {
  const std::vector<std::shared_ptr<ClaimJob>> all{jobs.begin(), jobs.end()};
  std::vector<std::optional<Claimed>> results(all.size());
  std::map<CustomerKey, std::size_t> firsts;  // a row is claimed once in a turn
  std::vector<std::size_t> places;            // of the rows' jobs
  std::vector<Row> rows;
  store_->begin();
  const DatabaseTime now = store_->now();
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (!firsts.try_emplace(all[i]->asked.key, i).second) continue;
    Row row = all[i]->asked;
    row.first_asked = now;
    detail::begin(row, all[i]->worker, now);
    rows.push_back(std::move(row));
    places.push_back(i);
  }
  const std::vector<bool> inserted = store_->insert(rows);
  std::vector<CustomerKey> keys;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (inserted[i]) {
      results[places[i]].emplace().row = std::move(rows[i]);
    } else {
      keys.push_back(rows[i].key);
    }
  }
  std::vector<Row> changed;
  std::vector<std::string> leases;
  const std::vector<Row> present = keys.empty() ? std::vector<Row>{} : store_->lock(keys);
  for (const Row& row : present) {
    const auto first = firsts.find(row.key);
    if (first == firsts.end()) continue;
    const ClaimJob& job = *all[first->second];
    auto& result = results[first->second];
    result = take_up(row, &job.asked, job.worker, now);
    if (result->what != Claimed::What::known && result->what != Claimed::What::taken) {
      changed.push_back(result->row);
      leases.push_back(row.lease);
    }
  }
  if (!changed.empty()) static_cast<void>(store_->update(changed, leases));
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::size_t first = firsts.at(all[i]->asked.key);
    if (first == i || !results[first]) continue;
    Claimed claimed = take_up(results[first]->row, &all[i]->asked, all[i]->worker, now);
    if (claimed.what != Claimed::What::ask) results[i] = std::move(claimed);
  }
  store_->commit();
  // Without a result: it was removed meanwhile, and is tried once more.
  for (auto result = results.begin(); !jobs.empty(); ++result) {
    const bool over = *result && ((*result)->what != Claimed::What::taken || !jobs.front()->waits);
    if (!over) {
      try_later(jobs, *result);
      continue;
    }
    const auto done = jobs.front();
    jobs.pop_front();
    tell(*done, *std::move(*result));
  }
}

FLORIN_DECL void DirectoryCore::try_later(Jobs<ClaimJob>& jobs,
                                          const std::optional<Claimed>& claimed) {
  ClaimJob& job = *jobs.front();
  job.pause = std::clamp(job.pause * 2, 10ms, 500ms);
  const auto pause = claimed ? std::min(job.pause, claimed->wait + 1ms) : job.pause;
  const Lock lock{mutex_};
  if (!job.over_) job.taken = claimed.has_value();  // else it is read where he is told
  job.not_before = net::Clock::now() + pause;
  job.bed = asleep_.insert(std::move(job.node));
  claims_.splice(claims_.end(), jobs, jobs.begin());
}

FLORIN_DECL void DirectoryCore::tell(ClaimJob& job, Result<Claimed> claimed) {
  if (leave(job)) return job.done(std::move(claimed));
  // Who waited has gone: the row is nobody's, and nothing was sent for it.
  if (claimed && claimed->what == Claimed::What::ask) hand_back(*claimed, job.worker);
}

FLORIN_DECL void DirectoryCore::hand_back(const Claimed& claimed, const Worker& worker) noexcept {
  try {
    const auto back = std::make_shared<FinishJob>(net::ends_after(options_.patience));
    back->row = claimed.row;
    back->worker = worker;
    back->asked = false;
    back->done = [](const Result<Row>&) {};
    finish(back);
  } catch (const std::bad_alloc&) {
    // The lease ends by itself, and the row counts as one in doubt then.
  }
}

FLORIN_DECL std::vector<Claimed> DirectoryCore::take(AnyStore& store, const Scope& scope,
                                                     DatabaseTime& due,
                                                     std::span<const Worker> workers) const {
  std::vector<Claimed> taken;
  std::vector<Row> changed;
  std::vector<std::string> leases;
  store.begin();
  const DatabaseTime now = store.now();
  if (due == 0) due = now;
  const std::vector<Row> rows = store.lock_open(scope, due, now, workers.size());
  for (std::size_t i = 0; i < rows.size() && i < workers.size(); ++i) {
    Claimed claimed = take_up(rows[i], nullptr, workers[i], now);
    changed.push_back(claimed.row);
    leases.push_back(rows[i].lease);
    taken.push_back(std::move(claimed));
  }
  if (!changed.empty()) static_cast<void>(store.update(changed, leases));
  store.commit();
  return taken;
}

}  // namespace florin::onboarding::detail

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/client.hpp>
#include <florin/ensure.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <chrono>
#include <csignal>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "forked_child.hpp"
#include "syscalls/call.hpp"
#include "syscalls/canceller.hpp"
#include "syscalls/descriptors.hpp"
#include "syscalls/disturbance.hpp"
#include "syscalls/forking_thread.hpp"
#include "syscalls/interception.hpp"
#include "syscalls/setting.hpp"
#include "syscalls/told.hpp"

namespace florin_test::syscalls {

/// One call that is disturbed, in a process of its own which has never made one before. What came
/// of it is told, not judged.
/// \tparam P the policy of the processor that is called.
template <class P>
class Trial {
 public:
  /// \param name the reference of what is created; of what is made besides it begins so.
  /// \param made the id of the customer that the call is about, see `make`; create needs none.
  Trial(const Setting& setting, const Disturbance& disturbance, std::string name, std::string made)
      : setting_(setting),
        disturbance_(disturbance),
        name_(std::move(name)),
        made_(std::move(made)) {}

  /// Creates a customer for a trial of this name, undisturbed.
  /// \return its id.
  [[nodiscard]] static std::string make(const Setting& setting, const std::string& name) {
    return ForkedChild{[&] {
             Client client{setting.credentials<P>(), setting.options()};
             const auto answer = client.create(buyer(name, "-made"));
             return answer ? answer->connector_customer_id.str() : answer.error().what();
           }}
        .words();
  }

  /// \return an object of JSON, or how the process ended, such as `signal 14` when it hung:
  ///   answer       what the call came to, see `drive`; `made`: of what it was about
  ///   happened     whether the call was made that was to be disturbed; `counts`: all that were
  ///                made
  ///   busy, queued what the pool says afterwards
  ///   warm, again  calls before and after it; `warmed`: a warm-up before it, where nobody answers
  ///   child        what a forked child has said
  ///   descriptors  what is left when the client is gone
  [[nodiscard]] std::string run() {
    return ForkedChild{[this] { return boost::json::serialize(report()); }, limit}.words();
  }

 private:
  using Client = florin::Client<P>;
  using Options = florin::CallOptions<P>;
  using Object = boost::json::object;

  static constexpr std::chrono::seconds limit{30};
  /// Of a call that is to end by it: by then its request is under way.
  static constexpr std::chrono::milliseconds deadline{300};

  [[nodiscard]] Object report() {
    struct ::sigaction action {};
    action.sa_handler = [](int) {};
    ::sigaction(SIGUSR1, &action, nullptr);  // without SA_RESTART
    const auto before = descriptors();
    ForkingThread forking{[this] { return boost::json::serialize(child()); }};
    Interception::watch_this_thread();
    Canceller canceller;
    const Interception interception{disturbance_, [&forking] { forking.fork(); }};
    Object all{{"made", made_}};
    {
      boost::asio::io_context context;
      const bool cold = setting_.start == Start::cold;
      if (cold) Interception::start();  // OpenSSL is initialised for the first client
      make_client(context);
      if (!cold) warm(context, all);
      Interception::start();
      all["answer"] = call(context, canceller);
      canceller.finish();
      Interception::stop();
      all["happened"] = Interception::happened();
      all["counts"] = counts();
      const auto pool = client_->pool();
      all["busy"] = pool.busy;
      all["queued"] = pool.queued;
      listen_again();
      all["again"] = create(context, "-again");
      if (const auto words = forking.words()) all["child"] = *words;
      client_.reset();
    }
    all["descriptors"] = left(before);
    return all;
  }

  void make_client(boost::asio::io_context& context) {
    if (setting_.driver == Driver::own_context) {
      client_.emplace(context.get_executor(), setting_.template credentials<P>(),
                      setting_.options());
    } else {
      client_.emplace(setting_.template credentials<P>(), setting_.options());
    }
  }

  /// What comes before the call.
  void warm(boost::asio::io_context& context, Object& all) {
    if (is_mute(setting_.operation)) {
      all["warmed"] = warm_up(context);
    } else {
      all["warm"] = create(context, "-warm");
    }
  }
  /// From now on calls go to a processor that answers.
  void listen_again() {
    if (is_mute(setting_.operation)) client_->set_base_url(setting_.base_url).value();
  }

  static florin::CreateRequest buyer(const std::string& name, std::string_view suffix) {
    const auto id = name + std::string{suffix};
    return {.merchant_customer_id = id, .email = id + "@example.com", .name = "Ana Example"};
  }
  Object warm_up(boost::asio::io_context& context) {
    return drive(
        setting_.driver, context, [&] { return client_->warm_up(1); },
        [&](auto handler) { client_->async_warm_up(1, handler); });
  }
  Object create(boost::asio::io_context& context, std::string_view suffix) {
    return create(context, suffix, setting_.driver);
  }
  Object create(boost::asio::io_context& context, std::string_view suffix, Driver driver,
                const Options& options = {}) {
    const auto request = buyer(name_, suffix);
    return drive(
        driver, context, [&] { return client_->create(request, options); },
        [&](auto handler) { client_->async_create(request, options, handler); });
  }
  /// A create that somebody cancels when it is under way.
  Object cancelled(boost::asio::io_context& context, Canceller& canceller) {
    boost::asio::cancellation_signal signal;
    const auto request = buyer(name_, "");
    const auto under_way = [this] {
      const auto pool = client_->pool();
      return pool.opened != 0 && pool.busy != 0;
    };
    const auto cancel = [this, &signal] {
      if (const auto type = cancellation()) return signal.emit(*type);
      client_->cancel_all();
    };
    if (setting_.driver == Driver::blocking) canceller.begin(under_way, cancel);
    auto answer = drive(
        setting_.driver, context, [&] { return client_->create(request); },
        [&](auto handler) {
          client_->async_create(request,
                                boost::asio::bind_cancellation_slot(signal.slot(), handler));
          canceller.begin(under_way, cancel);
        });
    canceller.finish();
    return answer;
  }
  /// What its slot is told; nothing: the client is told to cancel all.
  [[nodiscard]] std::optional<boost::asio::cancellation_type> cancellation() const noexcept {
    using boost::asio::cancellation_type;
    switch (setting_.operation) {
      case Operation::cancel_terminal:
        return cancellation_type::terminal;
      case Operation::cancel_partial:
        return cancellation_type::partial;
      case Operation::cancel_total:
        return cancellation_type::total;
      default:
        return std::nullopt;
    }
  }
  /// The call that is disturbed.
  Object call(boost::asio::io_context& context, Canceller& canceller) {
    const auto driver = setting_.driver;
    const auto request = buyer(name_, "");
    switch (setting_.operation) {
      case Operation::create:
      case Operation::token:
        return create(context, "");
      case Operation::expire:
        return create(context, "", driver, {.deadline = deadline});
      case Operation::cancel_all:
      case Operation::cancel_terminal:
      case Operation::cancel_partial:
      case Operation::cancel_total:
        return cancelled(context, canceller);
      case Operation::ensure:
        return drive(
            driver, context, [&] { return client_->ensure(request); },
            [&](auto handler) { client_->async_ensure(request, handler); });
      case Operation::retrieve:
        return drive(
            driver, context, [&] { return client_->retrieve(made_); },
            [&](auto handler) { client_->async_retrieve(made_, handler); });
      case Operation::update: {
        const florin::UpdateRequest change{.connector_customer_id = made_, .description = name_};
        return drive(
            driver, context, [&] { return client_->update(change); },
            [&](auto handler) { client_->async_update(change, handler); });
      }
      case Operation::warm_up:
        return warm_up(context);
    }
    return {};
  }

  /// What a forked child does with the client of its parent.
  Object child() {
    boost::asio::io_context unused;
    if (!client_) make_client(unused);  // it was forked while that was made
    listen_again();
    Object all{{"blocking", create(unused, "-child", Driver::blocking)}};
    if (setting_.driver != Driver::own_context)
      all["own_threads"] = create(unused, "-child-async", Driver::own_threads);
    return all;
  }

  static Object counts() {
    Object all;
    for (std::size_t i = 0; i != call_count; ++i) {
      const auto call = static_cast<Call>(i);
      if (const auto count = Interception::count(call); count != 0) all[to_string(call)] = count;
    }
    return all;
  }

  /// The descriptors that are left. A thread that looks names up may be about to close some.
  static Object left(const std::map<std::string, int>& before) {
    auto more = more_descriptors(before, descriptors());
    for (int i = 0; i < 2'000 && more.contains("socket"); ++i) {
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
      more = more_descriptors(before, descriptors());
    }
    Object all;
    for (const auto& [kind, count] : more) all[kind] = count;
    return all;
  }

  const Setting& setting_;
  const Disturbance& disturbance_;
  std::string name_;
  std::string made_;
  std::optional<Client> client_;
};

}  // namespace florin_test::syscalls

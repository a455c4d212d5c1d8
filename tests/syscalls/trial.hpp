// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/client.hpp>
#include <florin/ensure.hpp>

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
#include "syscalls/descriptors.hpp"
#include "syscalls/disturbance.hpp"
#include "syscalls/forking_thread.hpp"
#include "syscalls/interception.hpp"
#include "syscalls/setting.hpp"
#include "syscalls/told.hpp"

namespace florin_test::syscalls {

/// One call that is disturbed, in a process of its own which has never made one before. What came
/// of it is told, not judged.
class Trial {
 public:
  /// \param name the reference of what is created; of what is made besides it begins so.
  /// \param made the id of the customer that the call is about, see `make`; create needs none.
  Trial(const Setting& setting, const Disturbance& disturbance, std::string name, std::string made)
      : setting_(setting),
        disturbance_(disturbance),
        name_(std::move(name)),
        made_(std::move(made)) {}

  /// Creates a customer for a trial of this name, undisturbed. \return its id.
  [[nodiscard]] static std::string make(const Setting& setting, const std::string& name) {
    return ForkedChild{[&] {
             Client client{setting.credentials(), setting.options()};
             const auto answer = client.create(buyer(name, "-made"));
             return answer ? answer->connector_customer_id.str() : answer.error().what();
           }}
        .words();
  }

  /// \return an object of JSON, or how the process ended, such as `signal 14` when it hung:
  ///   answer       what the call came to, see `drive`; `made`: of what it was about
  ///   happened     whether the call was made that was to be disturbed; `counts`: all that were
  ///   made busy, queued what the pool says afterwards warm, again  calls before and after it child
  ///   what a forked child has said descriptors  what is left when the client is gone
  [[nodiscard]] std::string run() {
    return ForkedChild{[this] { return boost::json::serialize(report()); }, limit}.words();
  }

 private:
  using Client = florin::Client<florin::StripePolicy>;
  using Object = boost::json::object;

  static constexpr std::chrono::seconds limit{30};

  [[nodiscard]] Object report() {
    struct ::sigaction action {};
    action.sa_handler = [](int) {};
    ::sigaction(SIGUSR1, &action, nullptr);  // without SA_RESTART
    const auto before = descriptors();
    ForkingThread forking{[this] { return boost::json::serialize(child()); }};
    Interception::watch_this_thread();
    const Interception interception{disturbance_, [&forking] { forking.fork(); }};
    Object all{{"made", made_}};
    {
      boost::asio::io_context context;
      const bool cold = setting_.start == Start::cold;
      if (cold) Interception::start();  // OpenSSL is initialised for the first client
      make_client(context);
      if (!cold) all["warm"] = create(context, "-warm");
      Interception::start();
      all["answer"] = call(context);
      Interception::stop();
      all["happened"] = Interception::happened();
      all["counts"] = counts();
      const auto pool = client_->pool();
      all["busy"] = pool.busy;
      all["queued"] = pool.queued;
      all["again"] = create(context, "-again");
      if (const auto words = forking.words()) all["child"] = *words;
      client_.reset();
    }
    all["descriptors"] = left(before);
    return all;
  }

  void make_client(boost::asio::io_context& context) {
    if (setting_.driver == Driver::own_context) {
      client_.emplace(context.get_executor(), setting_.credentials(), setting_.options());
    } else {
      client_.emplace(setting_.credentials(), setting_.options());
    }
  }

  static florin::CreateRequest buyer(const std::string& name, std::string_view suffix) {
    return {.merchant_customer_id = name + std::string{suffix},
            .email = "ana@example.com",
            .name = "Ana Example"};
  }
  Object create(boost::asio::io_context& context, std::string_view suffix) {
    return create(context, suffix, setting_.driver);
  }
  Object create(boost::asio::io_context& context, std::string_view suffix, Driver driver) {
    const auto request = buyer(name_, suffix);
    return drive(
        driver, context, [&] { return client_->create(request); },
        [&](auto handler) { client_->async_create(request, handler); });
  }
  /// The call that is disturbed.
  Object call(boost::asio::io_context& context) {
    const auto driver = setting_.driver;
    const auto request = buyer(name_, "");
    switch (setting_.operation) {
      case Operation::create:
        return create(context, "");
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
        return drive(
            driver, context, [&] { return client_->warm_up(1); },
            [&](auto handler) { client_->async_warm_up(1, handler); });
    }
    return {};
  }

  /// What a forked child does with the client of its parent.
  Object child() {
    boost::asio::io_context unused;
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

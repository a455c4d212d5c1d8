// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/client.hpp>
#include <florin/onboarding.hpp>
#include <florin/policies/stripe.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/json/parse.hpp>

#include <charconv>
#include <chrono>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "../json/repeated_name.hpp"
#include "../wire/request.hpp"
#include "answer.hpp"
#include "log.hpp"
#include "lookups.hpp"
#include "metrics.hpp"
#include "settings.hpp"

namespace signup {

namespace onboarding = florin::onboarding;
using Client = florin::Client<florin::StripePolicy, Metrics::Exporter>;
using Request = http::request<http::string_body>;

/// What is done for a request, whatever it came over. Not thread-safe: one thread serves, since
/// what takes long is the processor and the disk. For more cores start more processes: they share
/// the directory.
class Service {
 public:
  /// All has to outlive the service, but for the handles.
  Service(const Client& client, const onboarding::Directory& directory, Metrics& metrics,
          const Settings& settings)
      : client_(client), directory_(directory), metrics_(metrics), settings_(settings) {}

  /// \param request has to outlive the answer, whose route may be its path.
  /// \return what to answer; cancelled, the answer that nobody waits for any more.
  asio::awaitable<Answer> answer(const Request& request) {
    const std::string_view target = view(request.target());
    const std::string_view path = target.substr(0, target.find('?'));
    constexpr std::string_view customers = "/customers/";
    if (path == "/customers") {
      if (request.method() != http::verb::post) co_return other_method("/customers", "POST");
      co_return co_await create(request);
    }
    const bool one = path.starts_with(customers) && path.size() > customers.size();
    if (!one && path != "/metrics" && path != "/healthz")
      co_return problem(http::status::not_found, "no_such_path", "");
    const std::string_view route = one ? "/customers/{merchant_customer_id}" : path;
    if (request.method() != http::verb::get && request.method() != http::verb::head)
      co_return other_method(route, "GET, HEAD");
    Answer answer;
    if (one) {
      answer = co_await find(request, path.substr(customers.size()));
    } else if (path == "/metrics") {
      answer = text_answer(http::status::ok, "text/plain; version=0.0.4; charset=utf-8",
                           metrics_.text());
    } else {
      // Whether this process works. A database that is away is no reason to start it again.
      answer = stopping_ ? problem(http::status::service_unavailable, "stopping", "")
                         : json_answer(http::status::ok, {{"status", "serving"}});
    }
    answer.route = route;
    co_return answer;
  }

  /// Settles now and then what crashes and unknown outcomes have left, until `stop`.
  asio::awaitable<void> settle_now_and_then() {
    asio::steady_timer& timer = pause_.emplace(co_await asio::this_coro::executor);
    const onboarding::SettleOptions<Client> options{.at_once = 4};
    std::minstd_rand random{std::random_device{}()};
    while (!stopping_) {
      const auto settled = co_await onboarding::async_settle(
          client_, directory_, options,
          asio::bind_cancellation_slot(end_settling_.slot(), asio::use_awaitable));
      told(settled);
      if (stopping_) break;
      // Not all processes at the same time.
      std::uniform_real_distribution<double> jitter{0.75, 1.25};
      timer.expires_after(std::chrono::duration_cast<std::chrono::milliseconds>(
          settings_.settle_every * jitter(random)));
      boost::system::error_code ended;
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, ended));
    }
  }

  /// Ends the settling; requests are answered as before.
  void stop() {
    stopping_ = true;
    end_settling_.emit(asio::cancellation_type::terminal);
    if (pause_) pause_->cancel();
  }
  /// Has no request wait for the directory any longer that only asks it.
  void cancel() { lookups_.cancel(); }

 private:
  void told(const florin::Result<onboarding::Settled>& settled) {
    if (!settled) return log_reason("settle_failed", settled.error().what());
    metrics_.settled(*settled);
    if (settled->active + settled->refused + settled->open + settled->unsettled.size() != 0)
      log("settled", {{"active", settled->active},
                      {"refused", settled->refused},
                      {"open", settled->open},
                      {"unsettled", settled->unsettled.size()}});
  }

  static std::string_view view(boost::beast::string_view text) {
    return {text.data(), text.size()};
  }

  static Answer other_method(std::string_view route, std::string_view allowed) {
    Answer answer = problem(http::status::method_not_allowed, "method_not_allowed", "");
    answer.route = route;
    answer.response.set(http::field::allow, allowed);
    return answer;
  }

  /// The media type of the body, without parameters.
  static bool is_json(const Request& request) {
    std::string_view type = view(request[http::field::content_type]);
    type = type.substr(0, type.find(';'));
    while (type.ends_with(' ')) type.remove_suffix(1);
    return boost::beast::iequals(type, "application/json");
  }

  /// The time that the sender gives the call; nothing: what it says is no time.
  std::optional<std::chrono::milliseconds> deadline_of(const Request& request) const {
    const auto given = request.find("X-Request-Timeout");
    if (given == request.end()) return settings_.deadline;
    const std::string_view text = view(given->value());
    int found = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), found);
    const std::chrono::milliseconds time{found};
    if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || found < 1 ||
        time > settings_.longest_deadline)
      return std::nullopt;
    return time;
  }

  Answer invalid_timeout() const {
    return problem(http::status::bad_request, "invalid_timeout",
                   "X-Request-Timeout takes milliseconds, at most " +
                       std::to_string(settings_.longest_deadline.count()) + '.');
  }

  static std::string location_of(std::string_view merchant_customer_id) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string location{"/customers/"};
    for (const char c : merchant_customer_id) {
      const auto byte = static_cast<unsigned char>(c);
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                         (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.' || c == '~';
      if (plain) {
        location += c;
      } else {
        location += {'%', digits[byte >> 4U], digits[byte & 15U]};
      }
    }
    return location;
  }

  /// The text of a part of a path; nothing: it is not well encoded.
  static std::optional<std::string> decoded(std::string_view part) {
    std::string text;
    for (std::size_t i = 0; i < part.size(); ++i) {
      if (part[i] != '%') {
        text += part[i];
        continue;
      }
      unsigned byte = 0;
      if (i + 2 >= part.size()) return std::nullopt;
      const auto read = std::from_chars(&part[i + 1], &part[i + 1] + 2, byte, 16);
      if (read.ec != std::errc{} || read.ptr != &part[i + 1] + 2) return std::nullopt;
      text += static_cast<char>(byte);
      i += 2;
    }
    return text;
  }

  asio::awaitable<Answer> create(const Request& request) {
    Answer answer = co_await onboard(request);
    answer.route = "/customers";
    co_return answer;
  }

  /// What a sender wants.
  struct Asked {
    florin::CreateRequest customer{};
    std::chrono::milliseconds deadline{};
  };
  /// \return what is wrong with a request, before anything is done; nothing: `asked` has it.
  std::optional<Answer> fault_of(const Request& request, Asked& asked) const {
    if (!is_json(request))
      return problem(http::status::unsupported_media_type, "not_json",
                     "The body has to be application/json.");
    const auto deadline = deadline_of(request);
    if (!deadline) return invalid_timeout();
    boost::json::error_code bad;
    const boost::json::value body = boost::json::parse(request.body(), bad);
    if (bad || !body.is_object())
      return problem(http::status::bad_request, "not_json", "The body is no JSON object.");
    if (json_example::repeated_name(request.body()))
      return problem(http::status::bad_request, "repeated", "A name is there twice in an object.");
    try {
      asked = {wire_example::request_of({body.get_object(), {}}), *deadline};
    } catch (const wire_example::BadLine& line) {
      return problem(http::status::unprocessable_entity, line.code, line.message,
                     line.field ? to_string(*line.field) : std::string_view{});
    }
    return std::nullopt;
  }

  asio::awaitable<Answer> onboard(const Request& request) {
    Asked asked;
    if (auto fault = fault_of(request, asked)) co_return std::move(*fault);
    const std::string location = location_of(asked.customer.merchant_customer_id);
    const onboarding::OnboardOptions<Client> options{.call = {.deadline = asked.deadline}};
    const auto customer = co_await onboarding::async_onboard(client_, directory_, asked.customer,
                                                             options, asio::use_awaitable);
    if (!customer) co_return failed(customer.error(), location);
    co_return made(*customer, location);
  }

  static Answer made(const onboarding::Onboarded& customer, std::string_view location) {
    boost::json::object both{{"merchant_customer_id", customer.merchant_customer_id.view()},
                             {"connector_customer_id", customer.connector_customer_id.view()},
                             {"state", "active"},
                             {"origin", to_string(customer.origin)}};
    // It was first asked for with other data, which are what the processor has.
    if (customer.other_request) both["other_request"] = true;
    Answer answer = json_answer(
        customer.origin == florin::Origin::created ? http::status::created : http::status::ok,
        both);
    answer.response.set(http::field::location, location);
    return answer;
  }

  asio::awaitable<Answer> find(const Request& request, std::string_view part) {
    const auto id = decoded(part);
    // What could not be a reference is in no database.
    if (!id || !Client::validate(florin::CreateRequest{.merchant_customer_id = *id}))
      co_return problem(http::status::not_found, "not_found", "");
    const auto deadline = deadline_of(request);
    if (!deadline) co_return invalid_timeout();
    const onboarding::CustomerKey key{.merchant_customer_id = *id,
                                      .connector = std::string{Client::ensure_facts().connector}};
    const Lookups::Found found = co_await lookups_.find(key, *deadline);
    if (!found) co_return failed(found.error(), {});
    if (!*found) co_return problem(http::status::not_found, "not_found", "");
    co_return known(**found);
  }

  static Answer known(const onboarding::Row& row) {
    boost::json::object all{{"merchant_customer_id", row.key.merchant_customer_id},
                            {"state", to_string(row.state)}};
    if (!row.connector_customer_id.empty())
      all["connector_customer_id"] = row.connector_customer_id;
    if (!row.error.empty()) all["code"] = row.error;
    return json_answer(http::status::ok, all);
  }

  Client client_;
  onboarding::Directory directory_;
  Metrics& metrics_;
  const Settings& settings_;
  asio::cancellation_signal end_settling_{};
  std::optional<asio::steady_timer> pause_{};
  bool stopping_ = false;
  Lookups lookups_{directory_};
};

}  // namespace signup

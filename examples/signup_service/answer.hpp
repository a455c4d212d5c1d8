// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/error.hpp>

#include <boost/beast/http/field.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/status.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace signup {

namespace http = boost::beast::http;

/// What a request is answered with, and what is told of it in the log.
struct Answer {
  http::response<http::string_body> response{};
  std::string_view route{"other"};  ///< without anybody's reference
  std::string code{};               ///< of what went wrong
  std::string reason{};             ///< `florin::Error::what()`, for the log alone
};

inline Answer text_answer(http::status status, std::string_view media_type, std::string body) {
  Answer answer;
  answer.response.result(status);
  answer.response.set(http::field::content_type, media_type);
  answer.response.set(http::field::cache_control, "no-store");
  answer.response.body() = std::move(body);
  return answer;
}

inline Answer json_answer(http::status status, const boost::json::object& body) {
  return text_answer(status, "application/json", boost::json::serialize(body) + '\n');
}

inline void retry_after(Answer& answer, std::optional<std::chrono::milliseconds> wait) {
  using std::chrono::seconds;
  const auto whole = std::chrono::ceil<seconds>(wait.value_or(seconds{1}));
  answer.response.set(http::field::retry_after,
                      std::to_string(std::max(whole, seconds{1}).count()));
}

/// Why a request was not done, for who sent it (RFC 9457).
/// \param code what programs compare; \param field the member of the request at fault.
inline Answer problem(http::status status, std::string_view code, std::string_view detail,
                      std::string_view field = {}) {
  boost::json::object body{{"title", std::string_view{http::obsolete_reason(status)}},
                           {"status", static_cast<unsigned>(status)},
                           {"code", code}};
  if (!detail.empty()) body["detail"] = detail;
  if (!field.empty()) body["field"] = field;
  Answer answer =
      text_answer(status, "application/problem+json", boost::json::serialize(body) + '\n');
  answer.code = code;
  return answer;
}

/// What a failed onboarding is for who asked for it.
///
/// `Outcome::unknown` is 202, not 503: the request is stored and is settled without its sender, who
/// is told where to ask for the result. What is not stored, or is tried again later although
/// nothing has come of it yet, is 503. The processor's own status is never passed on: its 401 is
/// about this service's key.
inline Answer failed(const florin::Error& error, std::string_view location) {
  using florin::Errc;
  const std::string_view code = to_string(error.code);
  Answer answer;
  if (error.code == Errc::directory_failed) {
    // Whatever the processor has: both ids are not stored.
    answer = problem(http::status::service_unavailable, code, "The directory cannot be reached.");
    retry_after(answer, error.retry_after);
  } else if (error.outcome == florin::Outcome::unknown) {
    answer = json_answer(http::status::accepted, {{"state", "unknown"}, {"code", code}});
    answer.response.set(http::field::location, location);
    retry_after(answer, error.retry_after);
    answer.code = code;
  } else {
    switch (error.code) {
      case Errc::missing_field:
      case Errc::invalid_field:
        answer = problem(http::status::unprocessable_entity, code, error.reason,
                         error.field ? to_string(*error.field) : std::string_view{});
        break;
      case Errc::invalid_data:
        answer = problem(http::status::unprocessable_entity, code, "The processor refuses a value.",
                         error.field ? to_string(*error.field) : error.param);
        break;
      case Errc::rejected:
        answer =
            error.from_processor
                ? problem(http::status::unprocessable_entity, code, "The processor refuses it.")
                : problem(http::status::bad_gateway, code, "What answers is no processor.");
        break;
      case Errc::customer_exists:
        answer = problem(http::status::conflict, code,
                         "The processor has another customer of this reference.");
        break;
      case Errc::deadline_exceeded:
        answer =
            problem(http::status::gateway_timeout, code, "The processor did not answer in time.");
        retry_after(answer, error.retry_after);
        break;
      default:
        if (error.transient || error.code == Errc::cancelled) {
          answer = problem(http::status::service_unavailable, code, "Not now: ask again.");
          retry_after(answer, error.retry_after);
        } else {
          answer = problem(http::status::bad_gateway, code, "The processor refuses this service.");
        }
    }
  }
  answer.reason = error.what();
  return answer;
}

}  // namespace signup

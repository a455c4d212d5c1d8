// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/render.hpp>
#include <florin/testing/detail/reply.hpp>
#include <florin/testing/processor.hpp>

#include <boost/json/value.hpp>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace florin::testing::detail {

inline Scope about(std::string_view param, std::string_view value = {}) {
  Scope scope;
  scope.param = param;
  scope.value = value;
  return scope;
}

/// Writes a processor's answers. Not synchronised.
class Answers {
 public:
  Answers(const Processor& processor, Randomness& randomness)
      : processor_(processor), randomness_(randomness), renderer_(processor, randomness) {
    for (const Case needed : {Case::invalid_value, Case::unauthorized, Case::not_found,
                              Case::rate_limited, Case::server_error})
      if (!processor_.refusals.contains(needed))
        throw std::invalid_argument("florin::testing: the processor lacks a refusal it needs");
    for (const auto& entry : processor_.refusals) prepare(entry.second);
    prepare(processor_.listing);
    for (const Action& action : processor_.actions) {
      if (action.listing) prepare(*action.listing);
      prepare(action.answer);
      for (const HeaderRule& rule : action.headers) prepare(rule.refusal);
      for (const auto& entry : action.refusals) prepare(entry.second);
    }
    for (const HeaderRule& rule : processor_.headers) prepare(rule.refusal);
    prepare(processor_.removed);
  }

  /// The sandbox's own address.
  void base(std::string url) { base_ = std::move(url); }

  Reply render(const Answer& answer, Scope scope, Processor::Absent absent) {
    const std::string request_id = randomness_.fill(processor_.request_id);
    scope.request_id = request_id;
    scope.base = base_;
    Reply reply{answer.status, {}, {}, {}};
    if (!answer.body.empty()) {
      reply.content_type =
          answer.content_type.empty() ? processor_.content_type : answer.content_type;
      if (processor_.byte_order_mark) reply.body = "\xEF\xBB\xBF";
      const auto form = forms_.find(&answer);
      reply.body += form != forms_.end()         ? renderer_.json(form->second, scope, absent)
                    : is_xml(reply.content_type) ? renderer_.xml(answer.body, scope, absent)
                                                 : renderer_.text(answer.body, scope);
    }
    for (const auto* headers : {&processor_.answer_headers, &answer.headers})
      for (const Header& header : *headers)
        reply.headers.emplace_back(header.name, renderer_.text(header.value, scope));
    return reply;
  }

  /// `Listing::item`, read.
  const boost::json::value& item(const Listing& listing) const { return items_.at(&listing); }

  Reply refusal(Case cause, Scope scope, const Field* field = nullptr,
                const Action* action = nullptr) {
    const Answer& answer = find(cause, action);
    scope.code = answer.code;
    scope.reason = answer.reason;
    scope.message = answer.message;
    if (field != nullptr)
      for (const Complaint& complaint : field->complaints)
        if (complaint.cause == cause) {
          scope.code = complaint.code;
          if (!complaint.reason.empty()) scope.reason = complaint.reason;
          if (!complaint.message.empty()) scope.message = complaint.message;
        }
    return render(answer, scope, Processor::Absent::omitted);
  }

  std::optional<Reply> check_headers(const std::vector<HeaderRule>& rules,
                                     const ReceivedRequest& request) {
    for (const HeaderRule& rule : rules) {
      const auto value = request.header(rule.name);
      const bool wrong =
          value && ((!rule.one_of.empty() && std::find(rule.one_of.begin(), rule.one_of.end(),
                                                       *value) == rule.one_of.end()) ||
                    (rule.check && !rule.check(*value)));
      if (!wrong && (value || !rule.required)) continue;
      Scope scope = about(rule.name);
      scope.code = rule.refusal.code;
      scope.message = rule.refusal.message;
      return render(rule.refusal, scope, Processor::Absent::omitted);
    }
    return std::nullopt;
  }

 private:
  void prepare(const Answer& answer) {
    if (!answer.body.empty() && is_json(answer))
      forms_.emplace(&answer, Renderer::parse(answer.body));
  }
  void prepare(const Listing& listing) { items_.emplace(&listing, Renderer::parse(listing.item)); }
  static bool is_xml(const std::string& type) { return type.find("xml") != std::string::npos; }
  bool is_json(const Answer& answer) const {
    const std::string& type =
        answer.content_type.empty() ? processor_.content_type : answer.content_type;
    return type.find("json") != std::string::npos || type.starts_with("application/vnd.");
  }

  const Answer& find(Case cause, const Action* action) const {
    for (std::optional<Case> given = cause; given; given = more_general(*given)) {
      if (action != nullptr)
        if (const auto at = action->refusals.find(*given); at != action->refusals.end())
          return at->second;
      if (const auto at = processor_.refusals.find(*given); at != processor_.refusals.end())
        return at->second;
    }
    throw std::logic_error("florin::testing: no answer for a refusal");
  }

  static std::optional<Case> more_general(Case cause) {
    switch (cause) {
      case Case::body_too_large:
      case Case::unsupported_media_type:
        return Case::malformed_body;
      case Case::no_credentials:
      case Case::expired_token:
      case Case::forbidden:
        return Case::unauthorized;
      case Case::wrong_method:
        return Case::no_route;
      case Case::no_route:
      case Case::removed:
      case Case::invalid_id:
        return Case::not_found;
      case Case::idempotency_repeated:
      case Case::idempotency_in_use:
        return Case::idempotency_mismatch;
      case Case::invalid_value:
      case Case::unauthorized:
      case Case::not_found:
      case Case::rate_limited:
      case Case::server_error:
        return std::nullopt;
      default:
        return Case::invalid_value;
    }
  }

  const Processor& processor_;
  Randomness& randomness_;
  Renderer renderer_;
  std::string base_;
  std::unordered_map<const Answer*, boost::json::value> forms_;
  std::unordered_map<const Listing*, boost::json::value> items_;
};

}  // namespace florin::testing::detail

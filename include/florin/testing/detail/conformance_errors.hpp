// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/accepts.hpp>
#include <florin/testing/detail/conformance_bench.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

/// The checks of conformance that are about the parts of an error: whether what the processor sends
/// as a code arrives as the code, and so on.
namespace florin::testing::detail {

/// The texts that stand for what a processor says, each of them like nothing else in an answer.
struct Marks {
  static constexpr std::string_view code = "florin_code";
  static constexpr std::string_view message = " (florin message)";  ///< how every message ends
  static constexpr std::string_view param = "florin_param";
  static constexpr std::string_view request_id = "florin-request-id";
};

/// The description with `Marks` in its refusals.
inline Processor marked(Processor processor) {
  processor.request_id = Marks::request_id;
  for (auto& entry : processor.refusals) {
    Answer& answer = entry.second;
    if (!answer.code.empty()) answer.code = Marks::code;
    if (!answer.message.empty()) answer.message += Marks::message;
  }
  return processor;
}

/// One part of errors, over all refusals of a description.
class ErrorPart {
 public:
  /// \param name as in `Error`;
  /// \param declaration what to correct;
  /// \param declared whether the policy says where it stands.
  ErrorPart(std::string_view name, std::string_view declaration, bool declared)
      : name_(name), declaration_(declaration), declared_(declared) {}

  /// Takes note of one refusal: whether it has the part, what came of it, and whether that is it.
  void see(bool sent, std::string_view came, bool right) {
    if (sent) ++sent_;
    if (sent && right) ++right_;
    if (sent && came.empty()) ++lost_;
    if (!came.empty()) ++found_;
    // What is marked as something else is certainly not this.
    if (!right && is_marked(came)) ++wrong_;
  }
  /// \param described whether the description has the part at all, sent by a placeholder or not.
  void judge(Findings& found, bool described = true) const {
    if (wrong_ != 0) {
      found.fault(name_, " is something else of the answer in ", std::to_string(wrong_),
                  " refusals: correct ", declaration_);
    } else if (lost_ != 0) {
      found.fault(name_, " is sent and does not arrive in ", std::to_string(lost_), " of ",
                  std::to_string(sent_), " refusals: ", declared_ ? "correct " : "add ",
                  declaration_);
    } else if (sent_ != 0 && right_ == 0) {
      found.fault(name_, " is never what is sent: correct ", declaration_);
    } else if (declared_ && described && found_ == 0) {
      found.fault(name_, " is in no refusal where the policy says: correct ", declaration_);
    }
  }

 private:
  static bool is_marked(std::string_view text) {
    return text == Marks::code || text == Marks::param || text == Marks::request_id ||
           text.ends_with(Marks::message);
  }

  std::string_view name_;
  std::string_view declaration_;
  bool declared_;
  std::size_t sent_ = 0;
  std::size_t right_ = 0;
  std::size_t lost_ = 0;
  std::size_t found_ = 0;
  std::size_t wrong_ = 0;
};

/// Compares the parts of every error with what was sent.
inline Findings check_error_parts(ConformanceBench& bench) {
  Findings found;
  const Subject& subject = bench.subject();
  const Processor processor = marked(bench.processor());
  Engine engine{processor};
  ErrorPart code{"connector_code", "failure.code", subject.reads_code};
  ErrorPart type{"connector_type", "failure.type", subject.reads_type};
  ErrorPart message{"connector_message", "failure.message", subject.reads_message};
  ErrorPart param{"param", "failure.param", subject.reads_param};
  ErrorPart request_id{"request_id", "response_headers.request_id or failure.request_id",
                       subject.reads_request_id};
  const CreateRequest request = bench.request({});
  for (const auto& entry : processor.refusals) {
    const Reply reply = engine.refuse(entry.first, Marks::param);
    const auto answer = subject.decode(request, reply);
    if (answer) continue;  // what `check_refusals` tells
    const Error& error = answer.error();
    const auto sends = [&reply](std::string_view before, std::string_view mark) {
      return reply.body.find(std::string{before}.append(mark).append("\"")) != std::string::npos;
    };
    const bool in_header =
        std::any_of(reply.headers.begin(), reply.headers.end(),
                    [](const auto& header) { return header.second == Marks::request_id; });
    code.see(sends("\"", Marks::code), error.connector_code, error.connector_code == Marks::code);
    // Some processors have one word for both.
    type.see(false, error.connector_type, error.connector_type == Marks::code);
    message.see(sends("", Marks::message), error.connector_message,
                std::string_view{error.connector_message}.ends_with(Marks::message));
    param.see(sends("\"", Marks::param) || sends("\"/", Marks::param), error.param,
              error.param == Marks::param);
    request_id.see(in_header || sends("\"", Marks::request_id), error.request_id,
                   error.request_id == Marks::request_id);
  }
  const bool names_codes =
      std::any_of(processor.refusals.begin(), processor.refusals.end(),
                  [](const auto& entry) { return !entry.second.code.empty(); });
  for (const ErrorPart* part : {&type, &message, &param, &request_id}) part->judge(found);
  code.judge(found, names_codes);
  found.seen =
      "code, type, message, parameter and request id are those that were sent, where the "
      "description has them";
  return found;
}

/// Whether the policy asks for the media type in which the processor answers.
inline Findings check_accept(ConformanceBench& bench) {
  Findings found;
  const Answer& answer = bench.action()->answer;
  std::string_view type =
      answer.content_type.empty() ? bench.processor().content_type : answer.content_type;
  type = wire::trim(type.substr(0, type.find(';')));
  if (const auto error = bench.refusal(bench.request({}))) {
    found.fault("a minimal request is refused: ", describe(*error));
    return found;
  }
  constexpr std::string_view name = "\r\nAccept: ";
  std::string_view head = bench.encoded().head();
  const std::size_t at = head.find(name);
  head.remove_prefix(at == std::string_view::npos ? head.size() : at + name.size());
  const std::string_view asked = head.substr(0, head.find("\r\n"));
  // A processor that looks at what is asked for, for its version, judges by itself.
  const auto& rules = bench.processor().headers;
  const bool judged = std::any_of(rules.begin(), rules.end(), [](const HeaderRule& rule) {
    return boost::beast::iequals(rule.name, "Accept");
  });
  if (!judged && !answer.body.empty() && !accepts({std::string{type}})(asked))
    found.fault("the processor answers with ", type, ", the policy asks for ", asked,
                ": correct Create::accept");
  found.seen = "the policy asks for " + std::string{asked};
  return found;
}

}  // namespace florin::testing::detail

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/conformance_report.hpp>
#include <florin/testing/detail/conformance_answers.hpp>
#include <florin/testing/detail/conformance_bench.hpp>
#include <florin/testing/detail/conformance_changes.hpp>
#include <florin/testing/detail/conformance_errors.hpp>
#include <florin/testing/detail/conformance_fields.hpp>
#include <florin/testing/detail/conformance_limits.hpp>
#include <florin/testing/detail/conformance_records.hpp>
#include <florin/testing/detail/conformance_repetitions.hpp>

#include <functional>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace florin::testing::detail {

/// All checks of conformance, in the order in which a person would look for a fault.
class ConformanceRun {
 public:
  ConformanceRun(const Subject& subject, const Processor& processor,
                 const ConformanceSettings& settings, Sandbox& sandbox)
      : bench_(subject, processor, settings, sandbox) {
    report_.connector = subject.connector;
  }

  ConformanceReport run() {
    check("facts", {}, check_facts);
    check("required_fields", {}, check_required_fields);
    check("absent_fields", {}, check_absent_fields);
    check("not_carried_fields", {}, check_not_carried);
    check("malformed_text", {}, check_malformed_text);
    check("credentials", {}, check_credentials);
    check("refusals", {}, check_refusals);
    check("error_parts", {}, check_error_parts);
    check("served", {}, check_served);
    check("accept", {"served"}, check_accept);
    check("minimal_request", {"served"}, check_minimal_request);
    check("carried_fields", {"minimal_request"}, check_carried_fields);
    check("structured_names", {"minimal_request"}, check_structured_names);
    check("full_request", {"minimal_request"}, check_full_request);
    check("merchant_customer_id", {"minimal_request"}, check_reference);
    check("retrieve", {"minimal_request"}, check_retrieve);
    check("retrieve_unknown", {"minimal_request"}, check_retrieve_unknown);
    check("update", {"minimal_request", "retrieve"}, check_update);
    check("delete", {"minimal_request"}, check_delete);
    check("find", {"minimal_request"}, check_find);
    check("hostile_text", {"minimal_request"}, check_hostile_text);
    check("length_limits", {"minimal_request"}, check_length_limits);
    check("wrong_credentials", {"served"}, check_wrong_credentials);
    check("invalid_data", {"served"}, check_invalid_data);
    check("rate_limited", {"served"}, check_rate_limited);
    check("unreadable_reply", {"served"}, check_unreadable_reply);
    check("damaged_reply", {"minimal_request"}, check_damaged_reply);
    check("repeated_request", {"minimal_request"}, check_repeated_request);
    check("changed_request", {"minimal_request", "repeated_request"}, check_changed_request);
    check("lost_answers", {"minimal_request", "repeated_request"}, check_lost_answers);
    check("duplicate_customer", {"minimal_request"}, check_duplicate_customer);
    check("repetition", {"minimal_request", "repeated_request"}, check_repetition);
    check("ensure", {"minimal_request", "repeated_request"}, check_ensure);
    check("secrets", {}, check_secrets);
    return std::move(report_);
  }

 private:
  void check(std::string_view name, std::initializer_list<std::string_view> needs,
             Findings (*look)(ConformanceBench&)) {
    ConformanceCheck done{.name = std::string{name}};
    for (std::string_view need : needs) {
      const auto cause = broken_.find(need);
      if (cause == broken_.end()) continue;
      done.verdict = Verdict::skipped;
      done.detail = "it is built on " + cause->second + ", which failed";
      broken_.emplace(name, cause->second);
      break;
    }
    if (done.verdict != Verdict::skipped) {
      judge(look(bench_), done);
      if (done.verdict == Verdict::failed) broken_.emplace(name, name);
    }
    report_.checks.push_back(std::move(done));
  }
  static void judge(Findings found, ConformanceCheck& done) {
    if (!found.faults.empty()) {
      done.verdict = Verdict::failed;
      for (const std::string& fault : found.faults)
        done.detail.append(done.detail.empty() ? "" : "; ").append(fault);
    } else if (!found.skipped.empty()) {
      done.verdict = Verdict::skipped;
      done.detail = std::move(found.skipped);
    } else {
      done.detail = std::move(found.seen);
    }
  }

  ConformanceBench bench_;
  ConformanceReport report_;
  /// Checks that others cannot be built on, and the failed check at the root of that.
  std::map<std::string, std::string, std::less<>> broken_;
};

}  // namespace florin::testing::detail

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/conformance_bench.hpp>

#include <array>
#include <string>
#include <string_view>
#include <utility>

/// The checks of conformance that are about one customer asked for twice: by a caller, or by the
/// library after an answer was lost.
namespace florin::testing::detail {

inline Findings check_repeated_request(ConformanceBench& bench) {
  Findings found;
  const Idempotency& rules = bench.processor().idempotency;
  const bool described = rules.carrier != Idempotency::Carrier::none;
  if (!bench.subject().has_idempotency) {
    if (described) {
      found.fault("the processor recognises repeated requests by ", rules.name,
                  ", the policy says NoIdempotency");
    } else {
      found.skipped = "the processor does not recognise repeated requests";
    }
    return found;
  }
  if (!bench.subject().takes_key) {
    if (bench.processor().uniques.empty()) {
      found.fault("the policy relies on ", bench.subject().mechanism,
                  ", the processor does not hold it unique");
    } else {
      found.skipped = "a unique reference does the work: see duplicate_customer";
    }
    return found;
  }
  if (!described) {
    found.fault("the policy sends ", bench.subject().mechanism,
                ", the processor does not recognise repeated requests");
    return found;
  }
  bench.sandbox().clear();
  const CreateRequest request = bench.request({});
  const auto first = bench.create(request);
  const auto second = bench.create(request);
  if (!first) {
    found.fault("the first request is refused: ", describe(first.error()));
    return found;
  }
  if (bench.sandbox().count() != 1)
    found.fault("two customers are made: the key does not travel as ", rules.name);
  if (rules.repeat == Idempotency::Repeat::refuse) {
    if (second || second.error().outcome == Outcome::no_effect)
      found.fault("the refusal of the second request does not tell that the customer may exist");
    found.seen = "the same key again is refused, and one customer exists";
    return found;
  }
  if (!second) {
    found.fault("the second request is refused: ", describe(second.error()));
  } else {
    if (second->connector_customer_id != first->connector_customer_id)
      found.fault("the second answer has another id");
    if (!bench.subject().replay_header.empty() && second->origin != Origin::replayed)
      found.fault("the second answer's origin is ", to_string(second->origin),
                  " instead of replayed");
    if (bench.subject().replay_header.empty() && !rules.replay_headers.empty())
      found.fault("the processor marks replayed answers with ", rules.replay_headers.front().name,
                  ": add ReplayedBy to Idempotency");
  }
  found.seen = "the same key again gives the same customer";
  return found;
}

/// What the processor makes of the same request, asked for as by a caller who knows of no first
/// one.
inline Findings check_repetition(ConformanceBench& bench) {
  Findings found;
  bench.sandbox().clear();
  const CreateRequest request = bench.request(bench.tried());
  const auto first = bench.create(request);
  const auto second = bench.create(request);
  if (!first) {
    found.fault("the first request is refused: ", describe(first.error()));
    return found;
  }
  Repetition seen = Repetition::refused;
  if (second && second->connector_customer_id != first->connector_customer_id) {
    seen = Repetition::second_customer;
  } else if (second) {
    seen = second->origin == Origin::replayed ? Repetition::replayed : Repetition::same_answer;
  } else if (second.error().existing_customer_id == first->connector_customer_id) {
    seen = Repetition::names_customer;
  }
  // That the existing customer is the answer, or that the second one is refused, is more than a
  // policy of such a processor promises.
  const bool is_more = bench.subject().repetition == Repetition::second_customer &&
                       ((bench.subject().other_exists && seen == Repetition::same_answer) ||
                        (bench.subject().perhaps_refused && seen == Repetition::refused));
  if (seen != bench.subject().repetition && !is_more)
    found.fault("the same request again comes to ", to_string(seen), ", the policy says ",
                to_string(bench.subject().repetition), ": correct Idempotency, rules or failure");
  found.seen = std::string{"the same request again comes to "}.append(to_string(seen));
  return found;
}

inline Findings check_changed_request(ConformanceBench& bench) {
  Findings found;
  if (!bench.subject().takes_key ||
      bench.processor().idempotency.mismatch != Idempotency::Mismatch::refuse) {
    found.skipped = "the processor does not refuse a key that comes with other data";
    return found;
  }
  bench.sandbox().clear();
  const ConformanceCall call{.key = "florinConformance"};
  const auto first = bench.create(bench.request({}), call);
  const auto second = bench.create(bench.request({}), call);
  if (!first) {
    found.fault("the first request is refused: ", describe(first.error()));
  } else if (second ||
             (second.error().code != Errc::idempotency_conflict &&
              !(bench.subject().names_first && second.error().code == Errc::customer_exists))) {
    found.fault("the key with other data ",
                second ? "is taken for a success" : "gives " + describe(second.error()));
  }
  if (bench.sandbox().count() != 1)
    found.fault(std::to_string(bench.sandbox().count()), " customers are stored");
  found.seen = "the same key with other data is refused";
  return found;
}

/// Where a duplicate is answered with the existing customer: the same one is a success, another one
/// is told to exist.
inline Findings check_known_customer(ConformanceBench& bench) {
  Findings found;
  bench.sandbox().clear();
  CreateRequest request = bench.request(bench.tried());
  const auto first = bench.create(request);
  if (!first) {
    found.fault("the first request is refused: ", describe(first.error()));
    return found;
  }
  if (const auto same = bench.create(request); !same)
    found.fault("the same customer again gives ", describe(same.error()));
  else if (same->connector_customer_id != first->connector_customer_id)
    found.fault("the same customer again has another id");
  request.merchant_customer_id += "-other";
  const auto other = bench.create(request);
  if (other || other.error().code != Errc::customer_exists ||
      other.error().existing_customer_id != first->connector_customer_id)
    found.fault("another customer like that gives ", other ? "a success" : describe(other.error()),
                "; expected customer_exists with the existing customer's id: add other_exists and "
                "an echo of the reference to reply");
  found.seen = "the same customer is a success, another one gives customer_exists with the id";
  return found;
}

inline Findings check_duplicate_customer(ConformanceBench& bench) {
  Findings found;
  if (bench.processor().uniques.empty()) {
    found.skipped = "the processor does not recognise duplicates";
    return found;
  }
  if (bench.subject().other_exists && !bench.action()->reuses.first.empty())
    return check_known_customer(bench);
  bench.sandbox().clear();
  const CreateRequest request = bench.request(bench.tried());
  const bool keyed = bench.subject().has_idempotency;
  const auto first = bench.create(request);
  const ConformanceCall again{.key = keyed ? "florinDuplicate" : ""};
  const auto second = bench.create(request, again);
  if (!first) {
    found.fault("the first request is refused: ", describe(first.error()));
    return found;
  }
  if (second) {
    found.fault("the duplicate is taken for a success");
    return found;
  }
  const Error& error = second.error();
  if (error.code != Errc::customer_exists || error.outcome != Outcome::in_effect)
    found.fault("it gives ", describe(error), "; expected customer_exists: add a Rule");
  const auto at = bench.processor().refusals.find(Case::duplicate_customer);
  const bool told = at != bench.processor().refusals.end() &&
                    at->second.body.find("{{existing_id}}") != std::string::npos;
  if (told && !bench.subject().reads_existing_id)
    found.fault("the processor names the existing customer: add existing_id to failure");
  if (bench.subject().reads_existing_id) {
    if (error.existing_customer_id != first->connector_customer_id)
      found.fault("existing_customer_id is not the existing customer's id");
    const auto used =
        bench.create(request, {.key = again.key, .on_exists = OnExists::use_existing});
    if (!used || used->connector_customer_id != first->connector_customer_id ||
        used->origin != Origin::already_existed)
      found.fault("OnExists::use_existing does not give the existing customer");
  }
  found.seen = "it gives customer_exists";
  if (bench.subject().reads_existing_id) found.seen += " with the existing customer's id";
  return found;
}

/// Whether a refused repetition tells that the customer is there: all that a unique reference can
/// settle, since a reference does not show whose request made the customer.
inline bool points_to(const Error& error, const StoredCustomer& customer, const Subject& subject) {
  return !subject.takes_key && error.code == Errc::customer_exists &&
         error.outcome == Outcome::in_effect &&
         (!subject.reads_existing_id || error.existing_customer_id == customer.id);
}

inline Findings check_lost_answers(ConformanceBench& bench) {
  Findings found;
  using Kind = Fault::Kind;
  constexpr std::array<std::pair<Kind, std::string_view>, 4> kinds{
      {{Kind::server_error, "a server error"},
       {Kind::reset_before_read, "a reset before the request is read"},
       {Kind::reset_after, "a reset before the answer"},
       {Kind::truncate, "a truncated answer"}}};
  const bool keyed = bench.subject().has_idempotency;
  const bool refuses = bench.processor().idempotency.repeat == Idempotency::Repeat::refuse;
  for (const auto& [kind, what] : kinds) {
    for (const bool store : {false, true}) {
      bench.sandbox().clear();
      bench.sandbox().fault(
          {.kind = kind, .store = store, .bytes = kind == Kind::truncate ? 40U : 0U});
      const auto answer = bench.create(bench.request({}));
      const auto customers = bench.sandbox().customers();
      const std::string when =
          std::string{what}.append(store ? " after the customer was stored" : "");
      if (customers.size() > 1) {
        found.fault(when, " makes ", std::to_string(customers.size()), " customers");
      } else if (answer) {
        if (customers.size() != 1 || customers.front().id != answer->connector_customer_id)
          found.fault(when, " ends in a success without the customer");
      } else if (keyed && !refuses &&
                 (customers.empty() ||
                  !points_to(answer.error(), customers.front(), bench.subject()))) {
        found.fault(when, " is not settled by repeating: ", describe(answer.error()));
      } else if (!customers.empty() && answer.error().outcome == Outcome::no_effect) {
        found.fault(when, " gives the outcome no_effect although the customer exists");
      } else if (customers.empty() && answer.error().outcome == Outcome::in_effect) {
        found.fault(when, " gives the outcome in_effect although there is no customer");
      }
    }
  }
  found.seen = keyed ? "repeating leaves exactly one customer, and tells so"
                     : "nothing is repeated, and the outcome is not claimed to be known";
  return found;
}

}  // namespace florin::testing::detail

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/conformance_bench.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// The checks of conformance that are about answers: credentials, refusals, damaged answers.
namespace florin::testing::detail {

/// Credentials that no processor knows; base64, too, as some secrets have to be.
inline ConformanceCall wrong_credentials(const ConformanceBench& bench) {
  ConformanceCall call;
  for (std::size_t i = 0; i < bench.subject().required_credentials; ++i)
    call.credentials.push_back("florinWr0ngSecret00" + std::to_string(i));
  return call;
}

inline Findings check_credentials(ConformanceBench& bench) {
  Findings found;
  const std::size_t count = bench.subject().required_credentials;
  for (std::size_t i = 0; i < count; ++i) {
    for (std::string_view bad : {"", "key\r\nX-Injected: 1", "key\n", "k\xC3\xA9y"}) {
      ConformanceCall call = wrong_credentials(bench);
      call.credentials[i] = bad;
      const auto error = bench.refusal(bench.request({}), call);
      if (!error || error->code != Errc::invalid_credentials)
        found.fault("credential ", std::to_string(i + 1),
                    bad.empty() ? " may be empty" : " may hold what no header can");
    }
  }
  if (count == 0) found.skipped = "the policy requires no credential";
  found.seen = "missing and unusable ones are refused before anything is sent";
  return found;
}

inline Findings check_wrong_credentials(ConformanceBench& bench) {
  Findings found;
  if (bench.subject().required_credentials == 0) {
    found.skipped = "the policy requires no credential";
    return found;
  }
  bench.sandbox().clear();
  const auto answer = bench.create(bench.request({}), wrong_credentials(bench));
  if (answer) {
    found.fault("they create a customer");
  } else {
    const Error& error = answer.error();
    if (error.code != Errc::unauthorized && error.code != Errc::forbidden)
      found.fault("they give ", describe(error));
    if (error.outcome != Outcome::no_effect)
      found.fault("they give the outcome ", to_string(error.outcome));
  }
  if (bench.sandbox().count() != 0) found.fault("a customer is stored");
  found.seen = "they give unauthorized or forbidden, and nothing is stored";
  return found;
}

/// Last, since it looks at every error that came up.
inline Findings check_secrets(ConformanceBench& bench) {
  Findings found;
  const ConformanceCall call = wrong_credentials(bench);
  std::vector<std::string> secrets = call.credentials;
  for (const Credential& credential : bench.processor().credentials)
    secrets.push_back(credential.text);
  const auto holds = [&](std::string_view text) {
    return std::any_of(secrets.begin(), secrets.end(), [text](const std::string& secret) {
      return text.find(secret) != std::string_view::npos;
    });
  };
  if (bench.refusal(bench.request(bench.subject().carried), call)) {
    found.fault("a request with all fields is refused");
    return found;
  }
  const std::string_view head = bench.encoded().head();
  if (holds(head.substr(0, head.find("\r\n")))) found.fault("a credential stands in the URL");
  if (!bench.subject().secrets_in_body && holds(bench.encoded().body()))
    found.fault("a credential stands in the body, where the policy declares none");
  if (std::any_of(bench.said().begin(), bench.said().end(), holds))
    found.fault("a credential stands in what an error says");
  found.seen = "none in the texts of " + std::to_string(bench.said().size()) +
               " errors, in the URL" + (bench.subject().secrets_in_body ? "" : " or in the body");
  return found;
}

/// How an answer of the description is to be understood.
inline std::vector<Errc> meanings(Case cause) {
  switch (cause) {
    case Case::invalid_value:
    case Case::missing_field:
    case Case::empty_value:
    case Case::too_long:
    case Case::too_many_entries:
    case Case::invalid_key:
    case Case::unknown_parameter:
    case Case::repeated_parameter:
    case Case::wrong_order:
      return {Errc::invalid_data};
    case Case::unauthorized:
    case Case::no_credentials:
    case Case::expired_token:
    case Case::forbidden:
      return {Errc::unauthorized, Errc::forbidden};
    case Case::not_found:
    case Case::removed:
    case Case::no_route:
      return {Errc::not_found};
    case Case::invalid_id:
      return {Errc::not_found, Errc::invalid_data};
    case Case::invalid_state:
      return {Errc::rejected, Errc::forbidden, Errc::invalid_data};
    case Case::duplicate_customer:
      return {Errc::customer_exists};
    case Case::idempotency_mismatch:
    case Case::idempotency_in_use:
      return {Errc::idempotency_conflict};
    case Case::idempotency_repeated:
      return {Errc::idempotency_conflict, Errc::customer_exists};
    case Case::idempotency_invalid:
      return {Errc::idempotency_conflict, Errc::invalid_data};
    case Case::rate_limited:
      return {Errc::rate_limited};
    case Case::server_error:
      return {Errc::connector_unavailable};
    case Case::malformed_body:
    case Case::unsupported_media_type:
    case Case::body_too_large:
    case Case::wrong_method:
      break;
  }
  return {Errc::invalid_data, Errc::rejected, Errc::not_found};
}

inline Findings check_refusals(ConformanceBench& bench) {
  Findings found;
  const CreateRequest request = bench.request({});
  const auto& refusals = bench.processor().refusals;
  for (const auto& [cause, described] : refusals) {
    const auto& uniques = bench.processor().uniques;
    const Reply reply = cause == Case::duplicate_customer && !uniques.empty()
                            ? bench.engine().refuse(cause, uniques.front().fields.front())
                            : bench.engine().refuse(cause);
    const auto answer = bench.subject().decode(request, reply);
    const std::string what = "HTTP " + std::to_string(reply.status) +
                             (described.code.empty() ? "" : ", code " + described.code) +
                             (described.message.empty() ? "" : " (" + described.message + ")");
    auto allowed = meanings(cause);
    // What the processor itself does not tell apart cannot have one meaning.
    for (const auto& [other, alike] : refusals) {
      if (alike.status != described.status || alike.code != described.code ||
          alike.body != described.body)
        continue;
      const auto also = meanings(other);
      allowed.insert(allowed.end(), also.begin(), also.end());
    }
    if (cause == Case::idempotency_mismatch && bench.subject().names_first)
      allowed.push_back(Errc::customer_exists);
    if (answer) {
      found.fault(what, " is taken for a success");
      continue;
    }
    if (std::find(allowed.begin(), allowed.end(), answer.error().code) == allowed.end())
      found.fault(what, " means ", to_string(answer.error().code), ", expected ",
                  to_string(allowed.front()));
  }
  found.seen = std::to_string(bench.processor().refusals.size()) +
               " refusals of the description mean what they say";
  return found;
}

/// The network's way of what `check_refusals` reads from memory.
inline Findings check_invalid_data(ConformanceBench& bench) {
  Findings found;
  const Reply refusal = bench.engine().refuse(Case::invalid_value);
  bench.sandbox().clear();
  bench.sandbox().fault({.kind = Fault::Kind::garbage,
                         .status = refusal.status,
                         .headers = refusal.headers,
                         .body = refusal.body});
  const auto answer = bench.create(bench.request({}));
  if (answer) {
    found.fault("a refused request is taken for a success");
    return found;
  }
  const Error& error = answer.error();
  if (error.code != Errc::invalid_data || error.status_code != 422)
    found.fault("it gives ", describe(error));
  if (error.outcome != Outcome::no_effect)
    found.fault("it gives the outcome ", to_string(error.outcome));
  if (error.attempts != 1) found.fault("it is repeated");
  found.seen = "it gives invalid_data and is not repeated";
  return found;
}

inline Findings check_rate_limited(ConformanceBench& bench) {
  Findings found;
  bench.sandbox().clear();
  bench.sandbox().fault({.kind = Fault::Kind::rate_limited, .retry_after = "7"});
  const auto answer = bench.create(bench.request({}), {.retries = 0});
  if (answer) {
    found.fault("a refused request is taken for a success");
    return found;
  }
  const Error& error = answer.error();
  if (error.code != Errc::rate_limited || error.status_code != 429)
    found.fault("it gives ", describe(error));
  if (error.outcome != Outcome::no_effect)
    found.fault("it gives the outcome ", to_string(error.outcome));
  if (error.retry_after != std::chrono::seconds{7}) found.fault("Retry-After is not read");
  if (!error.transient) found.fault("it is not said to be transient");
  found.seen = "it gives rate_limited with the wait that the processor asked for";
  return found;
}

inline Findings check_unreadable_reply(ConformanceBench& bench) {
  Findings found;
  for (const auto kind : {Fault::Kind::garbage, Fault::Kind::not_http}) {
    const std::string what = kind == Fault::Kind::garbage ? "a wrong body" : "bytes without HTTP";
    bench.sandbox().clear();
    bench.sandbox().fault({.kind = kind, .store = true});
    const auto answer = bench.create(bench.request({}), {.retries = 0});
    if (answer) {
      found.fault(what, " is taken for a success");
    } else if (answer.error().code != Errc::unreadable_reply ||
               answer.error().outcome != Outcome::unknown) {
      found.fault(what, " gives ", describe(answer.error()));
    }
  }
  found.seen = "garbage gives unreadable_reply with the outcome unknown";
  return found;
}

inline Findings check_damaged_reply(ConformanceBench& bench) {
  Findings found;
  bench.sandbox().clear();
  const CreateRequest request = bench.request(bench.tried());
  (void)bench.create(request);
  const auto received = bench.sandbox().requests();
  if (received.empty()) {
    found.fault("no request arrives");
    return found;
  }
  constexpr std::string_view bearer = "Bearer ";
  if (const auto shown = received.back().header("Authorization").value_or(std::string_view{});
      shown.starts_with(bearer))
    bench.engine().accept_token(std::string{shown.substr(bearer.size())});
  const Reply whole = bench.engine().serve(received.back()).reply;
  const auto right = bench.subject().decode(request, whole);
  if (!right) {
    found.fault("the whole answer cannot be read: ", describe(right.error()));
    return found;
  }
  const std::string id = right->connector_customer_id.str();
  std::size_t wrong = 0;
  std::size_t tried = 0;
  const auto attempt = [&](const Reply& reply) {
    ++tried;
    const auto answer = bench.subject().decode(request, reply);
    // A changed byte within the reference makes it that of another customer.
    const bool named = bench.subject().other_exists && !answer &&
                       answer.error().code == Errc::customer_exists &&
                       answer.error().existing_customer_id == id;
    if (answer ? answer->connector_customer_id != id
               : !named && answer.error().outcome != Outcome::unknown)
      ++wrong;
  };
  for (std::size_t size = 0; size < whole.body.size(); ++size) {
    Reply cut = whole;
    cut.body.resize(size);
    attempt(cut);
  }
  if (wrong != 0)
    found.fault(std::to_string(wrong), " truncated answers give a wrong id or a wrong outcome");
  wrong = 0;
  // A changed byte within the id itself is a different, equally good id.
  std::vector<bool> within(whole.body.size());
  for (std::size_t at = whole.body.find(id); at != std::string::npos;
       at = whole.body.find(id, at + 1))
    std::fill_n(within.begin() + static_cast<std::ptrdiff_t>(at), id.size(), true);
  for (std::size_t at = 0; at < whole.body.size(); ++at) {
    for (const char flip : {'\x01', '\x20', '\x7F', '\x80'}) {
      Reply damaged = whole;
      damaged.body[at] = static_cast<char>(damaged.body[at] ^ flip);
      if (within[at]) {
        (void)bench.subject().decode(request, damaged);
      } else {
        attempt(damaged);
      }
    }
  }
  if (wrong != 0)
    found.fault(std::to_string(wrong), " damaged answers give a wrong id or a wrong outcome");
  found.seen = std::to_string(tried) + " truncated and damaged answers give the right id or none";
  return found;
}

}  // namespace florin::testing::detail

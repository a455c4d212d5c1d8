// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/conformance_bench.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

/// The checks of conformance that are about requests: which fields go where, and within which
/// limits.
namespace florin::testing::detail {

inline Findings check_facts(ConformanceBench& bench) {
  Findings found;
  const Subject& subject = bench.subject();
  const auto only = [](std::string_view text, std::string_view others) {
    return !text.empty() && std::all_of(text.begin(), text.end(), [others](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
             others.find(c) != std::string_view::npos;
    });
  };
  if (!only(subject.connector, "_"))
    found.fault("name is not lower case letters, digits and underscores");
  for (std::string_view host : {subject.hosts.live, subject.hosts.sandbox})
    if (!only(host, ".-") || host.front() == '.' || host.find('.') == std::string_view::npos)
      found.fault("hosts has something else than a host name without scheme, port and path: ",
                  host);
  if (subject.path.find_first_of(" #\r\n\t") != std::string_view::npos)
    found.fault("path has a blank, a control character or a fragment");
  found.seen = "name, hosts and path are well formed";
  return found;
}

inline Findings check_served(ConformanceBench& bench) {
  Findings found;
  if (bench.action() == nullptr)
    found.fault("the description has no action that creates at ", bench.subject().path);
  found.seen = "the description creates at " + std::string{bench.subject().path};
  return found;
}

inline Findings check_required_fields(ConformanceBench& bench) {
  Findings found;
  for (florin::Field field : bench.subject().required) {
    CreateRequest request = bench.request({});
    if (std::string* text = text_of(request, field)) text->clear();
    const auto error = bench.refusal(request);
    if (!blames(error, Errc::missing_field, field))
      found.fault(to_string(field), " is left out and not refused as missing_field");
  }
  if (bench.subject().needs_payment_token) {
    const auto error = bench.refusal(bench.request({}), {.without_payment_token = true});
    if (!error || error->code != Errc::invalid_options || error->param != "payment_token")
      found.fault("payment_token is left out and not refused as invalid_options");
  }
  found.seen = "refused without any of " + list(bench.subject().required);
  return found;
}

inline Findings check_absent_fields(ConformanceBench& bench) {
  Findings found;
  const auto inspect = [&](const CreateRequest& request, std::string_view what) {
    if (const auto error = bench.refusal(request)) {
      found.fault(what, " cannot be encoded: ", describe(*error));
      return;
    }
    const auto parameters = bench.parameters(bench.encoded().body());
    if (!parameters) {
      found.fault(what, " has a body that cannot be decoded");
      return;
    }
    for (const Parameter& parameter : *parameters)
      if (parameter.value.empty() ||
          (!parameter.is_string &&
           (parameter.value == "null" || parameter.value == "{}" || parameter.value == "[]")))
        found.fault(what, " sends ", parameter.name, " empty");
  };
  inspect(bench.request({}), "a request without optional fields");
  for (florin::Field field : bench.subject().carried)
    inspect(bench.request({field}), "a request with " + std::string{to_string(field)} + " alone");
  if (bench.subject().carried.contains(florin::Field::name)) {
    const auto mononym = bench.request_with(florin::Field::name, "Plato");
    const auto refusal = bench.refusal(mononym);
    // A processor may want both parts of a name.
    if (!refusal || refusal->code != Errc::invalid_field || refusal->field != florin::Field::name)
      inspect(mononym, "a name of one word");
  }
  found.seen = "fields that are not given are not sent, not even empty";
  return found;
}

inline Findings check_not_carried(ConformanceBench& bench) {
  Findings found;
  const FieldSet fields = bench.subject().not_carried;
  if (fields.empty()) {
    found.skipped = "the policy carries every field";
    return found;
  }
  for (florin::Field field : fields) {
    CreateRequest request = bench.request({field});
    if (bench.refusal(request)) {
      found.fault(to_string(field), " is refused instead of dropped");
      continue;
    }
    const std::string with{bench.encoded().bytes()};
    // The reference is always given, so it has nothing to be compared with.
    if (!bench.encoded().dropped().contains(field))
      found.fault(to_string(field), " is not reported as dropped");
    if (field == florin::Field::merchant_customer_id) {
      if (bench.encoded().body().find(request.merchant_customer_id) != std::string_view::npos)
        found.fault("merchant_customer_id is sent although it is declared as not carried");
      continue;
    }
    if (std::string* text = text_of(request, field)) {
      text->clear();
    } else {
      request.metadata = {};
    }
    if (bench.refusal(request) || with != bench.encoded().bytes())
      found.fault(to_string(field), " changes the request although it is declared as not carried");
  }
  found.seen = "dropped, and told so: " + list(fields);
  return found;
}

/// Creates over the network and tells how the result differs from what is promised.
inline void create_and_compare(ConformanceBench& bench, FieldSet fields, Findings& found,
                               std::string_view what, FieldSet& lost) {
  bench.sandbox().clear();
  const CreateRequest request = bench.request(fields);
  const auto answer = bench.create(request);
  if (!answer) {
    found.fault(what, " is refused: ", describe(answer.error()));
    lost = fields;
    return;
  }
  const auto customers = bench.sandbox().customers();
  if (customers.size() != 1) {
    found.fault(what, " makes ", std::to_string(customers.size()), " customers");
    return;
  }
  for (florin::Field field : fields) {
    if (!bench.subject().carried.contains(field)) continue;
    if (bench.arrived(customers.front(), request, field)) continue;
    found.fault(to_string(field), " of ", what, " does not arrive");
    lost.insert(field);
  }
  const FieldSet dropped =
      static_cast<CreateRequestView>(request).given() & bench.subject().not_carried;
  if (answer->dropped != dropped)
    found.fault(what, " reports as dropped: ", list(answer->dropped),
                "; expected: ", list(dropped));
}

inline Findings check_minimal_request(ConformanceBench& bench) {
  Findings found;
  bench.sandbox().clear();
  const CreateRequest request = bench.request({});
  const auto answer = bench.create(request);
  if (!answer) {
    found.fault("it is refused: ", describe(answer.error()));
    return found;
  }
  const auto customers = bench.sandbox().customers();
  if (customers.size() != 1) {
    found.fault("it makes ", std::to_string(customers.size()), " customers");
    return found;
  }
  if (answer->connector_customer_id != customers.front().id)
    found.fault("connector_customer_id is not the id that the processor gave");
  if (answer->merchant_customer_id != request.merchant_customer_id)
    found.fault("merchant_customer_id is not echoed");
  if (answer->status != CustomerStatus::active || answer->status_code != 200)
    found.fault("status and status_code are not ACTIVE and 200");
  if (answer->origin != Origin::created)
    found.fault("origin is ", to_string(answer->origin), " instead of created");
  if (answer->idempotency_key.empty() == bench.subject().takes_key)
    found.fault("idempotency_key is not what the policy's Idempotency says");
  found.seen = "created with " + list(bench.minimal());
  return found;
}

inline Findings check_carried_fields(ConformanceBench& bench) {
  Findings found;
  for (florin::Field field : bench.subject().carried) {
    FieldSet lost;
    create_and_compare(bench, {field}, found, to_string(field), lost);
    for (florin::Field each : lost) bench.give_up(each);
  }
  found.seen = "each arrives by itself: " + list(bench.subject().carried);
  return found;
}

inline Findings check_structured_names(ConformanceBench& bench) {
  Findings found;
  if (!bench.tried().contains(florin::Field::name)) {
    found.skipped = "the policy does not carry a name, or a name by itself does not arrive";
    return found;
  }
  constexpr std::string_view given = "Ada Mary";
  constexpr std::string_view family = "King";
  constexpr std::string_view full = "Augusta Lovelace";
  const auto create = [&](CreateRequest request, std::string_view what, std::string_view whole) {
    bench.sandbox().clear();
    const auto answer = bench.create(request);
    if (!answer) return found.fault(what, " is refused: ", describe(answer.error()));
    const auto customers = bench.sandbox().customers();
    const auto stored = [&](std::string_view text) {
      return customers.size() == 1 &&
             bench.stored(customers.front(), florin::Field::name, text) != nullptr;
    };
    if (!stored(whole) && !(stored(given) && stored(family))) found.fault(what, " does not arrive");
    if (!(answer->dropped & name_fields).empty())
      found.fault(what, " reports as dropped: ", list(answer->dropped));
  };
  CreateRequest request = bench.request({florin::Field::name});
  request.given_name = given;
  request.family_name = family;
  request.name = full;
  create(request, "a name in full and in its parts", full);
  request.name.clear();
  create(request, "a name in its parts", std::string{given} + ' ' + std::string{family});
  request.family_name.clear();
  if (!blames(bench.refusal(request), Errc::missing_field, florin::Field::family_name))
    found.fault("a given name alone is not refused as missing_field of family_name");
  found.seen = "the parts of a name arrive, joined where there is one place";
  return found;
}

inline Findings check_full_request(ConformanceBench& bench) {
  Findings found;
  FieldSet lost;
  const FieldSet fields = bench.tried() | bench.subject().not_carried;
  create_and_compare(bench, fields, found, "a request with all fields", lost);
  found.seen = "every carried field arrives, dropped: " + list(bench.subject().not_carried);
  return found;
}

inline Findings check_reference(ConformanceBench& bench) {
  Findings found;
  const std::string& place = bench.processor().merchant_customer_id;
  if (place.empty()) {
    found.skipped = "the description names no place for merchant_customer_id";
    return found;
  }
  bench.sandbox().clear();
  const CreateRequest request = bench.request({});
  const auto answer = bench.create(request);
  if (!answer) {
    found.fault("the request is refused: ", describe(answer.error()));
  } else if (bench.sandbox().count(request.merchant_customer_id) != 1) {
    found.fault("merchant_customer_id does not reach ", place);
  }
  found.seen = "merchant_customer_id reaches " + place;
  return found;
}

inline Findings check_hostile_text(ConformanceBench& bench) {
  Findings found;
  std::size_t arrived = 0;
  std::size_t refused = 0;
  const auto attempt = [&](const CreateRequest& request, florin::Field field,
                           std::string_view what) {
    bench.sandbox().clear();
    const auto answer = bench.create(request);
    if (answer) {
      const auto customers = bench.sandbox().customers();
      if (customers.size() == 1 && bench.arrived(customers.front(), request, field)) {
        ++arrived;
      } else {
        found.fault(to_string(field), " with ", what, " arrives changed");
      }
    } else if (blames(answer.error(), Errc::invalid_field, field)) {
      ++refused;
    } else {
      found.fault(to_string(field), " with ", what, " gives ", describe(answer.error()));
    }
  };
  constexpr std::array<std::pair<std::string_view, std::string_view>, 15> texts{
      {{"an ampersand", "&"},
       {"an equals sign", "="},
       {"a plus", "+"},
       {"a percent sign", "%41"},
       {"brackets", "[x]"},
       {"a double quote", "\""},
       {"a backslash", "\\"},
       {"a line feed", "\n"},
       {"a carriage return", "\r"},
       {"a tab", "\t"},
       {"braces", "{{id}}"},
       {"a dot and a slash", "./"},
       {"an emoji", "\xF0\x9F\x98\x80"},
       {"CJK characters", "\xE6\xBC\xA2\xE5\xAD\x97"},
       {"an accent", "\xC3\xA9"}}};
  for (florin::Field field : bench.tried()) {
    for (const auto& [what, text] : texts) {
      CreateRequest request = bench.request({field});
      if (std::string* const value = text_of(request, field)) {
        value->insert(std::min<std::size_t>(3, value->size()), text);
        attempt(request, field, what);
      } else {
        request.metadata = {{bench.metadata_key(0, "note"), "a" + std::string{text} + "b"}};
        attempt(request, field, what);
        request = bench.request({field});
        request.metadata = {{"a" + std::string{text} + "b", "note"}};
        attempt(request, field, std::string{"a key with "}.append(what));
      }
    }
  }
  found.seen = std::to_string(arrived) + " values arrive unchanged, " + std::to_string(refused) +
               " are refused as invalid_field";
  return found;
}

inline Findings check_malformed_text(ConformanceBench& bench) {
  Findings found;
  using namespace std::string_view_literals;
  constexpr std::array<std::string_view, 7> texts{
      "a\xFF"sv,     "a\x80"sv, "\xC0\xAF"sv, "\xED\xA0\x80"sv, "\xF4\x90\x80\x80"sv,
      "a\xE6\xBC"sv, "a\0b"sv};
  const auto attempt = [&](const CreateRequest& request, florin::Field field) {
    const auto error = bench.refusal(request);
    if (!blames(error, Errc::invalid_field, field))
      found.fault(to_string(field), " is not refused as invalid_field");
  };
  for (florin::Field field : bench.subject().carried) {
    for (std::string_view text : texts) {
      CreateRequest request = bench.request({field});
      if (std::string* const value = text_of(request, field)) {
        *value += text;
        attempt(request, field);
      } else {
        request.metadata = {{bench.metadata_key(0, "note"), std::string{text}}};
        attempt(request, field);
        request.metadata = {{std::string{text}, "note"}};
        attempt(request, field);
      }
    }
  }
  found.seen = "text that is not UTF-8 or has a NUL is refused as invalid_field";
  return found;
}

}  // namespace florin::testing::detail

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/detail/variable_name.hpp>
#include <florin/encode.hpp>
#include <florin/ensure.hpp>
#include <florin/field.hpp>
#include <florin/fixed_string.hpp>
#include <florin/policy.hpp>
#include <florin/repetition.hpp>
#include <florin/wire/country.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "fields_read.hpp"
#include "text.hpp"

/// What a policy states, as the JSON object that `wire list` prints and `wire show` lays out.
namespace wire_example {

/// The fields that have their place, or a part of it, in an element.
template <class Element>
constexpr FieldSet fields_of() {
  // What carries one part of a name carries the name, but is not the place of the other part.
  if constexpr (requires { Element::Source::part; })
    return Element::carried -
           (FieldSet{Field::given_name, Field::family_name} - FieldSet{Element::Source::part});
  return Element::carried;
}

/// Where a unified field goes on the wire; null: nowhere. A field in several places has all of
/// them.
template <class P>
json::object places_of_fields() {
  std::vector<std::string> places(florin::field_count);
  P::Create::Body::describe([&]<class Element>(std::string_view name) {
    for (const Field field : fields_of<Element>()) {
      auto& place = places[static_cast<std::size_t>(field)];
      place.append(place.empty() ? "" : ", ").append(name);
    }
  });
  json::object fields;
  for (const Field field : FieldSet::all())
    fields[to_string(field)] = text_or_null(places[static_cast<std::size_t>(field)]);
  return fields;
}

/// How the credentials are shown, read off the headers that they make.
template <class P>
std::string_view authentication_of() {
  if constexpr (florin::ExchangesToken<P>) return "token exchange";
  if constexpr (florin::SignsRequests<P>) return "signature";
  florin::CredentialsOf<P> credentials{};
  P::CredentialNames::describe([&]<class Part>() { credentials.*Part::member = "x"; });
  const florin::CreateRequestView request;
  const florin::wire::Context<florin::CreateRequestView, florin::CredentialsOf<P>> context{
      request, credentials};
  florin::wire::Buffer headers;
  P::RequestHeaders::write(context, headers);
  if (headers.view().find("Authorization: Bearer ") != std::string_view::npos) return "bearer";
  if (headers.view().find("Authorization: Basic ") != std::string_view::npos) return "basic";
  return P::Create::Body::confidential ? "body" : "header";
}

/// The codes that mean that the customer exists; null: duplicates are not recognised.
template <class P>
json::value duplicates_of() {
  json::array codes;
  if constexpr (requires { P::rules; }) {
    for (const auto& rule : P::rules) {
      if (rule.means != florin::Errc::customer_exists) continue;
      const json::value code(!rule.code.empty() ? rule.code : rule.message);
      if (std::find(codes.begin(), codes.end(), code) == codes.end()) codes.push_back(code);
    }
  }
  if (codes.empty()) return nullptr;
  return codes;
}

/// What an answer has to have for a rule of the policy to hold.
inline json::array conditions_of(const florin::wire::Rule& rule) {
  json::array when;
  const auto add = [&when](std::string_view what, std::string_view text) {
    if (!text.empty()) when.push_back(json::value(std::string{what}.append(" ").append(text)));
  };
  if (rule.status != 0) add("HTTP", std::to_string(rule.status));
  add("code", rule.code);
  add("type", rule.type);
  add("param", rule.param);
  if (rule.no_param) add("no", "param");
  add("message", rule.message);
  add("message with", rule.message_has);
  add("message that begins", rule.message_begins);
  return when;
}

/// The operations that a rule is about; empty: all.
inline std::string operations_text(florin::wire::At at) {
  using florin::wire::At;
  std::string text;
  const auto add = [&](At one, std::string_view name) {
    if (at != At::any && meet(at, one)) text.append(text.empty() ? "" : ", ").append(name);
  };
  add(At::token, "token");
  add(At::create, "create");
  add(At::retrieve, "retrieve");
  add(At::update, "update");
  add(At::remove, "delete");
  add(At::find, "find");
  return text;
}

/// What the processor's answers mean beyond their HTTP status, in the order in which it is asked.
template <class P>
json::array rules_of() {
  json::array rules;
  if constexpr (requires { P::rules; }) {
    for (const florin::wire::Rule& rule : P::rules) {
      std::string_view retried;
      if (rule.retry == florin::wire::Retry::yes) retried = "tried again";
      if (rule.retry == florin::wire::Retry::no) retried = "not tried again";
      rules.push_back(json::object{{"when", conditions_of(rule)},
                                   {"means", to_string(rule.means)},
                                   {"retried", retried},
                                   {"at", operations_text(rule.at)}});
    }
  }
  return rules;
}

template <class P>
json::array operations_of() {
  json::array names{florin::Create::name};
  if (florin::offers<P, florin::Retrieve>) names.emplace_back(florin::Retrieve::name);
  if (florin::offers<P, florin::Update>) names.emplace_back(florin::Update::name);
  if (florin::offers<P, florin::Delete>) names.emplace_back(florin::Delete::name);
  if (florin::offers<P, florin::Find>) names.emplace_back("find");
  return names;
}

/// Of a filter: what the processor says of its index; null: it is not offered.
template <class P, class Operation>
json::value finder_of() {
  if constexpr (florin::offers<P, Operation>) {
    constexpr florin::FindIndex index = florin::reply_facts<P, Operation>.index;
    json::object found{{"index", to_string(index.consistency)}};
    if (index.delay.count() != 0) found["delay"] = index.delay.count();
    if (index.longest.count() != 0) found["longest"] = index.longest.count();
    if (!index.certain) found["certain"] = false;
    return found;
  }
  return nullptr;
}

/// What limits a value: the words in which the library refuses one. Null: an element with rules of
/// its own, which it does not declare.
template <florin::FixedString Name, class Source, class... Limits>
json::value limits_of(const florin::wire::Put<Name, Source, Limits...>*) {
  json::array reasons;
  [[maybe_unused]] const auto add = [&reasons]<class Limit>() {
    if constexpr (!std::is_same_v<Limit, florin::wire::Required>)
      reasons.emplace_back(Limit::reason);
  };
  (add.template operator()<Limits>(), ...);
  return reasons;
}
template <florin::FixedString Name, class Tag, class... Limits>
json::value limits_of(const florin::wire::Entries<Name, Tag, Limits...>*) {
  json::array reasons;
  [[maybe_unused]] const auto add = [&reasons]<class Limit>() {
    if constexpr (!requires { Limit::reserved; }) reasons.emplace_back(Limit::reason);
  };
  (add.template operator()<Limits>(), ...);
  return reasons;
}
inline json::value limits_of(const void*) {
  return nullptr;
}

/// The form that a value gets on its way; null: it goes out as it is given.
template <class Tag>
json::value form_of(const florin::wire::Digits<Tag>*) {
  return "digits";
}
template <class Tag>
json::value form_of(const florin::wire::E164<Tag>*) {
  return "E.164";
}
template <class Tag>
json::value form_of(const florin::wire::CallingCode<Tag>*) {
  return "calling code";
}
template <class Tag>
json::value form_of(const florin::wire::NationalNumber<Tag>*) {
  return "national number";
}
template <class Tag>
json::value form_of(const florin::wire::HouseNumber<Tag>*) {
  return "house number";
}
template <class Tag, class Other>
json::value form_of(const florin::wire::Joined<florin::wire::StreetName<Tag>, Other>*) {
  return "street name";
}
template <class Tag>
json::value form_of(const florin::wire::StreetName<Tag>*) {
  return "street name";
}
template <class Tag>
json::value form_of(const florin::wire::Alpha3<Tag>*) {
  return "alpha-3";
}
inline json::value form_of(const void*) {
  return nullptr;
}

/// Where the fields of a body or query go: one object a place.
template <class Body>
json::array places_of() {
  json::array places;
  Body::describe([&places]<class Element>(std::string_view name) {
    if (Element::carried.empty()) return;
    json::value form;
    if constexpr (requires { typename Element::Source; })
      form = form_of(static_cast<const typename Element::Source*>(nullptr));
    places.push_back(json::object{{"name", name},
                                  {"fields", names_of(fields_of<Element>())},
                                  {"limits", limits_of(static_cast<const Element*>(nullptr))},
                                  {"form", std::move(form)}});
  });
  return places;
}

/// The same of a path: the filter of a find.
template <class Declared>
json::array path_places_of() {
  constexpr florin::detail::PathHole hole = florin::detail::path_hole<Declared>;
  const FieldSet fields = florin::detail::filter_of(hole);
  if (fields.empty()) return {};
  return {json::object{{"name", florin::detail::text_of(hole)},
                       {"fields", names_of(fields)},
                       {"limits", json::array{}},
                       {"form", nullptr}}};
}

/// What a body says of several fields.
struct Conditions {
  json::array one_of{};     ///< of each of these lists at least one has to be given
  json::array only_with{};  ///< what goes out only when others are given

  template <class... Elements>
  void collect(const florin::wire::ElementList<Elements...>*) {
    (collect(static_cast<const Elements*>(nullptr)), ...);
  }
  template <class Condition, class... Elements>
  void collect(const florin::wire::OnlyWith<Condition, Elements...>*) {
    const FieldSet carried = (FieldSet{} | ... | Elements::carried);
    const bool all = is_all(static_cast<const Condition*>(nullptr));
    only_with.push_back(json::object{{"fields", names_of(carried - Condition::fields)},
                                     {all ? "all_of" : "any_of", names_of(Condition::fields)}});
    (collect(static_cast<const Elements*>(nullptr)), ...);
  }
  template <class... Tags>
  void collect(const florin::wire::RequireAnyOf<Tags...>*) {
    one_of.emplace_back(names_of(florin::wire::RequireAnyOf<Tags...>::fields));
  }
  void collect(const void*) {}

 private:
  template <class... Tags>
  static bool is_all(const florin::wire::AllOf<Tags...>*) {
    return true;
  }
  static bool is_all(const void*) { return false; }
};

/// Where the payment token goes.
template <class Body>
json::object payment_token_of() {
  json::object place;
  Body::describe([&place]<class Element>(std::string_view name) {
    if constexpr (florin::wire::detail::sends_payment_token<Element>())
      place = {{"name", name},
               {"required", florin::wire::detail::needs_payment_token<Element>()},
               {"limits", limits_of(static_cast<const Element*>(nullptr))}};
  });
  return place;
}

/// The request of an operation: method, path, and where its fields go.
template <class Declared>
json::object request_of() {
  json::object request{
      {"method", to_string(Declared::method)}, {"path", Declared::path}, {"content_type", nullptr}};
  json::array places = path_places_of<Declared>();
  if constexpr (florin::HasQuery<Declared>)
    for (auto& place : places_of<typename Declared::Query>()) places.push_back(std::move(place));
  if (!places.empty() || florin::HasQuery<Declared>) request["places"] = std::move(places);
  if constexpr (florin::HasBody<Declared>) {
    using Body = typename Declared::Body;
    request["content_type"] = florin::detail::content_type<Declared>();
    if (!Body::carried.empty()) request["places"] = places_of<Body>();
    if constexpr (florin::wire::detail::sends_payment_token<Body>())
      request["payment_token"] = payment_token_of<Body>();
    if constexpr (florin::HasNotCarried<Declared>) {
      Conditions conditions;
      conditions.collect(static_cast<const Body*>(nullptr));
      request["not_carried"] = names_of(Declared::NotCarried::set);
      request["one_of"] = std::move(conditions.one_of);
      request["only_with"] = std::move(conditions.only_with);
    }
  }
  return request;
}

/// How an update treats what is not sent, and what it can remove.
template <class P>
json::object update_of() {
  using Change = florin::ChangeOf<P>;
  constexpr florin::wire::Replaces replaces = Change::replaces;
  constexpr std::string_view ways[] = {"empty_text", "null", "omission"};
  json::object request = request_of<florin::DeclarationOf<P, florin::Update>>();
  request["replaces"] = json::object{{"record", replaces.record},
                                     {"metadata", replaces.metadata},
                                     {"group", names_of(replaces.group)},
                                     {"perhaps", replaces.perhaps}};
  request["reads_first"] = florin::merges<P>;
  request["clearable"] = names_of(Change::clearable);
  request["cleared_by"] = Change::clearable.empty()
                              ? json::value()
                              : json::value(ways[static_cast<std::size_t>(Change::cleared_by)]);
  request["idempotency"] = text_or_null(florin::IdempotencyOf<P, florin::Update>::mechanism);
  return request;
}

/// All requests, by their operation.
template <class P>
json::object requests_of() {
  json::object requests;
  if constexpr (florin::ExchangesToken<P>) requests["token"] = request_of<typename P::Token>();
  requests["create"] = request_of<florin::DeclarationOf<P, florin::Create>>();
  if constexpr (florin::offers<P, florin::Retrieve>)
    requests["retrieve"] = request_of<florin::DeclarationOf<P, florin::Retrieve>>();
  if constexpr (florin::offers<P, florin::Update>) requests["update"] = update_of<P>();
  if constexpr (florin::offers<P, florin::Delete>) {
    requests["delete"] = request_of<florin::DeclarationOf<P, florin::Delete>>();
    requests["delete"].get_object()["shows_deleted"] = florin::shows_deleted<P>;
  }
  if constexpr (florin::offers<P, florin::FindByEmail>)
    requests["find by email"] = request_of<florin::DeclarationOf<P, florin::FindByEmail>>();
  if constexpr (florin::offers<P, florin::FindByReference>)
    requests["find by merchant_customer_id"] =
        request_of<florin::DeclarationOf<P, florin::FindByReference>>();
  return requests;
}

/// The key of a create; null: the processor takes none.
template <class P>
json::value key_of() {
  using Idempotency = typename P::Idempotency;
  if constexpr (Idempotency::takes_key) {
    return json::object{
        {"in", Idempotency::in_header ? "header" : "body"},
        {"max_length", Idempotency::max_length},
        {"limits", json::array(Idempotency::reasons.begin(), Idempotency::reasons.end())},
        {"replay_header", text_or_null(Idempotency::replay_header)}};
  } else {
    return nullptr;
  }
}

/// Where the answer to a create repeats a field, so that another request's answer is refused.
template <class P>
json::object echo_of() {
  constexpr florin::wire::json::Reply reply = P::Create::reply;
  return {{"merchant_customer_id", text_or_null(reply.echo.merchant_customer_id.at[0])},
          {"email", text_or_null(reply.echo.email.at[0])}};
}

/// Whether an answer that repeats another reference names a customer that exists.
template <class P>
inline constexpr bool other_exists = [] {
  constexpr florin::wire::json::Reply reply = P::Create::reply;
  return reply.other_exists;
}();

/// The fields that are read back; null: customers are not read.
template <class P>
json::value record_of() {
  if constexpr (requires { P::record; }) {
    return names_of(fields_read<P>());
  } else {
    return nullptr;
  }
}

/// Whether a duplicate names the existing customer.
template <class P>
inline constexpr bool names_existing = [] {
  constexpr florin::wire::json::Failure failure = P::failure;
  return failure.names_existing();
}();

/// What `wire list` tells of a connector.
template <class P>
json::object description_of() {
  json::array credentials;
  json::array optional_credentials;
  json::object variables;
  P::CredentialNames::describe([&]<class Part>() {
    credentials.emplace_back(Part::name);
    if (Part::optional) optional_credentials.emplace_back(Part::name);
    variables[Part::name] = florin::detail::variable_name(P::name, Part::name);
  });
  for (const std::string_view setting : {"environment", "base_url", "ca_file"})
    variables[setting] = florin::detail::variable_name(P::name, setting);
  json::value token_hosts;
  if constexpr (florin::HasTokenHosts<P>) {
    constexpr florin::Hosts hosts = P::Token::hosts;
    token_hosts = json::object{{"live", hosts.live}, {"sandbox", hosts.sandbox}};
    variables["token_base_url"] = florin::detail::variable_name(P::name, "token_base_url");
  }
  return {
      {"name", P::name},
      {"operations", operations_of<P>()},
      {"credentials", std::move(credentials)},
      {"optional_credentials", std::move(optional_credentials)},
      {"guarantee", to_string(florin::ensure_guarantee<P>)},
      {"fields", places_of_fields<P>()},
      {"finders", json::object{{"email", finder_of<P, florin::FindByEmail>()},
                               {"merchant_customer_id", finder_of<P, florin::FindByReference>()}}},
      {"required", names_of(florin::required_fields<P>)},
      {"idempotency", text_or_null(P::Idempotency::mechanism)},
      {"repetition", florin::to_string(florin::repetition<P>)},
      {"duplicates", duplicates_of<P>()},
      {"names_existing", names_existing<P>},
      {"rules", rules_of<P>()},
      {"authentication", authentication_of<P>()},
      {"hosts", json::object{{"live", P::hosts.live}, {"sandbox", P::hosts.sandbox}}},
      {"token_hosts", std::move(token_hosts)},
      {"environment_variables", std::move(variables)},
      {"idempotency_key", key_of<P>()},
      {"echo", echo_of<P>()},
      {"other_exists", other_exists<P>},
      {"record", record_of<P>()},
      {"requests", requests_of<P>()}};
}

}  // namespace wire_example

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/encode.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "fuzz/body_model.hpp"
#include "fuzz/input.hpp"
#include "support/form_text.hpp"

/// Requests of any policy and operation with any texts: what is encoded is read again by other
/// readers, and says what was given and nothing else.
namespace florin_fuzz {

/// Everything that a request may say.
struct Scene {
  florin::FieldSet cleared;
  std::array<std::string_view, florin::field_count> texts{};  ///< by `Field`
  std::string_view id;
  std::string_view page;
  std::string_view key;
  std::string_view token;
  std::string_view host;
  std::string_view salt = "a1B2c3D4e5F6";
  std::string_view payment_token;
  std::array<std::string_view, 4> credentials{};
  std::string_view present;  ///< of an update: what all texts of the record are
  bool has_current = false;
  bool sandbox = false;
  std::vector<florin::MetadataEntry> metadata;
  std::vector<std::string_view> metadata_cleared;
  std::vector<florin::MetadataEntry> present_metadata;

  [[nodiscard]] std::string_view operator[](florin::Field field) const noexcept {
    return texts[static_cast<std::size_t>(field)];
  }
};

template <class P>
florin::CredentialsOf<P> credentials_of(const Scene& scene) {
  florin::CredentialsOf<P> credentials{};
  std::size_t at = 0;
  P::CredentialNames::describe([&]<class Part>() {
    const std::string_view text = scene.credentials[at++];
    if (!text.empty()) credentials.*Part::member = std::string{text};
  });
  return credentials;
}

/// The record that an update is merged into.
template <class P>
florin::Customer current_of(const Scene& scene) {
  florin::Customer customer;
  if constexpr (florin::offers<P, florin::Update>) {
    wire::RecordLog log;
    if (!scene.present.empty())
      for (const florin::Field field : florin::FieldSet::all()) {
        if (field == florin::Field::metadata) continue;
        log.begin(static_cast<std::uint8_t>(field), false, false);
        log.value(scene.present);
      }
    for (const auto& entry : scene.present_metadata) {
      log.name(entry.key);
      log.begin(static_cast<std::uint8_t>(florin::Field::metadata), true, false);
      log.value(entry.value);
    }
    customer.assign(scene.id, log.whole(), florin::reply_facts<P, florin::Update>);
  }
  return customer;
}

template <class Operation>
typename Operation::Request request_of(const Scene& scene, const florin::Customer& current) {
  typename Operation::Request request{};
  if constexpr (Operation::reads == florin::Reads::page) {
    request.page = scene.page;
    (Operation::filter == florin::Field::email ? request.email : request.merchant_customer_id) =
        scene[Operation::filter];
  } else {
    if constexpr (requires { request.connector_customer_id; })
      request.connector_customer_id = scene.id;
    if constexpr (requires { request.metadata; }) {
      florin::detail::each_text(
          request, [&](florin::Field field, std::string_view& text) { text = scene[field]; });
      request.metadata = florin::MetadataView{scene.metadata};
    }
    if constexpr (florin::Edits<Operation>) {
      request.cleared = scene.cleared;
      request.metadata_cleared = florin::MetadataKeys{scene.metadata_cleared};
      if (scene.has_current) request.current = &current;
    }
  }
  return request;
}

inline void check_refusal(const florin::Error& error) {
  expect(error.code <= florin::Errc::invalid_options, "what is refused here is a local error");
  expect(error.outcome == florin::Outcome::no_effect, "nothing was sent");
  expect(error.field || !error.reason.empty(), "a refusal says why");
  const std::string what = error.what();
  expect(std::all_of(what.begin(), what.end(), [](char c) { return c >= ' ' && c < '\x7f'; }),
         "an error's own text is one line of ASCII");
}

/// What a message is compared with.
struct Expected {
  std::string_view method;
  std::string_view path;
  std::string_view hole;   ///< what stands in the declared path for a value; empty: nothing
  std::string_view value;  ///< the value
  std::string host;
  std::vector<std::string_view> headers;  ///< which there may be
  std::string_view link;                  ///< the page, where it stands in place of the query
  bool has_query = false;
  bool has_body = false;
  bool is_form = false;
  bool changes = false;
  Wanted query;
  Wanted body;
};

/// No header but those that are declared, and each once.
inline void check_headers(const florin_test::RequestText& request, const Expected& expected) {
  auto names = expected.headers;
  for (const auto& [name, value] : request.headers) {
    const auto known = std::find(names.begin(), names.end(), name);
    expect(known != names.end(), "a header is one that is declared, and stands there once");
    names.erase(known);
    expect(std::all_of(value.begin(), value.end(), [](char c) { return c >= ' ' && c < '\x7f'; }),
           "a header's value is visible ASCII");
  }
  expect(request.header("Host") == expected.host, "the host is the one given");
}

/// The path with the value in it.
/// \return the query.
inline std::string_view check_path(std::string_view target, const Expected& expected) {
  const std::string_view path = expected.path;
  const std::size_t hole = expected.hole.empty() ? path.npos : path.find(expected.hole);
  std::string_view query;
  if (hole == std::string_view::npos) {
    expect(target.starts_with(path), "the path is the declared one");
    query = target.substr(path.size());
  } else {
    const std::string_view after = path.substr(hole + expected.hole.size());
    const std::string_view before = path.substr(0, hole);
    const std::string_view whole = target.substr(0, target.find('?'));
    query = target.substr(whole.size());
    expect(whole.starts_with(before) && whole.ends_with(after) &&
               whole.size() > before.size() + after.size(),
           "the path is the declared one");
    const std::string_view encoded =
        whole.substr(hole, whole.size() - before.size() - after.size());
    const std::string_view value = expected.value;
    expect(florin_test::form_decoded(encoded) == value, "the value in the path is the one given");
    expect(encoded.find_first_of("/?#\\;") == std::string_view::npos,
           "a value is within one segment of a path");
    std::string decoded = "/";
    for (std::size_t from = 1; from <= whole.size();) {
      const std::size_t end = std::min(whole.find('/', from), whole.size());
      decoded += florin_test::form_decoded(whole.substr(from, end - from)) + '/';
      from = end + 1;
    }
    expect(decoded.find("/./") == std::string::npos && decoded.find("/../") == std::string::npos,
           "whoever decodes a path gets no other");
    if (expected.hole == "{id}")
      expect(value.find_first_of("/?#\\%;") == std::string_view::npos,
             "an id is one segment of a path");
  }
  // Of a query that says nothing there is not even the mark.
  if (expected.query.must.empty() && expected.link.empty()) {
    expect(query.empty(), "nothing follows the path");
    return query;
  }
  expect(query.starts_with('?'), "a query follows");
  return query.substr(1);
}

inline Leaves form_leaves(std::string_view form) {
  Leaves leaves;
  for (const auto& [name, value] : florin_test::form_members(form))
    leaves.push_back({below({}, name), as_text(value)});
  return leaves;
}

inline Leaves json_leaves(std::string_view text, const Place& at = {}) {
  boost::json::parse_options options;
  options.max_depth = 32;
  const auto document = boost::json::parse({text.data(), text.size()}, {}, options);
  // Members that are there twice would be lost.
  expect(boost::json::serialize(document) == text, "two writers write the same JSON");
  Leaves leaves;
  flatten(document, at, leaves);
  return leaves;
}
/// \param json_texts the places of values that are the text of a JSON document, which is opened.
inline Leaves form_leaves(std::string_view form, const std::vector<Place>& json_texts) {
  Leaves leaves;
  for (Leaf& leaf : form_leaves(form)) {
    if (std::find(json_texts.begin(), json_texts.end(), leaf.place) == json_texts.end()) {
      leaves.push_back(std::move(leaf));
    } else {
      for (Leaf& inner : json_leaves(std::string_view{leaf.value}.substr(1), leaf.place))
        leaves.push_back(std::move(inner));
    }
  }
  return leaves;
}

/// Each wanted leaf is there once, and no other but those that may be.
inline void check_leaves(Leaves found, Wanted wanted, bool changes) {
  std::sort(found.begin(), found.end());
  expect(std::adjacent_find(found.begin(), found.end(),
                            [](const Leaf& a, const Leaf& b) { return a.place == b.place; }) ==
             found.end(),
         "no place is taken twice");
  for (const Leaf& leaf : wanted.must) {
    const auto at = std::find(found.begin(), found.end(), leaf);
    expect(at != found.end(), "each text is where the policy puts it");
    found.erase(at);
  }
  for (const Leaf& leaf : found) {
    const auto at = std::find(wanted.may.begin(), wanted.may.end(), leaf);
    expect(at != wanted.may.end(), "nothing else is said");
    expect(changes || leaf.value == "{}", "a request without a change removes nothing");
    wanted.may.erase(at);
  }
}

/// What the policy computes from a request is in part its own; the rest goes out as it is.
template <class Operation>
void check_texts(const typename Operation::Request& request, florin::FieldSet sent,
                 const Leaves& leaves) {
  const auto stands = [&leaves](std::string_view text) {
    return std::any_of(leaves.begin(), leaves.end(), [text](const Leaf& leaf) {
      return leaf.value.find(text, 1) != std::string::npos;
    });
  };
  // A line of an address may be sent as the number that it begins with and the rest.
  const auto stands_in_two = [&](florin::Field field, std::string_view text) {
    const std::size_t blank = text.find(' ');
    return field == florin::Field::address_line1 && blank != std::string_view::npos &&
           std::any_of(leaves.begin(), leaves.end(),
                       [number = text.substr(0, blank)](const Leaf& leaf) {
                         return leaf.value == number;
                       }) &&
           stands(text.substr(blank + 1));
  };
  if constexpr (requires { request.metadata; }) {
    florin::FieldSet computed = florin::name_fields;
    computed |= {florin::Field::phone, florin::Field::address_country};
    auto view = request;
    florin::detail::each_text(view, [&](florin::Field field, std::string_view text) {
      if (sent.contains(field) && !computed.contains(field))
        expect(stands(text) || stands_in_two(field, text), "what is said to be sent is sent");
    });
  }
}

/// Takes the message apart.
/// \return what the body says.
inline Leaves check_message(const florin::EncodedRequest& out, const Expected& expected) {
  const auto request = florin_test::request_text(out.bytes());
  expect(out.head().size() + out.body().size() == out.bytes().size() &&
             out.head().ends_with("\r\n\r\n") && request.body == out.body(),
         "head and body are all there is");
  check_headers(request, expected);
  expect(
      request.line == std::string{expected.method} + ' ' + std::string{out.target()} + " HTTP/1.1",
      "the request line is the declared one");
  const std::string_view query = check_path(out.target(), expected);
  if (!expected.link.empty()) {
    expect(query == expected.link, "a page that is a query goes out as it is");
  } else if (expected.has_query) {
    check_leaves(form_leaves(query), expected.query, false);
  }
  if (!expected.has_body) {
    expect(request.body.empty(), "there is no body where none is declared");
    return {};
  }
  Leaves leaves = expected.is_form ? form_leaves(request.body, expected.body.json_texts)
                                   : json_leaves(request.body);
  check_leaves(leaves, expected.body, expected.changes);
  return leaves;
}

template <class... Parts>
void add_names(wire::Headers<Parts...>*, std::vector<std::string_view>& names) {
  (names.push_back(wire::detail::header_name<Parts>()), ...);
}

/// What the declaration says of such a request.
template <class P, class Operation>
Expected expected_of(const typename Operation::Request& view, const Scene& scene,
                     const florin::CredentialsOf<P>& credentials,
                     const florin::EncodeOptions& options) {
  using Declared = florin::DeclarationOf<P, Operation>;
  Expected expected{.method = to_string(Declared::method),
                    .path = Declared::path,
                    .hole = florin::detail::text_of(florin::detail::path_hole<Declared>),
                    .value = scene.id,
                    .host = std::string{options.host},
                    .headers = {"Host", "Content-Length", "Content-Type", "Accept", "User-Agent"},
                    .link = {},
                    .has_query = florin::HasQuery<Declared>,
                    .has_body = florin::HasBody<Declared>,
                    .changes = florin::Edits<Operation>,
                    .query = {},
                    .body = {}};
  if constexpr (Operation::reads == florin::Reads::page) {
    expected.value =
        Operation::filter == florin::Field::email ? view.email : view.merchant_customer_id;
    if (florin::detail::follows_links<Declared>) expected.link = view.page;
  }
  if (expected.host.empty())
    if (auto own = florin::host_of<P, Operation>(credentials, options.environment))
      expected.host = *std::move(own);
  add_names(static_cast<typename florin::detail::HeadersOf<P, Declared>::type*>(nullptr),
            expected.headers);
  if (florin::IdempotencyOf<P, Operation>::in_header)
    expected.headers.push_back(florin::IdempotencyOf<P, Operation>::mechanism);
  if constexpr (florin::UsesSignature<P, Operation>)
    expected.headers.push_back(
        P::Signature::prefix.view().substr(0, P::Signature::prefix.size() - 2));
  const auto context =
      florin::detail::context_of<P, Operation>(view, view.given(), credentials, options);
  if constexpr (florin::HasQuery<Declared>)
    Model<typename Declared::Query>::tell(context, {}, expected.query);
  if constexpr (florin::HasBody<Declared>) {
    using Body = typename Declared::Body;
    expected.is_form = std::string_view{Body::content_type} != "application/json";
    if constexpr (florin::Edits<Operation>) {
      const auto all = wire::merged(view, florin::ChangeOf<P>::facts);
      Model<Body>::tell(context.with(all), {}, expected.body);
    } else {
      Model<Body>::tell(context, {}, expected.body);
    }
  }
  return expected;
}

/// Encodes a scene and reads what came of it again.
/// \param out gets the message.
/// \return the refusal, which is checked as well.
template <class P, class Operation>
std::optional<florin::Error> encode_checked(const Scene& scene, florin::EncodedRequest& out) {
  const auto credentials = credentials_of<P>(scene);
  const auto current = current_of<P>(scene);
  const auto request = request_of<Operation>(scene, current);
  const florin::EncodeOptions options{
      .environment = scene.sandbox ? florin::Environment::sandbox : florin::Environment::live,
      .host = scene.host,
      .idempotency_key = scene.key,
      .access_token = scene.token,
      .salt = scene.salt,
      .timestamp = 1700000000,
      .payment_token = scene.payment_token};
  const std::string before{out.bytes()};
  const auto result = florin::encode<P, Operation>(request, credentials, options, out);
  if (!result) {
    check_refusal(result.error());
    expect(out.bytes() == before, "what is refused is not begun");
    return result.error();
  }
  typename Operation::Request view = request;
  const florin::FieldSet given = florin::detail::normalise(view);
  const Leaves leaves =
      check_message(out, expected_of<P, Operation>(view, scene, credentials, options));
  if constexpr (florin::HasBody<florin::DeclarationOf<P, Operation>>)
    check_texts<Operation>(
        view, (given & florin::DeclarationOf<P, Operation>::Body::carried) - out.dropped(), leaves);
  return std::nullopt;
}

}  // namespace florin_fuzz

// SPDX-License-Identifier: Apache-2.0
// Requests of every policy and operation with any texts: what is encoded is read again by other
// readers, and says what was given and nothing else.
//
// An input is choices (policy, operation, options, how many metadata entries and how many keys to
// be removed, which fields are cleared), then texts with a byte 0xFF, which no text has, behind
// each: see `scene_of`.
#include <florin/encode.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "body_model.hpp"
#include "input.hpp"
#include "operations.hpp"
#include "support/form_text.hpp"
#include "utf8_text.hpp"

namespace florin_fuzz {
namespace {

using florin::Errc;
using florin::Field;
using florin::FieldSet;
using std::string_view;

/// Everything that a request may say.
struct Scene {
  FieldSet cleared;
  std::array<string_view, florin::field_count> texts{};  ///< by `Field`
  string_view id;
  string_view page;
  string_view key;
  string_view token;
  string_view host;
  std::array<string_view, 4> credentials{};
  string_view present;  ///< of an update: what all texts of the record are
  bool has_current = false;
  bool sandbox = false;
  std::vector<florin::MetadataEntry> metadata;
  std::vector<string_view> metadata_cleared;
  std::vector<florin::MetadataEntry> present_metadata;

  [[nodiscard]] string_view operator[](Field field) const noexcept {
    return texts[static_cast<std::size_t>(field)];
  }
};

Scene scene_of(Input& input) {
  Scene scene;
  const std::size_t options = input.choice(4);
  scene.has_current = (options & 1U) != 0;
  scene.sandbox = (options & 2U) != 0;
  const std::size_t entries = input.choice(24);
  const std::size_t keys = input.choice(4);
  const std::size_t cleared = input.choice(128) | input.choice(128) << 7U;
  for (std::size_t i = 0; i < florin::field_count; ++i)
    if ((cleared >> i & 1U) != 0) scene.cleared.insert(static_cast<Field>(i));
  const auto next = [&input] { return input.up_to('\xFF'); };
  for (const Field field : FieldSet::all())
    if (field != Field::metadata) scene.texts[static_cast<std::size_t>(field)] = next();
  for (string_view* text : {&scene.id, &scene.page, &scene.key, &scene.token, &scene.host})
    *text = next();
  for (string_view& text : scene.credentials) text = next();
  scene.present = next();
  for (std::size_t i = 0; i < entries; ++i) {
    const string_view key = next();
    scene.metadata.push_back({key, next()});
  }
  for (std::size_t i = 0; i < keys; ++i) scene.metadata_cleared.push_back(next());
  while (!input.rest().empty()) {
    const string_view key = next();
    const string_view value = next();
    // A record comes out of JSON, and whoever says one key twice is not asked what is meant.
    const bool known = std::any_of(scene.present_metadata.begin(), scene.present_metadata.end(),
                                   [key](const auto& entry) { return entry.key == key; });
    if (!known && is_utf8(key) && is_utf8(value)) scene.present_metadata.push_back({key, value});
  }
  if (!is_utf8(scene.present)) scene.present = {};
  return scene;
}

template <class P>
florin::CredentialsOf<P> credentials_of(const Scene& scene) {
  florin::CredentialsOf<P> credentials{};
  std::size_t at = 0;
  P::CredentialNames::describe([&]<class Part>() {
    const string_view text = scene.credentials[at++];
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
      for (const Field field : FieldSet::all()) {
        if (field == Field::metadata) continue;
        log.begin(static_cast<std::uint8_t>(field), false);
        log.value(scene.present);
      }
    for (const auto& entry : scene.present_metadata) {
      log.name(entry.key);
      log.begin(static_cast<std::uint8_t>(Field::metadata), true);
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
    (Operation::filter == Field::email ? request.email : request.merchant_customer_id) =
        scene[Operation::filter];
  } else {
    if constexpr (requires { request.connector_customer_id; })
      request.connector_customer_id = scene.id;
    if constexpr (requires { request.metadata; }) {
      florin::detail::each_text(request,
                                [&](Field field, string_view& text) { text = scene[field]; });
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

void check_refusal(const florin::Error& error) {
  expect(error.code <= Errc::invalid_options, "what is refused here is a local error");
  expect(error.outcome == florin::Outcome::no_effect, "nothing was sent");
  expect(error.field || !error.reason.empty(), "a refusal says why");
  const std::string what = error.what();
  expect(std::all_of(what.begin(), what.end(), [](char c) { return c >= ' ' && c < '\x7f'; }),
         "an error's own text is one line of ASCII");
}

/// What a message is compared with.
struct Expected {
  string_view method;
  string_view path;
  string_view id;  ///< what stands in the path for `{id}`
  string_view host;
  std::vector<string_view> headers;  ///< which there may be
  bool has_query = false;
  bool has_body = false;
  bool is_form = false;
  bool changes = false;
  Wanted query;
  Wanted body;
};

/// No header but those that are declared, and each once.
void check_headers(const florin_test::RequestText& request, const Expected& expected) {
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

/// The path with the id in it. \return the query.
string_view check_path(string_view target, const Expected& expected) {
  const string_view path = expected.path;
  const std::size_t hole = path.find("{id}");
  string_view query;
  if (hole == string_view::npos) {
    expect(target.starts_with(path), "the path is the declared one");
    query = target.substr(path.size());
  } else {
    const string_view after = path.substr(hole + 4);
    expect(target.starts_with(path.substr(0, hole)) && target.ends_with(after) &&
               target.size() > path.size() - 4,
           "the path is the declared one");
    const string_view encoded = target.substr(hole, target.size() - hole - after.size());
    const string_view id = expected.id;
    expect(florin_test::form_decoded(encoded) == id, "the id in the path is the one given");
    expect(id.find_first_of("/?#\\%;") == string_view::npos && id != "." && id != "..",
           "an id is one segment of a path");
  }
  if (!expected.has_query) {
    expect(query.empty(), "nothing follows the path");
    return query;
  }
  expect(query.starts_with('?'), "a query follows");
  return query.substr(1);
}

Leaves form_leaves(string_view form) {
  Leaves leaves;
  for (const auto& [name, value] : florin_test::form_members(form))
    leaves.push_back({below({}, name), as_text(value)});
  return leaves;
}

Leaves json_leaves(string_view text) {
  boost::json::parse_options options;
  options.max_depth = 32;
  const auto document = boost::json::parse({text.data(), text.size()}, {}, options);
  // Members that are there twice would be lost.
  expect(boost::json::serialize(document) == text, "two writers write the same JSON");
  Leaves leaves;
  flatten(document, {}, leaves);
  return leaves;
}

/// Each wanted leaf is there once, and no other but those that may be.
void check_leaves(Leaves found, Wanted wanted, bool changes) {
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
void check_texts(const typename Operation::Request& request, FieldSet sent, const Leaves& leaves) {
  const auto stands = [&leaves](string_view text) {
    return std::any_of(leaves.begin(), leaves.end(), [text](const Leaf& leaf) {
      return leaf.value.find(text, 1) != std::string::npos;
    });
  };
  if constexpr (requires { request.metadata; }) {
    FieldSet computed = florin::name_fields;
    computed |= {Field::phone, Field::address_country};
    auto view = request;
    florin::detail::each_text(view, [&](Field field, string_view text) {
      if (sent.contains(field) && !computed.contains(field))
        expect(stands(text), "what is said to be sent is sent");
    });
  }
}

/// Takes the message apart. \return what the body says.
Leaves check_message(const florin::EncodedRequest& out, const Expected& expected) {
  const auto request = florin_test::request_text(out.bytes());
  expect(out.head().size() + out.body().size() == out.bytes().size() &&
             out.head().ends_with("\r\n\r\n") && request.body == out.body(),
         "head and body are all there is");
  check_headers(request, expected);
  expect(
      request.line == std::string{expected.method} + ' ' + std::string{out.target()} + " HTTP/1.1",
      "the request line is the declared one");
  const string_view query = check_path(out.target(), expected);
  if (expected.has_query) check_leaves(form_leaves(query), expected.query, false);
  if (!expected.has_body) {
    expect(request.body.empty(), "there is no body where none is declared");
    return {};
  }
  Leaves leaves = expected.is_form ? form_leaves(request.body) : json_leaves(request.body);
  check_leaves(leaves, expected.body, expected.changes);
  return leaves;
}

template <class... Parts>
void add_names(wire::Headers<Parts...>*, std::vector<string_view>& names) {
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
                    .id = scene.id,
                    .host = options.host.empty() ? P::hosts[options.environment] : options.host,
                    .headers = {"Host", "Content-Length", "Content-Type", "Accept", "User-Agent"},
                    .has_query = florin::HasQuery<Declared>,
                    .has_body = florin::HasBody<Declared>,
                    .changes = florin::Edits<Operation>,
                    .query = {},
                    .body = {}};
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
    expected.is_form = string_view{Body::content_type} != "application/json";
    if constexpr (florin::Edits<Operation>) {
      using Ctx = std::remove_const_t<decltype(context)>;
      const auto all = wire::merged(view, florin::ChangeOf<P>::facts);
      Model<Body>::tell(Ctx{all, context.credentials, context.idempotency_key, context.given,
                            context.access_token, context.salt, context.timestamp, context.touched},
                        {}, expected.body);
    } else {
      Model<Body>::tell(context, {}, expected.body);
    }
  }
  return expected;
}

template <class P, class Operation>
void encode(const Scene& scene) {
  const auto credentials = credentials_of<P>(scene);
  const auto current = current_of<P>(scene);
  const auto request = request_of<Operation>(scene, current);
  const florin::EncodeOptions options{
      .environment = scene.sandbox ? florin::Environment::sandbox : florin::Environment::live,
      .host = scene.host,
      .idempotency_key = scene.key,
      .access_token = scene.token,
      .salt = "a1B2c3D4e5F6",
      .timestamp = 1700000000};
  static florin::EncodedRequest out;  // with what earlier requests have left there
  const auto result = florin::encode<P, Operation>(request, credentials, options, out);
  if (!result) return check_refusal(result.error());
  const typename Operation::Request view = florin::detail::normal_form(request);
  const Leaves leaves =
      check_message(out, expected_of<P, Operation>(view, scene, credentials, options));
  if constexpr (florin::HasBody<florin::DeclarationOf<P, Operation>>)
    check_texts<Operation>(
        view, (view.given() & florin::DeclarationOf<P, Operation>::Body::carried) - out.dropped(),
        leaves);
}

}  // namespace
}  // namespace florin_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace florin_fuzz;
  Input input{data, size};
  const std::size_t policy = input.choice(policy_count);
  const std::size_t operation = input.choice(operation_count);
  const Scene scene = scene_of(input);
  const bool offered = visit_operation(
      policy, operation, [&]<class P, class Operation>() { encode<P, Operation>(scene); });
  return offered ? 0 : -1;
}

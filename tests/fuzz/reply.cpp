// SPDX-License-Identifier: Apache-2.0
// The reply decoder of every policy and operation.
//
// An input is a line with the connector's name, then three choices (operation, status, how it is
// cut into pieces) and a fourth for options, the rest of whose line is the id or the page that was
// asked for, then headers, a line each, then an empty line and the body.
#include <florin/decode.hpp>
#include <florin/encode.hpp>

#include <boost/json/parse.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "input.hpp"
#include "operations.hpp"
#include "told.hpp"
#include "utf8_text.hpp"

namespace florin_fuzz {
namespace {

using florin::Errc;
using florin::Outcome;
using std::string_view;

constexpr std::array statuses{200, 201, 202, 204, 400, 401, 402, 403, 404, 405, 408,
                              409, 410, 422, 424, 429, 500, 502, 503, 504, 301, 303,
                              304, 307, 308, 100, 101, 199, 299, 300, 599, 0};

/// An answer, and what it answers.
struct Scene {
  const florin::wire::ReplyFacts* facts = nullptr;
  int status = 0;
  std::size_t piece = 1;
  bool use_existing = false;
  bool clears = false;
  string_view about;  ///< an id or a page, as it can be sent
  std::vector<florin::wire::HeaderView> headers;
  string_view body;
};

template <class Operation>
typename Operation::Request request_of(const Scene& scene) {
  typename Operation::Request request{};
  if constexpr (Operation::reads == florin::Reads::page) {
    request.page = scene.about;
    if constexpr (Operation::filter == florin::Field::email) {
      request.email = "ana@example.com";
    } else {
      request.merchant_customer_id = "m-1001";
    }
  } else if constexpr (requires { request.connector_customer_id; }) {
    request.connector_customer_id = scene.about;
    if constexpr (florin::Edits<Operation>) {
      static constexpr std::array<string_view, 1> keys{"tier"};
      if (scene.clears) {
        request.cleared = {florin::Field::phone, florin::Field::description};
        request.metadata_cleared = florin::MetadataKeys{keys};
      }
    }
  } else if constexpr (requires { request.email; }) {
    request.merchant_customer_id = "m-1001";
    request.email = "ana@example.com";
  }
  return request;
}

/// Boost.JSON's own reader, as a second opinion.
bool is_json(string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  boost::json::parse_options options;
  options.max_depth = 32;
  boost::system::error_code ec;
  static_cast<void>(boost::json::parse({text.data(), text.size()}, ec, {}, options));
  return !ec;
}

bool can_be_sent(string_view id) {
  return !florin::detail::check_id(id);
}

template <class Operation>
void check_error(const florin::Error& error, const Scene& scene) {
  expect(error.code >= Errc::connection_lost, "the code of an answer is not a local one");
  expect(error.code != Errc::connection_lost, "whoever has an answer has not lost it");
  expect(error.status_code == florin::unified_status(error.code, scene.status) &&
             error.status_code >= 300,
         "the unified status is that of the code");
  expect(error.http_status == scene.status, "the status is the processor's");
  expect(error.connector == scene.facts->connector, "an error says whose it is");
  expect(error.code != Errc::unreadable_reply || !error.reason.empty(),
         "an unreadable answer says why");
  expect(!error.retry_after ||
             (error.retry_after->count() >= 0 && *error.retry_after <= std::chrono::hours{24}),
         "a wait is one of at most a day");
  if (!Operation::changes)
    expect(error.outcome == Outcome::no_effect, "what changes nothing leaves nothing open");
  if constexpr (Operation::reads == florin::Reads::id) {
    expect((error.outcome == Outcome::in_effect) == (error.code == Errc::customer_exists),
           "a customer exists where the processor says so");
  } else if constexpr (florin::Edits<Operation>) {
    expect(error.outcome != Outcome::in_effect || (error.field && scene.clears),
           "a failed update is in effect but for what was to be removed");
  } else {
    expect(error.outcome != Outcome::in_effect, "nothing else fails and is in effect");
  }
  expect(error.outcome != Outcome::no_effect || error.code != Errc::unreadable_reply ||
             !Operation::changes,
         "an unreadable answer leaves open what has changed");
  if (!error.existing_customer_id.empty()) {
    expect(error.code == Errc::customer_exists || Operation::reads == florin::Reads::token,
           "only a duplicate names another customer");
    expect(can_be_sent(error.existing_customer_id), "the existing customer's id can be sent");
  }
  for (const std::string* text :
       {&error.connector_code, &error.connector_type, &error.connector_message, &error.param})
    expect(is_utf8(*text), "what the processor says is UTF-8");
  const std::string what = error.what();
  expect(std::all_of(what.begin(), what.end(), [](char c) { return c >= ' ' && c < '\x7f'; }),
         "an error's own text is one line of ASCII");
}

void check_customer(const florin::Customer& customer, bool json) {
  expect(can_be_sent(customer.connector_customer_id()), "the id of a record can be sent");
  if (!json) return;
  for (const florin::Field field : florin::FieldSet::all())
    expect(is_utf8(customer.get(field).value_or("")), "a record's parts are UTF-8");
  for (std::size_t i = 0; i < customer.metadata_size(); ++i)
    expect(is_utf8(customer.metadata(i).key) && is_utf8(customer.metadata(i).value),
           "a record's metadata are UTF-8");
}

template <class Operation>
void check_success(const typename Operation::Response& response, const Scene& scene,
                   const typename Operation::Request& request) {
  const bool is_2xx = scene.status >= 200 && scene.status <= 299;
  if (is_2xx && !scene.body.empty() && scene.facts->syntax == florin::wire::Syntax::json)
    expect(is_json(scene.body), "a success is not read from broken JSON");
  if constexpr (Operation::reads == florin::Reads::id) {
    expect(is_2xx || (scene.use_existing && response.origin == florin::Origin::already_existed),
           "a refusal is a success only where an existing customer is to be used");
    expect(can_be_sent(response.connector_customer_id), "the new customer's id can be sent");
    expect(response.merchant_customer_id == request.merchant_customer_id,
           "the reference is echoed");
    if (response.origin != florin::Origin::already_existed)
      expect(response.connector_customer_id.view().starts_with(scene.facts->reply.id_prefix),
             "an id begins as those of this processor do");
  } else if constexpr (Operation::reads == florin::Reads::record) {
    expect(is_2xx, "a record comes with a 2xx");
    expect(florin::wire::same_name(response.connector_customer_id(), scene.about),
           "a record is the one that was asked for");
    check_customer(response, !scene.body.empty());
  } else if constexpr (Operation::reads == florin::Reads::page) {
    for (const florin::Customer& customer : response) {
      check_customer(customer, true);
      expect(customer.status != florin::CustomerStatus::deleted, "nobody deleted is found");
      if constexpr (Operation::filter == florin::Field::email) {
        expect(customer.email() && florin::wire::same_name(*customer.email(), request.email),
               "who is found has the email");
      } else {
        expect(customer.merchant_customer_id() == request.merchant_customer_id,
               "who is found has the reference");
      }
    }
    auto next = request;
    next.page = response.next();
    expect(response.next() != request.page || response.next().empty(), "pages lead on");
    expect(!florin::detail::check_request(next), "the next page can be asked for");
  } else if constexpr (Operation::reads == florin::Reads::confirmation) {
    expect(is_2xx || response.already_gone, "a refusal is a success only where nobody is left");
  } else {
    expect(is_2xx && !response.token.empty(), "a token comes with a 2xx");
    expect(!florin::detail::check_access_token(response.token.reveal()), "a token can be sent");
  }
}

/// Whether such a request would have been sent.
template <class Request>
bool was_sent(const Request& request) {
  if constexpr (requires { request.page; }) {
    return !florin::detail::check_request(request);
  } else if constexpr (requires { request.connector_customer_id; }) {
    return can_be_sent(request.connector_customer_id);
  } else {
    return true;
  }
}

/// What `decode` does, with the policy's facts as data, so that its code is here once.
/// \return whether there can be such an answer.
template <class Operation>
bool decode(const Scene& scene) {
  const auto request = request_of<Operation>(scene);
  if (!was_sent(request)) return false;
  const auto kept = Operation::keep(request);
  const auto on_exists =
      scene.use_existing ? florin::OnExists::use_existing : florin::OnExists::fail;
  const auto begin = [&scene](florin::wire::ReplyReader& reader) {
    reader.status(scene.status);
    for (const auto& header : scene.headers) reader.header(header.name, header.value);
  };
  florin::wire::ReplyReader reader{*scene.facts};
  begin(reader);
  reader.body(scene.body, true);
  const auto whole = florin::detail::answer_of<Operation>(reader, kept, on_exists);
  if (whole) {
    check_success<Operation>(*whole, scene, request);
  } else {
    check_error<Operation>(whole.error(), scene);
  }

  // The same again with an object that has read something else before, in pieces.
  florin::wire::ReplyReader used{*scene.facts};
  used.status(400);
  used.body(R"({"id":"old","error":{"code":"old","type":"old)");
  used.reset();
  begin(used);
  for (string_view rest = scene.body; !rest.empty();) {
    const std::string piece{rest.substr(0, scene.piece)};  // its end is the end of its memory
    rest.remove_prefix(piece.size());
    used.body(piece);
  }
  used.finish();
  expect(told(florin::detail::answer_of<Operation>(used, kept, on_exists)) == told(whole),
         "an answer means the same in whatever pieces it comes");
  return true;
}

Scene scene_of(Input& input) {
  Scene scene;
  scene.status = statuses[input.choice(statuses.size())];
  scene.piece = input.choice(64) + 1;
  const std::size_t options = input.choice(4);
  scene.use_existing = (options & 1U) != 0;
  scene.clears = (options & 2U) != 0;
  scene.about = input.up_to('\n');
  for (string_view line = input.up_to('\n'); !line.empty(); line = input.up_to('\n')) {
    const std::size_t colon = line.find(": ");
    if (colon == string_view::npos) break;
    scene.headers.push_back({line.substr(0, colon), line.substr(colon + 2)});
  }
  scene.body = input.rest();
  return scene;
}

}  // namespace
}  // namespace florin_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace florin_fuzz;
  Input input{data, size};
  const std::size_t policy = policy_named(input.up_to('\n'));
  const std::size_t operation = input.choice(operation_count);
  Scene scene = scene_of(input);
  bool sent = false;
  each_operation([&]<class P, class Operation>(std::size_t a_policy, std::size_t an_operation) {
    if (a_policy != policy || an_operation != operation) return;
    scene.facts = &florin::reply_facts<P, Operation>;
    sent = decode<Operation>(scene);
  });
  return sent ? 0 : -1;
}

// SPDX-License-Identifier: Apache-2.0
//
// Shows what goes over the wire, and what an answer means, for every connector of the library: JSON
// lines in, JSON lines out, no network. Layer 0 alone.

#include <florin/customer.hpp>
#include <florin/decode.hpp>
#include <florin/encode.hpp>
#include <florin/error.hpp>
#include <florin/idempotency.hpp>
#include <florin/policies.hpp>
#include <florin/policy.hpp>
#include <florin/signing.hpp>
#include <florin/wire/record.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "wire/description.hpp"
#include "wire/members.hpp"
#include "wire/page.hpp"
#include "wire/request.hpp"
#include "wire/text.hpp"

namespace {

namespace json = boost::json;
using florin::Errc;
using florin::Field;
using florin::FieldSet;
using wire_example::BadLine;
using wire_example::description_of;
using wire_example::json_of;
using wire_example::Members;
using wire_example::names_of;
using wire_example::page_of;
using wire_example::request_of;
using wire_example::text_of;
using wire_example::text_or_null;

constexpr std::string_view usage = R"(usage: wire list
       wire show [CONNECTOR]
       wire pages
       wire encode CONNECTOR [OPERATION]
       wire decode CONNECTOR [OPERATION]

list    One line per connector: its operations, credentials, hosts, and where each unified field
        goes. OPERATION is create (the default), retrieve, update, delete or find.
show    The same as a page to read, of one connector or of all.
pages   Those pages as JSON, one line a connector: {"name": ..., "sections": [{"heading": ...,
        "tables": [{"headed": ..., "rows": [[...]]}]}]}.
encode  Each input line is {"request": {...}, "credentials": {...}, "idempotency_key": "...",
        "environment": "live" or "sandbox"}; each output line is the HTTP request of the operation,
        or {"error": {...}}. A retrieve's or delete's request is {"connector_customer_id": "..."};
        an update's has beside it "set", with the members of a create, "clear", the names of fields,
        "metadata_set" and "metadata_clear", the keys of entries, and the line has "current" where
        the processor replaces what is not sent again: the customer as decode shows one. A find's is
        {"find": {"email" or "merchant_customer_id": "...", "page": "..."}}, the page as decode
        shows it as "next". Without a key the derived one is used, of an
        update a fresh one, where the processor takes one; the environment is the sandbox unless it
        is given. Where the credentials are exchanged for an access token first, "token_request"
        shows how, and the token is that of "access_token", else {access_token}. Where requests are
        signed, that is done now with a random salt unless "salt" and "timestamp" (Unix seconds) are
        given. Where a customer is made with a payment method only, "payment_token" is the
        processor's own token of that.
decode  Each input line is {"request": {...}, "response": {"status": 200, "headers": {...},
        "body": "..."}}; each output line is the unified answer or {"ok": false, "error": {...}}. A
        retrieve's and an update's has the record as "customer", without what the processor did not
        send; a find's has "customers", those that match exactly, and "next".

Nothing is sent anywhere. A line that cannot be read gives an error and the next one is read.
)";

/// Longest input line, in bytes: an answer at the library's own limit, with every byte escaped.
constexpr std::size_t max_line = std::size_t{8} << 20U;

/// An outcome in the words of this program's format, which others read.
std::string_view outcome_of(florin::Outcome outcome) {
  switch (outcome) {
    case florin::Outcome::no_effect:
      return "not_created";
    case florin::Outcome::in_effect:
      return "created";
    case florin::Outcome::unknown:
      return "unknown";
  }
  return "unknown";
}

json::object error_of(const florin::Error& error) {
  json::value retry_after;
  if (error.retry_after) {
    const auto wait = error.retry_after->count();
    if (wait % 1000 == 0) {
      retry_after = wait / 1000;
    } else {
      retry_after = static_cast<double>(wait) / 1000;
    }
  }
  return {{"code", to_string(error.code)},
          {"outcome", outcome_of(error.outcome)},
          {"status_code", error.status_code},
          {"http_status", error.http_status == 0 ? json::value() : json::value(error.http_status)},
          {"connector_code", text_or_null(error.connector_code)},
          {"connector_type", text_or_null(error.connector_type)},
          {"connector_message", text_or_null(error.connector_message)},
          {"param", text_or_null(error.param)},
          {"existing_customer_id", text_or_null(error.existing_customer_id)},
          {"retry_after", retry_after},
          {"request_id", text_or_null(error.request_id)},
          {"field", error.field ? json::value(to_string(*error.field)) : json::value()},
          {"message", error.what()}};
}

json::object error_of(const BadLine& bad) {
  json::object error = error_of(florin::Error{});
  error["code"] = bad.code;
  error["status_code"] = 422;
  if (bad.field) error["field"] = error["param"] = to_string(*bad.field);
  error["message"] = text_of(bad.message);
  return error;
}

template <class P>
florin::CredentialsOf<P> credentials_of(Members members) {
  florin::CredentialsOf<P> credentials{};
  P::CredentialNames::describe([&]<class Part>() {
    if (auto value = members.text(Part::name, "invalid_credentials"); !value.empty())
      credentials.*Part::member = std::move(value);
  });
  members.done("invalid_credentials");
  return credentials;
}

florin::Environment environment_of(Members& line) {
  const std::string name = line.text("environment");
  if (name.empty() || name == "sandbox") return florin::Environment::sandbox;
  if (name == "live") return florin::Environment::live;
  throw BadLine{"invalid_request", "environment is neither live nor sandbox"};
}

// The commands.

/// Takes the head of an encoded request apart.
json::object request_lines(std::string_view head) {
  const auto next = [&head] {
    const auto end = head.find("\r\n");
    const auto line = head.substr(0, end);
    head.remove_prefix(end + 2);
    return line;
  };
  const std::string_view first = next();
  const auto blank = first.find(' ');
  json::object headers;
  for (auto line = next(); !line.empty(); line = next()) {
    const auto colon = line.find(": ");
    headers[line.substr(0, colon)] = text_of(line.substr(colon + 2));
  }
  const json::value host = headers["Host"];
  return {{"method", first.substr(0, blank)},
          {"host", host},
          {"target", first.substr(blank + 1, first.rfind(' ') - blank - 1)},
          {"headers", std::move(headers)}};
}

/// The time to sign with: now unless it is given.
std::int64_t seconds_of(Members& line) {
  const json::value* const value = line.find("timestamp");
  if (value == nullptr) return florin::unix_time();
  if (!value->is_int64()) throw BadLine{"invalid_request", "timestamp is not in Unix seconds"};
  return value->get_int64();
}

/// A find's request.
struct Filter {
  std::string email;
  std::string merchant_customer_id;
  std::string page;
};

/// The fields that an update clears, by their names; `address` is all of one.
FieldSet fields_of(const json::value& names) {
  if (!names.is_array()) throw BadLine{"invalid_request", "request.clear is not an array"};
  FieldSet fields;
  for (const json::value& entry : names.get_array()) {
    const std::string_view name = entry.is_string() ? entry.get_string() : std::string_view{};
    FieldSet found;
    if (name == "address") found = florin::address_fields;
    for (const Field field : FieldSet::all())
      if (name == to_string(field)) found.insert(field);
    if (found.empty()) throw BadLine{"invalid_field", "request.clear has a name of no field"};
    fields |= found;
  }
  return fields;
}

florin::UpdateRequest changes_of(Members members) {
  florin::UpdateRequest changes;
  changes.connector_customer_id = members.text("connector_customer_id", "invalid_field");
  florin::CreateRequest set = request_of(members.object("set"));
  changes.merchant_customer_id = std::move(set.merchant_customer_id);
  changes.email = std::move(set.email);
  changes.name = std::move(set.name);
  changes.given_name = std::move(set.given_name);
  changes.family_name = std::move(set.family_name);
  changes.phone = std::move(set.phone);
  changes.description = std::move(set.description);
  changes.metadata = std::move(set.metadata);
  changes.address = std::move(set.address);
  Members entries = members.object("metadata_set");
  for (const auto& entry : entries.all())
    changes.metadata.set(std::string{std::string_view{entry.key()}},
                         entries.text(entry.key(), "invalid_field", Field::metadata));
  if (const json::value* const names = members.find("clear")) changes.cleared = fields_of(*names);
  if (const json::value* const keys = members.find("metadata_clear")) {
    if (!keys->is_array())
      throw BadLine{"invalid_request", "request.metadata_clear is not an array"};
    for (const json::value& key : keys->get_array()) {
      if (!key.is_string())
        throw BadLine{"invalid_field", "request.metadata_clear has no string", Field::metadata};
      changes.metadata_cleared.emplace_back(std::string_view{key.get_string()});
    }
  }
  members.done();
  return changes;
}

/// The record that a change is merged into, in the form in which decode shows one; none: it is not
/// given, or the operation needs none.
template <class Operation>
std::optional<florin::Customer> record_of(Members& line) {
  if constexpr (florin::Edits<Operation>) {
    if (line.find("current") == nullptr) return std::nullopt;
    Members given = line.object("current");
    Members address = given.object("address");
    Members metadata = given.object("metadata");
    florin::wire::RecordLog log;
    const auto put = [&log](Field field, const std::string& text, bool is_json = false) {
      log.begin(static_cast<std::uint8_t>(field), field == Field::metadata, is_json);
      log.value(text);
    };
    for (const Field field : FieldSet::all()) {
      if (field == Field::metadata) continue;
      constexpr std::string_view in_address = "address.";
      const std::string_view name = to_string(field);
      const bool inside = name.starts_with(in_address);
      Members& from = inside ? address : given;
      const std::string_view member = inside ? name.substr(in_address.size()) : name;
      if (from.find(member) != nullptr) put(field, from.text(member));
    }
    for (const auto& entry : metadata.all()) {
      const json::value* const value = metadata.find(entry.key());
      if (value == nullptr) continue;
      log.name(entry.key());
      if (value->is_string()) {
        put(Field::metadata, metadata.text(entry.key()));
      } else {
        put(Field::metadata, json::serialize(*value), true);
      }
    }
    for (const std::string_view shown : {"created", "status"}) static_cast<void>(given.find(shown));
    florin::Customer customer;
    customer.assign(given.text("connector_customer_id"), log.whole(), florin::wire::ReplyFacts{});
    address.done();
    given.done();
    return customer;
  } else {
    return std::nullopt;
  }
}

/// The key that a request is sent with unless one is given.
template <class P, class Operation>
florin::Text key_for([[maybe_unused]] std::string_view merchant_customer_id) {
  if constexpr (florin::Edits<Operation>) return florin::fresh_idempotency_key<P, Operation>();
  return florin::derive_idempotency_key<P>(merchant_customer_id);
}

/// The request of a line, for an operation.
template <class Operation>
auto request_for(Members members) {
  if constexpr (std::is_same_v<Operation, florin::Create>) {
    return request_of(std::move(members));
  } else if constexpr (florin::Edits<Operation>) {
    return changes_of(std::move(members));
  } else if constexpr (Operation::reads == florin::Reads::page) {
    Members find = members.object("find");
    members.done();
    Filter filter{find.text("email", "invalid_field", Field::email),
                  find.text("merchant_customer_id", "invalid_field", Field::merchant_customer_id),
                  find.text("page")};
    find.done();
    return filter;
  } else {
    std::string id = members.text("connector_customer_id", "invalid_field");
    members.done();
    return id;
  }
}

template <class Operation>
florin::CreateRequestView view_of(const florin::CreateRequest& request) {
  return request;
}
template <class Operation>
typename Operation::Request view_of(const std::string& connector_customer_id) {
  return {connector_customer_id};
}

template <class Operation>
florin::FindRequest view_of(const Filter& filter) {
  return {filter.email, filter.merchant_customer_id, filter.page};
}

template <class Operation>
florin::UpdateRequestView view_of(const florin::UpdateRequest& request) {
  return request;
}

template <class P, class Operation>
struct Encode {
  florin::EncodedRequest out{};

  json::object operator()(const json::object& input) {
    Members line{input, ""};
    const auto request = request_for<Operation>(line.object("request"));
    const auto credentials = credentials_of<P>(line.object("credentials"));
    const auto current = record_of<Operation>(line);
    const auto environment = environment_of(line);
    std::string key = line.text("idempotency_key");
    std::string token = line.text("access_token");
    const std::string payment_token = line.text("payment_token");
    std::string salt = line.text("salt");
    const std::int64_t timestamp = seconds_of(line);
    line.done();
    using Idempotency = florin::IdempotencyOf<P, Operation>;
    constexpr bool takes_key = Idempotency::takes_key || Idempotency::takes_given;
    if constexpr (takes_key) {
      if (key.empty() && Idempotency::takes_key) key = key_for<P, Operation>(request.merchant_customer_id).str();
    } else {
      key.clear();
    }
    if (token.empty()) token = "{access_token}";
    if (salt.empty() && florin::SignsRequests<P>) salt = florin::FreshSalt{}.text();

    florin::EncodeOptions options{.environment = environment,
                                  .idempotency_key = key,
                                  .access_token = token,
                                  .salt = salt,
                                  .timestamp = timestamp,
                                  .payment_token = payment_token};
    typename Operation::Request view = view_of<Operation>(request);
    if constexpr (florin::Edits<Operation>) view.current = current ? &*current : nullptr;
    const auto encoded = florin::encode<P, Operation>(view, credentials, options, out);
    if (!encoded) return failed(error_of(encoded.error()));
    json::object result = shown();
    if constexpr (florin::ExchangesToken<P>) {
      const florin::FieldSet dropped = out.dropped();
      options.payment_token = {};
      const auto fetch =
          florin::encode<P, florin::FetchToken>(florin::TokenRequest{}, credentials, options, out);
      if (!fetch) return failed(error_of(fetch.error()));
      result["token_request"] = shown();
      result["dropped"] = names_of(dropped);
    } else {
      result["dropped"] = names_of(out.dropped());
    }
    result["idempotency_key"] = takes_key ? text_or_null(key) : nullptr;
    return result;
  }
  static json::object failed(json::object error) { return {{"error", std::move(error)}}; }

 private:
  [[nodiscard]] json::object shown() const {
    json::object result = request_lines(out.head());
    result["body"] = text_of(out.body());
    return result;
  }
};

/// A record, without what the processor did not send.
json::object record_of(const florin::Customer& customer) {
  json::object address;
  json::object found{{"connector_customer_id", text_of(customer.connector_customer_id())}};
  for (const Field field : FieldSet::all()) {
    const auto part = customer.get(field);
    if (!part) continue;
    constexpr std::string_view in_address = "address.";
    const std::string_view name = to_string(field);
    if (name.starts_with(in_address)) {
      address[name.substr(in_address.size())] = text_of(*part);
    } else {
      found[name] = text_of(*part);
    }
  }
  if (!address.empty()) found["address"] = std::move(address);
  if (customer.metadata_size() != 0) {
    json::object metadata;
    for (std::size_t i = 0; i < customer.metadata_size(); ++i) {
      const auto entry = customer.metadata(i);
      metadata[entry.key] = entry.is_json ? json::parse(entry.value) : text_of(entry.value);
    }
    found["metadata"] = std::move(metadata);
  }
  if (const auto created = customer.created())
    found["created"] = created->time_since_epoch().count();
  found["status"] = to_string(customer.status);
  return found;
}

template <class P, class Operation>
struct Decode {
  struct Header {
    std::string name;
    std::string value;
  };

  json::object operator()(const json::object& input) {
    Members line{input, ""};
    const auto request = request_for<Operation>(line.object("request"));
    Members response = line.object("response");
    line.done();
    const json::value* status = response.find("status");
    if (status == nullptr || !status->is_int64() || status->get_int64() < 100 ||
        status->get_int64() > 599)
      throw BadLine{"invalid_request", "response.status is not an HTTP status"};
    Members given = response.object("headers");
    std::vector<Header> headers;
    for (const auto& header : given.all())
      headers.push_back({std::string{std::string_view{header.key()}}, given.text(header.key())});
    const std::string body = response.text("body");
    response.done();

    const typename Operation::Request view = view_of<Operation>(request);
    const auto answer = florin::decode<P, Operation>(
        florin::wire::ResponseView<std::vector<Header>>{static_cast<int>(status->get_int64()),
                                                        headers, body},
        view);
    if (!answer) return failed(error_of(answer.error()));
    return success(*answer);
  }
  static json::object failed(json::object error) {
    return {{"ok", false}, {"error", std::move(error)}};
  }

 private:
  static json::object success(const florin::Customer& customer) {
    return {{"ok", true},
            {"customer", record_of(customer)},
            {"status_code", customer.status_code},
            {"http_status", customer.http_status},
            {"request_id", text_or_null(customer.request_id)}};
  }
  static json::object success(const florin::CustomerPage& page) {
    json::array customers;
    for (const florin::Customer& customer : page) customers.emplace_back(record_of(customer));
    return {{"ok", true},
            {"customers", std::move(customers)},
            {"next", text_or_null(page.next())},
            {"index", to_string(page.index.consistency)},
            {"status_code", page.status_code},
            {"http_status", page.http_status},
            {"request_id", text_or_null(page.request_id)}};
  }
  static json::object success(const florin::DeleteResponse& answer) {
    return {{"ok", true},
            {"connector_customer_id", text_or_null(answer.connector_customer_id)},
            {"status", to_string(answer.status)},
            {"already_gone", answer.already_gone},
            {"status_code", answer.status_code},
            {"http_status", answer.http_status},
            {"request_id", text_or_null(answer.request_id)}};
  }
  static json::object success(const florin::CreateResponse& answer) {
    return {{"ok", true},
            {"merchant_customer_id", text_or_null(answer.merchant_customer_id)},
            {"connector_customer_id", text_or_null(answer.connector_customer_id)},
            {"status", to_string(answer.status)},
            {"status_code", answer.status_code},
            {"http_status", answer.http_status},
            {"origin", to_string(answer.origin)},
            {"request_id", text_or_null(answer.request_id)}};
  }
};

/// Reads a line without its end.
/// \return false at the end of the input.
bool read_line(std::istream& in, std::string& line, bool& too_long) {
  line.clear();
  too_long = false;
  std::streambuf& buffer = *in.rdbuf();
  constexpr auto end = std::char_traits<char>::eof();
  bool any = false;
  for (int c = buffer.sbumpc(); c != end; c = buffer.sbumpc()) {
    any = true;
    if (c == '\n') return true;
    if (line.size() == max_line) too_long = true;
    if (!too_long) line.push_back(static_cast<char>(c));
  }
  return any;
}

template <class Command>
json::object answer_line(Command& command, std::string_view line, bool too_long) {
  try {
    if (too_long) throw BadLine{"invalid_request", "the line is longer than 8 MiB"};
    boost::system::error_code ec;
    const json::value input = json::parse(line, ec);
    if (ec) throw BadLine{"invalid_request", "the line is not JSON: " + ec.message()};
    if (!input.is_object()) throw BadLine{"invalid_request", "the line is not a JSON object"};
    return command(input.get_object());
  } catch (const BadLine& bad) {
    return Command::failed(error_of(bad));
  }
}

template <class Command>
int answer_lines(Command command) {
  std::string line;
  for (bool too_long = false; read_line(std::cin, line, too_long);) {
    std::cout << json::serialize(answer_line(command, line, too_long)) << std::endl;
    if (!std::cout) return 1;
  }
  return 0;
}

/// Calls `visit.operator()<P>()` for every policy until one returns true.
template <class Visitor>
bool any_policy(Visitor visit) {
  return [&]<class... P>(std::type_identity<std::tuple<P...>>) {
    return (visit.template operator()<P>() || ...);
  }(std::type_identity<florin::AllPolicies>{});
}

/// Calls `visit.operator()<P>()` for the policy of that name.
/// \return false when there is none.
template <class Visitor>
bool with_policy(std::string_view name, Visitor visit) {
  return any_policy([&]<class P>() {
    if (P::name != name) return false;
    visit.template operator()<P>();
    return true;
  });
}

/// Answers the lines of a command on an operation.
/// \return no value: the policy does not offer it.
template <class P, class Operation>
std::optional<int> answer_command(std::string_view command) {
  if constexpr (florin::offers<P, Operation>) {
    return command == "encode" ? answer_lines(Encode<P, Operation>{})
                               : answer_lines(Decode<P, Operation>{});
  }
  return std::nullopt;
}

/// Answers lines of finds, each with the filter that it gives.
template <class P, template <class, class> class Command>
struct Finding {
  json::object operator()(const json::object& input) {
    Members line{input, ""};
    Members request = line.object("request");
    Members find = request.object("find");
    if (find.find("merchant_customer_id") != nullptr) return answer<florin::FindByReference>(input);
    return answer<florin::FindByEmail>(input);
  }
  static json::object failed(json::object error) {
    return Command<P, florin::Create>::failed(std::move(error));
  }

 private:
  template <class Operation>
  static json::object answer(const json::object& input) {
    if constexpr (florin::offers<P, Operation>) {
      return Command<P, Operation>{}(input);
    } else {
      throw BadLine{"invalid_options", "this connector does not offer the filter"};
    }
  }
};

template <class P>
std::optional<int> answer_finds(std::string_view command) {
  if constexpr (florin::offers<P, florin::Find>) {
    return command == "encode" ? answer_lines(Finding<P, Encode>{})
                               : answer_lines(Finding<P, Decode>{});
  }
  return std::nullopt;
}

int refuse(std::string_view why) {
  std::cerr << "wire: " << why << "\n\n" << usage << "\nconnectors:";
  any_policy([]<class P>() {
    std::cerr << ' ' << P::name;
    return false;
  });
  std::cerr << '\n';
  return 2;
}

/// Prints the page of one connector, or those of all.
int show(std::optional<std::string_view> name) {
  bool any = false;
  any_policy([&]<class P>() {
    if (name && *name != P::name) return false;
    std::cout << (any ? "\n" : "") << text_of(page_of(description_of<P>()));
    any = true;
    return false;
  });
  if (!any) return refuse("there is no connector " + std::string{*name});
  std::cout.flush();
  return std::cout ? 0 : 1;
}

int run(const std::vector<std::string_view>& arguments) {
  if (arguments.size() == 1 && arguments[0] == "--help") {
    std::cout << usage;
    return 0;
  }
  if (arguments.size() == 1 && (arguments[0] == "list" || arguments[0] == "pages")) {
    any_policy([pages = arguments[0] == "pages"]<class P>() {
      const json::object description = description_of<P>();
      std::cout << json::serialize(pages ? json_of(page_of(description)) : description) << '\n';
      return false;
    });
    std::cout.flush();
    return std::cout ? 0 : 1;
  }
  if (!arguments.empty() && arguments.size() <= 2 && arguments[0] == "show")
    return show(arguments.size() == 2 ? std::optional{arguments[1]} : std::nullopt);
  if (arguments.empty() || (arguments[0] != "encode" && arguments[0] != "decode"))
    return refuse("say list, show, pages, encode CONNECTOR or decode CONNECTOR");
  if (arguments.size() != 2 && arguments.size() != 3)
    return refuse("name one connector, and one operation if it is not create");
  const std::string_view operation = arguments.size() == 3 ? arguments[2] : florin::Create::name;
  std::optional<int> result;
  const bool found = with_policy(arguments[1], [&]<class P>() {
    if (operation == florin::Create::name)
      result = answer_command<P, florin::Create>(arguments[0]);
    else if (operation == florin::Retrieve::name)
      result = answer_command<P, florin::Retrieve>(arguments[0]);
    else if (operation == florin::Update::name)
      result = answer_command<P, florin::Update>(arguments[0]);
    else if (operation == florin::Delete::name)
      result = answer_command<P, florin::Delete>(arguments[0]);
    else if (operation == "find")
      result = answer_finds<P>(arguments[0]);
  });
  if (!found) return refuse("there is no connector " + std::string{arguments[1]});
  if (!result)
    return refuse(std::string{arguments[1]} + " has no operation " + std::string{operation});
  return *result;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    std::ios::sync_with_stdio(false);
    return run({argv + 1, argv + argc});
  } catch (const std::exception& exception) {
    std::cerr << "wire: " << exception.what() << '\n';
    return 1;
  }
}

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/received_request.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// The description of a payment processor's server side, as data: plain aggregates meant for
/// designated initialisers. `Sandbox` serves what they say. Function members are there for the odd
/// need; they are called one at a time and must not throw.
///
/// **Names of parameters.** In a form body a parameter is named by its decoded key:
/// `address[line1]`. In a JSON body it is named by its path: `address.line1`,
/// `shipToList[0].firstName`; only leaves (strings, numbers, booleans, null, empty containers) are
/// parameters. A dot, bracket or backslash inside a member's own name is preceded by a backslash.
///
/// **Templates.** The bodies and header values of answers are templates. A body is JSON text. A
/// string in it that is exactly one placeholder becomes that value with its JSON type; placeholders
/// within longer strings are replaced by their text. A JSON object in which every member is a
/// placeholder without a value has no value itself, arrays that are left empty included; a body
/// then is `{}`. Names of members may hold placeholders too. In an XML text values are escaped, and
/// `Processor::absent` also applies to an element that holds nothing but a placeholder.
///
/// | placeholder | value |
/// |---|---|
/// | `{{id}}`, `{{existing_id}}` | the customer's id; the id of the one that already exists |
/// | `{{numeric_id}}` | the customer's id as a number |
/// | `{{request_id}}` | a new id for every answer, see `Processor::request_id` |
/// | `{{created}}`, `{{created_time}}` | when the customer was stored: Unix seconds; ISO 8601 |
/// | `{{updated}}` | when it was last changed, in Unix seconds |
/// | `{{created_time FORMAT}}` | the same in UTC, in a format of `strftime` |
/// | `{{updated_time}}`, `{{updated_time FORMAT}}` | when it was last changed, likewise |
/// | `{{removed}}` | `true` of a removed customer |
/// | `{{removed_time FORMAT}}` | when a removed customer was removed |
/// | `{{expires_time FORMAT}}` | when a token just issued expires, likewise |
/// | `{{field NAME}}`, `{{field NAME\|DEFAULT}}` | a customer's parameter, as it was sent |
/// | `{{lower NAME}}`, `{{digits NAME}}` | the same in lower case; its digits alone |
/// | `{{sent NAME}}`, `{{sent NAME\|DEFAULT}}` | a parameter of the request that is answered |
/// | `{{nullable NAME}}` | the same; null when it was not sent, whatever the processor leaves out |
/// | `{{all NAME}}` | every occurrence of a repeatable parameter, as an array of strings |
/// | `{{map PREFIX}}`, `{{map PREFIX\|DEFAULT}}` | all entries of a map as an object, else `{}` |
/// | `{{pairs PREFIX}}` | the same as an array of `{"name","value"}` |
/// | `{{customer}}` | `Processor::customer` rendered |
/// | `{{customers}}` | a page of customers, each a `Listing::item` |
/// | `{{some_customers}}` | the same; no value when there are none |
/// | `{{cursor}}` | within `Listing::item`: what names the customer in `Listing::after_name` |
/// | `{{has_more}}` | whether there are more in the direction that was asked for |
/// | `{{last_cursor}}` | the cursor of the page's last customer |
/// | `{{next_cursor}}`, `{{previous_cursor}}` | the same (the first one's), if there are more |
/// | `{{limit}}`, `{{total}}` | how many customers a page holds; how many there are on all pages |
/// | `{{count}}`, `{{offset}}` | how many customers there are on the page; how many before it |
/// | `{{page}}`, `{{pages}}` | the number of the page, and how many pages there are |
/// | `{{next_page}}`, `{{previous_page}}`, `{{last_page}}` | their numbers |
/// | `{{from}}`, `{{to}}` | the page's first and last customer, counted from 1 |
/// | `{{self_link}}`, `{{first_link}}`, `{{last_link}}` | where pages are found |
/// | `{{next_link}}`, `{{previous_link}}` | likewise, if there is such a page |
/// | `{{next_path}}` | the first without the sandbox's address |
/// | `{{code}}`, `{{code_dashed}}` | of the refusal; with `-` in place of `_` |
/// | `{{message}}`, `{{reason}}` | of the refusal |
/// | `{{param}}`, `{{param_leaf}}` | the refused parameter; its last part |
/// | `{{param_parent}}` | its last part but one, without an index |
/// | `{{param_pointer}}`, `{{param_brackets}}` | all of it, as `/a/b`; as `a[b]` |
/// | `{{param_tree}}` | objects within each other as its parts are, with the message in the last |
/// | `{{value}}` | the refused parameter's value |
/// | `{{credential}}` | the refused credential, masked; only when it came as a bearer token |
/// | `{{token}}` | a token just issued |
/// | `{{base}}` | the sandbox's own address, such as `https://localhost:40000` |
/// | `{{random PATTERN}}` | see `Pattern`; another one every time |
/// | `{{fixed PATTERN}}` | see `Pattern`; always the same of one customer |
/// | `{{... if PREFIX}}` | any of these; no value unless a parameter named PREFIX... was sent |
/// | `{{... if NAME=VALUE}}` | any of these; no value unless this parameter had this value |
///
/// Every placeholder without another argument takes a `|DEFAULT`, too.
namespace florin::testing {

/// A pattern for generated identifiers: `*` is a letter or digit, `#` a decimal digit, `%` a lower
/// case hexadecimal digit, everything else stands for itself: `cus_**************`.
using Pattern = std::string;

/// One decoded parameter of a request.
struct Parameter {
  std::string name{};  ///< on the wire, decoded
  /// The text of a string, the spelling of any other JSON value.
  std::string value{};
  /// False for a JSON number, boolean, null or empty container.
  bool is_string = true;
};

/// Why a request is refused. Where a processor has no own answer for a case, the more general case
/// named in the comment answers.
enum class Case {
  invalid_value,           ///< of the wrong type or form; what every processor needs
  missing_field,           ///< else invalid_value
  empty_value,             ///< else invalid_value
  too_long,                ///< else invalid_value
  too_many_entries,        ///< more map entries than allowed; else invalid_value
  invalid_key,             ///< a map key too long or of forbidden characters; else invalid_value
  unknown_parameter,       ///< else invalid_value
  repeated_parameter,      ///< else invalid_value
  wrong_order,             ///< else invalid_value
  malformed_body,          ///< not decodable; else invalid_value
  unsupported_media_type,  ///< else malformed_body
  body_too_large,          ///< else malformed_body
  unauthorized,            ///< wrong credential; needed
  no_credentials,          ///< else unauthorized
  expired_token,           ///< else unauthorized
  forbidden,               ///< right credential, missing permission; else unauthorized
  not_found,               ///< no such customer; needed
  removed,                 ///< no such customer any more; else not_found
  invalid_state,           ///< of the customer, for what is asked; else invalid_value
  invalid_id,              ///< not one of this processor's ids; else not_found
  no_route,                ///< no such path; else not_found
  wrong_method,            ///< else no_route
  duplicate_customer,      ///< a unique value is taken; else invalid_value
  idempotency_mismatch,    ///< key used before with other parameters; else invalid_value
  idempotency_repeated,  ///< key used before, where repeats are refused; else idempotency_mismatch
  idempotency_in_use,    ///< the first request still runs; else idempotency_mismatch
  idempotency_invalid,   ///< key empty or too long; else invalid_value
  rate_limited,          ///< needed
  server_error,          ///< needed
};

/// A header field of an answer; the value is a template.
struct Header {
  std::string name{};   ///< the field
  std::string value{};  ///< a template
};

/// One answer.
struct Answer {
  int status = 200;  ///< HTTP status
  /// JSON template, or text template where `content_type` neither contains `json` nor begins with
  /// `application/vnd`; a text is XML where that contains `xml`. Empty: no body.
  std::string body{};
  std::vector<Header> headers{};  ///< besides those of every answer
  /// Of a refusal: `{{code}}` and `{{message}}`, unless the field has its own. Text templates.
  std::string code{};
  /// Likewise.
  std::string message{};
  /// Empty: `Processor::content_type`.
  std::string content_type{};
  /// Of a refusal that has a second code beside the first: `{{reason}}`, likewise.
  std::string reason{};
};

/// What a field says for itself when refused, in place of the answer's `code`, and of its `message`
/// and `reason` where it has its own.
struct Complaint {
  Case cause{};           ///< when it says so
  std::string code{};     ///< as in `Answer`
  std::string message{};  ///< empty: the answer's
  std::string reason{};   ///< empty: the answer's
};

/// The form a value must have.
enum class Format {
  any,
  email,  ///< `local@domain`, no blanks
  digits,
  country_alpha2,  ///< two upper case letters
  country_alpha3,  ///< three upper case letters
};

/// The JSON type a value must have; in a form body the spelling of such a value.
enum class Type { string, integer, number, boolean, any };

/// A parameter that is known by name. Lengths are in characters (code points), 0 means no limit.
struct Field {
  std::string name{};           ///< of the parameter
  std::size_t max_length = 0;   ///< longer: `Case::too_long`
  bool required = false;        ///< absent: `Case::missing_field`
  Format format = Format::any;  ///< what else a value is
  Type type = Type::string;     ///< in a JSON body
  /// When not empty: the only values allowed.
  std::vector<std::string> one_of{};
  /// Required as soon as a parameter whose name starts with this text is sent (`shipping[`).
  std::string required_with{};
  /// May come several times (`preferred_locales[]`).
  bool repeatable = false;
  /// May be empty text, whatever `Action::refuse_empty` says.
  bool may_be_empty = false;
  /// Anything else a value must satisfy.
  std::function<bool(std::string_view)> check{};
  std::vector<Complaint> complaints{};  ///< what it says for itself when refused
};

/// A parameter that is a map from strings to strings: `metadata`. 0 means no limit.
struct MapField {
  std::string prefix{};         ///< before an entry's key
  std::size_t max_entries = 0;  ///< more: `Case::too_many_entries`
  std::size_t max_key = 0;      ///< in characters
  std::size_t max_value = 0;    ///< in characters
  /// Of the whole map as JSON text; beyond it `Case::too_long`.
  std::size_t max_total = 0;
  /// Characters a key must not contain, besides those of the notation.
  std::string forbidden_in_keys{};
  /// Anything else a key must satisfy (a list of configured names, ...).
  std::function<bool(std::string_view)> key_check{};
  /// When not empty, the map travels as an array of objects of these two members.
  std::string pair_name{};
  /// Likewise: the member with the value.
  std::string pair_value{};
  /// The map is the JSON text of an object, in a parameter of the form named `prefix`; its entries
  /// are parameters named as in a JSON body.
  bool json_text = false;
};

/// A request header with a rule.
struct HeaderRule {
  std::string name{};     ///< the field, in any letter case
  bool required = false;  ///< without it a request is refused
  /// When not empty: the only values allowed.
  std::vector<std::string> one_of{};
  /// Anything else the value must satisfy.
  std::function<bool(std::string_view)> check{};
  /// What a request without it, or with another value, is answered.
  Answer refusal{};
};

/// How a credential is shown. A credential of two parts is one text with a colon between.
enum class Scheme {
  bearer,      ///< `Authorization: Bearer TEXT`
  basic_user,  ///< HTTP Basic, the text as user name with an empty password
  basic_pair,  ///< HTTP Basic, the text is `user:password`
  headers,     ///< two header fields (or one), named by `Authentication::names`
  members,     ///< two parameters of the body (or one), named by `Authentication::names`
  token,       ///< `Authorization: Bearer T`, T issued by an action of `Operation::token`
};

/// A credential the sandbox accepts.
struct Credential {
  std::string text{};     ///< two parts with a colon between, or one
  bool can_read = true;   ///< false: `Case::forbidden`
  bool can_write = true;  ///< false: `Case::forbidden`
};

/// How requests are authenticated.
struct Authentication {
  std::vector<Scheme> schemes{};     ///< any of them will do
  std::vector<std::string> names{};  ///< of headers or parameters
  /// Header that selects an account below the credential; every account has customers of its own.
  std::string account_header{};
  /// For signatures: finds the credential that made this request, or none. Replaces `schemes`.
  std::function<std::optional<std::size_t>(const ReceivedRequest&, std::span<const Credential>)>
      identify{};
};

/// A change of a customer under way.
struct Change {
  /// The customer's id.
  std::string_view id{};
  /// The customer's parameters so far.
  std::span<const Parameter> before{};
  /// The request's parameters.
  std::span<const Parameter> sent{};
  /// What the customer's parameters are going to be.
  std::vector<Parameter>& after;
};

/// A parameter of a query with which the customers found must agree.
struct Filter {
  /// How the value of the parameter agrees with that of the customer.
  enum class Match {
    exact,
    ignore_case,
    differs,
    contains,
    starts_with,
    ends_with,
    email_or_domain,  ///< a whole address or all behind its `@`, whatever the case
    created_from,     ///< not created before: Unix seconds or ISO 8601, like those that follow
    created_after,
    created_until,
    created_before,
  };
  /// Of the query.
  std::string name{};
  /// Of the customer; `{id}` is its id. With a `key_name`: a map.
  std::string field{};
  Match match = Match::exact;  ///< how the two agree
  /// Parameter of the query with the key of the entry that must agree. Without it any entry may;
  /// it alone asks for customers with such an entry.
  std::string key_name{};
  /// What a customer without the parameter counts as having.
  std::string otherwise{};
  /// May come several times; one of the values is enough.
  bool repeatable = false;
  /// In place of `match`: whether what a customer has is what was asked for.
  std::function<bool(std::string_view asked, std::string_view has)> agrees{};
};

/// Whether a customer's parameters are what was asked for.
using Condition = std::function<bool(std::span<const Parameter>)>;

/// How `Operation::list` and `Operation::find` read their query, and in which order and pages they
/// answer. Whatever is named here is a parameter of the action; an empty name is no parameter.
/// For short pages in tests: `with_short_pages`.
struct Listing {
  std::vector<Filter> filters{};  ///< all have to agree
  /// A parameter in a query language, and what reads it: nothing when the text is unusable.
  std::string query_name{};
  /// See `query_name`.
  std::function<std::optional<Condition>(std::string_view)> query{};
  std::string limit_name = "limit";  ///< how many a page has
  std::size_t default_limit = 10;    ///< without that parameter
  std::size_t max_limit = 100;       ///< a greater one is refused
  /// Greater limits are cut, not refused.
  bool cut_limit = false;
  /// Cursors, of the last customer seen and of the first one: this prefix and the customer's id.
  std::string after_name{};
  /// See `after_name`: of the first customer.
  std::string before_name{};
  /// What a cursor has before the customer's id.
  std::string cursor_prefix{};
  /// Cursor of the customer with which a page begins, also in links to pages.
  std::string from_name{};
  /// The number of a page.
  std::string page_name{};
  std::size_t first_page = 1;  ///< the number of the first page
  /// How many customers to skip.
  std::string offset_name{};
  bool newest_first = true;  ///< by the time of creation
  /// Turns the order, by one of two words in whatever case.
  std::string direction_name{};
  std::string ascending = "asc";    ///< the word for oldest first
  std::string descending = "desc";  ///< the word for newest first
  /// `true` asks for removed customers in place of the others.
  std::string removed_name{};
  /// An empty (in JSON also null) parameter counts as absent; else `Case::empty_value`.
  bool ignore_empty = false;
  /// False where documents promise that finding never lags behind storing. Else
  /// `Sandbox::index_delay` applies: the lag is documented, or nothing is said of it.
  bool eventual = true;
  /// JSON template of each element of `{{customers}}`.
  std::string item = R"("{{customer}}")";
};

/// What an action does. `find` answers with the first customer that `list` would list, or with
/// `Case::not_found`.
enum class Operation { create, retrieve, update, remove, list, find, token };

/// How a request body is written. Parameters also stand in the query; beside a JSON body only those
/// of `list` and `find`.
enum class Body { none, form, json };

/// One call of the processor's interface.
struct Action {
  Operation operation = Operation::create;  ///< what it does
  std::string method = "POST";              ///< in capitals
  /// `{id}` stands for a customer's id, any other name in braces for a parameter: one segment.
  std::string path{};
  Body body = Body::none;  ///< how it is written
  /// Media types of bodies; an action that shares method and path may take others.
  std::vector<std::string> content_types{};
  /// Where several actions share method and path: the action applies when some parameter's name
  /// starts with this text, or when `selects` says so.
  std::string selector{};
  /// See `selector`.
  std::function<bool(std::span<const Parameter>)> selects{};
  std::vector<Field> fields{};   ///< parameters known by name
  std::vector<MapField> maps{};  ///< parameters that are maps
  /// Parameters that are taken as they come, with everything below them: objects and arrays that
  /// are none of the sandbox's business.
  std::vector<std::string> unchecked{};
  /// Of each group at least one parameter must be there and not be empty.
  std::vector<std::vector<std::string>> any_of{};
  /// Parameters must come in the order of `fields`.
  bool ordered = false;
  bool refuse_unknown = true;  ///< `Case::unknown_parameter`
  bool refuse_empty = true;    ///< `Case::empty_value`
  /// Parameter that carries the customer's id, where the path does not.
  std::string id_member{};
  /// An update changes what it sends and leaves the rest; an empty value clears, where
  /// `refuse_empty` lets it through. With this, JSON's null clears, too, and a create ignores it;
  /// a form has an empty text for that.
  bool null_clears = false;
  /// Objects and maps that an update clears as a whole by an empty value: of a form, or `{}`, `[]`
  /// or, with `null_clears`, null.
  std::vector<std::string> clearable{};
  /// Objects and maps that an update that sends anything of them replaces as a whole.
  std::vector<std::string> replaced{};
  /// Parameters that an update clears when it does not send them.
  std::vector<std::string> forgotten{};
  /// When not empty: of an update only parameters whose names start with one of the first are
  /// kept, under names that start with the second instead.
  std::vector<std::pair<std::string, std::string>> stored_as{};
  /// Anything else: a case, with the parameter's name, refuses.
  std::function<std::optional<std::pair<Case, std::string>>(std::span<const Parameter>)> check{};
  /// Of an update, where it is more than its parameters: may alter what comes of it, or refuse it
  /// as `check` does.
  std::function<std::optional<std::pair<Case, std::string>>(const Change&)> settle{};
  /// A parameter and its value, empty for any, with which a create whose unique values are taken is
  /// answered with the customer that has them.
  std::pair<std::string, std::string> reuses{};
  Answer answer{};  ///< of a success
  /// Overrides `Processor::listing`.
  std::optional<Listing> listing{};
  /// Overrides `Processor::authentication`.
  std::optional<Authentication> authentication{};
  /// In addition to `Processor::headers`.
  std::vector<HeaderRule> headers{};
  /// Answers in place of those of `Processor::refusals` for the same cases.
  std::map<Case, Answer> refusals{};
};

/// How repeated requests are recognised.
struct Idempotency {
  /// Where the key stands.
  enum class Carrier { none, header, member };
  /// Same key, same parameters: the first answer again, or `Case::idempotency_repeated`.
  enum class Repeat { replay, refuse };
  /// Same key, other parameters: `Case::idempotency_mismatch`, the first answer, or a new request.
  enum class Mismatch { refuse, replay, execute };
  Carrier carrier = Carrier::none;  ///< where the key stands
  /// Name of the header or parameter.
  std::string name{};
  /// To what a header matters.
  std::vector<std::string> methods{"POST"};
  /// Keys of other methods and paths are other keys.
  bool per_path = false;
  std::size_t max_length = 0;            ///< of a key, in characters; 0: no limit
  Repeat repeat = Repeat::replay;        ///< of the same request
  Mismatch mismatch = Mismatch::refuse;  ///< of another request
  /// Added to a replayed answer.
  std::vector<Header> replay_headers{};
  /// Header in which answers repeat the key; empty: none.
  std::string echo_header{};
};

/// Parameters that no two customers of an account may share, all of them taken together.
struct Unique {
  std::vector<std::string> fields{};  ///< the parameters
  bool ignore_case = false;           ///< compares ASCII letters so
  /// Parameters with values of which one is enough for a customer to hold on to nothing.
  std::vector<std::pair<std::string, std::string>> released_by{};
};

/// A whole processor.
struct Processor {
  std::string name{};                     ///< the connector's
  std::vector<Credential> credentials{};  ///< the first is `Sandbox::credential`
  Authentication authentication{};        ///< of all actions
  std::vector<HeaderRule> headers{};      ///< of all requests
  std::vector<Action> actions{};          ///< its calls
  Idempotency idempotency{};              ///< how repetitions are recognised
  std::vector<Unique> uniques{};          ///< what is refused as a duplicate
  Listing listing{};                      ///< of its lists and searches
  /// Parameter that carries the caller's own reference; empty: there is none.
  std::string merchant_customer_id{};
  Pattern id = "cus_**************";  ///< of a customer
  /// Parameter of a create that becomes the customer's id; one that is not sent becomes what `id`
  /// makes. For a second one to be refused it has to be among `uniques`. Empty: there is none.
  std::string chosen_id{};
  /// What ids have to begin with; others are `Case::invalid_id`.
  std::string id_prefix{};
  /// Anything else an id must satisfy, likewise.
  std::function<bool(std::string_view)> id_check{};
  Pattern request_id = "req_**************";         ///< of each answer, `{{request_id}}`
  Pattern token = "token_************************";  ///< of `Operation::token`
  std::chrono::seconds token_lifetime{3600};         ///< after which it is `expired_token`
  /// Template of a customer, for `{{customer}}`. One that begins with `<` is an XML text, and
  /// `{{customers}}` are such texts behind each other.
  std::string customer{};
  /// Answer to reading a removed customer; without a body: `Case::removed`.
  Answer removed{};
  std::map<Case, Answer> refusals{};              ///< by their cause
  std::string content_type = "application/json";  ///< of answers
  /// Members without a value: `null`, left out, or `""`. Refusals always leave them out. An element
  /// of XML is left out, or has no text.
  enum class Absent { null, omitted, empty } absent = Absent::null;  ///< which of them
  bool byte_order_mark = false;                                      ///< before the JSON of answers
  /// Sent with every answer.
  std::vector<Header> answer_headers{};
};

/// The processor with no page of a list longer than `size`, whatever limit is asked for: what a
/// test takes to see several pages of few customers. Lists that know no limit stay as they are.
inline Processor with_short_pages(Processor processor, std::size_t size) {
  const auto shorten = [size](Listing& listing) {
    if (listing.limit_name.empty()) return;
    listing.max_limit = size;
    listing.cut_limit = true;
  };
  shorten(processor.listing);
  for (Action& action : processor.actions)
    if (action.listing) shorten(*action.listing);
  return processor;
}

}  // namespace florin::testing

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/error.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

/// What a policy states about answers: where the id stands, where an error's parts stand, and what
/// the processor's codes mean.
namespace florin::wire {

/// Up to three places of a value, the best one first. A place is a path of member names joined with
/// dots, with `[n]` behind the name of an array: `"error.errors[0].reason"`. The name `*` stands
/// for any member that no other path names, and a path that ends in `.~` for the name of such a
/// member.
struct Paths {
  static constexpr std::size_t capacity = 3;    ///< most places of a value
  std::array<std::string_view, capacity> at{};  ///< the best one first; empty: none

  constexpr Paths() noexcept = default;
  /// Places by their paths.
  constexpr explicit(false)
      Paths(const char* first, const char* second = "", const char* third = "") noexcept
      : at{first, second, third} {}
  /// Whether there is no place.
  [[nodiscard]] constexpr bool empty() const noexcept { return at[0].empty(); }
};

/// Whether `path` is written as `Paths` wants it.
constexpr bool is_path(std::string_view path) noexcept {
  for (bool first = true; !path.empty(); first = false) {
    if (path.front() == '[') {
      const std::size_t end = path.find(']');
      if (end == std::string_view::npos || end == 1) return false;
      for (const char c : path.substr(1, end - 1))
        if (c < '0' || c > '9') return false;
      path.remove_prefix(end + 1);
    } else {
      if (!first) {
        if (path.front() != '.') return false;
        path.remove_prefix(1);
      }
      const std::size_t end = path.find_first_of(".[]");
      if (path.empty() || end == 0) return false;
      path = end == std::string_view::npos ? std::string_view{} : path.substr(end);
    }
  }
  return true;
}

/// The same of all alternatives.
constexpr bool are_paths(const Paths& paths) noexcept {
  for (const std::string_view path : paths.at)
    if (!is_path(path)) return false;
  return true;
}

/// What the text of an answer is. Places are the same in all of them.
enum class Syntax : std::uint8_t {
  json,
  /// `name=value&...`, as if it were an object of texts: `"response"`. A blank is itself, `+` or
  /// `%20`. What does not look like that is unreadable.
  form,
  /// As if each element were a member: `"response.customer.email"`; an attribute is one as well,
  /// `"customer.@id"`. Several elements of one name in another are the items of a list that is the
  /// other: `json::Page{.items = "response.customers"}`. A document type and entities of its own
  /// make an answer unreadable, and so does a text beside elements.
  xml
};

namespace json {

/// Where a successful answer repeats what was sent, so that the answer to another request is not
/// taken for this one's: HTTP/1.1 numbers neither. What is absent, null or empty says nothing;
/// what differs makes the answer unreadable. White space around the values and, in an email, letter
/// case count for nothing, since processors change them.
struct Echo {
  Paths merchant_customer_id{};  ///< our own reference
  Paths email{};                 ///< the customer's email
  /// Whether nothing is repeated.
  [[nodiscard]] constexpr bool empty() const noexcept {
    return merchant_customer_id.empty() && email.empty();
  }
};

/// A successful answer. Where an operation answers with a customer, a 2xx without an id is not a
/// success.
struct Reply {
  Paths id{};                       ///< the customer's id
  std::string_view id_prefix{};     ///< what every id begins with; empty: anything
  std::string_view id_header{};     ///< a header whose last path segment is the id (`Location`)
  std::string_view link_path{};     ///< what stands before the id in a link; empty: anything
  Paths verdict{};                  ///< where a 2xx says whether it is a success
  std::string_view verdict_text{};  ///< what stands there for a success; empty: anything but null
  Echo echo{};                      ///< what of the request is repeated
  /// Of a create: an answer that repeats another `merchant_customer_id` is no stranger's, since the
  /// processor answers with the customer that it has instead of making a second one, for example of
  /// the same email. It is `customer_exists` with that customer's id then. State `echo.email` as
  /// well where it is repeated: the answer to somebody else's request stays unreadable by that.
  bool other_exists = false;
  bool may_be_empty = false;  ///< of a confirmation, or an update: it may have no body
  /// Of a confirmation: an answer with an error's code, type or message is none, though it may look
  /// like one.
  bool message_refuses = false;
};

/// How the place of the next page is told.
enum class Next : std::uint8_t {
  token,    ///< the answer has it
  last_id,  ///< it is the id of the last customer of this page
  number,   ///< pages, or customers to skip, are counted
  /// The answer has a link to it. What stands behind its `?` is sent in place of the declared
  /// query, to the same host and path: the link itself is never followed.
  link,
};

/// A successful answer to a find.
struct Page {
  std::string_view items{};   ///< where the list is; empty: the answer is one record
  std::string_view within{};  ///< where the record is in an item; empty: the item is the record
  /// What shows that the answer is a list, where `items` may be missing when there are none.
  Paths shown_by{};
  Paths more{};  ///< where it says whether there are more: anything but null, false, 0 and empty
  Next next = Next::token;  ///< how the next page is named
  Paths token{};            ///< `Next::token`, `Next::link`: where it stands
  unsigned first = 0;       ///< `Next::number`: of the first page
  unsigned step = 1;        ///< `Next::number`: from one page to the next
  /// `Next::number` of pages: where the number of the last one stands, or how many there are. Where
  /// they count from 0 and the latter stands there, one more is asked for, which is empty.
  Paths pages{};
  /// `Next::number` of customers to skip: where it says how many there are on all pages.
  Paths total{};
  /// How many customers a full page has: a shorter one is the last. 0: that tells nothing.
  unsigned size = 0;
  /// An answer with an error's code, type or message is none, though it may look like a list.
  bool message_refuses = false;
  bool ignores_case = false;  ///< emails that differ in letter case alone are the same there
  bool may_be_empty = false;  ///< `{}` says that there are none

  /// Whether the end is told by counting: a page without customers is the last one then.
  [[nodiscard]] constexpr bool counts() const noexcept {
    return !pages.empty() || !total.empty() || size != 0;
  }
};

/// A successful answer of a token exchange. Where neither lifetime is given, a token is used until
/// it is refused.
struct TokenReply {
  Paths token{};       ///< the access token
  Paths lifetime{};    ///< seconds from now, a number
  Paths expires_at{};  ///< a time, `2026-01-05T08:30:00` with `Z`, `+0000` or `+00:00`
};

/// An error answer: the places of its parts. Absent parts are left empty.
struct Failure {
  Paths code{};         ///< the processor's code
  Paths type{};         ///< its type or class
  Paths message{};      ///< its text
  Paths param{};        ///< the parameter at fault; a leading `/` is dropped
  Paths request_id{};   ///< the processor's id of the request
  Paths existing_id{};  ///< on a duplicate: the existing customer's id, or a link that ends in it
  /// On a duplicate without such a place: the text in the message behind which the id stands.
  std::string_view existing_id_behind{};
  /// On a duplicate without either: the existing customer's id is the reference that was sent,
  /// since callers choose the ids there, and nothing else makes a duplicate.
  bool existing_id_is_reference = false;
  /// Where a refusal that names the reference may be about its form as well: whether this one, of a
  /// create with `reference`, says that it is taken. Elsewhere null; a duplicate that is none is
  /// `Errc::invalid_data`.
  bool (*is_duplicate)(std::string_view reference, std::string_view message) noexcept = nullptr;
  /// Without a place of its own: the parameter is the word at the start of the message, behind
  /// `param_behind` and before `param_before`.
  std::string_view param_behind{};
  /// \copydoc param_behind
  std::string_view param_before{};
  /// Whether the text of an error answer that is no JSON is the message. Anybody on the way may
  /// answer with a text: it is the processor's own only where a rule knows something in it.
  bool plain_text = false;

  /// Whether a duplicate's id is known.
  [[nodiscard]] constexpr bool names_existing() const noexcept {
    return !existing_id.empty() || !existing_id_behind.empty() || existing_id_is_reference;
  }
};

}  // namespace json

/// The names of response headers that mean something. Empty: the processor has none.
struct ResponseHeaders {
  std::string_view request_id{};    ///< the processor's id of the request
  std::string_view should_retry{};  ///< `true` or `false`: the processor's own word on retrying
  /// When a limit is over, where there is no `Retry-After`: seconds from the answer on, which may
  /// have a fraction, or a Unix time, counted from the answer's `Date`.
  std::string_view limit_reset{};
  /// Whether every answer of the processor's own has that id: an error without a body is one then.
  /// Without this, such an error may be anybody's on the way.
  bool on_every_answer = false;
};

/// Whether a retry with the same key may help.
enum class Retry : std::uint8_t { by_code, yes, no };

/// Operations that a `Rule` is about: `At::retrieve | At::remove`.
enum class At : std::uint8_t {
  any = 0,
  create = 1,
  retrieve = 2,
  update = 4,
  remove = 8,
  find = 16,
  token = 32,
  existing = retrieve | update | remove  ///< those that name a customer by its id
};

/// Both.
constexpr At operator|(At a, At b) noexcept {
  return static_cast<At>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
/// Whether some operation is in both.
constexpr bool meet(At a, At b) noexcept {
  return (static_cast<unsigned>(a) & static_cast<unsigned>(b)) != 0;
}

/// What an error answer means when its status, code and so on are these, whole and without regard
/// to letter case. The first rule that fits decides; where none fits the HTTP status does. An
/// answer that is not recognisably the processor's own, such as a proxy's page, meets no rule by
/// its status alone.
struct Rule {
  int status = 0;                     ///< 0: any
  std::string_view code{};            ///< empty: any
  std::string_view type{};            ///< empty: any
  std::string_view param{};           ///< empty: any
  bool no_param = false;              ///< only an answer that names no parameter
  std::string_view message{};         ///< empty: any
  std::string_view message_has{};     ///< what the message has somewhere; empty: any
  std::string_view message_begins{};  ///< what it begins with; empty: any
  Errc means = Errc::rejected;        ///< what the answer comes to
  Retry retry = Retry::by_code;       ///< whether the request is sent again
  At at = At::any;                    ///< the operations that it is about
  /// Of `customer_exists`: that every duplicate is refused is not documented, so a repeated create
  /// may make a second customer all the same.
  bool perhaps = false;
  /// Of `rejected`: nothing was done, whatever the status; for an error that comes with a 2xx.
  bool refuses = false;
};

/// Whether no answer can fit a rule: it wants a parameter and none.
constexpr bool contradicts_itself(const Rule& rule) noexcept {
  return rule.no_param && !rule.param.empty();
}

/// The meaning of an HTTP error status where the policy has no rule. A bare 409 is not taken for a
/// duplicate: processors use it for several things.
constexpr Errc errc_of_status(int status) noexcept {
  switch (status) {
    case 400:
    case 422:
      return Errc::invalid_data;
    case 401:
      return Errc::unauthorized;
    case 403:
      return Errc::forbidden;
    case 404:
    case 410:
      return Errc::not_found;
    case 424:
      return Errc::connector_unavailable;
    case 429:
      return Errc::rate_limited;
    default:
      return status >= 500 ? Errc::connector_unavailable : Errc::rejected;
  }
}

/// Whether the customer exists after an error answer of this meaning, as far as the request that
/// was answered is concerned.
///
/// Not made: whoever refuses a request with a 4xx has not carried it out, and a proxy or firewall
/// that does so has not passed it on, so this is true of an edge's answer as well; it says nothing
/// of earlier attempts then. 307 and 308 ask for the same request elsewhere. Open: 408 and 409, any
/// other redirection, 303 above all (the customer may be what it points to), and every status that
/// is no refusal.
constexpr Outcome outcome_of(Errc code, int status) noexcept {
  switch (code) {
    case Errc::customer_exists:
      return Outcome::in_effect;
    case Errc::connector_unavailable:
    case Errc::idempotency_conflict:
    case Errc::unreadable_reply:
    case Errc::connection_lost:
      return Outcome::unknown;
    case Errc::rejected: {
      const bool refused = status >= 400 && status != 408 && status != 409;
      return refused || status == 307 || status == 308 ? Outcome::no_effect : Outcome::unknown;
    }
    default:
      return Outcome::no_effect;
  }
}

}  // namespace florin::wire

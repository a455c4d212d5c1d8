// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/access_token.hpp>
#include <florin/customer.hpp>
#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/change.hpp>
#include <florin/wire/element.hpp>
#include <florin/wire/endpoint.hpp>
#include <florin/wire/header.hpp>
#include <florin/wire/host.hpp>
#include <florin/wire/idempotency.hpp>
#include <florin/wire/path_table.hpp>
#include <florin/wire/record.hpp>
#include <florin/wire/reply.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

/// What a connector policy is: a type that only states facts about a processor's API.
///
/// | declaration | what it states |
/// |---|---|
/// | `name` | the connector's name, lower case |
/// | `hosts` | `Hosts{.live, .sandbox}`, which may hold a credential: see `Hosts` |
/// | `Credentials` | an aggregate of `Secret`, `std::string`, `std::optional` of them |
/// | `CredentialNames` | `CredentialList<Credential<"api_key", &Credentials::api_key>, ...>` |
/// | `RequestHeaders` | `Headers<BearerAuth<&Credentials::api_key>, Header<...>, ...>` |
/// | `Idempotency` | `NoIdempotency`, `IdempotencyHeader<...>` or another of wire/idempotency.hpp |
/// | `failure` | `json::Failure{...}`: where an error's parts stand |
/// | `rules` | optional: an array of `Rule`: what the processor's codes mean |
/// | `response_headers` | optional: `ResponseHeaders{...}` |
/// | `Token` | optional: the exchange of the credentials for an access token, see below |
/// | `Signature` | optional: `HmacSha256HexHeader<...>`, `JwtHeader<...>`, last of all headers |
/// | `Create` | the operation, a struct with the five below |
/// | `Create::method`, `path` | `Method::post`, `"/v1/customers"` |
/// | `Create::Body` | `Form<...>` or `json::Object<...>` of `Put`, `Entries`, `Const`, ... |
/// | `Create::NotCarried` | `Fields<...>`: every unified field that `Body` does not carry |
/// | `Create::reply` | `json::Reply{.id = ...}` |
/// | `record` | optional: `json::Record{...}`: how a customer is read back |
/// | `Retrieve` | optional: a struct with `method` and a `path` that has `{id}` |
/// | `Update` | optional: `method`, a `path` with `{id}`, `Body` and `NotCarried` as of a create |
/// | `Update::Clearable`, `cleared_by` | optional: the `Fields<...>` to remove; a `ClearedBy` |
/// | `Update::replaces` | optional: `Replaces{...}`: what has to be sent again |
/// | `Update::Idempotency` | optional: the policy's, where a repeated update is recognised |
/// | `Update::record_within` | optional: where the record stands, if not as the policy says |
/// | `Update::reply` | optional: `json::Reply{...}`: what confirms, where there is no record |
/// | `Delete` | optional: the same with `json::Reply reply`, which shows that it was done; `gone`,
/// | | | an array of `Rule`: what says that it had been done; `shows_deleted`: `Retrieve` tells,
/// too | | `Create::content_type`, `accept` | optional: media types other than the body's and JSON
/// |
///
/// An operation whose answers are no JSON has `static constexpr wire::Syntax syntax`, such as
/// `wire::Syntax::xml`.
///
/// Any operation may have a `Query`, a `Query<...>` of what stands behind the `?` of its target; it
/// is left out when nothing of it is given.
///
/// `Token` is a struct with `method`, `path`, a `Body`, `RequestHeaders` of its own (they hold the
/// credentials) and `json::TokenReply reply`; the policy's `RequestHeaders` then have `TokenAuth`.
/// Where tokens are given at a host of its own it has `hosts`, too.
/// `Client` keeps one token per credentials, and renews it before it expires and when it is
/// refused. A policy with a `Signature` puts `Salt` and `Timestamp` into headers; every attempt is
/// signed anew.
///
/// examples/your_policy.cpp is a complete one. A type that lacks something is told what to add by
/// `diagnose` (florin/diagnosis.hpp), which every public function runs first. Write
/// `static_assert(diagnose<AcmePolicy>());` behind a policy: of a failed
/// `static_assert(ConnectorPolicy<AcmePolicy>)` GCC says neither what is missing nor the cure.
///
/// An optional member that is misspelt is one that is not there, which no compiler can tell.
/// `testing::check_conformance` sees it where the processor's description shows what it is for: a
/// code that means something else, a request id that does not arrive, a media type that was not
/// asked for.
namespace florin {

/// A list of unified fields: `using NotCarried = Fields<field::Metadata>`.
template <class... Tags>
struct Fields {
  /// The fields; with the name its parts.
  static constexpr FieldSet set = with_all_of_name((FieldSet{} | ... | Tags::carried));
};

/// Satisfied by a policy with `static constexpr std::string_view name`, not empty.
template <class P>
concept HasName = requires {
  { P::name } -> std::convertible_to<std::string_view>;
}
&&!std::string_view{P::name}.empty();

/// Satisfied by a policy with `static constexpr Hosts hosts` that names at least the live host.
template <class P>
concept HasHosts = requires {
  { P::hosts } -> std::convertible_to<Hosts>;
}
&&!P::hosts.live.empty();

/// Satisfied by a policy whose `hosts` names the sandbox's host as well.
template <class P>
concept HasSandboxHost = HasHosts<P> && !P::hosts.sandbox.empty();

namespace detail {

/// Initializes a member of `Of`, whatever it is; in expressions that are not evaluated alone.
template <class Of>
struct AnyMember {
  template <class T>
  requires(!std::same_as<T, Of>) operator T() const {
    std::terminate();  // a body, since Clang warns of a local type's operator that has none
  }
};
/// How many members an aggregate has; 0 for other types.
template <class Aggregate, class... Before>
consteval std::size_t count_members() noexcept {
  if constexpr (requires { Aggregate{Before{}..., AnyMember<Aggregate>{}}; }) {
    return count_members<Aggregate, Before..., AnyMember<Aggregate>>();
  } else {
    return sizeof...(Before);
  }
}

}  // namespace detail

/// Satisfied by a policy whose hosts are names alone, be it with a hole for a credential.
template <class P>
concept HasHostNames = HasSandboxHost<P> && wire::are_host_names(P::hosts);

/// Satisfied by a policy with a struct `Credentials`.
template <class P>
concept HasCredentials = requires {
  typename P::Credentials;
};

/// Satisfied by a policy whose `CredentialNames` is a `CredentialList` of members of `Credentials`.
template <class P>
concept HasCredentialNames = requires(const typename P::Credentials& credentials) {
  { P::CredentialNames::check(credentials) } -> std::same_as<wire::Fault>;
};

/// Satisfied by a policy that names every member of `Credentials`.
template <class P>
concept NamesAllCredentials = HasCredentialNames<P> &&
    (detail::count_members<typename P::Credentials>() <= P::CredentialNames::size);

namespace detail {

/// Satisfied by a declaration with hosts of its own.
template <class Declared>
concept DeclaresHosts = requires {
  Declared::hosts;
};

/// Whether a credential may be a part of a host name, which anybody on the way sees.
template <class P>
consteval bool fits_into_host(const wire::HostForm& form) noexcept {
  bool fits = form.credential.empty();
  P::CredentialNames::describe([&]<class Part>() {
    using Member =
        std::remove_cvref_t<decltype(std::declval<const typename P::Credentials&>().*Part::member)>;
    constexpr bool secret =
        std::same_as<Member, Secret> || std::same_as<Member, std::optional<Secret>>;
    if (Part::name == form.credential) fits = !secret && (!Part::optional || form.may_go);
  });
  return fits;
}
template <class P, class Declared>
consteval bool has_known_holes() noexcept {
  if constexpr (DeclaresHosts<Declared>) {
    constexpr Hosts hosts = Declared::hosts;
    return fits_into_host<P>(wire::HostForm::of(hosts.live)) &&
           fits_into_host<P>(wire::HostForm::of(hosts.sandbox));
  }
  return true;
}

}  // namespace detail

/// Satisfied by a policy in whose hosts every hole names a credential that may stand there.
template <class P>
concept HasKnownHoles = NamesAllCredentials<P> && detail::has_known_holes<P, P>();

/// Satisfied by a policy whose `RequestHeaders` is a `Headers<...>`.
template <class P>
concept HasRequestHeaders = requires {
  { P::RequestHeaders::repeats() } -> std::same_as<bool>;
};

/// Satisfied by a policy that says whether repeated requests are recognised.
template <class P>
concept SaysIdempotency = requires {
  { P::Idempotency::offered } -> std::convertible_to<bool>;
};

/// Satisfied by a policy in which each header is declared once: `RequestHeaders` has neither the
/// idempotency key's nor one that every request has, and none twice.
template <class P>
concept HasDistinctHeaders =
    HasRequestHeaders<P> && SaysIdempotency<P> && !P::RequestHeaders::repeats() &&
    (!P::Idempotency::in_header || P::RequestHeaders::count(P::Idempotency::mechanism) == 0);

/// Satisfied by a policy that says where an error answer has its parts.
template <class P>
concept SaysFailure = requires {
  { P::failure } -> std::convertible_to<wire::json::Failure>;
};

namespace detail {

// Copies, since GCC 12 takes the reading of a static member's defaults for a change of them.
template <class P>
consteval bool has_failure_paths() noexcept {
  constexpr wire::json::Failure failure = P::failure;
  for (const auto& paths : {failure.code, failure.type, failure.message, failure.param,
                            failure.request_id, failure.existing_id})
    if (!wire::are_paths(paths)) return false;
  return true;
}
template <class Declared>
consteval bool has_reply_paths() noexcept {
  constexpr wire::json::Reply reply = Declared::reply;
  for (const auto& paths :
       {reply.id, reply.verdict, reply.echo.merchant_customer_id, reply.echo.email})
    if (!wire::are_paths(paths)) return false;
  return true;
}

}  // namespace detail

/// Satisfied by a policy whose `failure` has well-formed paths.
template <class P>
concept HasFailurePaths = SaysFailure<P> && detail::has_failure_paths<P>();

/// Satisfied by a policy without `rules` and by one whose `rules` is an array of `Rule`.
template <class P>
concept HasReadableRules = !requires {
  P::rules;
}
|| requires {
  { P::rules.data() } -> std::convertible_to<const wire::Rule*>;
  { P::rules.size() } -> std::convertible_to<std::size_t>;
};

namespace detail {

/// The operations that a policy offers, as rules name them.
template <class P>
consteval wire::At offered_operations() noexcept {
  const auto add = [](bool offered, wire::At at) { return offered ? at : wire::At::any; };
  return add(
             requires { typename P::Create; }, wire::At::create) |
         add(
             requires { typename P::Retrieve; }, wire::At::retrieve) |
         add(
             requires { typename P::Update; }, wire::At::update) |
         add(
             requires { typename P::Delete; }, wire::At::remove) |
         add(
             requires { typename P::Find; }, wire::At::find) |
         add(
             requires { typename P::Token; }, wire::At::token);
}

template <class P>
consteval bool has_possible_rules() noexcept {
  if constexpr (requires { P::rules; }) {
    for (const wire::Rule& rule : P::rules)
      if (wire::contradicts_itself(rule) ||
          (rule.at != wire::At::any && !wire::meet(rule.at, offered_operations<P>())))
        return false;
  }
  return true;
}

}  // namespace detail

/// Satisfied by a policy without `rules` and by one each of whose rules some answer can fit: none
/// wants a parameter and none, and none is about operations that the policy does not offer.
template <class P>
concept HasPossibleRules = HasReadableRules<P> && detail::has_possible_rules<P>();

/// Satisfied by a policy without `response_headers` and by one in which they are such.
template <class P>
concept HasReadableResponseHeaders = !requires {
  P::response_headers;
}
|| requires {
  { P::response_headers } -> std::convertible_to<wire::ResponseHeaders>;
};

/// Satisfied by a policy that says how a customer is read back.
template <class P>
concept HasRecord = requires {
  { P::record } -> std::convertible_to<wire::json::Record>;
}
&&!P::record.id.empty();

namespace detail {

template <class P>
consteval bool has_record_paths() noexcept {
  constexpr wire::json::Record record = P::record;
  bool well_formed = wire::are_paths(record.id) && wire::is_path(record.within);
  record.each([&well_formed](std::uint8_t, const wire::Paths& paths) {
    well_formed = well_formed && wire::are_paths(paths);
  });
  return well_formed;
}

}  // namespace detail

/// Satisfied by a policy whose `record` has well-formed paths.
template <class P>
concept HasRecordPaths = HasRecord<P> && detail::has_record_paths<P>();

/// Satisfied by a policy that declares the operation, e.g. a struct `Create`.
template <class P, class Operation = Create>
concept Offers = requires {
  typename Operation::template Declaration<P>;
};

/// Satisfied by an operation with `static constexpr Method method`.
template <class Declared>
concept HasMethod = requires {
  { Declared::method } -> std::convertible_to<Method>;
};

/// Satisfied by an operation with a `path` that begins with `/`.
template <class Declared>
concept HasPath = requires {
  { Declared::path } -> std::convertible_to<std::string_view>;
}
&&std::string_view{Declared::path}.starts_with('/');

namespace detail {

/// What may stand in a path for a value.
enum class PathHole : std::uint8_t {
  none,
  id,         ///< `{id}`: the processor's id of the customer
  email,      ///< `{email}`: of a find, what it filters by
  reference,  ///< `{reference}`: likewise, the reference of one's own
};

constexpr std::string_view text_of(PathHole hole) noexcept {
  constexpr std::string_view texts[] = {"", "{id}", "{email}", "{reference}"};
  return texts[static_cast<std::size_t>(hole)];
}

/// Those that a path can have.
inline constexpr PathHole path_holes[] = {PathHole::id, PathHole::email, PathHole::reference};

/// The hole of a path; of several one.
constexpr PathHole hole_of(std::string_view path) noexcept {
  for (const PathHole hole : path_holes)
    if (path.find(text_of(hole)) != std::string_view::npos) return hole;
  return PathHole::none;
}

/// Whether a path has no other hole than `own`, and a filter's once at most.
constexpr bool fills_only(std::string_view path, PathHole own) noexcept {
  for (const PathHole hole : path_holes) {
    const std::size_t at = path.find(text_of(hole));
    if (at == std::string_view::npos) continue;
    if (hole != own) return false;
    if (hole != PathHole::id && path.find(text_of(hole), at + 1) != std::string_view::npos)
      return false;
  }
  return true;
}

/// The hole that the path of an operation may have.
template <class Operation>
consteval PathHole own_hole() noexcept {
  if constexpr (Operation::reads == Reads::page) {
    return Operation::filter == Field::email ? PathHole::email : PathHole::reference;
  } else if constexpr (Operation::reads == Reads::id || Operation::reads == Reads::token) {
    return PathHole::none;
  } else {
    return PathHole::id;
  }
}

/// The hole of an operation's path.
template <class Declared>
inline constexpr PathHole path_hole = [] {
  constexpr std::string_view path = Declared::path;
  return hole_of(path);
}();

template <class Declared, class Operation>
consteval bool fills_path() noexcept {
  if constexpr (HasPath<Declared>) {
    constexpr std::string_view path = Declared::path;
    return fills_only(path, own_hole<Operation>());
  } else {
    return true;  // what is missing is said before
  }
}

inline constexpr std::string_view id_hole = text_of(PathHole::id);

template <class Declared>
consteval bool has_one_id() noexcept {
  constexpr std::string_view path = Declared::path;
  return path.find(id_hole) != std::string_view::npos && path.find(id_hole) == path.rfind(id_hole);
}

}  // namespace detail

/// Satisfied by an operation whose path has `{id}` once.
template <class Declared>
concept HasIdPath = HasPath<Declared> && detail::has_one_id<Declared>();

/// Satisfied by an operation whose path has a place for no other value than its own: the filter of
/// a find, `{email}` or `{reference}`, or the `{id}` of what is about one customer.
template <class Declared, class Operation>
concept FillsPath = detail::fills_path<Declared, Operation>();

/// Satisfied by an operation with a `Body`.
template <class Declared>
concept HasBody = requires {
  { Declared::Body::carried } -> std::convertible_to<FieldSet>;
  { Declared::Body::content_type } -> std::convertible_to<std::string_view>;
};

/// Satisfied by an operation with a `Query`: what stands behind the `?` of its target.
template <class Declared>
concept HasQuery = requires {
  { Declared::Query::carried } -> std::convertible_to<FieldSet>;
};

/// Satisfied by an operation with `NotCarried`, a `Fields<...>`.
template <class Declared>
concept HasNotCarried = requires {
  { Declared::NotCarried::set } -> std::convertible_to<FieldSet>;
};

/// Satisfied by an operation that says where the id stands in a successful answer.
template <class Declared>
concept HasReply = requires {
  { Declared::reply } -> std::convertible_to<wire::json::Reply>;
}
&&!Declared::reply.id.empty();

/// Satisfied by an operation whose `reply` has well-formed paths.
template <class Declared>
concept HasReplyPaths = HasReply<Declared> && detail::has_reply_paths<Declared>();

/// Satisfied by an operation that sends the idempotency key: in a header, or its body does.
template <class P, class Declared>
concept SendsKey =
    !P::Idempotency::takes_key || P::Idempotency::in_header || Declared::Body::sends_key;

/// Satisfied by an operation that says of `field` either where it goes or that it is not carried.
template <class Declared, Field field>
concept AccountsFor =
    Declared::Body::carried.contains(field) != Declared::NotCarried::set.contains(field);

/// Satisfied by an operation that accounts for every unified field.
template <class Declared>
concept AccountsForAllFields = (Declared::Body::carried |
                                Declared::NotCarried::set) == FieldSet::all() &&
                               (Declared::Body::carried & Declared::NotCarried::set).empty();

/// Satisfied by a policy whose processor wants the credentials exchanged for an access token.
template <class P>
concept ExchangesToken = requires {
  typename P::Token;
};

/// Satisfied by a policy whose requests are signed.
template <class P>
concept SignsRequests = requires {
  typename P::Signature;
};

/// Satisfied by a token exchange that says where the token stands in the answer.
template <class Declared>
concept HasTokenReply = requires {
  { Declared::reply } -> std::convertible_to<wire::json::TokenReply>;
}
&&!Declared::reply.token.empty();

namespace detail {

template <class Declared>
consteval bool has_token_paths() noexcept {
  constexpr wire::json::TokenReply reply = Declared::reply;
  for (const auto& paths : {reply.token, reply.lifetime, reply.expires_at})
    if (!wire::are_paths(paths)) return false;
  return true;
}

}  // namespace detail

/// Satisfied by a token exchange whose `reply` has well-formed paths.
template <class Declared>
concept HasTokenPaths = HasTokenReply<Declared> && detail::has_token_paths<Declared>();

/// Satisfied by a token exchange without hosts of its own and by one whose hosts are names alone.
template <class Declared>
concept HasReadableHosts = !detail::DeclaresHosts<Declared> || (requires {
  { Declared::hosts } -> std::convertible_to<Hosts>;
} && wire::are_host_names(Declared::hosts));

/// A complete declaration of a token exchange.
template <class Declared>
concept TokenFacts =
    HasMethod<Declared> && HasPath<Declared> && HasBody<Declared> && HasRequestHeaders<Declared> &&
    !Declared::RequestHeaders::repeats() &&
    HasTokenPaths<Declared> && FillsPath<Declared, FetchToken> && HasReadableHosts<Declared>;

/// Satisfied by a policy without a token exchange and by one that declares it completely.
template <class P>
concept CompleteToken = !ExchangesToken<P> || (TokenFacts<typename P::Token> &&
                                               detail::has_known_holes<P, typename P::Token>());

/// A type that states everything that all operations need.
template <class P>
concept PolicyFacts = HasName<P> && HasHostNames<P> && HasCredentials<P> && HasKnownHoles<P> &&
    HasDistinctHeaders<P> && HasFailurePaths<P> && HasPossibleRules<P> &&
    HasReadableResponseHeaders<P> && CompleteToken<P>;

/// A complete declaration of one operation.
template <class Declared>
concept OperationFacts = HasMethod<Declared> && HasPath<Declared> && HasBody<Declared> &&
    HasNotCarried<Declared> && HasReplyPaths<Declared> && AccountsForAllFields<Declared>;

namespace detail {

template <class Declared>
consteval bool sends_id() noexcept {
  if constexpr (HasBody<Declared> && HasPath<Declared>) {
    constexpr std::string_view path = Declared::path;
    return Declared::Body::sends_id ? path.find(id_hole) == std::string_view::npos
                                    : HasIdPath<Declared>;
  } else {
    return HasIdPath<Declared>;
  }
}

}  // namespace detail

/// Satisfied by an operation that sends the customer's id once: in its path or in its body.
template <class Declared>
concept SendsId = detail::sends_id<Declared>();

/// Satisfied by an operation that says what shows that it was done.
template <class Declared>
concept HasConfirmation = requires {
  { Declared::reply } -> std::convertible_to<wire::json::Reply>;
}
&&(!Declared::reply.id.empty() || !Declared::reply.verdict.empty() || Declared::reply.may_be_empty);

/// Satisfied by an operation whose confirmation has well-formed paths.
template <class Declared>
concept HasConfirmationPaths = HasConfirmation<Declared> && detail::has_reply_paths<Declared>();

/// A complete declaration of how a customer is retrieved.
template <class P, class Operation>
concept RecordFacts = HasMethod<typename Operation::template Declaration<P>> &&
    SendsId<typename Operation::template Declaration<P>> && HasRecordPaths<P>;

/// A complete declaration of an operation on a customer that is only confirmed.
template <class P, class Operation>
concept ConfirmationFacts = HasMethod<typename Operation::template Declaration<P>> &&
    SendsId<typename Operation::template Declaration<P>> &&
    HasConfirmationPaths<typename Operation::template Declaration<P>>;

/// Satisfied by an operation that changes unified fields of a customer.
template <class Operation>
concept Edits = requires {
  Operation::edits;
};

/// Satisfied by an operation whose answers only confirm it: it declares a `reply`, though the
/// operation is one that reads a record.
template <class Declared>
concept AnswersNoRecord = HasConfirmation<Declared>;

namespace detail {

template <class Declared>
consteval bool sends_own_key() noexcept {
  if constexpr (requires { typename Declared::Idempotency; }) {
    using Idempotency = typename Declared::Idempotency;
    return !Idempotency::takes_key || Idempotency::in_header || Declared::Body::sends_key;
  }
  return true;
}

}  // namespace detail

/// Satisfied by an update that sends the key by which it is recognised, if any.
template <class Declared>
concept SendsOwnKey = detail::sends_own_key<Declared>();

/// A complete declaration of an update.
template <class P, class Operation>
concept EditFacts = HasMethod<typename Operation::template Declaration<P>> &&
    SendsId<typename Operation::template Declaration<P>> &&
    HasBody<typename Operation::template Declaration<P>> &&
    HasNotCarried<typename Operation::template Declaration<P>> &&
    AccountsForAllFields<typename Operation::template Declaration<P>> && HasRecordPaths<P> &&
    SendsOwnKey<typename Operation::template Declaration<P>>;

/// Satisfied by a find that says where the customers stand in an answer.
template <class Declared>
concept HasPage = requires {
  { Declared::page } -> std::convertible_to<wire::json::Page>;
};

namespace detail {

template <class Declared>
consteval bool has_page_paths() noexcept {
  constexpr wire::json::Page page = Declared::page;
  return wire::is_path(page.items) && wire::is_path(page.within) &&
         wire::are_paths(page.shown_by) && wire::are_paths(page.more) &&
         wire::are_paths(page.token) && wire::are_paths(page.pages) && wire::are_paths(page.total);
}

template <class Declared>
consteval bool counts_pages() noexcept {
  constexpr wire::json::Page page = Declared::page;
  return page.next == wire::json::Next::number || (page.pages.empty() && page.total.empty());
}

/// Whether the next page of an operation is named by a link.
template <class Declared>
inline constexpr bool follows_links = [] {
  if constexpr (HasPage<Declared>) {
    constexpr wire::json::Page page = Declared::page;
    return page.next == wire::json::Next::link;
  } else {
    return false;
  }
}();

/// The filter that stands in a path.
constexpr FieldSet filter_of(PathHole hole) noexcept {
  if (hole == PathHole::email) return {Field::email};
  if (hole == PathHole::reference) return {Field::merchant_customer_id};
  return {};
}

template <class Declared>
consteval FieldSet sent_filters() noexcept {
  FieldSet sent;
  if constexpr (HasPath<Declared>) sent |= filter_of(path_hole<Declared>);
  if constexpr (HasQuery<Declared>) sent |= Declared::Query::carried;
  if constexpr (HasBody<Declared>) sent |= Declared::Body::carried;
  return sent;
}

}  // namespace detail

/// Satisfied by a find whose `page` has well-formed paths.
template <class Declared>
concept HasPagePaths = HasPage<Declared> && detail::has_page_paths<Declared>();

/// Satisfied by a find whose `page` says how many pages or customers there are only where it counts
/// them.
template <class Declared>
concept CountsPages = HasPage<Declared> && detail::counts_pages<Declared>();

/// Satisfied by a find that sends its filter, in its path, its query or its body.
template <class Declared, class Operation>
concept SendsFilter = detail::sent_filters<Declared>()
.contains(Operation::filter);

/// A complete declaration of a find.
template <class P, class Operation>
concept FindFacts = HasMethod<typename Operation::template Declaration<P>> &&
    HasPath<typename Operation::template Declaration<P>> &&
    SendsFilter<typename Operation::template Declaration<P>, Operation> &&
    HasPagePaths<typename Operation::template Declaration<P>> &&
    CountsPages<typename Operation::template Declaration<P>> && HasRecordPaths<P>;

namespace detail {

/// Whether the declaration of an operation has what its kind needs.
template <class P, class Operation>
consteval bool is_complete() noexcept {
  if constexpr (Operation::reads == Reads::token) {
    return true;  // part of `PolicyFacts`
  } else if constexpr (!FillsPath<typename Operation::template Declaration<P>, Operation>) {
    return false;
  } else if constexpr (Edits<Operation>) {
    return EditFacts<P, Operation>;
  } else if constexpr (Operation::reads == Reads::record) {
    return RecordFacts<P, Operation>;
  } else if constexpr (Operation::reads == Reads::page) {
    return FindFacts<P, Operation>;
  } else if constexpr (Operation::reads == Reads::confirmation) {
    return ConfirmationFacts<P, Operation>;
  } else {
    using Declared = typename Operation::template Declaration<P>;
    return OperationFacts<Declared> && SendsKey<P, Declared>;
  }
}

}  // namespace detail

/// A connector policy that offers `Operation`.
template <class P, class Operation = Create>
concept ConnectorPolicy = PolicyFacts<P> && Offers<P, Operation> &&
    detail::is_complete<P, Operation>();

/// The declaration of an operation in a policy.
template <class P, class Operation>
using DeclarationOf = typename Operation::template Declaration<P>;

namespace detail {

template <class P, class Operation>
struct IdempotencyFor {
  using type = wire::NoIdempotency;
};
template <class P, class Operation>
requires requires {
  typename Operation::template Idempotency<P>;
}
struct IdempotencyFor<P, Operation> {
  using type = typename Operation::template Idempotency<P>;
};

}  // namespace detail

/// How a repeated operation is recognised; not at all, where the operation does not say so.
template <class P, class Operation>
using IdempotencyOf = typename detail::IdempotencyFor<P, Operation>::type;

namespace detail {

/// Whether `merchant_customer_id` is one of the metadata in a policy's record.
template <class P>
consteval bool has_reference_in_metadata() noexcept {
  constexpr wire::json::Record record = P::record;
  if (!record.reference_entry.empty()) return true;
  std::string_view map;
  std::string_view reference;
  record.each([&](std::uint8_t part, const wire::Paths& paths) {
    if (part == static_cast<std::uint8_t>(Field::metadata)) map = paths.at[0];
    if (part == static_cast<std::uint8_t>(Field::merchant_customer_id)) reference = paths.at[0];
  });
  return !map.empty() && reference.size() > map.size() && reference.starts_with(map) &&
         reference[map.size()] == '.';
}

}  // namespace detail

/// What a policy's `Update` states about changes.
template <class P>
struct ChangeOf {
  using Declared = DeclarationOf<P, Update>;  ///< what the policy declares
  /// What can be removed.
  static constexpr FieldSet clearable = [] {
    if constexpr (requires { Declared::Clearable::set; }) return Declared::Clearable::set;
    return FieldSet{};
  }();
  /// How.
  static constexpr wire::ClearedBy cleared_by = [] {
    if constexpr (requires { Declared::cleared_by; }) return Declared::cleared_by;
    return wire::ClearedBy::omission;
  }();
  /// What has to be sent again.
  static constexpr wire::Replaces replaces = [] {
    if constexpr (requires { Declared::replaces; }) return Declared::replaces;
    return wire::Replaces{};
  }();
  /// Whether `merchant_customer_id` is one of the metadata.
  static constexpr bool reference_in_metadata = detail::has_reference_in_metadata<P>();
  /// Whether all metadata can only be removed one by one.
  static constexpr bool removes_singly = [] {
    constexpr bool has_entries = wire::detail::has_entries<typename Declared::Body>();
    constexpr bool at_once = requires {
      Declared::Body::empties_maps;
    };
    return has_entries && !at_once && !replaces.metadata;
  }();
  /// All of this, as the core takes it.
  static constexpr wire::ChangeFacts facts{.carried = Declared::Body::carried,
                                           .clearable = clearable,
                                           .shared = Declared::Body::shared,
                                           .replaces = replaces,
                                           .reference_in_metadata = reference_in_metadata,
                                           .removes_singly = removes_singly,
                                           .max_entries = Declared::Body::max_entries(),
                                           .reserved_entries = Declared::Body::reserved_entries()};
};

/// Whether an update of a policy may need the record as it is: a client reads it first then.
template <class P>
inline constexpr bool merges = [] {
  constexpr wire::ChangeFacts facts = ChangeOf<P>::facts;
  return !facts.replaces.group.empty() || facts.replaces.metadata ||
         ((facts.reference_in_metadata || facts.removes_singly) &&
          facts.clearable.contains(Field::metadata));
}();

/// Whether a policy offers an operation: `offers<StripePolicy, Retrieve>`, for generic code.
template <class P, class Operation>
inline constexpr bool offers = Offers<P, Operation>;

/// Whether a deleted customer can be read, so that one that is gone can be told from one that never
/// was.
template <class P>
inline constexpr bool shows_deleted = [] {
  if constexpr (offers<P, Delete> && offers<P, Retrieve> &&
                requires { P::Delete::shows_deleted; }) {
    return P::Delete::shows_deleted;
  } else {
    return false;
  }
}();

/// Satisfied where an operation is sent with an access token.
template <class P, class Operation>
concept UsesToken = ExchangesToken<P> && Operation::reads != Reads::token;

/// Satisfied by a policy whose tokens are given at a host of its own.
template <class P>
concept HasTokenHosts = ExchangesToken<P> && detail::DeclaresHosts<typename P::Token>;

namespace detail {

/// Where an operation goes.
template <class P, class Operation>
inline constexpr Hosts hosts_of = [] {
  if constexpr (HasTokenHosts<P> && Operation::reads == Reads::token) {
    return Hosts{P::Token::hosts};
  } else {
    return Hosts{P::hosts};
  }
}();

/// Whether where an operation goes depends on the credentials.
template <class P, class Operation>
inline constexpr bool has_host_hole = wire::have_hole(hosts_of<P, Operation>);

/// The same of a client's calls, of which each may fetch a token first.
template <class P>
inline constexpr bool depends_on_account = has_host_hole<P, Create> ||
                                           (ExchangesToken<P> && has_host_hole<P, FetchToken>);

}  // namespace detail

/// Satisfied where an operation is signed.
template <class P, class Operation>
concept UsesSignature = SignsRequests<P> && Operation::reads != Reads::token;

/// Whether the processor can hold a unified field: `carries<StripePolicy, field::Phone>`.
template <class P, class Tag, class Operation = Create>
inline constexpr bool carries = (DeclarationOf<P, Operation>::Body::carried &
                                 Tag::carried) == Tag::carried;

/// The fields that a request must give: `merchant_customer_id` and what the processor requires.
template <class P, class Operation = Create>
inline constexpr FieldSet required_fields =
    DeclarationOf<P, Operation>::Body::required | FieldSet{Field::merchant_customer_id};

/// The most characters of a field that goes out as it is; `wire::unlimited` when no limit is
/// documented.
template <class P, class Tag, class Operation = Create>
inline constexpr std::size_t max_length = DeclarationOf<P, Operation>::Body::max_length(Tag::id);

/// Whether an operation has a place for a payment token: `CallOptions::payment_token`.
template <class P, class Operation = Create>
inline constexpr bool takes_payment_token = [] {
  using Declared = DeclarationOf<P, Operation>;
  if constexpr (HasBody<Declared>)
    return wire::detail::sends_payment_token<typename Declared::Body>();
  return false;
}();

/// Whether an operation is refused without a payment token.
template <class P, class Operation = Create>
inline constexpr bool needs_payment_token = [] {
  using Declared = DeclarationOf<P, Operation>;
  if constexpr (HasBody<Declared>)
    return wire::detail::needs_payment_token<typename Declared::Body>();
  return false;
}();

/// Whether the processor recognises a repeated request by a key.
template <class P>
inline constexpr bool has_idempotency = P::Idempotency::offered;

namespace detail {

/// How the record in the answer to an operation is read: as its declaration says, else as the
/// policy does.
template <class P, class Operation>
consteval wire::json::Record record_of() noexcept {
  wire::json::Record record = P::record;
  if constexpr (requires { DeclarationOf<P, Operation>::record_within; })
    record.within = DeclarationOf<P, Operation>::record_within;
  return record;
}

/// What the answers to an operation are.
template <class Declared>
consteval wire::Syntax syntax_of() noexcept {
  if constexpr (requires { Declared::syntax; }) return Declared::syntax;
  return wire::Syntax::json;
}

/// What of a create's answer is true of a record, too: how ids look, and the verdict where both
/// are of one syntax.
template <class P, class Operation>
consteval wire::json::Reply record_reply() noexcept {
  constexpr wire::json::Record record = P::record;
  wire::json::Reply reply;
  if constexpr (requires { P::Create::reply; }) {
    constexpr wire::json::Reply created = P::Create::reply;
    reply.id_prefix = created.id_prefix;
    reply.link_path = created.link_path;
    if (syntax_of<DeclarationOf<P, Operation>>() == syntax_of<typename P::Create>()) {
      reply.verdict = created.verdict;
      reply.verdict_text = created.verdict_text;
    }
  }
  reply.id = record.id;
  return reply;
}

/// What a successful answer of a policy to an operation is.
template <class P, class Operation>
inline constexpr Reads reads_of = [] {
  if constexpr (Edits<Operation>)
    if (AnswersNoRecord<DeclarationOf<P, Operation>>) return Reads::confirmation;
  return Operation::reads;
}();

/// Makes the tree of what answers to an operation have.
template <class P, class Operation>
struct TreeOf {
  static consteval wire::PathTree make() {
    if constexpr (Operation::reads != Reads::id && Operation::reads != Reads::token) {
      return wire::PathTree::make(P::failure, wire::json::Reply{});
    } else {
      return wire::PathTree::make(P::failure, DeclarationOf<P, Operation>::reply);
    }
  }
};
/// What shows that there is no such customer, where a success may say so.
template <class P, class Operation>
consteval wire::Paths nothing_of() noexcept {
  if constexpr (requires { DeclarationOf<P, Operation>::nothing_is_not_found; })
    return DeclarationOf<P, Operation>::nothing_is_not_found;
  return {};
}
/// The same with the record that a successful one has.
template <class P, class Operation>
struct RecordTreeOf {
  static consteval wire::PathTree make() {
    constexpr wire::json::Record record = record_of<P, Operation>();
    constexpr bool repeats = syntax_of<DeclarationOf<P, Operation>>() == wire::Syntax::xml;
    return wire::PathTree::make(P::failure, record_reply<P, Operation>(), record,
                                nothing_of<P, Operation>(), repeats);
  }
};
/// The same with the records of a page.
template <class P, class Operation>
struct PageTreeOf {
  static consteval wire::PathTree make() {
    constexpr wire::json::Record record = P::record;
    constexpr wire::json::Page page = DeclarationOf<P, Operation>::page;
    return wire::PathTree::make(P::failure, record_reply<P, Operation>(), record, page);
  }
};
/// The same with what confirms.
template <class P, class Operation>
struct ConfirmingTreeOf {
  static consteval wire::PathTree make() {
    return wire::PathTree::make(P::failure, DeclarationOf<P, Operation>::reply);
  }
};
/// The same with what successful ones repeat.
template <class P, class Operation>
struct EchoingTreeOf {
  static consteval wire::PathTree make() {
    return wire::PathTree::make_echoing(P::failure, DeclarationOf<P, Operation>::reply);
  }
};

template <class P>
consteval void describe_record(wire::ReplyFacts& facts) noexcept {
  constexpr wire::json::Record record = P::record;
  facts.deleted_text = record.deleted_text;
  facts.empty_is_absent = record.empty_is_absent;
  facts.reference_is_id = record.id.at[0] == record.merchant_customer_id.at[0];
  facts.reference_entry = record.reference_entry;
}

/// An operation as rules name it.
template <class Operation>
consteval wire::At at_of() noexcept {
  if (Edits<Operation>) return wire::At::update;
  switch (Operation::reads) {
    case Reads::record:
      return wire::At::retrieve;
    case Reads::page:
      return wire::At::find;
    case Reads::confirmation:
      return wire::At::remove;
    case Reads::token:
      return wire::At::token;
    default:
      return wire::At::create;
  }
}

template <class P, class Operation>
consteval wire::ReplyFacts make_reply_facts() noexcept {
  wire::ReplyFacts facts;
  facts.connector = P::name;
  facts.paths = wire::path_table<TreeOf<P, Operation>>();
  facts.reads = reads_of<P, Operation>;
  facts.at = at_of<Operation>();
  facts.syntax = syntax_of<DeclarationOf<P, Operation>>();
  if constexpr (Edits<Operation>) facts.clearable = ChangeOf<P>::clearable;
  if constexpr (Operation::reads == Reads::token) {
    facts.max_id = wire::max_token;
    facts.no_id = "the answer has no token";
    facts.bad_id = "the token cannot be put into a header";
  } else if constexpr (reads_of<P, Operation> == Reads::confirmation) {
    using Declared = DeclarationOf<P, Operation>;
    facts.reply = Declared::reply;
    facts.success_paths = wire::path_table<ConfirmingTreeOf<P, Operation>>();
    facts.no_id = "the answer does not confirm it";
    if constexpr (requires { Declared::gone; }) facts.gone = Declared::gone;
  } else if constexpr (Operation::reads == Reads::page) {
    using Declared = DeclarationOf<P, Operation>;
    facts.reply = record_reply<P, Operation>();
    facts.page = Declared::page;
    if constexpr (requires { Declared::index; }) facts.index = Declared::index;
    facts.no_id = "the answer has no list of customers";
    facts.success_paths = wire::path_table<PageTreeOf<P, Operation>>();
    describe_record<P>(facts);
  } else if constexpr (Operation::reads == Reads::record) {
    facts.reply = record_reply<P, Operation>();
    if constexpr (requires { DeclarationOf<P, Operation>::may_be_empty; })
      facts.reply.may_be_empty = DeclarationOf<P, Operation>::may_be_empty;
    facts.success_paths = wire::path_table<RecordTreeOf<P, Operation>>();
    describe_record<P>(facts);
    facts.nothing_is_not_found = nothing_of<P, Operation>();
  } else {
    facts.reply = DeclarationOf<P, Operation>::reply;
    if (!facts.reply.echo.empty())
      facts.success_paths = wire::path_table<EchoingTreeOf<P, Operation>>();
  }
  facts.failure = P::failure;
  facts.replay_header = IdempotencyOf<P, Operation>::replay_header;
  facts.replay_value = IdempotencyOf<P, Operation>::replay_value;
  if constexpr (requires { P::response_headers; }) facts.headers = P::response_headers;
  if constexpr (requires { P::rules; }) facts.rules = {P::rules.data(), P::rules.size()};
  return facts;
}

template <class P>
struct CredentialsOrStandIn {
  /// Stands in for the missing struct until `diagnose` has said what to add.
  struct type {
    template <class... Anything>
    explicit(false) type(const Anything&...) {}
  };
};
template <HasCredentials P>
struct CredentialsOrStandIn<P> {
  using type = typename P::Credentials;
};

}  // namespace detail

/// The policy's credentials.
template <class P>
using CredentialsOf = typename detail::CredentialsOrStandIn<P>::type;

/// The constants with which answers of an operation are read.
template <class P, class Operation = Create>
inline constexpr wire::ReplyFacts reply_facts = detail::make_reply_facts<P, Operation>();

}  // namespace florin

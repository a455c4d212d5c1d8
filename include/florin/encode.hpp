// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/access_token.hpp>
#include <florin/customer.hpp>
#include <florin/detail/code_line.hpp>
#include <florin/detail/config.hpp>
#include <florin/diagnosis.hpp>
#include <florin/error.hpp>
#include <florin/fixed_string.hpp>
#include <florin/policy.hpp>
#include <florin/version.hpp>
#include <florin/wire/encoded_request.hpp>
#include <florin/wire/host.hpp>
#include <florin/wire/written_request.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

/// Layer 0, request: the unified schema to bytes. Memory only.
namespace florin {

/// What an encoded request depends on beside the request and the credentials. Views only.
struct EncodeOptions {
  /// Which of the hosts stands in the request.
  Environment environment = Environment::live;
  std::string_view host{};             ///< `Host` header; empty: the policy's host
  std::string_view idempotency_key{};  ///< empty: none is sent
  std::string_view access_token{};     ///< needed where the policy exchanges a token
  std::string_view salt{};     ///< needed where requests are signed: 8 to 16 letters, digits
  std::int64_t timestamp = 0;  ///< likewise: the time, in Unix seconds
  /// The processor's own token of a payment method, where it takes one; see `takes_payment_token`.
  std::string_view payment_token{};
};

namespace detail {

/// A method, a path and what follows up to the host name, as one constant.
template <class Declared>
inline constexpr auto request_line = [] {
  constexpr std::string_view method = to_string(Declared::method);
  constexpr std::string_view path = Declared::path;
  constexpr std::string_view rest = " HTTP/1.1\r\nHost: ";
  return join<method.size() + 1 + path.size() + rest.size()>({method, " ", path, rest});
}();

/// What stands in the path before the value that it has a place for; all of it where it has none.
template <class Declared>
inline constexpr std::string_view path_before = [] {
  constexpr std::string_view path = Declared::path;
  constexpr PathHole hole = path_hole<Declared>;
  return hole == PathHole::none ? path : path.substr(0, path.find(text_of(hole)));
}();
/// What stands in the path behind it.
template <class Declared>
inline constexpr std::string_view path_behind = [] {
  constexpr std::string_view path = Declared::path;
  constexpr PathHole hole = path_hole<Declared>;
  return hole == PathHole::none ? std::string_view{}
                                : path.substr(path.find(text_of(hole)) + text_of(hole).size());
}();
/// What stands in the head before it.
template <class Declared>
inline constexpr auto line_before = [] {
  constexpr std::string_view method = to_string(Declared::method);
  constexpr std::string_view before = path_before<Declared>;
  return join<method.size() + 1 + before.size()>({method, " ", before});
}();
/// The value itself.
template <class Declared, class Request>
constexpr std::string_view path_value([[maybe_unused]] const Request& request) noexcept {
  if constexpr (path_hole<Declared> == PathHole::id) {
    return request.connector_customer_id;
  } else if constexpr (path_hole<Declared> == PathHole::email) {
    return request.email;
  } else if constexpr (path_hole<Declared> == PathHole::reference) {
    return request.merchant_customer_id;
  } else {
    return {};
  }
}

/// The operation's media type where it says one, else its body's.
template <class Declared>
consteval std::string_view content_type() {
  if constexpr (requires { Declared::content_type; }) return Declared::content_type;
  if constexpr (HasBody<Declared>) return Declared::Body::content_type;
  return {};
}

/// The media type that the operation accepts where it says one.
template <class Declared>
consteval std::string_view accepted_type() {
  if constexpr (requires { Declared::accept; }) return Declared::accept;
  return "application/json";
}

/// The headers that every request to an operation has, as one constant.
template <class Declared>
inline constexpr auto fixed_headers = [] {
  constexpr std::string_view type = content_type<Declared>();
  constexpr std::string_view before = type.empty() ? "" : "Content-Type: ";
  constexpr std::string_view accept = type.empty() ? "Accept: " : "\r\nAccept: ";
  constexpr std::string_view accepted = accepted_type<Declared>();
  constexpr std::string_view after = "\r\nUser-Agent: florin/";
  return join<before.size() + type.size() + accept.size() + accepted.size() + after.size() +
              version.size() + 2>({before, type, accept, accepted, after, version, "\r\n"});
}();

/// Begins a request with what comes before its headers.
template <class Declared, class Ctx>
wire::Buffer& begin_request([[maybe_unused]] const Ctx& context, std::string_view host,
                            EncodedRequest& out) {
  if constexpr (path_hole<Declared> == PathHole::none && !HasQuery<Declared> &&
                !follows_links<Declared>) {
    return out.begin(request_line<Declared>.view(), host);
  } else {
    wire::Buffer& buffer = out.begin_target(
        line_before<Declared>.view(), path_value<Declared>(context.request), path_behind<Declared>);
    std::string_view link;
    if constexpr (follows_links<Declared>) link = context.request.page;
    if (!link.empty()) {
      buffer.append("?");
      buffer.append(link);
    } else if constexpr (HasQuery<Declared>) {
      const std::size_t before = buffer.size();
      buffer.append("?");
      FieldSet written;
      Declared::Query::write(context, buffer, written);
      if (buffer.size() == before + 1) buffer.truncate(before);  // nothing of it is given
    }
    out.end_target(host, HasBody<Declared>);
    return buffer;
  }
}

/// The headers of an operation: its own where it declares some, else the policy's.
template <class P, class Declared>
struct HeadersOf {
  using type = typename P::RequestHeaders;
};
template <class P, HasRequestHeaders Declared>
struct HeadersOf<P, Declared> {
  using type = typename Declared::RequestHeaders;
};

/// Gives a request the form in which every processor gets it, see `wire::normalise`.
/// \return the fields that are given.
FLORIN_DECL FieldSet normalise(CreateRequestView& request) noexcept;
/// \copydoc normalise(CreateRequestView&)
FLORIN_DECL FieldSet normalise(UpdateRequestView& request) noexcept;
/// An id or a filter is taken as it is, and a token exchange has no fields.
template <class Request>
constexpr FieldSet normalise(const Request& request) noexcept {
  return request.given();
}
/// Satisfied by a request that is about one customer and says nothing else.
template <class Request>
concept NamesCustomer = requires(const Request& request) {
  request.connector_customer_id;
  requires !requires {
    request.cleared;
  };
};
/// Refuses a request without a filter, which some processors would answer with every customer, and
/// one with two.
FLORIN_DECL wire::Fault check_request(const FindRequest& request) noexcept;
/// Refuses a page that is sent as it is and would be more than a query.
FLORIN_DECL wire::Fault check_link(std::string_view page) noexcept;
/// Refuses a filter that could change the path that it is put into, or is missing there.
/// \param before, behind what stands around it.
FLORIN_DECL wire::Fault check_in_path(std::string_view before, std::string_view filter,
                                      std::string_view behind, Field field) noexcept;
/// The checks that no processor's rules can relax, see `wire::check_request`.
/// \param given its fields; there may be more.
FLORIN_DECL wire::Fault check_request(const CreateRequestView& request, FieldSet given) noexcept;
/// A token exchange has no fields to check.
inline wire::Fault check_request(const TokenRequest&) noexcept {
  return {};
}
/// Refuses an id that could change the path that it is put into. Errors name the parameter
/// `connector_customer_id`.
FLORIN_DECL wire::Fault check_id(std::string_view connector_customer_id) noexcept;
/// \copydoc check_id
template <NamesCustomer Request>
wire::Fault check_request(const Request& request) noexcept {
  return check_id(request.connector_customer_id);
}
/// \copydoc check_request(const CreateRequestView&, FieldSet)
FLORIN_DECL wire::Fault check_request(const UpdateRequestView& request) noexcept;
/// What the fields of other requests than those of a create are is found out here.
template <class Request>
wire::Fault check_request(const Request& request, FieldSet) noexcept {
  return check_request(request);
}
FLORIN_DECL wire::Fault check_access_token(std::string_view access_token) noexcept;
/// Checks salt and timestamp.
FLORIN_DECL wire::Fault check_signing(const EncodeOptions& options) noexcept;
/// Checks the payment token.
/// \param taken whether there is a place for it.
/// \param needed whether there has to be one.
FLORIN_DECL wire::Fault check_payment_token(std::string_view payment_token, bool taken,
                                            bool needed) noexcept;
FLORIN_DECL wire::Fault check_host(std::string_view host) noexcept;
/// The error for what is found before anything is sent.
[[gnu::cold]] FLORIN_DECL Error local_error(std::string_view connector, const wire::Fault& fault);

/// Whether what a policy needs beside the credentials is there.
template <class P, class Operation>
wire::Fault check_authorization([[maybe_unused]] const EncodeOptions& options) noexcept {
  if constexpr (UsesToken<P, Operation>) {
    if (const auto fault = check_access_token(options.access_token)) return fault;
  }
  if constexpr (UsesSignature<P, Operation>) return check_signing(options);
  return {};
}

/// Why the credentials cannot be sent with an operation, or with the token exchange that comes
/// before it; or no fault.
template <class P, class Operation>
wire::Fault check_credentials(const CredentialsOf<P>& credentials) noexcept {
  if (const auto fault = P::CredentialNames::check(credentials)) return fault;
  using Declared = DeclarationOf<P, Operation>;
  if (const auto fault = wire::check_headers<typename HeadersOf<P, Declared>::type>(credentials))
    return fault;
  if constexpr (UsesSignature<P, Operation>)
    if (const auto fault = wire::check_headers<typename P::Signature>(credentials)) return fault;
  if constexpr (UsesToken<P, Operation>)
    return wire::check_headers<typename P::Token::RequestHeaders>(credentials);
  return {};
}

template <class P, class Operation>
struct ContextFor {
  using type = wire::Context<typename Operation::Request, CredentialsOf<P>>;
};
template <class P, Edits Operation>
struct ContextFor<P, Operation> {
  using type = wire::Context<typename Operation::Request, CredentialsOf<P>, ChangeOf<P>>;
};

/// What the parts of a request are read from.
/// \param view has to outlive it.
/// \param given its fields.
template <class P, class Operation>
[[nodiscard]] typename ContextFor<P, Operation>::type context_of(
    const typename Operation::Request& view, FieldSet given, const CredentialsOf<P>& credentials,
    const EncodeOptions& options) noexcept {
  typename ContextFor<P, Operation>::type context{view,
                                                  credentials,
                                                  options.idempotency_key,
                                                  with_full_name(given),
                                                  options.access_token,
                                                  options.salt,
                                                  options.timestamp,
                                                  {},
                                                  options.payment_token};
  if constexpr (Edits<Operation>) {
    // Conditions are about what is sent, with what is taken from the record.
    context.given = with_full_name(wire::merged(view, ChangeOf<P>::facts).given());
    context.touched = wire::touched_by(view, ChangeOf<P>::facts);
  }
  return context;
}

/// Writes the body.
/// \return the fields that went out.
template <class P, class Operation, class Ctx>
FieldSet write_body(const Ctx& context, wire::Buffer& buffer) {
  using Body = typename DeclarationOf<P, Operation>::Body;
  FieldSet written;
  if constexpr (Edits<Operation>) {
    const auto all = wire::merged(context.request, ChangeOf<P>::facts);
    Body::write(context.with(all), buffer, written);
  } else {
    Body::write(context, buffer, written);
  }
  return written;
}

/// The first thing that the processor's documentation says against the values, or no fault.
template <class P, class Operation, class Ctx>
[[gnu::aligned(code_line)]] wire::Fault check_values(const Ctx& context) noexcept {
  if (const auto fault = detail::check_request(context.request, context.given)) return fault;
  if constexpr (Operation::reads == Reads::page) {
    using Declared = DeclarationOf<P, Operation>;
    if constexpr (path_hole<Declared> != PathHole::none)
      if (const auto fault =
              check_in_path(path_before<Declared>, path_value<Declared>(context.request),
                            path_behind<Declared>, Operation::filter))
        return fault;
    if constexpr (follows_links<Declared>)
      if (const auto fault = check_link(context.request.page)) return fault;
  }
  if constexpr (Edits<Operation>)
    if (const auto fault = wire::check_change(context.request, ChangeOf<P>::facts)) return fault;
  if constexpr (HasQuery<DeclarationOf<P, Operation>>)
    if (const auto fault = DeclarationOf<P, Operation>::Query::check(context)) return fault;
  if constexpr (HasBody<DeclarationOf<P, Operation>>)
    return DeclarationOf<P, Operation>::Body::check(context);
  return {};
}

/// The first thing that stands against sending a request, or no fault.
template <class P, class Operation, class Ctx>
[[gnu::aligned(code_line)]] wire::Fault check_call(const Ctx& context,
                                                   const EncodeOptions& options) {
  if (const auto fault = check_values<P, Operation>(context)) return fault;
  if constexpr (Edits<Operation>)
    if (const auto fault = wire::check_rest(context.request, ChangeOf<P>::facts)) return fault;
  if (const auto fault = check_credentials<P, Operation>(context.credentials)) return fault;
  if (const auto fault = IdempotencyOf<P, Operation>::check(context)) return fault;
  if (const auto fault = check_authorization<P, Operation>(options)) return fault;
  return check_payment_token(options.payment_token, takes_payment_token<P, Operation>,
                             needs_payment_token<P, Operation>);
}

/// Finds the policy's host for an operation.
/// \param room has to outlive `host`, which may be there.
/// \return why it cannot be, or no fault.
template <class P, class Operation>
wire::Fault find_host(Environment environment, [[maybe_unused]] const CredentialsOf<P>& credentials,
                      [[maybe_unused]] wire::HostText& room, std::string_view& host) noexcept {
  host = hosts_of<P, Operation>[environment];
  if constexpr (has_host_hole<P, Operation>) {
    const auto form = wire::HostForm::of(host);
    std::string_view label;
    std::string_view missing;
    P::CredentialNames::describe([&]<class Part>() {
      if (Part::name != form.credential) return;
      label = wire::reveal(credentials.*Part::member);
      missing = Part::missing.view();
    });
    const bool made = room.assign(form, label);
    host = room.view();
    if (!made)
      return {Errc::invalid_credentials, std::nullopt,
              label.empty() ? missing
                            : "a credential that is a part of the host is not made of letters, "
                              "digits and hyphens within, or is too long",
              form.credential};
  }
  return {};
}
/// The same, where the caller may name another one.
template <class P, class Operation>
wire::Fault find_host(const EncodeOptions& options, const CredentialsOf<P>& credentials,
                      wire::HostText& room, std::string_view& host) noexcept {
  if (const auto fault = find_host<P, Operation>(options.environment, credentials, room, host))
    return fault;
  if (!options.host.empty()) host = options.host;
  return check_host(host);
}

/// Writes a request that nothing stands against.
/// \param given the fields of `context.request`.
template <class P, class Operation, class Ctx>
[[gnu::aligned(code_line)]] void write_request(const Ctx& context, FieldSet given,
                                               std::string_view host, EncodedRequest& out) {
  using Declared = DeclarationOf<P, Operation>;
  wire::Buffer& buffer = begin_request<Declared>(context, host, out);
  buffer.append(fixed_headers<Declared>.view());
  HeadersOf<P, Declared>::type::write(context, buffer);
  IdempotencyOf<P, Operation>::write(context, buffer);
  [[maybe_unused]] wire::WrittenRequest written{
      .method = Declared::method, .host = host, .has_body = HasBody<Declared>};
  if constexpr (UsesSignature<P, Operation>) {
    written.target = out.begun_target();
    out.place_signature(P::Signature::reserve(context, written, buffer));
  }
  out.end_head();
  if constexpr (HasBody<Declared>) {
    const FieldSet sent = write_body<P, Operation>(context, buffer);
    if constexpr (Edits<Operation>) {
      out.end_body(context.request.touched() - sent);
    } else {
      out.end_body(given - sent);
    }
  } else {
    out.end_without_body();
  }
  if constexpr (UsesSignature<P, Operation>) {
    written.target = out.target();
    written.body = out.body();
    P::Signature::write(context, written, out.signature_place());
  }
}

/// The part of `encode` behind the diagnosis.
/// \return what is wrong with what was given; nothing is written then.
template <class P, class Operation>
[[nodiscard, gnu::aligned(code_line)]] wire::Fault encode_view(typename Operation::Request view,
                                                               const CredentialsOf<P>& credentials,
                                                               const EncodeOptions& options,
                                                               EncodedRequest& out) {
  const FieldSet given = normalise(view);
  const auto context = context_of<P, Operation>(view, given, credentials, options);
  if (const auto fault = check_call<P, Operation>(context, options)) return fault;
  wire::HostText room;
  std::string_view host;
  if (const auto fault = find_host<P, Operation>(options, credentials, room, host)) return fault;
  write_request<P, Operation>(context, given, host, out);
  return {};
}

}  // namespace detail

/// Turns a request into the HTTP/1.1 bytes that create the customer.
///
/// Everything that the processor documents about the values is checked first; nothing is written
/// unless all of it holds. No I/O, no clock, no randomness; no allocation once `out` has grown.
/// \tparam P the connector policy.
/// \tparam Operation what to do; `Create`.
/// \param request a `CreateRequest`, a `CreateRequestView` or what `customer(...)` made.
/// \param credentials the policy's credentials.
/// \param out gets the bytes and the set of dropped fields; its memory is reused.
/// \param options see `EncodeOptions`. What a policy that exchanges a token or signs its requests
/// needs beside the credentials has to be given here.
/// \return `missing_field`, `invalid_field`, `invalid_credentials`, `invalid_idempotency_key` or
/// `invalid_options`, all with `Outcome::no_effect`.
///
/// Thread safety: reentrant; `out` belongs to one thread.
template <class P, class Operation = Create, class Request>
[[nodiscard]] Result<void> encode(const Request& request, const CredentialsOf<P>& credentials,
                                  const EncodeOptions& options, EncodedRequest& out) {
  if constexpr (diagnose_call<P, Operation, Request>()) {
    if (const auto fault = detail::encode_view<P, Operation>(request, credentials, options, out))
      return detail::local_error(P::name, fault);
    return {};
  } else {
    return Error{};
  }
}

/// The policy's host, to connect to at layer 1: `host_of<AcmePolicy>(credentials)`.
/// \tparam Operation `FetchToken`: where it is given tokens.
/// \param credentials may be a part of it.
/// \param environment of which the host is.
/// \return the name, or `invalid_credentials` where they give none.
///
/// Thread safety: reentrant.
template <class P, class Operation = Create>
[[nodiscard]] Result<std::string> host_of(const CredentialsOf<P>& credentials,
                                          Environment environment = Environment::live) {
  wire::HostText room;
  std::string_view host;
  if (const auto fault = detail::find_host<P, Operation>(environment, credentials, room, host))
    return detail::local_error(P::name, fault);
  return std::string{host};
}

/// Whether this processor could be sent such a request, by everything that it documents about the
/// values: what `encode` checks before it writes, without credentials. Nothing is sent or written;
/// a form can be checked while it is filled in, and a customer before a processor is chosen.
/// \tparam P the connector policy.
/// \tparam Operation what to do; `Create`.
/// \param request see `encode`.
/// \return `missing_field` or `invalid_field`, as `encode` would. Fields that the processor cannot
/// carry are no errors: see `carries`.
///
/// Thread safety: reentrant.
template <class P, class Operation = Create, class Request = CreateRequest>
[[nodiscard]] Result<void> validate(const Request& request) {
  if constexpr (diagnose_call<P, Operation, Request>()) {
    auto view = static_cast<typename Operation::Request>(request);
    const FieldSet given = detail::normalise(view);
    const CredentialsOf<P> none{};
    const EncodeOptions options{.idempotency_key = "0"};  // a body may need some key
    const auto context = detail::context_of<P, Operation>(view, given, none, options);
    if (const auto fault = detail::check_values<P, Operation>(context))
      return detail::local_error(P::name, fault);
    return {};
  } else {
    return Error{};
  }
}

/// `encode` with default options: the live host and no idempotency key.
template <class P, class Operation = Create, class Request>
[[nodiscard]] Result<void> encode(const Request& request, const CredentialsOf<P>& credentials,
                                  EncodedRequest& out) {
  return florin::encode<P, Operation>(request, credentials, EncodeOptions{}, out);
}

}  // namespace florin

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/encode.ipp>
#endif

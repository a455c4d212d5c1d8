// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/detail/code_line.hpp>
#include <florin/detail/config.hpp>
#include <florin/diagnosis.hpp>
#include <florin/error.hpp>
#include <florin/policy.hpp>
#include <florin/wire/reply_reader.hpp>

#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>

/// Layer 0, answer: bytes to the unified schema. Memory only.
namespace florin {

namespace detail {

/// What an answer says of a customer.
struct Found {
  std::string_view id{};
  Origin origin = Origin::created;
};

/// A failure of an operation that makes no customer, whatever its answer leaves open.
FLORIN_DECL Error without_customer(Error error);
/// Judges the answer to an operation that makes no customer.
/// \return why it is no success.
FLORIN_DECL std::optional<Error> judge(const wire::ReplyReader& reader, Found& found);
/// Judges the answer to a create.
/// \return why it is no success.
FLORIN_DECL std::optional<Error> judge(const wire::ReplyReader& reader, const Create::Kept& kept,
                                       OnExists on_exists, Found& found);

/// Reads the record that answers a retrieve.
/// \return why it is no success.
FLORIN_DECL std::optional<Error> take_record(const wire::ReplyReader& reader, const KeptId& kept,
                                             Customer& customer);
/// Reads the record that answers an update; one with the id alone where the answer has none.
/// \return why it is no success.
FLORIN_DECL std::optional<Error> take_record(const wire::ReplyReader& reader,
                                             const Update::Kept& kept, Customer& customer);
/// Reads the page that answers a find.
/// \return why it is no success.
FLORIN_DECL std::optional<Error> take_page(const wire::ReplyReader& reader, const FindRequest& kept,
                                           CustomerPage& page);
/// Judges the answer to a delete.
/// \return why it is no success.
FLORIN_DECL std::optional<Error> judge(const wire::ReplyReader& reader, const KeptId& kept,
                                       bool& already_gone);

/// Becomes what a function returns where it is kept: nothing is moved.
template <class Make>
struct InPlace {
  Make make;
  operator std::invoke_result_t<const Make&>() const { return make(); }
};
template <class Make>
InPlace(Make) -> InPlace<Make>;

/// Reads an answer, of whatever policy.
/// \param to gets the success.
/// \return why it is none.
template <class Operation>
[[nodiscard, gnu::aligned(code_line)]] std::optional<Error> take_answer(
    const wire::ReplyReader& reader, const typename Operation::Kept& kept,
    [[maybe_unused]] OnExists on_exists, std::optional<typename Operation::Response>& to) {
  [[maybe_unused]] const auto tell = [&reader](auto& response) {
    response.http_status = reader.http_status();
    response.request_id.assign(reader.request_id());
  };
  std::optional<Error> failed;
  if constexpr (Operation::reads == Reads::record) {
    failed = take_record(reader, kept, to.emplace());
  } else if constexpr (Operation::reads == Reads::page) {
    failed = take_page(reader, kept, to.emplace());
  } else if constexpr (Operation::reads == Reads::confirmation) {
    bool already_gone = false;
    failed = judge(reader, kept, already_gone);
    if (!failed) tell(to.emplace(Operation::respond(kept, already_gone)));
  } else if constexpr (Operation::reads == Reads::token) {
    Found found;
    failed = judge(reader, found);
    if (!failed) tell(to.emplace(Operation::respond(kept, found.id, reader)));
  } else {
    Found found;
    failed = judge(reader, kept, on_exists, found);
    if (!failed) [[likely]]
      tell(to.emplace(InPlace{[&] { return Operation::respond(kept, found.id, found.origin); }}));
  }
  if (failed) [[unlikely]]
    to.reset();
  return failed;
}

/// What an answer means, of whatever policy: see `Decoder::take`.
template <class Operation>
[[nodiscard]] Result<typename Operation::Response> answer_of(const wire::ReplyReader& reader,
                                                             const typename Operation::Kept& kept,
                                                             OnExists on_exists) {
  std::optional<typename Operation::Response> answer;
  if (auto failed = take_answer<Operation>(reader, kept, on_exists, answer))
    return *std::move(failed);
  return *std::move(answer);
}

}  // namespace detail

/// Reads the answers of one policy's operation, piece by piece as they arrive.
///
/// Feed it with `reset`, `status`, `header`, `body` and `finish` (see `wire::ReplyReader`), then
/// call `take`. Reuse one object: nothing is allocated for a success.
///
/// Thread safety: one thread at a time.
template <class P, class Operation = Create>
class Decoder : public wire::ReplyReader {
 public:
  Decoder() : wire::ReplyReader(reply_facts<P, Operation>) {}

  /// What the answer means.
  /// \param kept what `Operation::keep` made of the request that was answered.
  /// \param on_exists whether an existing customer counts as a success.
  [[nodiscard]] Result<typename Operation::Response> take(const typename Operation::Kept& kept,
                                                          OnExists on_exists = OnExists::fail) {
    return detail::answer_of<Operation>(*this, kept, on_exists);
  }
  /// The same into a record whose memory is used again: nothing is allocated for a success when it
  /// has grown.
  /// \return why the answer is no success; `customer` is as before then.
  [[nodiscard]] Result<void> take(const typename Operation::Kept& kept,
                                  Customer& customer) requires(Operation::reads == Reads::record) {
    if (auto failed = detail::take_record(*this, kept, customer)) return *std::move(failed);
    return {};
  }
  /// The same into a page.
  [[nodiscard]] Result<void> take(const typename Operation::Kept& kept,
                                  CustomerPage& page) requires(Operation::reads == Reads::page) {
    if (auto failed = detail::take_page(*this, kept, page)) return *std::move(failed);
    return {};
  }
};

/// Reads a whole response that is already in memory.
///
/// \tparam P the connector policy.
/// \tparam Operation what was done; `Create`.
/// \param response status, headers and body.
/// \param request the request that was answered; its `merchant_customer_id` is echoed.
/// \param on_exists whether an existing customer counts as a success.
/// \return the unified answer, or what the processor said, or `unreadable_reply`.
///
/// Thread safety: reentrant.
template <class P, class Operation = Create, class HeaderRange, class Request>
[[nodiscard]] Result<typename Operation::Response> decode(
    const wire::ResponseView<HeaderRange>& response, const Request& request,
    OnExists on_exists = OnExists::fail) {
  if constexpr (diagnose<P, Operation>()) {
    Decoder<P, Operation> decoder;
    decoder.status(response.status);
    for (const auto& header : response.headers) decoder.header(header.name, header.value);
    decoder.body(response.body, true);
    return decoder.take(Operation::keep(request), on_exists);
  } else {
    return Error{};
  }
}

}  // namespace florin

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/decode.ipp>
#include <florin/impl/page.ipp>
#endif

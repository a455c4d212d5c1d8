// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The core of the library, for programs that compile it once: one source file includes this, and
/// everything is compiled with FLORIN_SEPARATE_COMPILATION.

#include <florin/detail/config.hpp>

#if !defined(FLORIN_SEPARATE_COMPILATION)
#error \
    "florin: compile everything with FLORIN_SEPARATE_COMPILATION, or do not include <florin/src.hpp>"
#endif

#include <florin/client.hpp>
#include <florin/detail/attempt.hpp>
#include <florin/impl/attempt.ipp>
#include <florin/impl/change.ipp>
#include <florin/impl/client_root.ipp>
#include <florin/impl/core.ipp>
#include <florin/impl/decode.ipp>
#include <florin/impl/encode.ipp>
#include <florin/impl/encoded_request.ipp>
#include <florin/impl/ensuring.ipp>
#include <florin/impl/error.ipp>
#include <florin/impl/idempotency.ipp>
#include <florin/impl/json_reader.ipp>
#include <florin/impl/metadata.ipp>
#include <florin/impl/page.ipp>
#include <florin/impl/percent.ipp>
#include <florin/impl/record.ipp>
#include <florin/impl/record_log.ipp>
#include <florin/impl/removal.ipp>
#include <florin/impl/reply_reader.ipp>
#include <florin/impl/retry.ipp>
#include <florin/impl/seconds.ipp>
#include <florin/impl/secret.ipp>
#include <florin/impl/sent_secrets.ipp>
#include <florin/impl/series.ipp>
#include <florin/impl/signing.ipp>
#include <florin/impl/text.ipp>
#include <florin/impl/updating.ipp>

namespace florin::detail {

template class AttemptAt<Create>;
template class AttemptAt<Retrieve>;
template class AttemptAt<Delete>;
template class AttemptAt<Update>;
template class AttemptAt<FindByEmail>;
template class AttemptAt<FindByReference>;
template class AttemptAt<FetchToken>;

template Result<CreateResponse> taken<Create>(CallPtr call, ClientCore& core);
template Result<Customer> taken<Retrieve>(CallPtr call, ClientCore& core);
template Result<DeleteResponse> taken<Delete>(CallPtr call, ClientCore& core);
template Result<Customer> taken<Update>(CallPtr call, ClientCore& core);
template Result<CustomerPage> taken<FindByEmail>(CallPtr call, ClientCore& core);
template Result<CustomerPage> taken<FindByReference>(CallPtr call, ClientCore& core);
template Result<FetchToken::Response> taken<FetchToken>(CallPtr call, ClientCore& core);
template Result<CreateResponse> perform_as<Create>(ClientCore& core, const CallOrder& order);
template Result<Customer> perform_as<Retrieve>(ClientCore& core, const CallOrder& order);
template Result<DeleteResponse> perform_as<Delete>(ClientCore& core, const CallOrder& order);
template Result<Customer> perform_as<Update>(ClientCore& core, const CallOrder& order);
template Result<CustomerPage> perform_as<FindByEmail>(ClientCore& core, const CallOrder& order);
template Result<CustomerPage> perform_as<FindByReference>(ClientCore& core, const CallOrder& order);
template Result<FetchToken::Response> perform_as<FetchToken>(ClientCore& core,
                                                             const CallOrder& order);

const char FLORIN_SEPARATE_COMPILATION_is_for_all_sources_and_one_includes_florin_src_hpp = 0;

}  // namespace florin::detail

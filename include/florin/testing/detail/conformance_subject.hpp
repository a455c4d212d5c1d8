// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/any_client_of.hpp>
#include <florin/decode.hpp>
#include <florin/encode.hpp>
#include <florin/ensure.hpp>
#include <florin/fixed_string.hpp>
#include <florin/idempotency.hpp>
#include <florin/policy.hpp>
#include <florin/repetition.hpp>
#include <florin/testing/detail/reply.hpp>
#include <florin/testing/sandbox.hpp>
#include <florin/wire/element.hpp>
#include <florin/wire/source.hpp>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace florin::testing::detail {

/// One call of the policy under test.
struct ConformanceCall {
  std::string key{};  ///< idempotency key; empty: derived
  std::optional<int> retries{};
  OnExists on_exists = OnExists::fail;
  /// Leaves the payment token out.
  bool without_payment_token = false;
  /// In place of the required credentials; empty: the right ones.
  std::vector<std::string> credentials{};
};

/// A policy without its type: its facts and its functions.
struct Subject {
  std::string_view connector;
  Hosts hosts;
  std::string_view path;
  std::string_view content_type;
  FieldSet carried;
  FieldSet not_carried;
  FieldSet required;
  std::array<std::size_t, field_count> max_length{};
  /// Entries that a caller may give.
  std::size_t max_entries = max_metadata_entries;
  /// The keys that there are, where there are no others; empty: any.
  std::vector<std::string> metadata_keys{};
  /// What one of these entries is called in a body; `{}` stands for its key.
  std::string entry_name = "{}";
  bool needs_payment_token = false;
  bool has_idempotency = false;
  bool takes_key = false;    ///< a key travels with the request
  bool names_first = false;  ///< a repetition is answered with `customer_exists`
  std::string_view mechanism;
  std::string_view replay_header;
  Repetition repetition = Repetition::second_customer;
  bool perhaps_refused = false;  ///< it may be refused, which is not promised
  bool reads_existing_id = false;
  bool other_exists = false;  ///< a known email may be answered with the existing customer
  /// What `failure` and `response_headers` say that they read.
  bool reads_code = false;
  bool reads_type = false;
  bool reads_message = false;
  bool reads_param = false;
  bool reads_request_id = false;
  bool secrets_in_body = false;
  std::size_t required_credentials = 0;

  std::function<Result<void>(const CreateRequest&, const ConformanceCall&, EncodedRequest&)> encode;
  std::function<Result<CreateResponse>(const CreateRequest&, const ConformanceCall&)> create;
  std::function<Result<CreateResponse>(const CreateRequest&, const Reply&)> decode;
  /// Reads a customer back; empty: the policy does not offer that.
  std::function<Result<Customer>(std::string_view)> retrieve;
  FieldSet changeable;
  FieldSet clearable;
  FieldSet shared;  ///< of the one that is changed the others go
  /// Changes a customer; empty: likewise.
  std::function<Result<Customer>(const UpdateRequest&)> update;
  EnsureGuarantee guarantee = EnsureGuarantee::only_reported;
  std::function<Result<CreateResponse>(const CreateRequest&)> ensure;
  /// Deletes a customer; empty: likewise.
  std::function<Result<DeleteResponse>(std::string_view)> remove;
  bool finds_email = false;
  bool finds_reference = false;
  /// Finds customers, all pages of them; empty: likewise.
  std::function<Result<std::vector<Customer>>(const FindRequest&)> find;
};

/// Copies `values` to the required credentials of `P`, in the declared order.
template <class P>
void assign_credentials(CredentialsOf<P>& credentials, const std::vector<std::string>& values) {
  std::size_t at = 0;
  P::CredentialNames::describe([&]<class Part>() {
    if constexpr (!Part::optional)
      if (at < values.size()) credentials.*Part::member = std::string{values[at++]};
  });
}

template <class P>
std::size_t count_required_credentials() {
  std::size_t count = 0;
  P::CredentialNames::describe([&]<class Part>() {
    if (!Part::optional) ++count;
  });
  return count;
}

/// The credentials of a policy from a description's credential, whose parts have colons between.
template <class P>
CredentialsOf<P> credentials_from_text(std::string_view text) {
  const std::size_t count = count_required_credentials<P>();
  std::vector<std::string> values;
  while (values.size() + 1 < count) {
    const std::size_t end = text.find(':');
    values.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  values.emplace_back(text);
  CredentialsOf<P> credentials{};
  assign_credentials<P>(credentials, values);
  return credentials;
}

/// Credentials by their names; what is absent has none.
template <class P>
NamedCredentials named_credentials(const CredentialsOf<P>& credentials) {
  NamedCredentials named;
  P::CredentialNames::describe([&]<class Part>() {
    const std::string_view text = wire::reveal(credentials.*Part::member);
    if (!Part::optional || !text.empty()) named.emplace(Part::name, Secret{text});
  });
  return named;
}

/// Answers are read as `P` says.
template <class P>
void read_answers_of(Subject& subject) {
  constexpr wire::json::Failure failure = P::failure;
  subject.reads_existing_id = failure.names_existing();
  constexpr wire::json::Reply created = P::Create::reply;
  subject.other_exists = created.other_exists;
  constexpr wire::ReplyFacts facts = reply_facts<P>;
  subject.reads_code = !facts.failure.code.empty();
  subject.reads_type = !facts.failure.type.empty();
  subject.reads_message = !facts.failure.message.empty();
  subject.reads_param = !facts.failure.param.empty() || !facts.failure.param_behind.empty() ||
                        !facts.failure.param_before.empty();
  subject.reads_request_id = !facts.failure.request_id.empty() || !facts.headers.request_id.empty();
  subject.decode = [](const CreateRequest& request, const Reply& reply) {
    std::vector<wire::HeaderView> headers;
    for (const auto& [name, value] : reply.headers) headers.push_back({name, value});
    return florin::decode<P>(
        wire::ResponseView<std::vector<wire::HeaderView>>{reply.status, headers, reply.body},
        request);
  };
}

/// The keys that a map takes, where it takes no others.
template <class Limit>
void add_keys(std::vector<std::string>& keys) {
  if constexpr (requires { Limit::keys; }) keys.assign(Limit::keys.begin(), Limit::keys.end());
}
template <FixedString Pattern, class Tag, class... Limits>
void add_keys(const wire::Entries<Pattern, Tag, Limits...>*, Subject& subject) {
  (add_keys<Limits>(subject.metadata_keys), ...);
  subject.entry_name = Pattern.view();
}
inline void add_keys(const void*, Subject&) {}

/// \param payment_token given where it is needed.
template <class P>
Subject make_subject(const Sandbox& sandbox, const CredentialsOf<P>& right,
                     std::string_view payment_token = {}) {
  using Declared = DeclarationOf<P, Create>;
  using Body = typename Declared::Body;
  const auto with = [right](const ConformanceCall& call) {
    CredentialsOf<P> credentials = right;
    assign_credentials<P>(credentials, call.credentials);
    return credentials;
  };

  Subject subject;
  subject.connector = P::name;
  subject.hosts = P::hosts;
  subject.path = Declared::path;
  subject.content_type = Body::content_type;
  // The parts of a name have a check of their own: they are given together.
  constexpr FieldSet parts{florin::Field::given_name, florin::Field::family_name};
  subject.carried = Body::carried - parts;
  subject.not_carried = Declared::NotCarried::set - parts;
  subject.required = required_fields<P>;
  for (florin::Field field : FieldSet::all())
    subject.max_length[static_cast<std::size_t>(field)] = Body::max_length(field);
  if (Body::max_entries() != wire::unlimited)
    subject.max_entries =
        std::min(max_metadata_entries, Body::max_entries() - Body::reserved_entries());
  Body::describe([&subject]<class Element>(std::string_view) {
    add_keys(static_cast<const Element*>(nullptr), subject);
  });
  if (!subject.metadata_keys.empty())
    subject.max_entries = std::min(subject.max_entries, subject.metadata_keys.size());
  subject.needs_payment_token = needs_payment_token<P>;
  const std::string token = needs_payment_token<P> ? std::string{payment_token} : std::string{};
  subject.has_idempotency = has_idempotency<P>;
  subject.takes_key = P::Idempotency::takes_key;
  subject.names_first = P::Idempotency::names_first;
  subject.mechanism = P::Idempotency::mechanism;
  subject.replay_header = P::Idempotency::replay_header;
  subject.repetition = florin::repetition<P>;
  if constexpr (requires { P::rules; })
    subject.perhaps_refused = std::any_of(P::rules.begin(), P::rules.end(),
                                          [](const wire::Rule& rule) { return rule.perhaps; });
  read_answers_of<P>(subject);
  subject.secrets_in_body = Body::confidential;
  subject.required_credentials = count_required_credentials<P>();

  subject.encode = [with, token](const CreateRequest& request, const ConformanceCall& call,
                                 EncodedRequest& out) {
    Text key{call.key};
    if constexpr (P::Idempotency::takes_key)
      if (key.empty()) key = derive_idempotency_key<P>(request.merchant_customer_id);
    return florin::encode<P>(
        request, with(call),
        {.idempotency_key = key,
         .access_token = "florin-token",
         .salt = "florinSalt00",
         .timestamp = 1'700'000'000,
         .payment_token = call.without_payment_token ? std::string_view{} : token},
        out);
  };

  ClientOptions options;
  options.base_url = sandbox.base_url();
  options.tls.ca_pem = sandbox.ca_pem();
  options.retry.first_backoff = std::chrono::milliseconds{1};
  options.retry.longest_backoff = std::chrono::milliseconds{2};
  // Not a `Client<P>`, which is the same core and takes a compiler longer.
  const auto make = [options](const CredentialsOf<P>& credentials) {
    return AnyClient::make<std::tuple<P>>(P::name, named_credentials<P>(credentials), options)
        .value();
  };
  const auto client = std::make_shared<AnyClient>(make(right));
  subject.create = [with, make, client, token](const CreateRequest& request,
                                               const ConformanceCall& call) {
    const AnyCallOptions how{.idempotency_key = call.key,
                             .payment_token = token,
                             .retries = call.retries,
                             .on_exists = call.on_exists};
    if (call.credentials.empty()) return client->create(request, how);
    return make(with(call)).create(request, how);
  };
  if constexpr (offers<P, Retrieve>)
    subject.retrieve = [client](std::string_view id) { return client->retrieve(id); };
  subject.finds_email = offers<P, FindByEmail>;
  subject.finds_reference = offers<P, FindByReference>;
  if constexpr (offers<P, Find>) {
    subject.find = [client](const FindRequest& request) -> Result<std::vector<Customer>> {
      std::vector<Customer> all;
      const auto collect = [&all](auto finder) -> Result<std::vector<Customer>> {
        for (auto& customer : finder) {
          if (!customer) return customer.error();
          all.push_back(*std::move(customer));
        }
        return std::move(all);
      };
      if constexpr (offers<P, FindByReference>)
        if (!request.merchant_customer_id.empty())
          return collect(client->find(by_reference(request.merchant_customer_id)));
      if constexpr (offers<P, FindByEmail>) return collect(client->find(by_email(request.email)));
      return all;
    };
  }
  if constexpr (offers<P, Update>) {
    subject.changeable = ChangeOf<P>::facts.carried - parts;
    subject.clearable = ChangeOf<P>::facts.clearable - parts;
    subject.shared = ChangeOf<P>::facts.shared;
    const std::string needed =
        needs_payment_token<P, Update> ? std::string{payment_token} : std::string{};
    subject.update = [client, needed](const UpdateRequest& request) {
      return client->update(request, {.payment_token = needed});
    };
  }
  subject.guarantee = ensure_guarantee<P>;
  subject.ensure = [client, token](const CreateRequest& request) {
    return client->ensure(request, {.payment_token = token});
  };
  if constexpr (offers<P, Delete>)
    subject.remove = [client](std::string_view id) { return client->remove(id); };
  return subject;
}

}  // namespace florin::testing::detail

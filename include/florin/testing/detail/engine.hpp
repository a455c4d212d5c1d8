// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/access.hpp>
#include <florin/testing/detail/answers.hpp>
#include <florin/testing/detail/call.hpp>
#include <florin/testing/detail/ledger.hpp>
#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/detail/render.hpp>
#include <florin/testing/detail/search.hpp>
#include <florin/testing/detail/validate.hpp>
#include <florin/testing/processor.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace florin::testing::detail {

/// How a request is executed, other than as usual.
struct Course {
  /// The idempotency key stays in use until `Engine::complete`.
  bool hold = false;
  /// False: the execution ends before the customer is stored.
  bool store = true;
  /// What the execution results in, whatever happened.
  const Reply* outcome = nullptr;
};

/// The processor without its network: requests in, answers out. Safe from several threads.
class Engine {
 public:
  explicit Engine(Processor processor)
      : processor_(with_listing_fields(std::move(processor))),
        randomness_(0x666C6F72696Eu),
        answers_(processor_, randomness_),
        ledger_(processor_, randomness_),
        access_(processor_.credentials) {
    if (processor_.credentials.empty())
      throw std::invalid_argument("florin::testing: the processor has no credential");
  }

  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  void base(std::string url) { answers_.base(std::move(url)); }

  struct Served {
    Reply reply;
    /// For `complete`; empty when nothing is held.
    std::string held;
  };

  Served serve(const ReceivedRequest& request, const Course& course = {}) {
    const std::lock_guard lock(mutex_);
    Served served;
    served.reply = run(request, course, served.held);
    return served;
  }

  /// Ends the execution of a request served with `Course::hold`.
  void complete(const std::string& held) {
    const std::lock_guard lock(mutex_);
    if (const auto at = outcomes_.find(held); at != outcomes_.end()) at->second.running = false;
  }

  /// \param param the parameter at fault; empty: none is named.
  Reply refuse(Case cause, std::string_view param = {}) {
    const std::lock_guard lock(mutex_);
    return answers_.refusal(cause, about(param));
  }

  /// Calls `visit(const Record&)` for each customer, oldest first, removed ones left out.
  template <class Visit>
  void each(Visit visit) const {
    const std::lock_guard lock(mutex_);
    for (const Record& record : ledger_.records())
      if (!record.removed) visit(record);
  }

  void clear() {
    const std::lock_guard lock(mutex_);
    ledger_.clear();
    outcomes_.clear();
  }
  void forget_idempotency_keys() {
    const std::lock_guard lock(mutex_);
    std::erase_if(outcomes_, [](const auto& entry) { return !entry.second.running; });
  }
  /// Takes a token that somebody else issued to the first credential.
  void accept_token(std::string token) {
    const std::lock_guard lock(mutex_);
    access_.issue(std::move(token), 0, processor_.token_lifetime);
  }
  void expire_tokens() {
    const std::lock_guard lock(mutex_);
    access_.expire_tokens();
  }
  void add_credential(Credential credential) {
    const std::lock_guard lock(mutex_);
    access_.add(std::move(credential));
  }

  void index_delay(std::chrono::milliseconds delay) {
    const std::lock_guard lock(mutex_);
    index_delay_ = std::clamp(delay, std::chrono::milliseconds(0),
                              std::chrono::milliseconds(std::chrono::hours(24)));
  }

  const Processor& processor() const { return processor_; }

 private:
  /// What an idempotency key stands for.
  struct Outcome {
    std::string fingerprint;
    Reply reply;
    std::string customer_id;
    bool running = false;
  };

  Reply run(const ReceivedRequest& request, const Course& course, std::string& held) {
    const std::size_t question = request.target.find('?');
    Call call{request, std::string_view(request.target).substr(0, question),
              question == std::string::npos
                  ? std::string_view()
                  : std::string_view(request.target).substr(question + 1)};
    std::vector<const Action*> candidates;
    bool path_known = false;
    for (const Action& action : processor_.actions) {
      Parameter segment;
      if (!matches(action.path, call.path, segment)) continue;
      path_known = true;
      if (action.method == request.method) candidates.push_back(&action);
    }
    if (candidates.empty())
      return answers_.refusal(path_known ? Case::wrong_method : Case::no_route, {});
    if (auto refused = answers_.check_headers(processor_.headers, request))
      return std::move(*refused);
    const auto takes = [&](const Action* action) { return has_media_type(*action, request); };
    const bool typed = std::any_of(candidates.begin(), candidates.end(), takes);
    if (typed) std::erase_if(candidates, std::not_fn(takes));
    const bool decoded = typed && decode(*candidates.front(), call);
    for (const Action* action : candidates) {
      Parameter segment;
      matches(action->path, call.path, segment);
      const bool is_id = segment.name == "id";
      const bool is_parameter = !is_id && !segment.name.empty();
      if (is_parameter) call.parameters.push_back(segment);
      if (!decoded || selected(*action, call.parameters)) {
        if (is_id) call.id = std::move(segment.value);
        call.action = action;
        break;
      }
      if (is_parameter) call.parameters.pop_back();
    }
    if (call.action == nullptr) return answers_.refusal(Case::no_route, {});
    if (auto refused = answers_.check_headers(call.action->headers, request))
      return std::move(*refused);

    const Authentication& rules =
        call.action->authentication ? *call.action->authentication : processor_.authentication;
    const Access::Result access = access_.check(rules, request, call.parameters);
    const bool in_body = std::find(rules.schemes.begin(), rules.schemes.end(), Scheme::members) !=
                         rules.schemes.end();
    if (access.refusal && (decoded || !in_body)) {
      Scope scope;
      scope.credential = access.masked;
      return refuse(call, *access.refusal, scope);
    }
    if (!typed) return refuse(call, Case::unsupported_media_type);
    if (!decoded) return refuse(call, Case::malformed_body);
    const Credential& credential = access_.credentials()[access.credential];
    call.credential = access.credential;
    call.account = credential.text;
    if (!rules.account_header.empty())
      if (const auto account = request.header(rules.account_header))
        call.account.append("/").append(*account);
    const Operation operation = call.action->operation;
    const bool reads = operation == Operation::retrieve || operation == Operation::list ||
                       operation == Operation::find;
    if (operation != Operation::token && !(reads ? credential.can_read : credential.can_write))
      return refuse(call, Case::forbidden);

    if (!call.action->id_member.empty()) {
      const auto at =
          std::find_if(call.parameters.begin(), call.parameters.end(),
                       [&](const Parameter& p) { return p.name == call.action->id_member; });
      if (at != call.parameters.end()) call.id = at->value;
    }
    if (operation == Operation::list || operation == Operation::find) return search(call);
    if (operation != Operation::create && operation != Operation::update) {
      if (auto refused = validate(call)) return std::move(*refused);
      return perform(call);
    }
    return write(call, course, held);
  }

  /// Creates and updates: under an idempotency key, if there is one.
  Reply write(Call& call, const Course& course, std::string& held) {
    const Idempotency& rules = processor_.idempotency;
    std::string key;
    bool keyed = false;
    const bool heeded = std::find(rules.methods.begin(), rules.methods.end(),
                                  call.action->method) != rules.methods.end();
    if (rules.carrier == Idempotency::Carrier::header && heeded) {
      const auto header = call.request.header(rules.name);
      keyed = header.has_value();
      if (header) key = *header;
    } else if (rules.carrier == Idempotency::Carrier::member) {
      for (const Parameter& parameter : call.parameters)
        if (parameter.name == rules.name) {
          keyed = true;
          key = parameter.value;
        }
    }
    const auto echo = [&](Reply reply) {
      if (keyed && !rules.echo_header.empty()) reply.headers.emplace_back(rules.echo_header, key);
      return reply;
    };
    if (keyed && (key.empty() || (rules.max_length != 0 &&
                                  utf8_length(key).value_or(key.size()) > rules.max_length)))
      return refuse(call, Case::idempotency_invalid, about(rules.name, key));

    const std::string slot =
        call.account + '\0' +
        (rules.per_path ? call.request.method + ' ' + std::string(call.path) : "") + '\0' + key;
    const std::string print = keyed ? fingerprint(call) : std::string();
    if (const auto at = outcomes_.find(slot); keyed && at != outcomes_.end()) {
      const Outcome& first = at->second;
      const bool same = first.fingerprint == print;
      Scope scope = about(rules.name, key);
      scope.existing_id = first.customer_id;
      if (first.running) return echo(refuse(call, Case::idempotency_in_use, scope));
      if (!same && rules.mismatch == Idempotency::Mismatch::refuse)
        return echo(refuse(call, Case::idempotency_mismatch, scope));
      if (same && rules.repeat == Idempotency::Repeat::refuse)
        return echo(refuse(call, Case::idempotency_repeated, scope));
      if (same || rules.mismatch == Idempotency::Mismatch::replay) return echo(replay(first));
    }

    if (auto refused = validate(call)) return echo(std::move(*refused));

    std::string customer_id;
    bool executed = true;
    Reply reply = course.store ? perform(call, &customer_id, &executed) : Reply{};
    if (course.outcome != nullptr && executed) reply = *course.outcome;
    if (keyed && executed) {
      outcomes_[slot] = {print, reply, customer_id, course.hold};
      if (course.hold) held = slot;
    }
    return echo(std::move(reply));
  }

  std::optional<Reply> validate(Call& call) {
    const auto violation = Validator(*call.action, call.parameters).run();
    if (!violation) return std::nullopt;
    return answers_.refusal(violation->cause, about(violation->param, violation->value),
                            violation->field, call.action);
  }

  Reply replay(const Outcome& first) {
    Reply reply = first.reply;
    Answer nothing;
    nothing.headers = processor_.idempotency.replay_headers;
    const Reply fresh = answers_.render(nothing, {}, Processor::Absent::omitted);
    for (const auto& [name, value] : fresh.headers) {
      std::erase_if(reply.headers, [&, &n = name](const auto& header) {
        return boost::beast::iequals(header.first, n);
      });
      reply.headers.emplace_back(name, value);
    }
    return reply;
  }

  Reply refuse(const Call& call, Case cause, const Scope& scope = {}) {
    return answers_.refusal(cause, scope, nullptr, call.action);
  }

  /// \param sent  of the request; null: they are what the customer was made of
  Reply succeed(const Call& call, const Record* record,
                const std::vector<Parameter>* sent = nullptr) {
    Scope scope;
    scope.customer = record;
    scope.sent = sent != nullptr ? sent : &record->fields;
    return answers_.render(call.action->answer, scope, processor_.absent);
  }

  /// Whether the request asks for the customer that stands in its way.
  static bool reuses(const Call& call) {
    const auto& [name, value] = call.action->reuses;
    const Parameter* const asked = name.empty() ? nullptr : find(call.parameters, name);
    return asked != nullptr && asked->is_string && (value.empty() || asked->value == value);
  }

  Reply duplicate(const Call& call, const std::pair<std::string, const Record*>& conflict) {
    Scope scope = about(conflict.first);
    scope.existing_id = conflict.second->id;
    return refuse(call, Case::duplicate_customer, scope);
  }

  /// `executed` becomes false where nothing was done, so that no idempotency key remembers it.
  Reply perform(Call& call, std::string* customer_id = nullptr, bool* executed = nullptr) {
    const auto undone = [&](Reply reply) {
      if (executed != nullptr) *executed = false;
      return reply;
    };
    switch (call.action->operation) {
      case Operation::token:
        return issue_token(call);
      case Operation::create: {
        if (call.action->null_clears)
          std::erase_if(call.parameters, call.action->body == Body::form ? is_nothing : is_null);
        if (const auto taken = ledger_.conflict(call.account, call.parameters)) {
          if (!reuses(call)) return undone(duplicate(call, *taken));
          if (customer_id != nullptr) *customer_id = taken->second->id;
          return succeed(call, taken->second, &call.parameters);
        }
        const Record& record =
            ledger_.add(call.account, std::move(call.parameters), call.action->body);
        if (customer_id != nullptr) *customer_id = record.id;
        return succeed(call, &record);
      }
      case Operation::list:
      case Operation::find:
      case Operation::retrieve:
      case Operation::update:
      case Operation::remove:
        break;
    }
    if (!call.id.starts_with(processor_.id_prefix) ||
        (processor_.id_check && !processor_.id_check(call.id)))
      return undone(refuse(call, Case::invalid_id, about("id", call.id)));
    Record* const record = ledger_.find(call.account, call.id);
    const bool reading = call.action->operation == Operation::retrieve;
    if (record != nullptr && record->removed && reading && !processor_.removed.body.empty()) {
      Scope scope;
      scope.customer = record;
      return answers_.render(processor_.removed, scope, processor_.absent);
    }
    if (record == nullptr || record->removed)
      return undone(refuse(call, record ? Case::removed : Case::not_found, about("id", call.id)));
    if (call.action->operation == Operation::remove) ledger_.remove(*record);
    if (call.action->operation == Operation::update) {
      std::vector<Parameter> fields = merge(record->fields, call.parameters, *call.action);
      if (call.action->settle)
        if (const auto odd =
                call.action->settle({record->id, record->fields, call.parameters, fields})) {
          const Parameter* sent = find(call.parameters, odd->second);
          return undone(refuse(
              call, odd->first,
              about(odd->second, sent ? std::string_view(sent->value) : std::string_view())));
        }
      if (const auto taken = ledger_.conflict(call.account, fields, record))
        return undone(duplicate(call, *taken));
      ledger_.update(*record, std::move(fields));
    }
    if (customer_id != nullptr) *customer_id = record->id;
    return succeed(call, record, &call.parameters);
  }

  /// What stands in the path in place of an id.
  static std::string_view sought(const Call& call) {
    if (call.action->path.find('{') == std::string::npos || call.parameters.empty()) return {};
    return call.parameters.back().value;
  }

  Reply issue_token(const Call& call) {
    const std::string token = randomness_.fill(processor_.token);
    access_.issue(token, call.credential, processor_.token_lifetime);
    Scope scope;
    scope.token = token;
    scope.expires = std::chrono::system_clock::now() + processor_.token_lifetime;
    return answers_.render(call.action->answer, scope, processor_.absent);
  }

  /// Lists a page of customers, or finds one.
  Reply search(Call& call) {
    if (auto refused = validate(call)) return std::move(*refused);
    const Listing& rules = call.action->listing ? *call.action->listing : processor_.listing;
    Search search(rules);
    if (const auto odd = search.read(call.parameters))
      return refuse(call, odd->cause, about(odd->param, odd->value));
    const auto unknown_cursor = [&](const std::optional<std::string>& id) {
      return id && ledger_.find(call.account, *id) == nullptr;
    };
    for (const auto& id : {search.after, search.before, search.from})
      if (unknown_cursor(id))
        return rules.cursor_prefix.empty()
                   ? refuse(call, Case::not_found, about("id", *id))
                   : refuse(call, Case::invalid_value,
                            about(rules.after_name, rules.cursor_prefix + *id));

    auto when = std::chrono::steady_clock::now();
    if (rules.eventual) when -= index_delay_;
    std::deque<Record> copies;
    std::vector<const Record*> found;
    std::optional<std::size_t> after;
    std::optional<std::size_t> before;
    const auto visit = [&](const Record& record) {
      if (record.account != call.account) return;
      if (search.before == record.id) before = found.size();
      if (search.from == record.id) after = found.size();
      const Record* const then = as_of(record, when, copies);
      if (then != nullptr && search.finds(*then)) found.push_back(then);
      if (search.after == record.id) after = found.size();
    };
    const auto& records = ledger_.records();
    if (search.newest_first)
      std::for_each(records.rbegin(), records.rend(), visit);
    else
      std::for_each(records.begin(), records.end(), visit);

    if (call.action->operation == Operation::find)
      return found.empty() ? refuse(call, Case::not_found, about({}, sought(call)))
                           : succeed(call, found.front(), &call.parameters);
    Page page{rules, answers_.item(rules), call.path, call.query};
    page.limit = search.limit;
    page.number = search.page;
    page.cut(found, search.offset, after, before);
    Scope scope;
    scope.page = &page;
    scope.sent = &call.parameters;
    return answers_.render(call.action->answer, scope, processor_.absent);
  }

  const Processor processor_;
  mutable std::mutex mutex_;
  Randomness randomness_;
  Answers answers_;
  Ledger ledger_;
  Access access_;
  std::unordered_map<std::string, Outcome> outcomes_;
  std::chrono::milliseconds index_delay_{0};
};

}  // namespace florin::testing::detail

// SPDX-License-Identifier: Apache-2.0
#pragma once

// The declarations of a complete policy, one base class each, so that a test can leave one out.

#include <florin/encode.hpp>
#include <florin/policy.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>

#include <string_view>

namespace parts {

using namespace florin;
using namespace florin::wire;

struct Named {
  static constexpr std::string_view name = "acme";
};
struct Hosted {
  static constexpr Hosts hosts{.live = "api.acme.example", .sandbox = "test.acme.example"};
};
struct Keyed {
  struct Credentials {
    Secret api_key{};
  };
};
struct KeyNamed {
  using CredentialNames = CredentialList<Credential<"api_key", &Keyed::Credentials::api_key>>;
};
struct Headed {
  using RequestHeaders = Headers<BearerAuth<&Keyed::Credentials::api_key>>;
};
struct Repeatable {
  using Idempotency = IdempotencyHeader<"Idempotency-Key", 255>;
};
struct Failing {
  static constexpr json::Failure failure{.code = "error.code", .message = "error.message"};
};

struct Posted {
  static constexpr auto method = Method::post;
};
struct Placed {
  static constexpr std::string_view path = "/customers";
};
struct Filled {
  using Body = json::Object<Put<"reference", field::MerchantCustomerId>,
                            Put<"email", field::Email, MaxLength<20>>>;
};
struct Accounted {
  using NotCarried =
      Fields<field::Name, field::Phone, field::Description, field::Metadata, field::Address>;
};
struct Answered {
  static constexpr json::Reply reply{.id = "id"};
};

struct Recorded {
  static constexpr json::Record record{.id = "id", .email = "email"};
};
struct Got {
  static constexpr auto method = Method::get;
};
struct PlacedById {
  static constexpr std::string_view path = "/customers/{id}";
};

struct Retrieving {
  struct Retrieve : Got, PlacedById {};
};
struct Filtered {
  using Query = florin::wire::Query<Put<"email", field::Email>>;
};
struct Listed {
  static constexpr json::Page page{.items = "data", .token = "next"};
};

struct Finding {
  struct Find {
    struct ByEmail : Got, Placed, Filtered, Listed {};
  };
};
struct Deleting {
  struct Delete : Posted, PlacedById, Answered {};
};
struct Updating {
  struct Update : Posted, PlacedById, Filled, Accounted {};
};
struct Creating {
  struct Create : Posted, Placed, Filled, Accounted, Answered {};
};

/// Everything but the operation.
struct Facts : Named, Hosted, Keyed, KeyNamed, Headed, Repeatable, Failing {};

/// Nothing is missing.
struct AcmePolicy : Facts, Creating {};
static_assert(diagnose<AcmePolicy>());

/// A use of a policy's operation on one customer.
template <class Policy, class Operation>
Result<void> encode_by_id(EncodedRequest& out) {
  return florin::encode<Policy, Operation>(typename Operation::Request{"id-1"}, {"key"}, out);
}
/// A use of a policy's find by email.
template <class Policy>
Result<void> encode_find(EncodedRequest& out) {
  return florin::encode<Policy, FindByEmail>(FindRequest{.email = "a@b.c"}, {"key"}, out);
}
/// A use of a policy's retrieve.
template <class Policy>
Result<void> encode_retrieve(EncodedRequest& out) {
  return encode_by_id<Policy, Retrieve>(out);
}

/// A use of a policy's update.
template <class Policy>
Result<void> encode_update(EncodedRequest& out) {
  return florin::encode<Policy, Update>(UpdateRequestView{.email = "ana@example.com"}, {"key"},
                                        out);
}

/// A policy that offers update: the reference and the email can change, the email be cleared.
struct ChangingPolicy : Facts, Recorded {
  struct Update : Updating::Update {
    using Clearable = Fields<field::Email>;
  };
};
/// A use of it.
template <class Changes>
Result<void> encode_changes(const Changes& changes, EncodedRequest& out) {
  return florin::encode<ChangingPolicy, Update>(changes, {"key"}, out);
}

}  // namespace parts

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/find.hpp>
#include <florin/customer/operation.hpp>
#include <florin/customer/record.hpp>
#include <florin/customer/remove.hpp>
#include <florin/customer/retrieve.hpp>
#include <florin/customer/status.hpp>
#include <florin/detail/given_entry.hpp>
#include <florin/error.hpp>
#include <florin/field.hpp>
#include <florin/phase.hpp>
#include <florin/text.hpp>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin {

/// Most metadata entries that a request may have, whatever the processor allows.
inline constexpr std::size_t max_metadata_entries = 20;

/// One metadata entry that does not own its text.
struct MetadataEntry {
  std::string_view key{};
  std::string_view value{};
};

/// Caller's own data, string to string, in the order of insertion. At most 20 entries are accepted
/// by `create`; keys are unique. Owns its strings.
class Metadata {
 public:
  using Entry = std::pair<std::string, std::string>;

  Metadata() = default;
  Metadata(std::initializer_list<Entry> entries) : entries_(entries) {}
  /// From any range of pairs, such as a `std::map<std::string, std::string>`.
  template <class Range>
  requires(!std::same_as<std::remove_cvref_t<Range>, Metadata>) && requires(const Range& range) {
    std::string{range.begin()->second};
  }
  explicit(false) Metadata(const Range& range) {
    for (const auto& [key, value] : range) entries_.emplace_back(key, value);
  }

  /// Adds an entry, or replaces the value of the entry with that key.
  void set(std::string key, std::string value) {
    for (auto& entry : entries_) {
      if (entry.first == key) {
        entry.second = std::move(value);
        return;
      }
    }
    entries_.emplace_back(std::move(key), std::move(value));
  }

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }
  [[nodiscard]] bool empty() const noexcept { return entries_.empty(); }
  [[nodiscard]] auto begin() const noexcept { return entries_.begin(); }
  [[nodiscard]] auto end() const noexcept { return entries_.end(); }
  [[nodiscard]] const Entry* data() const noexcept { return entries_.data(); }

 private:
  std::vector<Entry> entries_;
};

/// Metadata that somebody else owns and that has to outlive the view: a `Metadata` or an array of
/// `MetadataEntry`.
class MetadataView {
 public:
  constexpr MetadataView() noexcept = default;
  explicit(false) MetadataView(const Metadata& metadata) noexcept
      : owned_(metadata.data()), size_(metadata.size()) {}
  /// A temporary would be gone before the view is read.
  MetadataView(const Metadata&& metadata) = delete;
  constexpr explicit(false) MetadataView(std::span<const MetadataEntry> entries) noexcept
      : viewed_(entries.data()), size_(entries.size()) {}
  /// The entries of a `customer(...)`.
  explicit(false) MetadataView(std::span<const detail::GivenEntry> entries) noexcept
      : given_(entries.data()), size_(entries.size()) {}

  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
  [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
  /// \param index less than `size()`.
  [[nodiscard]] constexpr MetadataEntry operator[](std::size_t index) const noexcept {
    if (viewed_ != nullptr) return viewed_[index];
    if (given_ != nullptr) return {given_[index].key.view(), given_[index].value.view()};
    return {owned_[index].first, owned_[index].second};
  }

 private:
  const Metadata::Entry* owned_ = nullptr;
  const MetadataEntry* viewed_ = nullptr;
  const detail::GivenEntry* given_ = nullptr;
  std::size_t size_ = 0;
};

/// A postal address. Empty members are absent.
struct Address {
  std::string line1{};
  std::string line2{};
  std::string city{};
  std::string state{};
  std::string zip{};
  std::string country{};  ///< ISO 3166-1 alpha-2, e.g. `"US"`
};

/// An `Address` that does not own its text.
struct AddressView {
  std::string_view line1{};
  std::string_view line2{};
  std::string_view city{};
  std::string_view state{};
  std::string_view zip{};
  std::string_view country{};  ///< ISO 3166-1 alpha-2, e.g. `"US"`
};

/// `CreateRequest` for callers who promise that the text outlives the call.
struct CreateRequestView {
  std::string_view merchant_customer_id{};
  std::string_view email{};
  std::string_view name{};
  std::string_view given_name{};
  std::string_view family_name{};
  std::string_view phone{};
  std::string_view description{};
  MetadataView metadata{};
  AddressView address{};

  /// The fields that are given.
  [[nodiscard]] constexpr FieldSet given() const noexcept {
    FieldSet set;
    const auto note = [&set](Field field, bool present) {
      if (present) set.insert(field);
    };
    note(Field::merchant_customer_id, !merchant_customer_id.empty());
    note(Field::email, !email.empty());
    note(Field::name, !name.empty());
    note(Field::given_name, !given_name.empty());
    note(Field::family_name, !family_name.empty());
    note(Field::phone, !phone.empty());
    note(Field::description, !description.empty());
    note(Field::metadata, !metadata.empty());
    note(Field::address_line1, !address.line1.empty());
    note(Field::address_line2, !address.line2.empty());
    note(Field::address_city, !address.city.empty());
    note(Field::address_state, !address.state.empty());
    note(Field::address_zip, !address.zip.empty());
    note(Field::address_country, !address.country.empty());
    return set;
  }
};

/// The unified request to create a customer. Owns its strings. An empty member is absent: it is
/// left out of the request, never sent empty. All text is UTF-8 without NUL.
struct CreateRequest {
  std::string merchant_customer_id{};  ///< your own reference, required
  std::string email{};
  std::string name{};  ///< full name; may be left out beside the two parts
  /// The parts of the name, both or neither. A processor with one place gets `name`, or these two
  /// with a blank between them; one with two places gets these two, or `name` split at its first
  /// blank, which is wrong for many names.
  std::string given_name{};
  std::string family_name{};  ///< see `given_name`
  std::string phone{};        ///< sent as given unless the processor documents a form
  std::string description{};
  Metadata metadata{};  ///< at most 20 entries
  Address address{};

  /// Views this request: what it returns is not to be read once this request has gone.
  operator CreateRequestView() const& noexcept {
    return {.merchant_customer_id = merchant_customer_id,
            .email = email,
            .name = name,
            .given_name = given_name,
            .family_name = family_name,
            .phone = phone,
            .description = description,
            .metadata = metadata,
            .address = {.line1 = address.line1,
                        .line2 = address.line2,
                        .city = address.city,
                        .state = address.state,
                        .zip = address.zip,
                        .country = address.country}};
  }
  /// A temporary would be gone before the view is read: give it a name, or pass it in place.
  operator CreateRequestView() const&& = delete;
};

/// How the customer of a successful create came to be.
enum class Origin : std::uint8_t {
  created,          ///< by this call
  already_existed,  ///< it was there: the processor said so and `OnExists::use_existing` was asked
  replayed,         ///< an earlier request with the same idempotency key had created it
  found,            ///< `ensure` has found it by a search
};

/// The snake_case name, e.g. `"already_existed"`.
constexpr std::string_view to_string(Origin origin) noexcept {
  switch (origin) {
    case Origin::created:
      return "created";
    case Origin::already_existed:
      return "already_existed";
    case Origin::replayed:
      return "replayed";
    case Origin::found:
      return "found";
  }
  return "created";
}

inline std::ostream& operator<<(std::ostream& out, Origin origin) {
  return out << to_string(origin);
}

/// The unified answer: store `merchant_customer_id` and `connector_customer_id`.
struct CreateResponse {
  Text merchant_customer_id{};   ///< echoed from the request
  Text connector_customer_id{};  ///< the processor's id, e.g. `cus_...`
  CustomerStatus status = CustomerStatus::active;
  int status_code = 200;  ///< unified: 200
  int http_status = 0;    ///< the processor's own
  Origin origin = Origin::created;
  Text request_id{};       ///< the processor's id of the request, for its support
  Text idempotency_key{};  ///< the key that was sent; empty: none
  FieldSet dropped{};      ///< given fields that this processor cannot carry
  int attempts = 0;        ///< requests begun
  Timings timings{};       ///< time by phase, all attempts
};

/// What to do when the processor says that the customer exists.
enum class OnExists : std::uint8_t {
  fail,          ///< `Errc::customer_exists`
  use_existing,  ///< a success with `Origin::already_existed`, when the answer names the customer
};

/// The operation `create`: its name, its types, and how its declaration in a policy is found. A
/// further operation is a further struct like this one.
struct Create {
  using Request = CreateRequestView;
  using Response = CreateResponse;
  /// What of the request the answer needs. Views: whoever waits for the answer keeps the text.
  struct Kept {
    std::string_view merchant_customer_id{};  ///< repeated in the response
    std::string_view email{};                 ///< compared with what the processor echoes

    /// Calls `visit` with each text.
    template <class Visitor>
    constexpr void each(Visitor&& visit) {
      visit(merchant_customer_id);
      visit(email);
    }
  };
  static constexpr std::string_view name = "create";
  template <class Policy>
  using Declaration = typename Policy::Create;
  /// How a repetition is recognised.
  template <class Policy>
  using Idempotency = typename Policy::Idempotency;
  static constexpr Reads reads = Reads::id;
  /// Whether a failure may leave open what it has changed.
  static constexpr bool changes = true;

  [[nodiscard]] static constexpr Kept keep(const Request& request) noexcept {
    return {.merchant_customer_id = request.merchant_customer_id, .email = request.email};
  }
  /// The unified answer for the customer `id`; the transport's part is filled in by the caller.
  [[nodiscard]] static Response respond(const Kept& kept, std::string_view id, Origin origin) {
    Response response;
    response.merchant_customer_id.assign(kept.merchant_customer_id);
    response.connector_customer_id.assign(id);
    response.origin = origin;
    return response;
  }
};

}  // namespace florin

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace florin {

/// The fields of the unified schema.
enum class Field : std::uint8_t {
  merchant_customer_id,  ///< your own reference, required
  email,
  name,         ///< in full
  given_name,   ///< with `family_name` or not at all
  family_name,  ///< with `given_name` or not at all
  phone,
  description,
  metadata,
  address_line1,
  address_line2,
  address_city,
  address_state,
  address_zip,
  address_country,
};

/// How many unified fields there are.
inline constexpr std::size_t field_count = 14;

/// The schema's name of a field, e.g. `"email"` or `"address.line1"`.
constexpr std::string_view to_string(Field field) noexcept {
  constexpr std::array<std::string_view, field_count> names{
      "merchant_customer_id", "email",          "name",         "given_name",
      "family_name",          "phone",          "description",  "metadata",
      "address.line1",        "address.line2",  "address.city", "address.state",
      "address.zip",          "address.country"};
  return names[static_cast<std::size_t>(field)];
}

/// A set of unified fields: one word, iterable in the order of the schema.
class FieldSet {
 public:
  constexpr FieldSet() noexcept = default;
  /// These fields.
  constexpr FieldSet(std::initializer_list<Field> fields) noexcept {
    for (Field field : fields) insert(field);
  }
  /// All fields.
  static constexpr FieldSet all() noexcept { return from_bits((1U << field_count) - 1U); }

  /// Adds a field.
  constexpr void insert(Field field) noexcept { bits_ |= bit(field); }
  /// Whether a field is in it.
  [[nodiscard]] constexpr bool contains(Field field) const noexcept {
    return (bits_ & bit(field)) != 0;
  }
  /// Whether no field is in it.
  [[nodiscard]] constexpr bool empty() const noexcept { return bits_ == 0; }
  /// How many fields are in it.
  [[nodiscard]] constexpr std::size_t size() const noexcept {
    return static_cast<std::size_t>(std::popcount(bits_));
  }

  /// Union.
  /// The fields of either.
  friend constexpr FieldSet operator|(FieldSet a, FieldSet b) noexcept {
    return from_bits(a.bits_ | b.bits_);
  }
  /// Intersection.
  /// The fields of both.
  friend constexpr FieldSet operator&(FieldSet a, FieldSet b) noexcept {
    return from_bits(a.bits_ & b.bits_);
  }
  /// What is in `a` and not in `b`.
  /// Those of `a` that are not in `b`.
  friend constexpr FieldSet operator-(FieldSet a, FieldSet b) noexcept {
    return from_bits(a.bits_ & ~b.bits_);
  }
  /// Adds the fields of another set.
  constexpr FieldSet& operator|=(FieldSet other) noexcept { return *this = *this | other; }
  /// Whether they have the same fields.
  friend constexpr bool operator==(FieldSet, FieldSet) noexcept = default;

  /// Visits the fields of a set; invalidated by nothing, since it holds a copy.
  class Iterator {
   public:
    using value_type = Field;
    using difference_type = std::ptrdiff_t;
    constexpr Iterator() noexcept = default;
    /// At the first of these fields, a bit for each.
    constexpr explicit Iterator(unsigned rest) noexcept : rest_(rest) {}
    /// The field that it is at.
    constexpr Field operator*() const noexcept {
      return static_cast<Field>(std::countr_zero(rest_));
    }
    /// Goes on to the next field.
    constexpr Iterator& operator++() noexcept {
      rest_ &= rest_ - 1U;
      return *this;
    }
    /// The same; gives the iterator as it was.
    constexpr Iterator operator++(int) noexcept {
      auto before = *this;
      ++*this;
      return before;
    }
    friend constexpr bool operator==(Iterator, Iterator) noexcept = default;

   private:
    unsigned rest_ = 0;
  };
  /// At the first field, in the order of the enumeration.
  [[nodiscard]] constexpr Iterator begin() const noexcept { return Iterator{bits_}; }
  /// Behind the last field.
  [[nodiscard]] constexpr Iterator end() const noexcept { return Iterator{}; }

 private:
  static constexpr unsigned bit(Field field) noexcept { return 1U << static_cast<unsigned>(field); }
  static constexpr FieldSet from_bits(unsigned bits) noexcept {
    FieldSet set;
    set.bits_ = bits;
    return set;
  }

  unsigned bits_ = 0;
};

/// A name in full and in its two parts: what has a place for one has a place for all, since parts
/// are joined where the processor has one place, and a full name is split where it has two.
inline constexpr FieldSet name_fields{Field::name, Field::given_name, Field::family_name};

/// The parts of an address.
inline constexpr FieldSet address_fields{Field::address_line1, Field::address_line2,
                                         Field::address_city,  Field::address_state,
                                         Field::address_zip,   Field::address_country};

/// The same fields, and all of a name where there is any of it.
constexpr FieldSet with_whole_name(FieldSet fields) noexcept {
  return (fields & name_fields).empty() ? fields : fields | name_fields;
}

/// The fields of which a request says something that gives these: with both its parts it says the
/// name in full.
constexpr FieldSet with_full_name(FieldSet given) noexcept {
  if (given.contains(Field::given_name) && given.contains(Field::family_name))
    given.insert(Field::name);
  return given;
}

/// The fields that have a place where these have one.
constexpr FieldSet with_all_of_name(FieldSet carried) noexcept {
  return carried.contains(Field::name) ? carried | name_fields : carried;
}

/// One tag type per unified field. A tag says which field it is and reads it from any request that
/// has it; policies name tags as the sources of their wire members.
namespace field {

/// What every tag offers: its `id`, and `get(request)`, the field of any request that has it (empty
/// when absent).
template <class Derived, Field Id>
struct Tag {
  static constexpr Field id = Id;
  static constexpr FieldSet carried{Id};
  static constexpr auto get(const auto& request) noexcept { return Derived::member(request); }
};

/// Your own reference.
struct MerchantCustomerId : Tag<MerchantCustomerId, Field::merchant_customer_id> {
  static constexpr auto& member(auto& request) noexcept { return request.merchant_customer_id; }
};
/// The address for mail.
struct Email : Tag<Email, Field::email> {
  static constexpr auto& member(auto& request) noexcept { return request.email; }
};
/// The name in full.
struct Name : Tag<Name, Field::name> {
  static constexpr auto& member(auto& request) noexcept { return request.name; }
};
/// The one part of the name.
struct GivenName : Tag<GivenName, Field::given_name> {
  static constexpr auto& member(auto& request) noexcept { return request.given_name; }
};
/// The other part of the name.
struct FamilyName : Tag<FamilyName, Field::family_name> {
  static constexpr auto& member(auto& request) noexcept { return request.family_name; }
};
/// The phone number.
struct Phone : Tag<Phone, Field::phone> {
  static constexpr auto& member(auto& request) noexcept { return request.phone; }
};
/// A text about the customer.
struct Description : Tag<Description, Field::description> {
  static constexpr auto& member(auto& request) noexcept { return request.description; }
};
/// The only field that is not one text: `get` returns the `MetadataView`.
struct Metadata : Tag<Metadata, Field::metadata> {
  static constexpr auto& member(auto& request) noexcept { return request.metadata; }
};
/// Street and number.
struct AddressLine1 : Tag<AddressLine1, Field::address_line1> {
  static constexpr auto& member(auto& request) noexcept { return request.address.line1; }
};
/// What else an address has: floor, company.
struct AddressLine2 : Tag<AddressLine2, Field::address_line2> {
  static constexpr auto& member(auto& request) noexcept { return request.address.line2; }
};
/// City or town.
struct AddressCity : Tag<AddressCity, Field::address_city> {
  static constexpr auto& member(auto& request) noexcept { return request.address.city; }
};
/// State, province or region.
struct AddressState : Tag<AddressState, Field::address_state> {
  static constexpr auto& member(auto& request) noexcept { return request.address.state; }
};
/// Postal code.
struct AddressZip : Tag<AddressZip, Field::address_zip> {
  static constexpr auto& member(auto& request) noexcept { return request.address.zip; }
};
/// ISO 3166-1 alpha-2.
struct AddressCountry : Tag<AddressCountry, Field::address_country> {
  static constexpr auto& member(auto& request) noexcept { return request.address.country; }
};
/// All parts of an address, where fields are listed: `Fields<field::Address>`,
/// `AnyOf<field::Address>`. No member has a place for it: a body names the parts.
struct Address {
  static constexpr FieldSet carried = address_fields;
  static constexpr auto& member(auto& request) noexcept { return request.address; }
};

}  // namespace field
}  // namespace florin

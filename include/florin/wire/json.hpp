// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/create.hpp>
#include <florin/wire/buffer.hpp>
#include <florin/wire/element.hpp>
#include <florin/wire/json_escape.hpp>

#include <concepts>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <type_traits>

namespace florin::wire {

namespace detail {

/// Declared names are plain; what JSON would escape in them is a mistake in the policy.
template <FixedString Name>
consteval auto json_name() noexcept {
  constexpr bool plain = [] {
    for (char c : Name.view())
      if (json_escape[static_cast<unsigned char>(c)] != 0) return false;
    return true;
  }();
  static_assert(plain,
                "florin: a JSON member name may not need escaping: write it without quotes and "
                "controls");
  return concat<"\"", Name, "\":">();
}

/// Counts the JSON text of an object, or of an array of named values, without white space.
class JsonSize {
 public:
  /// What stands around the name and the value of an object's member.
  static constexpr std::size_t of_member = std::string_view{R"("":"")"}.size();

  /// \param characters whether code points are counted; else bytes.
  /// \param around what stands around each name and value.
  constexpr explicit JsonSize(bool characters, std::size_t around = of_member) noexcept
      : characters_(characters), around_(around) {}
  /// A member with a text as its value, in pieces.
  constexpr void member(std::initializer_list<std::string_view> name, const Value& value) noexcept {
    begin_member(name);
    for (const std::string_view piece : {value.first, value.joint, value.second})
      size_ += escaped_size(piece);
  }
  /// A member whose value is this JSON.
  constexpr void member_of_json(std::initializer_list<std::string_view> name,
                                std::string_view json) noexcept {
    begin_member(name);
    size_ += size_of(json) - 2;  // which has no quotes around it
  }
  /// The whole text, with its braces.
  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_ + 2; }

 private:
  constexpr void begin_member(std::initializer_list<std::string_view> name) noexcept {
    size_ += (members_++ == 0 ? 0U : 1U) + around_;
    for (const std::string_view piece : name) size_ += escaped_size(piece);
  }
  [[nodiscard]] constexpr std::size_t size_of(std::string_view text) const noexcept {
    std::size_t size = 0;
    for (const char c : text)
      if (!characters_ || (static_cast<unsigned char>(c) & 0xC0U) != 0x80U) ++size;
    return size;
  }
  [[nodiscard]] constexpr std::size_t escaped_size(std::string_view text) const noexcept {
    std::size_t size = size_of(text);
    for (const char c : text) {
      const char escape = json_escape[static_cast<unsigned char>(c)];
      if (escape != 0) size += escape == 'u' ? 5 : 1;
    }
    return size;
  }

  bool characters_;
  std::size_t around_;
  std::size_t members_ = 0;
  std::size_t size_ = 0;
};

template <FixedString Name, class Source, class... Limits, class Ctx>
constexpr void count_json(Put<Name, Source, Limits...>*, const Ctx& context,
                          JsonSize& size) noexcept {
  const auto& value = wire::read<Source>(context);
  if (!value.empty()) size.member({Name.view()}, value);
}
template <FixedString Name, FixedString Text, class Ctx>
constexpr void count_json(Const<Name, Text>*, const Ctx&, JsonSize& size) noexcept {
  size.member({Name.view()}, {.first = Text.view()});
}
template <FixedString Pattern, class Tag, class... Limits, class Ctx>
constexpr void count_json(Entries<Pattern, Tag, Limits...>*, const Ctx& context,
                          JsonSize& size) noexcept {
  constexpr auto before = pattern_part<Pattern, true>();
  constexpr auto after = pattern_part<Pattern, false>();
  const auto count = [&](std::string_view key, std::string_view value, bool is_json = false) {
    if (is_json) return size.member_of_json({before.view(), key, after.view()}, value);
    size.member({before.view(), key, after.view()}, {.first = value});
  };
  if constexpr (Changing<Ctx>)
    if (replaces_entries(context)) return each_entry(context.request, count);
  const auto entries = Tag::get(context.request);
  for (std::size_t i = 0; i < entries.size(); ++i) count(entries[i].key, entries[i].value);
}

/// Asserted so that the compiler shows what cannot be counted.
template <class Element>
inline constexpr bool is_countable = requires(const Context<CreateRequestView, int>& context,
                                              JsonSize& size) {
  count_json(static_cast<Element*>(nullptr), context, size);
};

}  // namespace detail

/// JSON bodies.
namespace json {

namespace detail {

using namespace wire::detail;

template <bool Characters>
consteval auto unit() noexcept {
  if constexpr (Characters) {
    return FixedString{" characters"};
  } else {
    return FixedString{" bytes"};
  }
}

/// Elements whose JSON text together is limited.
/// \tparam Characters whether code points count.
template <std::size_t N, bool Characters, class... Elements>
struct Total : ElementList<Elements...> {
  static_assert((is_countable<Elements> && ...),
                "florin: what is limited as a whole consists of members alone: write `Put`, "
                "`Const` and `Entries` into it, and it into the `json::Nested<...>` of the map");
  static constexpr FixedString<1> wire_name{};
  static constexpr auto text =
      concat<"has more than ", decimal<N>(), unit<Characters>(), " as JSON">();
  /// \param around what stands around each name and value, see `JsonSize`.
  template <class Ctx>
  static constexpr Fault check(const Ctx& context,
                               std::size_t around = JsonSize::of_member) noexcept {
    if (const Fault fault = ElementList<Elements...>::check(context)) return fault;
    JsonSize size{Characters, around};
    if constexpr (Changing<Ctx>) {
      if ((context.touched & ElementList<Elements...>::carried).empty()) return {};
      const auto all = merged(context.request, Ctx::Change::facts);
      (count_json(static_cast<Elements*>(nullptr), context.with(all), size), ...);
    } else {
      (count_json(static_cast<Elements*>(nullptr), context, size), ...);
    }
    if (size.size() <= N) return {};
    return {Errc::invalid_field, Field::metadata, reason};
  }
  static constexpr std::string_view reason = text.view();
};

}  // namespace detail

/// All members of an object, whose JSON text has at most `N` bytes, braces and quotes included:
/// `json::Nested<"metadata", json::MaxTotalSize<1000, Entries<...>, Put<...>>>`. What an update
/// sends as a whole is counted with the entries that stay; of entries that the processor itself
/// merges only those that are sent can be. A fault names `metadata`.
/// \tparam Elements `Put`, `Const`, `Entries`.
template <std::size_t N, class... Elements>
using MaxTotalSize = detail::Total<N, false, Elements...>;

/// The same in characters (code points).
template <std::size_t N, class... Elements>
using MaxTotalLength = detail::Total<N, true, Elements...>;

/// A member with a fixed JSON text: `Raw<"identity_roles", R"(["BUYER"])">`.
template <FixedString WireName, FixedString JsonText>
struct Raw : Const<WireName, JsonText> {};

/// An object inside an object: `Nested<"entity", Put<...>, ...>`. Left out when it would be empty.
/// An address that an update removes as a whole is `null` where that is what removes.
template <FixedString WireName, class... Elements>
struct Nested : ElementList<Elements...> {
  static constexpr auto wire_name = WireName;
};

/// A `Nested` that is sent as `{}` when it would be empty, where the API wants the member itself.
template <FixedString WireName, class... Elements>
struct NestedAlways : ElementList<Elements...> {
  static constexpr auto wire_name = WireName;
};

/// An array of one object: `NestedArray<"addresses", Put<...>, ...>`. Left out when it would be
/// empty, and `null` like a `Nested`.
template <FixedString WireName, class... Elements>
struct NestedArray : ElementList<Elements...> {
  static constexpr auto wire_name = WireName;
};

namespace detail {

/// Satisfied by what can stand in `NamedValues`.
template <class Element>
struct NamesValues : std::false_type {};
template <FixedString Name, class Source, class... Limits>
struct NamesValues<Put<Name, Source, Limits...>> : std::true_type {};
template <FixedString Name, FixedString Text>
struct NamesValues<Const<Name, Text>> : std::true_type {};
template <FixedString Pattern, class Tag, class... Limits>
struct NamesValues<Entries<Pattern, Tag, Limits...>> : std::true_type {};
template <std::size_t N, bool Characters, class... Elements>
struct NamesValues<Total<N, Characters, Elements...>> : std::true_type {};
/// Asserted so that the compiler shows what cannot.
template <class Element>
inline constexpr bool names_values = NamesValues<Element>::value;

/// Whether a change leaves nothing of metadata that are sent as a whole.
template <class... Elements, class Ctx>
constexpr bool empties([[maybe_unused]] const Ctx& context) noexcept {
  constexpr FieldSet carried = (FieldSet{} | ... | Elements::carried);
  if constexpr (Changing<Ctx> && carried.contains(Field::metadata)) {
    return Ctx::Change::replaces.metadata && context.touched.contains(Field::metadata);
  } else {
    return false;
  }
}

/// What stands around the values of a source.
template <class Source>
consteval auto quote_of() noexcept {
  if constexpr (requires { requires Source::is_number; }) {
    return FixedString{""};
  } else {
    return FixedString{"\""};
  }
}

/// How the members of an object are written. An entry of a map is told by its pattern.
struct AsMember {
  template <FixedString Name>
  static constexpr auto before = concat<"\"", Name>();
  template <FixedString Name>
  static constexpr auto between = concat<Name, "\":">();
  static constexpr FixedString after{","};
};

/// How the objects of `NamedValues` are written.
template <FixedString NameMember, FixedString ValueMember>
struct AsPair {
  template <FixedString Name>
  static constexpr auto before = concat<"{", json_name<NameMember>(), "\"", Name>();
  template <FixedString Name>
  static constexpr auto between = concat<Name, "\",", json_name<ValueMember>()>();
  static constexpr FixedString after{"},"};
  /// What stands around each name and value.
  static constexpr std::size_t around =
      concat<"{", json_name<NameMember>(), R"("",)", json_name<ValueMember>(), R"(""})">().size();
};

}  // namespace detail

/// An array with one object for each value, which has its name:
/// `"custom_fields":[{"name":"...","value":"..."},...]` is
/// \code
/// NamedValues<"custom_fields", "name", "value", Entries<"{}", field::Metadata>,
///             Put<"merchant_customer_id", field::MerchantCustomerId>>
/// \endcode
/// Left out when it would be empty; an update that empties metadata that it replaces sends `[]`. Of
/// metadata that the processor merges, an entry that is removed goes out with an empty value, or
/// with `null`, as `cleared_by` says. Where such a list has `merchant_customer_id`,
/// `json::Record::reference_entry` says so.
/// \tparam NameMember, ValueMember the members of each object.
/// \tparam Elements `Put`, `Const`, `Entries`, and `MaxTotalSize` or `MaxTotalLength` of them,
/// which count the array.
template <FixedString WireName, FixedString NameMember, FixedString ValueMember, class... Elements>
struct NamedValues : ElementList<Elements...> {
  static_assert((detail::names_values<Elements> && ... && true),
                "florin: a list of named values consists of values: write `Put`, `Const`, "
                "`Entries` and limits of them all into `json::NamedValues<...>`");
  static constexpr auto wire_name = WireName;
  using Pair = detail::AsPair<NameMember, ValueMember>;  ///< an object of the list
  template <class Ctx>
  static constexpr Fault check(const Ctx& context) noexcept {
    Fault fault;
    (void)((!(fault = check_element(static_cast<Elements*>(nullptr), context))) && ... && true);
    return fault;
  }

 private:
  template <class Element, class Ctx>
  static constexpr Fault check_element(Element*, const Ctx& context) noexcept {
    return Element::check(context);
  }
  template <std::size_t N, bool Characters, class... Inner, class Ctx>
  static constexpr Fault check_element(detail::Total<N, Characters, Inner...>*,
                                       const Ctx& context) noexcept {
    return detail::Total<N, Characters, Inner...>::check(context, Pair::around);
  }
};

/// A body that is one JSON object with its members in the declared order, at every depth.
///
/// An element of a policy's own has the members of `Put` and `static void write_json(const auto&
/// context, Buffer& out, FieldSet& written)`, which appends members, each with a comma behind it.
template <class... Elements>
struct Object : ElementList<Elements...> {
  static constexpr std::string_view content_type = "application/json";

  /// Appends the body.
  /// \param context the request and what goes with it.
  /// \param out what is appended to.
  /// \param written gets the fields that went out.
  template <class Ctx>
  static void write(const Ctx& context, Buffer& out, FieldSet& written) {
    out.append("{");
    (write_element(static_cast<Elements*>(nullptr), context, out, written), ...);
    if (out.ends_with(',')) out.truncate(out.size() - 1);
    out.append("}");
  }

  /// Calls `visit.operator()<Element>(path)` for each leaf; paths are joined with dots.
  template <class Visitor>
  static void describe(Visitor&& visit, const std::string& path = {}) {
    (describe_element(static_cast<Elements*>(nullptr), visit, path), ...);
  }

 private:
  template <class As = detail::AsMember, FixedString Name, class Source, class... Limits, class Ctx>
  static void write_element(Put<Name, Source, Limits...>*, const Ctx& context, Buffer& out,
                            FieldSet& written) {
    const auto value = wire::read<Source>(context);
    if (value.empty()) {
      if (detail::is_cleared<Source>(context)) put_cleared<As, Name, Source>(context, out, written);
      return;
    }
    static constexpr FixedString quote = detail::quote_of<Source>();
    static constexpr auto prefix = concat<start_of<As, Name>(), quote>();
    static constexpr auto suffix = concat<quote, As::after>();
    char* to = copy(out.room(prefix.size() + 6 * value.size() + suffix.size()), prefix.view());
    to = detail::put_json(to, value.first);
    if (!value.second.empty()) {
      to = detail::put_json(to, value.joint);
      to = detail::put_json(to, value.second);
    }
    out.end_at(copy(to, suffix.view()));
    written |= Meant<Source>::carried;
  }

  template <class As, FixedString Name, class Source, class Ctx>
  static void put_cleared(const Ctx&, Buffer& out, FieldSet& written) {
    written |= Meant<Source>::carried;
    if constexpr (Changing<Ctx>) {
      constexpr auto replaces = Ctx::Change::replaces;
      if constexpr (!replaces.perhaps && (Meant<Source>::carried - replaces.group).empty()) {
        return;  // what is not sent of the group is gone
      } else if constexpr (Ctx::Change::cleared_by == ClearedBy::empty_text) {
        static constexpr auto member = concat<start_of<As, Name>(), "\"\"", As::after>();
        out.append(member.view());
      } else if constexpr (Ctx::Change::cleared_by == ClearedBy::null) {
        static constexpr auto member = concat<start_of<As, Name>(), "null", As::after>();
        out.append(member.view());
      }
    }
  }

  template <class As = detail::AsMember, FixedString Name, FixedString Text, class Ctx>
  static void write_element(Const<Name, Text>*, const Ctx&, Buffer& out, FieldSet&) {
    static constexpr auto prefix = concat<start_of<As, Name>(), "\"">();
    static constexpr auto suffix = concat<"\"", As::after>();
    char* const to = copy(out.room(prefix.size() + 6 * Text.size() + suffix.size()), prefix.view());
    out.end_at(copy(detail::put_json(to, Text.view()), suffix.view()));
  }

  /// Everything before the value of what has this name.
  template <class As, FixedString Name>
  static consteval auto start_of() noexcept {
    static_assert(detail::json_name<Name>().size() != 0);
    return concat<As::template before<Name>, As::template between<"">>();
  }

  template <FixedString Name, auto Member, class Ctx>
  static void write_element(Flag<Name, Member>*, const Ctx& context, Buffer& out, FieldSet&) {
    const std::string_view value = Flag<Name, Member>::text(context);
    if (value.empty()) return;
    static constexpr auto prefix = detail::json_name<Name>();
    char* const to = copy(out.room(prefix.size() + value.size() + 1), prefix.view());
    out.end_at(copy(copy(to, value), ","));
  }

  template <FixedString Name, FixedString Text, class Ctx>
  static void write_element(Raw<Name, Text>*, const Ctx&, Buffer& out, FieldSet&) {
    static constexpr auto member = concat<detail::json_name<Name>(), Text, ",">();
    out.append(member.view());
  }

  template <FixedString Name, class... Inner, class Ctx>
  static void write_element(Nested<Name, Inner...>*, const Ctx& context, Buffer& out,
                            FieldSet& written) {
    static constexpr auto prefix = concat<detail::json_name<Name>(), "{">();
    if (removes<Inner...>(context)) return put_null<Name, Inner...>(out, written);
    write_nested<detail::AsMember, Inner...>(prefix.view(), "},", context, out, written);
  }

  template <FixedString Name, class... Inner, class Ctx>
  static void write_element(NestedAlways<Name, Inner...>*, const Ctx& context, Buffer& out,
                            FieldSet& written) {
    static constexpr auto prefix = concat<detail::json_name<Name>(), "{">();
    const std::size_t before = out.size();
    write_nested<detail::AsMember, Inner...>(prefix.view(), "},", context, out, written);
    if (out.size() == before) {
      out.append(prefix.view());
      out.append("},");
    }
  }

  template <FixedString Name, class... Inner, class Ctx>
  static void write_element(NestedArray<Name, Inner...>*, const Ctx& context, Buffer& out,
                            FieldSet& written) {
    static constexpr auto prefix = concat<detail::json_name<Name>(), "[{">();
    if (removes<Inner...>(context)) return put_null<Name, Inner...>(out, written);
    write_nested<detail::AsMember, Inner...>(prefix.view(), "}],", context, out, written);
  }

  template <FixedString Name, FixedString NameMember, FixedString ValueMember, class... Inner,
            class Ctx>
  static void write_element(NamedValues<Name, NameMember, ValueMember, Inner...>*,
                            const Ctx& context, Buffer& out, FieldSet& written) {
    using As = typename NamedValues<Name, NameMember, ValueMember, Inner...>::Pair;
    static constexpr auto prefix = concat<detail::json_name<Name>(), "[">();
    write_nested<As, Inner...>(prefix.view(), "],", context, out, written);
  }

  template <class As, class... Inner, class Ctx>
  static void write_nested(std::string_view prefix, std::string_view suffix, const Ctx& context,
                           Buffer& out, FieldSet& written) {
    const std::size_t before = out.size();
    out.append(prefix);
    const std::size_t opened = out.size();
    (write_as<As>(static_cast<Inner*>(nullptr), context, out, written), ...);
    if (out.size() == opened && !detail::empties<Inner...>(context)) {
      out.truncate(before);
      return;
    }
    if (out.ends_with(',')) out.truncate(out.size() - 1);
    out.append(suffix);
  }

  /// Whether a change removes an address as a whole, and null does that.
  template <class... Inner, class Ctx>
  static bool removes([[maybe_unused]] const Ctx& context) noexcept {
    constexpr FieldSet carried = (FieldSet{} | ... | Inner::carried);
    if constexpr (Changing<Ctx> && !carried.empty() && (carried - address_fields).empty()) {
      return Ctx::Change::cleared_by == ClearedBy::null &&
             (carried - context.request.cleared).empty();
    } else {
      return false;
    }
  }
  template <FixedString Name, class... Inner>
  static void put_null(Buffer& out, FieldSet& written) {
    static constexpr auto member = concat<detail::json_name<Name>(), "null,">();
    out.append(member.view());
    written |= (FieldSet{} | ... | Inner::carried);
  }

  template <class Element, class Ctx>
  requires requires(const Ctx& context, Buffer& out, FieldSet& written) {
    Element::write_json(context, out, written);
  }
  static void write_element(Element*, const Ctx& context, Buffer& out, FieldSet& written) {
    Element::write_json(context, out, written);
  }

  template <class... Tags, class Ctx>
  static void write_element(RequireAnyOf<Tags...>*, const Ctx&, Buffer&, FieldSet&) noexcept {}

  template <class Condition, class... Inner, class Ctx>
  static void write_element(OnlyWith<Condition, Inner...>*, const Ctx& context, Buffer& out,
                            FieldSet& written) {
    if (Condition::holds(context.given))
      (write_element(static_cast<Inner*>(nullptr), context, out, written), ...);
  }

  template <class As = detail::AsMember, std::size_t N, bool Characters, class... Inner, class Ctx>
  static void write_element(detail::Total<N, Characters, Inner...>*, const Ctx& context,
                            Buffer& out, FieldSet& written) {
    (write_as<As>(static_cast<Inner*>(nullptr), context, out, written), ...);
  }

  /// Writes an element as a member of an object, or in `NamedValues` as an object of its own.
  template <class As, class Element, class Ctx>
  static void write_as(Element* element, const Ctx& context, Buffer& out, FieldSet& written) {
    if constexpr (std::same_as<As, detail::AsMember>) {
      write_element(element, context, out, written);
    } else {
      write_element<As>(element, context, out, written);
    }
  }

  template <class As = detail::AsMember, FixedString Pattern, class Tag, class... Limits, class Ctx>
  static void write_element(Entries<Pattern, Tag, Limits...>*, const Ctx& context, Buffer& out,
                            FieldSet& written) {
    const auto put = [&out](std::string_view key, std::string_view value, bool is_json = false) {
      if (is_json) return put_json_entry<As, Pattern>(out, key, value);
      put_entry<As, Pattern>(out, key, value);
    };
    const auto entries = Tag::get(context.request);
    if constexpr (Changing<Ctx>) {
      if (context.touched.contains(Tag::id)) written |= Tag::carried;
      if constexpr (Ctx::Change::replaces.metadata) {
        if (detail::replaces_entries(context)) each_entry(context.request, put);
        return;
      } else {
        each_removed_entry(context.request, [&out](std::string_view key) {
          put_removed_entry<As, Pattern, Ctx::Change::cleared_by>(out, key);
        });
      }
    } else if (entries.size() != 0) {
      written |= Tag::carried;
    }
    for (std::size_t i = 0; i < entries.size(); ++i) put(entries[i].key, entries[i].value);
  }
  template <class As, FixedString Pattern>
  static char* put_key(Buffer& out, std::string_view key, std::size_t rest) {
    static constexpr auto before = As::template before<detail::pattern_part<Pattern, true>()>;
    static constexpr auto between = As::template between<detail::pattern_part<Pattern, false>()>;
    char* const to = out.room(before.size() + between.size() + 6 * key.size() + rest);
    return copy(detail::put_json(copy(to, before.view()), key), between.view());
  }
  template <class As, FixedString Pattern>
  static void put_entry(Buffer& out, std::string_view key, std::string_view value) {
    static constexpr auto suffix = concat<"\"", As::after>();
    char* const to = put_key<As, Pattern>(out, key, 1 + 6 * value.size() + suffix.size());
    out.end_at(copy(detail::put_json(copy(to, "\""), value), suffix.view()));
  }
  /// An entry that is as the processor has it.
  template <class As, FixedString Pattern>
  static void put_json_entry(Buffer& out, std::string_view key, std::string_view json) {
    char* const to = put_key<As, Pattern>(out, key, json.size() + As::after.size());
    out.end_at(copy(copy(to, json), As::after.view()));
  }
  template <class As, FixedString Pattern, ClearedBy By>
  static void put_removed_entry(Buffer& out, std::string_view key) {
    static constexpr auto value = [] {
      if constexpr (By == ClearedBy::null) {
        return concat<"null", As::after>();
      } else {
        return concat<"\"\"", As::after>();
      }
    }();
    out.end_at(copy(put_key<As, Pattern>(out, key, value.size()), value.view()));
  }

  template <class Element, class Visitor>
  static void describe_element(Element*, Visitor& visit, const std::string& path) {
    visit.template operator()<Element>(path + std::string{Element::wire_name.view()});
  }
  template <FixedString Name, class... Inner, class Visitor>
  static void describe_element(Nested<Name, Inner...>*, Visitor& visit, const std::string& path) {
    const std::string inner = path + std::string{Name.view()} + ".";
    (describe_element(static_cast<Inner*>(nullptr), visit, inner), ...);
  }
  template <FixedString Name, class... Inner, class Visitor>
  static void describe_element(NestedAlways<Name, Inner...>*, Visitor& visit,
                               const std::string& path) {
    describe_element(static_cast<Nested<Name, Inner...>*>(nullptr), visit, path);
  }
  template <FixedString Name, class... Inner, class Visitor>
  static void describe_element(NestedArray<Name, Inner...>*, Visitor& visit,
                               const std::string& path) {
    const std::string inner = path + std::string{Name.view()} + "[0].";
    (describe_element(static_cast<Inner*>(nullptr), visit, inner), ...);
  }
  template <FixedString Name, FixedString NameMember, FixedString ValueMember, class... Inner,
            class Visitor>
  static void describe_element(NamedValues<Name, NameMember, ValueMember, Inner...>*,
                               Visitor& visit, const std::string& path) {
    // The value that has this name.
    auto inner = [&]<class Element>(const std::string& name) {
      std::string place = path + std::string{Name.view()} + "[" + std::string{NameMember.view()};
      place.append("=").append(name).append("].").append(ValueMember.view());
      visit.template operator()<Element>(place);
    };
    (describe_element(static_cast<Inner*>(nullptr), inner, {}), ...);
  }
  template <std::size_t N, bool Characters, class... Inner, class Visitor>
  static void describe_element(detail::Total<N, Characters, Inner...>*, Visitor& visit,
                               const std::string& path) {
    (describe_element(static_cast<Inner*>(nullptr), visit, path), ...);
  }
  template <class Condition, class... Inner, class Visitor>
  static void describe_element(OnlyWith<Condition, Inner...>*, Visitor& visit,
                               const std::string& path) {
    (describe_element(static_cast<Inner*>(nullptr), visit, path), ...);
  }
};

}  // namespace json
}  // namespace florin::wire

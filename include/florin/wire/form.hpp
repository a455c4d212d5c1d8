// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/code_line.hpp>
#include <florin/wire/buffer.hpp>
#include <florin/wire/element.hpp>
#include <florin/wire/percent.hpp>

#include <cstddef>
#include <string_view>

namespace florin::wire {

namespace detail {

/// A declared name as it goes out: brackets stay, everything else that is reserved is encoded.
template <FixedString Name>
consteval auto form_name() noexcept {
  constexpr auto keeps = [](char c) {
    return is_unreserved(static_cast<unsigned char>(c)) || c == '[' || c == ']';
  };
  constexpr std::size_t size = [keeps] {
    std::size_t bytes = 0;
    for (char c : Name.view()) bytes += keeps(c) ? 1U : 3U;
    return bytes;
  }();
  constexpr std::string_view hex = "0123456789ABCDEF";
  FixedString<size + 1> encoded;
  std::size_t at = 0;
  for (char c : Name.view()) {
    if (keeps(c)) {
      encoded.text[at++] = c;
    } else {
      encoded.text[at++] = '%';
      encoded.text[at++] = hex[static_cast<unsigned char>(c) >> 4U];
      encoded.text[at++] = hex[static_cast<unsigned char>(c) & 15U];
    }
  }
  return encoded;
}

/// Percent-encodes what stands in `out` from `from` on, within its memory. Errors:
/// `std::bad_alloc`.
inline void encode_percent(Buffer& out, std::size_t from) {
  constexpr std::string_view hex = "0123456789ABCDEF";
  std::size_t more = 0;
  for (const char c : out.view(from)) more += unreserved[static_cast<unsigned char>(c)] ? 0U : 2U;
  // From the end: what is not yet read is not overwritten.
  char* to = out.room(more) + more;
  const char* at = to - more;
  out.end_at(to);
  while (at != to) {
    const auto byte = static_cast<unsigned char>(*--at);
    if (unreserved[byte]) {
      *--to = static_cast<char>(byte);
    } else {
      *--to = hex[byte & 15U];
      *--to = hex[byte >> 4U];
      *--to = '%';
    }
  }
}

/// The same with `=` behind it. Not within a function of a form, whose symbols are long.
template <FixedString Name>
inline constexpr auto form_prefix = concat<form_name<Name>(), "=">();
/// A member without a value, `&` behind it.
template <FixedString Name>
inline constexpr auto empty_member = concat<form_name<Name>(), "=&">();

/// Writes a member, `&` behind it.
/// \param prefix its name as it goes out, `=` behind it.
[[gnu::noinline]] inline void put_member(Buffer& out, std::string_view prefix,
                                         std::string_view text) {
  char* to = put_percent(copy(out.room(prefix.size() + 3 * text.size() + 1), prefix), text);
  *to++ = '&';
  out.end_at(to);
}
/// The same of a text in pieces.
[[gnu::noinline]] inline void put_member(Buffer& out, std::string_view prefix, const Value& text) {
  char* to = copy(out.room(prefix.size() + 3 * text.size() + 1), prefix);
  for (const std::string_view piece : {text.first, text.joint, text.second})
    to = put_percent(to, piece);
  *to++ = '&';
  out.end_at(to);
}

/// Satisfied by entries that go out as members of the form.
template <class Element>
inline constexpr bool writes_entries = false;
template <FixedString Pattern, class Tag, class... Limits>
inline constexpr bool writes_entries<Entries<Pattern, Tag, Limits...>> = true;

}  // namespace detail

/// Members of one object: `Group<"address", Put<"address[line1]", ...>, ...>`. An update that
/// clears all of them sends the object empty.
template <FixedString WireName, class... Elements>
struct Group : ElementList<Elements...> {
  static constexpr auto wire_name = WireName;
};

/// A body of `application/x-www-form-urlencoded` members in the declared order.
///
/// Names are encoded at compile time; keys and values are percent-encoded UTF-8, everything but
/// RFC 3986 unreserved characters, a blank as `%20`.
///
/// An element of a policy's own has the members of `Put` and `static void write_form(const auto&
/// context, Buffer& out, FieldSet& written)`, which appends `name=value&`; where it has several
/// places, `describe(visit)` as well.
template <class... Elements>
struct Form : ElementList<Elements...> {
  static constexpr std::string_view content_type = "application/x-www-form-urlencoded";
  /// The name of a map without a key stands for all its entries.
  static constexpr bool empties_maps = true;

  /// A form has no place for objects and lists among metadata that are sent as a whole.
  template <class Ctx>
  static constexpr Fault check(const Ctx& context) noexcept {
    if (const Fault fault = ElementList<Elements...>::check(context)) return fault;
    Fault fault;
    if constexpr (Changing<Ctx> && (detail::writes_entries<Elements> || ... || false)) {
      if (!Ctx::Change::replaces.metadata || !detail::replaces_entries(context)) return fault;
      each_entry(context.request, [&fault](std::string_view key, std::string_view value,
                                           bool is_json = false) {
        if (is_json && (value.front() == '{' || value.front() == '['))
          fault = {Errc::invalid_field, Field::metadata,
                   "has an entry that no form can carry and that would be lost: replace or remove "
                   "it by its key",
                   key};
      });
    }
    return fault;
  }
  /// Appends the body.
  /// \param context the request and what goes with it.
  /// \param out what is appended to.
  /// \param written gets the fields that went out.
  template <class Ctx>
  [[gnu::aligned(florin::detail::code_line)]] static void write(const Ctx& context, Buffer& out,
                                                                FieldSet& written) {
    const std::size_t start = out.size();
    (write_element(static_cast<Elements*>(nullptr), context, out, written), ...);
    if (out.size() != start) out.truncate(out.size() - 1);
  }

  /// Calls `visit.operator()<Element>(wire_name)` for each element.
  template <class Visitor>
  static constexpr void describe(Visitor&& visit) {
    (describe_element(static_cast<Elements*>(nullptr), visit), ...);
  }

 private:
  template <class Element, class Visitor>
  static constexpr void describe_element(Element*, Visitor& visit) {
    if constexpr (requires { Element::describe(visit); }) {
      Element::describe(visit);
    } else {
      visit.template operator()<Element>(Element::wire_name.view());
    }
  }
  template <class Condition, class... Inner, class Visitor>
  static constexpr void describe_element(OnlyWith<Condition, Inner...>*, Visitor& visit) {
    (describe_element(static_cast<Inner*>(nullptr), visit), ...);
  }
  template <FixedString Name, class... Inner, class Visitor>
  static constexpr void describe_element(Group<Name, Inner...>*, Visitor& visit) {
    (describe_element(static_cast<Inner*>(nullptr), visit), ...);
  }

  template <FixedString Name, class Source, class... Limits, class Ctx>
  static void write_element(Put<Name, Source, Limits...>*, const Ctx& context, Buffer& out,
                            FieldSet& written) {
    const auto value = wire::read<Source>(context);
    if (value.empty()) {
      if (!detail::is_cleared<Source>(context)) return;
      written |= Meant<Source>::carried;
      if constexpr (Changing<Ctx>)
        if (Ctx::Change::cleared_by != ClearedBy::omission) put_empty<Name>(out);
      return;
    }
    constexpr std::string_view prefix = detail::form_prefix<Name>.view();
    if (value.second.empty()) {
      detail::put_member(out, prefix, value.first);
    } else {
      detail::put_member(out, prefix, value);
    }
    written |= Meant<Source>::carried;
  }

  template <FixedString Name, FixedString Text, class Ctx>
  static void write_element(Const<Name, Text>*, const Ctx&, Buffer& out, FieldSet&) {
    detail::put_member(out, detail::form_prefix<Name>.view(), Text.view());
  }

  template <FixedString Name, auto Member, class Ctx>
  static void write_element(Flag<Name, Member>*, const Ctx& context, Buffer& out, FieldSet&) {
    const std::string_view value = Flag<Name, Member>::text(context);
    if (value.empty()) return;
    constexpr std::string_view prefix = detail::form_prefix<Name>.view();
    char* const to = copy(out.room(prefix.size() + value.size() + 1), prefix);
    out.end_at(copy(copy(to, value), "&"));
  }

  template <class Element, class Ctx>
  requires requires(const Ctx& context, Buffer& out, FieldSet& written) {
    Element::write_form(context, out, written);
  }
  static void write_element(Element*, const Ctx& context, Buffer& out, FieldSet& written) {
    Element::write_form(context, out, written);
  }

  template <class... Tags, class Ctx>
  static void write_element(RequireAnyOf<Tags...>*, const Ctx&, Buffer&, FieldSet&) noexcept {}

  template <class Condition, class... Inner, class Ctx>
  static void write_element(OnlyWith<Condition, Inner...>*, const Ctx& context, Buffer& out,
                            FieldSet& written) {
    if (Condition::holds(context.given))
      (write_element(static_cast<Inner*>(nullptr), context, out, written), ...);
  }

  template <FixedString Name, class... Inner, class Ctx>
  static void write_element(Group<Name, Inner...>*, const Ctx& context, Buffer& out,
                            FieldSet& written) {
    if constexpr (Changing<Ctx>) {
      constexpr FieldSet all = Group<Name, Inner...>::carried;
      if ((all - context.request.cleared).empty()) {
        put_empty<Name>(out);
        written |= all;
        return;
      }
    }
    (write_element(static_cast<Inner*>(nullptr), context, out, written), ...);
  }

  template <FixedString Pattern, class Tag, class... Limits, class Ctx>
  static void write_element(Entries<Pattern, Tag, Limits...>*, const Ctx& context, Buffer& out,
                            FieldSet& written) {
    const auto put = [&out](std::string_view key, std::string_view value, bool = false) {
      put_entry<Pattern>(out, key, value);
    };
    if constexpr (Changing<Ctx>) {
      if (context.touched.contains(Tag::id)) written |= Tag::carried;
      const std::size_t before = out.size();
      bool none = context.request.cleared.contains(Tag::id) && context.request.current == nullptr;
      if constexpr (Ctx::Change::replaces.metadata) {
        if (detail::replaces_entries(context)) each_entry(context.request, put);
        none = context.touched.contains(Tag::id) && out.size() == before;
      } else {
        each_removed_entry(context.request, [&put](std::string_view key) { put(key, {}); });
        put_entries(Tag::get(context.request), put);
      }
      if (none) put_empty<detail::object_of<Pattern>()>(out);
    } else {
      const auto entries = Tag::get(context.request);
      put_entries(entries, put);
      if (entries.size() != 0) written |= Tag::carried;
    }
  }

  template <class List, class Put>
  static void put_entries(const List& entries, Put put) {
    for (std::size_t i = 0; i < entries.size(); ++i) put(entries[i].key, entries[i].value);
  }
  template <FixedString Pattern>
  static void put_entry(Buffer& out, std::string_view key, std::string_view value) {
    static constexpr auto before = detail::form_name<detail::pattern_part<Pattern, true>()>();
    static constexpr auto after =
        concat<detail::form_name<detail::pattern_part<Pattern, false>()>(), "=">();
    char* to = out.room(before.size() + 3 * key.size() + after.size() + 3 * value.size() + 1);
    to = detail::put_percent(copy(to, before.view()), key);
    to = detail::put_percent(copy(to, after.view()), value);
    *to++ = '&';
    out.end_at(to);
  }
  template <FixedString Name>
  static void put_empty(Buffer& out) {
    out.append(detail::empty_member<Name>.view());
  }
};

/// What stands behind the `?` of a target, written like a form.
template <class... Elements>
using Query = Form<Elements...>;

}  // namespace florin::wire

// SPDX-License-Identifier: Apache-2.0
#pragma once

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

}  // namespace detail

/// A body of `application/x-www-form-urlencoded` members in the declared order.
///
/// Names are encoded at compile time; keys and values are percent-encoded UTF-8, everything but
/// RFC 3986 unreserved characters, a blank as `%20`.
///
/// An element of a policy's own has the members of `Put` and `static void write_form(const auto&
/// context, Buffer& out, FieldSet& written)`, which appends `name=value&`.
template <class... Elements>
struct Form : ElementList<Elements...> {
  static constexpr std::string_view content_type = "application/x-www-form-urlencoded";

  /// Appends the body. \param written gets the fields that went out.
  template <class Ctx>
  static void write(const Ctx& context, Buffer& out, FieldSet& written) {
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
    visit.template operator()<Element>(Element::wire_name.view());
  }
  template <class Condition, class... Inner, class Visitor>
  static constexpr void describe_element(OnlyWith<Condition, Inner...>*, Visitor& visit) {
    (describe_element(static_cast<Inner*>(nullptr), visit), ...);
  }

  template <FixedString Name, class Source, class... Limits, class Ctx>
  static void write_element(Put<Name, Source, Limits...>*, const Ctx& context, Buffer& out,
                            FieldSet& written) {
    const auto value = wire::read<Source>(context);
    if (value.empty()) return;
    static constexpr auto prefix = concat<detail::form_name<Name>(), "=">();
    char* to = copy(out.room(prefix.size() + 3 * value.size() + 1), prefix.view());
    to = detail::put_percent(to, value.first);
    if (!value.second.empty()) {
      to = detail::put_percent(to, value.joint);
      to = detail::put_percent(to, value.second);
    }
    *to++ = '&';
    out.end_at(to);
    written |= Meant<Source>::carried;
  }

  template <FixedString Name, FixedString Text, class Ctx>
  static void write_element(Const<Name, Text>*, const Ctx&, Buffer& out, FieldSet&) {
    static constexpr auto prefix = concat<detail::form_name<Name>(), "=">();
    char* to = copy(out.room(prefix.size() + 3 * Text.size() + 1), prefix.view());
    to = detail::put_percent(to, Text.view());
    *to++ = '&';
    out.end_at(to);
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

  template <FixedString Pattern, class Tag, class... Limits, class Ctx>
  static void write_element(Entries<Pattern, Tag, Limits...>*, const Ctx& context, Buffer& out,
                            FieldSet& written) {
    static constexpr auto before = detail::form_name<detail::pattern_part<Pattern, true>()>();
    static constexpr auto after =
        concat<detail::form_name<detail::pattern_part<Pattern, false>()>(), "=">();
    const auto entries = Tag::get(context.request);
    for (std::size_t i = 0; i < entries.size(); ++i) {
      const auto entry = entries[i];
      char* to = out.room(before.size() + 3 * entry.key.size() + after.size() +
                          3 * entry.value.size() + 1);
      to = detail::put_percent(copy(to, before.view()), entry.key);
      to = detail::put_percent(copy(to, after.view()), entry.value);
      *to++ = '&';
      out.end_at(to);
      written |= Tag::carried;
    }
  }
};

/// What stands behind the `?` of a target, written like a form.
template <class... Elements>
using Query = Form<Elements...>;

}  // namespace florin::wire

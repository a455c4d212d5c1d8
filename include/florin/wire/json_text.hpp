// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/fixed_string.hpp>
#include <florin/wire/buffer.hpp>
#include <florin/wire/element.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace florin::wire {

/// A member of a `Form` whose value is the text of a JSON object: `JsonText<"meta_data",
/// Entries<"{}", field::Metadata>, Put<"merchant_customer_id", field::MerchantCustomerId>>` is
/// `meta_data=%7B...%7D`. Left out when the object would be empty; an update that empties metadata
/// sends `{}`. Such a text replaces the one that is there, so an update has to declare
/// `Replaces{.metadata = true}`.
/// \tparam WireName the member's name.
/// \tparam Elements what a `json::Object` has.
template <FixedString WireName, class... Elements>
struct JsonText : ElementList<Elements...> {
  static constexpr auto wire_name = WireName;

  /// Appends the member.
  /// \param context the request and what goes with it.
  /// \param out what is appended to.
  /// \param written gets the fields that went out.
  template <class Ctx>
  static void write_form(const Ctx& context, Buffer& out, FieldSet& written) {
    if constexpr (Changing<Ctx>)
      static_assert(replaces_itself<typename Ctx::Change>,
                    "florin: a JSON text replaces the metadata that are there: add `static "
                    "constexpr Replaces replaces{.metadata = true};` to Update");
    static constexpr auto prefix = concat<detail::form_name<WireName>(), "=">();
    const std::size_t before = out.size();
    out.append(prefix.view());
    const std::size_t from = out.size();
    json::Object<Elements...>::write(context, out, written);
    if (out.view(from) == "{}" && !json::detail::empties<Elements...>(context))
      return out.truncate(before);
    detail::encode_percent(out, from);
    out.append("&");
  }

  /// Calls `visit.operator()<Element>(path)` for each leaf.
  template <class Visitor>
  static void describe(Visitor&& visit) {
    json::Object<Elements...>::describe(visit, std::string{WireName.view()} + ".");
  }

 private:
  /// Asserted so that the compiler shows the update.
  template <class Change>
  static constexpr bool replaces_itself =
      Change::replaces.metadata || !ElementList<Elements...>::carried.contains(Field::metadata);
};

}  // namespace florin::wire

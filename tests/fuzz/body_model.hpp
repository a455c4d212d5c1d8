// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/fixed_string.hpp>
#include <florin/policies/braintree.hpp>
#include <florin/policies/chargebee.hpp>
#include <florin/policies/payload.hpp>
#include <florin/policies/stripe.hpp>
#include <florin/wire/element.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/json.hpp>
#include <florin/wire/json_text.hpp>
#include <florin/wire/source.hpp>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <compare>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "input.hpp"

/// What a body has to say, by its declaration: its texts and their places, not how they are
/// written.
namespace florin_fuzz {

namespace wire = florin::wire;

/// The names on the way to a value, with a NUL before each.
using Place = std::string;

inline Place below(const Place& at, std::string_view name) {
  return Place{at}.append(1, '\0').append(name);
}
inline Place below(const Place& at, std::size_t index) {
  return below(at, '[' + std::to_string(index) + ']');
}

/// A value: a text with an `s` before it, or else JSON.
struct Leaf {
  Place place;
  std::string value;
  friend auto operator<=>(const Leaf&, const Leaf&) = default;
};
using Leaves = std::vector<Leaf>;

inline std::string as_text(std::string_view text) {
  return std::string{"s"}.append(text);
}

/// The leaves of a document, behind those that are there.
inline void flatten(const boost::json::value& value, const Place& at, Leaves& leaves) {
  if (value.is_object() && !value.get_object().empty()) {
    for (const auto& member : value.get_object())
      flatten(member.value(), below(at, std::string_view{member.key()}), leaves);
  } else if (value.is_array() && !value.get_array().empty()) {
    std::size_t index = 0;
    for (const auto& element : value.get_array()) flatten(element, below(at, index++), leaves);
  } else if (value.is_string()) {
    leaves.push_back({at, as_text(value.get_string())});
  } else {
    leaves.push_back({at, boost::json::serialize(value)});
  }
}

struct Wanted {
  Leaves must;                    ///< each once
  Leaves may;                     ///< of an update: what removes something, or was there before
  std::vector<Place> json_texts;  ///< values that are the text of a JSON document
  bool is_form = false;

  // Not inlined, since each element of each policy calls them.
  [[gnu::noinline]] void text(const Place& at, std::string_view name, const wire::Value& value) {
    must.push_back(
        {below(at, name), as_text(value.first).append(value.joint).append(value.second)});
  }
  [[gnu::noinline]] void json(const Place& at, std::string_view name, std::string_view value) {
    flatten(boost::json::parse(value), below(at, name), must);
  }
  [[gnu::noinline]] void perhaps(const Place& at, std::string_view name, std::string_view value) {
    may.push_back({below(at, name), std::string{value}});
  }
  /// What removes a value.
  [[gnu::noinline]] void perhaps_removed(const Place& at, std::string_view name) {
    perhaps(at, name, "s");
    perhaps(at, name, "null");
  }
};

/// The name of a metadata entry by its pattern.
inline std::string entry_name(std::string_view pattern, std::string_view key) {
  const std::size_t hole = pattern.find("{}");
  return std::string{pattern.substr(0, hole)}.append(key).append(pattern.substr(hole + 2));
}
/// What the metadata of a request say.
[[gnu::noinline]] inline void tell_entries(std::string_view pattern,
                                           const florin::MetadataView& entries, const Place& at,
                                           Wanted& wanted) {
  for (std::size_t i = 0; i < entries.size(); ++i)
    wanted.text(at, entry_name(pattern, entries[i].key), {.first = entries[i].value});
}
/// What an update may say of metadata beside those that it sets.
[[gnu::noinline]] inline void tell_changed(std::string_view pattern,
                                           const florin::UpdateRequestView& request,
                                           const Place& at, Wanted& wanted) {
  for (std::size_t i = 0; i < request.metadata_cleared.size(); ++i)
    wanted.perhaps_removed(at, entry_name(pattern, request.metadata_cleared[i]));
  for (std::size_t i = 0; request.current && i < request.current->metadata_size(); ++i) {
    const auto entry = request.current->metadata(i);
    wanted.perhaps(at, entry_name(pattern, entry.key), as_text(entry.value));
    wanted.perhaps_removed(at, entry_name(pattern, entry.key));
  }
  wanted.perhaps(at, pattern.substr(0, pattern.find_first_of("[{")), "s");
}

/// What an element of a body says: `tell(context, place, wanted)`.
template <class Element>
struct Model;

template <class... Elements, class Ctx>
void tell_each(const Ctx& context, const Place& at, Wanted& wanted) {
  (Model<Elements>::tell(context, at, wanted), ...);
}

template <class... Elements>
struct Model<wire::Form<Elements...>> {
  static void tell(const auto& context, const Place& at, Wanted& wanted) {
    wanted.is_form = true;
    tell_each<Elements...>(context, at, wanted);
  }
};
template <class... Elements>
struct Model<wire::json::Object<Elements...>> {
  static void tell(const auto& context, const Place& at, Wanted& wanted) {
    wanted.is_form = false;
    tell_each<Elements...>(context, at, wanted);
    wanted.may.push_back({at, "{}"});
  }
};

template <florin::FixedString Name, class Source, class... Limits>
struct Model<wire::Put<Name, Source, Limits...>> {
  template <class Ctx>
  static void tell(const Ctx& context, const Place& at, Wanted& wanted) {
    const auto& value = wire::read<Source>(context);
    if (!value.empty()) {
      if constexpr (requires { requires Source::is_number; })
        wanted.must.push_back({below(at, Name.view()), std::string{value.first}});
      else
        wanted.text(at, Name.view(), value);
    } else if (wire::Changing<Ctx>) {
      wanted.perhaps_removed(at, Name.view());
    }
  }
};
template <florin::FixedString Name, florin::FixedString Text>
struct Model<wire::Const<Name, Text>> {
  static void tell(const auto&, const Place& at, Wanted& wanted) {
    wanted.text(at, Name.view(), {.first = Text.view()});
  }
};
template <florin::FixedString Name, florin::FixedString Text>
struct Model<wire::json::Raw<Name, Text>> {
  static void tell(const auto&, const Place& at, Wanted& wanted) {
    wanted.json(at, Name.view(), Text.view());
  }
};
template <florin::FixedString Name, auto Member>
struct Model<wire::Flag<Name, Member>> {
  static void tell(const auto& context, const Place& at, Wanted& wanted) {
    const std::string_view value = wire::reveal(context.credentials.*Member);
    if (value.empty()) return;
    wanted.must.push_back(
        {below(at, Name.view()), wanted.is_form ? as_text(value) : std::string{value}});
  }
};
template <class... Tags>
struct Model<wire::RequireAnyOf<Tags...>> {
  static void tell(const auto&, const Place&, Wanted&) {}
};
template <class Condition, class... Inner>
struct Model<wire::OnlyWith<Condition, Inner...>> {
  static void tell(const auto& context, const Place& at, Wanted& wanted) {
    if (Condition::holds(context.given)) tell_each<Inner...>(context, at, wanted);
  }
};
template <florin::FixedString Name, class... Inner>
struct Model<wire::Group<Name, Inner...>> {
  static void tell(const auto& context, const Place& at, Wanted& wanted) {
    tell_each<Inner...>(context, at, wanted);
    wanted.perhaps(at, Name.view(), "s");
  }
};
template <florin::FixedString Name, class... Inner>
struct Model<wire::json::Nested<Name, Inner...>> {
  template <class Ctx>
  static void tell(const Ctx& context, const Place& at, Wanted& wanted) {
    tell_each<Inner...>(context, below(at, Name.view()), wanted);
    wanted.perhaps(at, Name.view(), "{}");
    if constexpr (wire::Changing<Ctx>) wanted.perhaps_removed(at, Name.view());
  }
};
template <florin::FixedString Name, class... Inner>
struct Model<wire::json::NestedAlways<Name, Inner...>> : Model<wire::json::Nested<Name, Inner...>> {
};
template <florin::FixedString Name, class... Inner>
struct Model<wire::json::NestedArray<Name, Inner...>> {
  template <class Ctx>
  static void tell(const Ctx& context, const Place& at, Wanted& wanted) {
    tell_each<Inner...>(context, below(below(at, Name.view()), 0), wanted);
    if constexpr (wire::Changing<Ctx>) wanted.perhaps_removed(at, Name.view());
  }
};

template <florin::FixedString Pattern, class Tag, class... Limits>
struct Model<wire::Entries<Pattern, Tag, Limits...>> {
  template <class Ctx>
  static void tell(const Ctx& context, const Place& at, Wanted& wanted) {
    tell_entries(Pattern.view(), context.request.metadata, at, wanted);
    if constexpr (wire::Changing<Ctx>) tell_changed(Pattern.view(), context.request, at, wanted);
  }
};

template <std::size_t N, bool Characters, class... Elements>
struct Model<wire::json::detail::Total<N, Characters, Elements...>> {
  static void tell(const auto& context, const Place& at, Wanted& wanted) {
    tell_each<Elements...>(context, at, wanted);
  }
};

/// The objects of a list of names and values, in their order.
struct NamedList {
  Place at;
  std::string_view name_member;
  std::string_view value_member;
  std::size_t size = 0;

  void put(std::string_view name, std::string value, Wanted& wanted) {
    const Place place = below(at, size++);
    wanted.must.push_back({below(place, name_member), as_text(name)});
    wanted.must.push_back({below(place, value_member), std::move(value)});
  }
};
/// The entries that there will be where the metadata are sent as a whole: those of the record, but
/// for what is set or removed, then those that are set.
[[gnu::noinline]] inline void list_whole(std::string_view pattern,
                                         const florin::UpdateRequestView& request, NamedList& list,
                                         Wanted& wanted) {
  std::vector<std::string_view> gone;
  for (std::size_t i = 0; i < request.metadata.size(); ++i) gone.push_back(request.metadata[i].key);
  for (std::size_t i = 0; i < request.metadata_cleared.size(); ++i)
    gone.push_back(request.metadata_cleared[i]);
  const bool keeps = request.current && !request.cleared.contains(florin::Field::metadata);
  for (std::size_t i = 0; keeps && i < request.current->metadata_size(); ++i) {
    const auto entry = request.current->metadata(i);
    if (std::find(gone.begin(), gone.end(), entry.key) == gone.end())
      list.put(entry_name(pattern, entry.key), as_text(entry.value), wanted);
  }
  for (std::size_t i = 0; i < request.metadata.size(); ++i)
    list.put(entry_name(pattern, request.metadata[i].key), as_text(request.metadata[i].value),
             wanted);
}
/// The entries that are removed, where the processor keeps the others.
[[gnu::noinline]] inline void list_removed(std::string_view pattern, std::string_view removed,
                                           const florin::UpdateRequestView& request,
                                           NamedList& list, Wanted& wanted) {
  for (std::size_t i = 0; i < request.metadata_cleared.size(); ++i)
    list.put(entry_name(pattern, request.metadata_cleared[i]), std::string{removed}, wanted);
  const bool all = request.current && request.cleared.contains(florin::Field::metadata);
  for (std::size_t i = 0; all && i < request.current->metadata_size(); ++i)
    list.put(entry_name(pattern, request.current->metadata(i).key), std::string{removed}, wanted);
}

/// What an element of such a list says: `tell(context, list, wanted)`.
template <class Element>
struct NamedModel;

template <florin::FixedString Name, class Source, class... Limits>
struct NamedModel<wire::Put<Name, Source, Limits...>> {
  static void tell(const auto& context, NamedList& list, Wanted& wanted) {
    const auto& value = wire::read<Source>(context);
    if (!value.empty())
      list.put(Name.view(), as_text(value.first).append(value.joint).append(value.second), wanted);
  }
};
template <florin::FixedString Name, florin::FixedString Text>
struct NamedModel<wire::Const<Name, Text>> {
  static void tell(const auto&, NamedList& list, Wanted& wanted) {
    list.put(Name.view(), as_text(Text.view()), wanted);
  }
};
template <florin::FixedString Pattern, class Tag, class... Limits>
struct NamedModel<wire::Entries<Pattern, Tag, Limits...>> {
  template <class Ctx>
  static void tell(const Ctx& context, NamedList& list, Wanted& wanted) {
    const auto& request = context.request;
    if constexpr (wire::Changing<Ctx>) {
      using Change = typename Ctx::Change;
      if (Change::replaces.metadata) {
        if (Change::replaces.record || context.touched.contains(florin::Field::metadata))
          list_whole(Pattern.view(), request, list, wanted);
        return;
      }
      list_removed(Pattern.view(), Change::cleared_by == wire::ClearedBy::null ? "null" : "s",
                   request, list, wanted);
    }
    for (std::size_t i = 0; i < request.metadata.size(); ++i)
      list.put(entry_name(Pattern.view(), request.metadata[i].key),
               as_text(request.metadata[i].value), wanted);
  }
};
template <std::size_t N, bool Characters, class... Elements>
struct NamedModel<wire::json::detail::Total<N, Characters, Elements...>> {
  static void tell(const auto& context, NamedList& list, Wanted& wanted) {
    (NamedModel<Elements>::tell(context, list, wanted), ...);
  }
};

template <florin::FixedString Name, florin::FixedString NameMember, florin::FixedString ValueMember,
          class... Inner>
struct Model<wire::json::NamedValues<Name, NameMember, ValueMember, Inner...>> {
  static void tell(const auto& context, const Place& at, Wanted& wanted) {
    NamedList list{below(at, Name.view()), NameMember.view(), ValueMember.view()};
    (NamedModel<Inner>::tell(context, list, wanted), ...);
    if (list.size == 0) wanted.perhaps(at, Name.view(), "[]");
  }
};

/// A value of a form that is the text of a JSON object.
template <florin::FixedString Name, class... Elements>
struct Model<wire::JsonText<Name, Elements...>> {
  static void tell(const auto& context, const Place& at, Wanted& wanted) {
    const Place place = below(at, Name.view());
    wanted.json_texts.push_back(place);
    Model<wire::json::Object<Elements...>>::tell(context, place, wanted);
    wanted.is_form = true;
  }
};

/// Payload's filters: how their names are written is nothing to whoever decodes them.
template <florin::FixedString Name, class Source, class... Limits>
struct Model<florin::policies::PayloadFilter<Name, Source, Limits...>>
    : Model<wire::Put<Name, Source, Limits...>> {};

/// Chargebee's filter by email, likewise.
template <>
struct Model<florin::policies::ChargebeeEmailFilter> {
  static void tell(const auto& context, const Place& at, Wanted& wanted) {
    wanted.text(at, "email[is]", {.first = context.request.email});
  }
};

/// Its order, likewise.
template <>
struct Model<florin::policies::ChargebeeOrder> : Model<wire::Const<"sort_by[asc]", "created_at">> {
};

/// Stripe's search: a quote or a backslash in the value stands behind a backslash.
template <>
struct Model<florin::policies::StripeReferenceSearch> {
  static void tell(const auto& context, const Place& at, Wanted& wanted) {
    std::string query = "metadata['merchant_customer_id']:'";
    for (const char c : context.request.merchant_customer_id) {
      if (c == '\'' || c == '\\') query += '\\';
      query += c;
    }
    wanted.must.push_back({below(at, "query"), as_text(query + '\'')});
  }
};

/// Braintree's custom fields: a list of names and values, of those names that the credentials say.
template <auto Reference, auto Declared>
struct Model<florin::policies::BraintreeCustomFields<Reference, Declared>> {
  template <class Ctx>
  static void tell(const Ctx& context, const Place& at, Wanted& wanted) {
    const auto& request = context.request;
    const std::string_view reference = wire::reveal(context.credentials.*Reference);
    const std::vector<std::string> declared = names(wire::reveal(context.credentials.*Declared));
    std::size_t index = 0;
    const auto put = [&](std::string_view name, std::string value) {
      const Place place = below(below(at, "customFields"), index++);
      wanted.must.push_back({below(place, "name"), as_text(name)});
      wanted.must.push_back({below(place, "value"), std::move(value)});
    };
    const auto is_declared = [&](std::string_view key) {
      return std::find(declared.begin(), declared.end(), key) != declared.end();
    };
    for (std::size_t i = 0; i < request.metadata.size(); ++i)
      if (is_declared(request.metadata[i].key))
        put(request.metadata[i].key, as_text(request.metadata[i].value));
    if constexpr (wire::Changing<Ctx>) {
      if (request.cleared.contains(florin::Field::metadata)) {
        for (const std::string& name : declared)
          if (name != reference) put(name, "null");
      } else {
        for (std::size_t i = 0; i < request.metadata_cleared.size(); ++i)
          if (is_declared(request.metadata_cleared[i])) put(request.metadata_cleared[i], "null");
      }
    }
    expect(reference.empty() || std::none_of(wanted.must.begin(), wanted.must.end(),
                                             [name = as_text(reference)](const Leaf& leaf) {
                                               return leaf.place.ends_with("name") &&
                                                      leaf.value == name;
                                             }),
           "no metadata key is taken for the reference's");
    if (!reference.empty() && !request.merchant_customer_id.empty())
      put(reference, as_text(request.merchant_customer_id));
  }

 private:
  static std::vector<std::string> names(std::string_view list) {
    std::vector<std::string> found;
    for (std::size_t from = 0; from <= list.size();) {
      const std::size_t end = std::min(list.find(',', from), list.size());
      std::string name{list.substr(from, end - from)};
      name.erase(0, name.find_first_not_of(" \t\n\v\f\r"));
      name.erase(name.find_last_not_of(" \t\n\v\f\r") + 1);
      if (!name.empty()) found.push_back(name);
      from = end + 1;
    }
    return found;
  }
};

}  // namespace florin_fuzz

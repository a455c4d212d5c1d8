// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/given.hpp>
#include <florin/wire/change.hpp>
#include <florin/wire/check.hpp>
#include <florin/wire/utf8.hpp>

#include <cstddef>
#include <optional>
#include <string_view>

namespace florin::wire {

namespace detail {

inline Fault metadata_fault(std::string_view reason) noexcept {
  return {Errc::invalid_field, Field::metadata, reason};
}

/// What of the keys to be removed cannot be sent.
inline Fault check_keys(const UpdateRequestView& request) noexcept {
  const MetadataKeys keys = request.metadata_cleared;
  if (!keys.empty() && request.cleared.contains(Field::metadata))
    return metadata_fault("is cleared as a whole and by key: do one of the two");
  for (std::size_t i = 0; i < keys.size(); ++i) {
    if (const auto reason = check_key(keys[i]); !reason.empty()) return metadata_fault(reason);
    for (std::size_t j = 0; j < i; ++j)
      if (keys[j] == keys[i]) return metadata_fault("has a key to be removed twice");
  }
  for (std::size_t i = 0; i < request.metadata.size(); ++i)
    if (keys.contains(request.metadata[i].key))
      return metadata_fault("has a key that is both set and removed");
  return {};
}

/// How many entries there will be where the metadata are sent as a whole.
inline std::size_t entries_after(const UpdateRequestView& request) noexcept {
  std::size_t count = 0;
  each_entry(request, [&count](std::string_view, std::string_view, bool = false) { ++count; });
  return count;
}

inline bool determines_reference(const UpdateRequestView& request,
                                 const ChangeFacts& facts) noexcept {
  return !facts.reference_in_metadata || !request.merchant_customer_id.empty();
}

/// Whether what stands in the place of the metadata would be replaced, though it is no map.
inline bool loses_metadata(const UpdateRequestView& request, const ChangeFacts& facts) noexcept {
  return request.current != nullptr && request.current->has_other_metadata() &&
         facts.replaces.metadata && facts.carried.contains(Field::metadata) &&
         !request.cleared.contains(Field::metadata) &&
         (facts.replaces.record || touched_by(request, facts).contains(Field::metadata));
}

}  // namespace detail

FLORIN_DECL Fault check_request(const UpdateRequestView& request) noexcept {
  if (const auto fault = check_given(request, request.given())) return fault;
  const FieldSet given = with_whole_name(request.given());
  if (request.cleared.contains(Field::merchant_customer_id))
    return {Errc::invalid_field, Field::merchant_customer_id, "cannot be cleared"};
  if (const FieldSet both = given & with_whole_name(request.cleared); !both.empty())
    return {Errc::invalid_field, *both.begin(), "is both set and cleared"};
  if (request.cleared.contains(Field::given_name) != request.cleared.contains(Field::family_name))
    return {Errc::missing_field,
            request.cleared.contains(Field::given_name) ? Field::family_name : Field::given_name,
            "is to be cleared beside the other part of the name: clear both, or name alone"};
  if (const auto fault = detail::check_keys(request)) return fault;
  if (request.touched().empty())
    return {Errc::missing_field, std::nullopt, "the update changes nothing", "cleared"};
  if (request.current != nullptr && !request.current->connector_customer_id().empty() &&
      !same_name(request.current->connector_customer_id(), request.connector_customer_id))
    return {Errc::invalid_options, std::nullopt, "the current record is another customer's",
            "current"};
  return {};
}

FLORIN_DECL FieldSet touched_by(const UpdateRequestView& request,
                                const ChangeFacts& facts) noexcept {
  FieldSet touched = with_whole_name(request.touched());
  if (facts.reference_in_metadata && facts.replaces.metadata &&
      !request.merchant_customer_id.empty())
    touched.insert(Field::metadata);
  return touched;
}

FLORIN_DECL Fault check_change(const UpdateRequestView& request,
                               const ChangeFacts& facts) noexcept {
  const FieldSet touched = request.touched();
  if ((touched & facts.carried).empty())
    return {Errc::invalid_field, *touched.begin(), "cannot be changed at this processor"};
  FieldSet removed = with_whole_name(request.cleared);
  if (!request.metadata_cleared.empty()) removed.insert(Field::metadata);
  if (const FieldSet kept = (removed & facts.carried) - facts.clearable; !kept.empty())
    return {Errc::invalid_field, *kept.begin(), "cannot be cleared at this processor"};
  if (detail::loses_metadata(request, facts))
    return detail::metadata_fault("is no map at this processor and would be lost");
  const FieldSet shared = request.given() & facts.shared;
  if (!shared.empty() && !shared.contains(*facts.shared.begin()))
    return {Errc::missing_field, *facts.shared.begin(),
            "is required beside what shares one place with it at this processor"};
  if (facts.replaces.metadata && facts.carried.contains(Field::metadata) &&
      touched_by(request, facts).contains(Field::metadata) &&
      detail::entries_after(request) + facts.reserved_entries > facts.max_entries)
    return detail::metadata_fault("has too many entries, those that are there included");
  return {};
}

FLORIN_DECL Rest rest_of(const UpdateRequestView& request, const ChangeFacts& facts) noexcept {
  const FieldSet touched = touched_by(request, facts);
  const bool all_entries = request.cleared.contains(Field::metadata);
  FieldSet group = facts.replaces.group & facts.carried;
  FieldSet known = touched;
  if (!(request.given() & facts.shared).empty()) known = known | facts.shared;
  if (facts.reference_in_metadata) known.insert(Field::merchant_customer_id);
  const bool part =
      (facts.replaces.record || !(touched & group).empty()) && !(group - known).empty();
  const Rest parts{part, part && !facts.replaces.perhaps};
  if (parts.needed || !facts.carried.contains(Field::metadata)) return parts;
  if (facts.replaces.metadata) {
    const bool sent = facts.replaces.record || touched.contains(Field::metadata);
    const bool rest = sent && !(all_entries && detail::determines_reference(request, facts));
    return {part || rest, rest};
  }
  if (!all_entries) return parts;
  if (facts.removes_singly) return {true, true};
  // The reference would go with the other entries.
  if (!facts.reference_in_metadata) return parts;
  return {true, !request.merchant_customer_id.empty()};
}

FLORIN_DECL Fault check_rest(const UpdateRequestView& request, const ChangeFacts& facts) noexcept {
  if (request.current != nullptr || !rest_of(request, facts).needed) return {};
  const bool singly = facts.removes_singly && request.cleared.contains(Field::metadata);
  return {Errc::invalid_options, std::nullopt,
          singly ? "this processor removes metadata by their keys: give the record as it is in "
                   "`current`, or use a Client, which reads it first"
                 : "this processor replaces what is not sent again: give the record as it is in "
                   "`current`, or use a Client, which reads it first",
          "current"};
}

FLORIN_DECL UpdateRequestView merged(const UpdateRequestView& request,
                                     const ChangeFacts& facts) noexcept {
  UpdateRequestView all = request;
  if (request.current == nullptr) return all;
  const Customer& current = *request.current;
  const FieldSet touched = touched_by(request, facts);
  FieldSet rest;
  if (facts.replaces.record || !(touched & facts.replaces.group).empty())
    rest = facts.replaces.group - touched;
  if (!(request.given() & facts.shared).empty()) rest = rest - facts.shared;
  if (facts.replaces.metadata && facts.reference_in_metadata &&
      (facts.replaces.record || touched.contains(Field::metadata)) &&
      request.merchant_customer_id.empty())
    rest.insert(Field::merchant_customer_id);
  florin::detail::each_text(all, [&](Field field, std::string_view& text) {
    if (rest.contains(field)) text = current.get(field).value_or(std::string_view{});
  });
  return all;
}

}  // namespace florin::wire

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/update.hpp>
#include <florin/detail/config.hpp>
#include <florin/field.hpp>
#include <florin/wire/element.hpp>
#include <florin/wire/source.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

/// What a policy states about updates, and what follows of it for one request.
namespace florin::wire {

/// What an update replaces as a whole, so that what does not change has to be sent again. Of a
/// group that is changed in part, and of metadata that are changed at all, the rest is taken from
/// the record as it is.
struct Replaces {
  /// Fields that are sent together as soon as one of them changes.
  FieldSet group{};
  /// The metadata are one thing: what is sent is all there is.
  bool metadata = false;
  /// All that the body carries is sent, whatever changes.
  bool record = false;
  /// The processor does not document whether it keeps the rest of `group`: a client reads it first,
  /// layer 0 sends what it has where no record is given.
  bool perhaps = false;

  /// What replaces everything.
  static constexpr Replaces everything() noexcept {
    return {.group = FieldSet::all() - FieldSet{Field::metadata}, .metadata = true, .record = true};
  }
};

/// Everything that decides about a change: constants of a policy's `Update`.
struct ChangeFacts {
  FieldSet carried{};                  ///< by the body
  FieldSet clearable{};                ///< what can be removed
  FieldSet shared{};                   ///< two fields that share one place
  Replaces replaces{};                 ///< what has to be sent again
  bool reference_in_metadata = false;  ///< `merchant_customer_id` is an entry
  /// Entries of the metadata are removed by their names alone, so that to remove all of them takes
  /// the record.
  bool removes_singly = false;
  std::size_t max_entries = 0;       ///< of the metadata, the policy's own included
  std::size_t reserved_entries = 0;  ///< the policy's own
};

/// Of which fields an update needs the record as it is.
struct Rest {
  bool wanted = false;  ///< the change is right only with the rest
  bool needed = false;  ///< the processor would lose it
};

/// The checks that no processor's rules can relax: something changes, nothing is both set and
/// cleared, `merchant_customer_id` is not cleared, metadata keys are well-formed and named once,
/// `current` is the same customer's, and those of `check_given`.
FLORIN_DECL Fault check_request(const UpdateRequestView& request) noexcept;
/// What stands against a change at this processor, whatever the values: nothing of it can be
/// changed, or something cannot be removed, or the metadata would have too many entries.
FLORIN_DECL Fault check_change(const UpdateRequestView& request, const ChangeFacts& facts) noexcept;
/// Whether a change needs the record as it is.
FLORIN_DECL Rest rest_of(const UpdateRequestView& request, const ChangeFacts& facts) noexcept;
/// The fault of a change that needs the record and has none, or no fault.
FLORIN_DECL Fault check_rest(const UpdateRequestView& request, const ChangeFacts& facts) noexcept;
/// The change with what else has to be sent, taken from the record as it is. Metadata stay as they
/// are; see `each_entry`.
/// \return views of the same texts and of the record's.
FLORIN_DECL UpdateRequestView merged(const UpdateRequestView& request,
                                     const ChangeFacts& facts) noexcept;
/// The fields that are changed, a name and metadata with what belongs to them.
FLORIN_DECL FieldSet touched_by(const UpdateRequestView& request,
                                const ChangeFacts& facts) noexcept;

}  // namespace florin::wire

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/change.ipp>
#endif

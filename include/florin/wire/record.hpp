// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/config.hpp>
#include <florin/field.hpp>
#include <florin/wire/buffer.hpp>
#include <florin/wire/reply.hpp>

#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string_view>
#include <vector>

/// How a customer is read back: what a policy states about the record that its processor answers
/// with, and what is kept of one while it is read.
namespace florin::wire {

/// What is read of a record beside the unified fields.
enum class RecordPart : std::uint8_t {
  created = field_count,
  deleted,
  entry_name,  ///< of the metadata, where they are a list
  entry_value,
  calling_code,        ///< of the phone, where the two are apart
  address_number,      ///< of the house, likewise
  address_state_code,  ///< where the state has a place for a name and one for a code
  id,                  ///< of the customer, where there are several records
  record,              ///< not a part but a record, of several
  address,             ///< likewise, of several addresses
  main_address,        ///< whether that one counts
  no_map               ///< what stands in the place of the metadata and is no map
};

/// Whether a part is an entry of the metadata.
constexpr bool is_entry(std::uint8_t part) noexcept {
  return part == static_cast<std::uint8_t>(Field::metadata) ||
         part == static_cast<std::uint8_t>(RecordPart::entry_value);
}

namespace json {

/// Where the parts of a customer's record stand. One that is absent or null is not known, which is
/// not the same as empty.
struct Record {
  std::string_view within{};  ///< the place of the object that all other places are in; empty: root
  Paths id{};
  Paths merchant_customer_id{};  ///< where callers choose the ids, the same place as `id`
  Paths email{};                 ///< the address for mail
  Paths name{};                  ///< where the processor has one place for it
  Paths given_name{};            ///< where it has two
  Paths family_name{};           ///< likewise
  Paths phone{};                 ///< the number, in the processor's form
  Paths calling_code{};  ///< of the phone, where it has a place of its own: the two are read as one
  Paths description{};   ///< a text about the customer
  Paths metadata{};      ///< an object: its members are the entries, but those that stand elsewhere
                         ///< and those that are null
  Paths metadata_name{};   ///< where it is a list of objects: an entry's name, `"list.*.name"`
  Paths metadata_value{};  ///< likewise its value, behind the name
  std::string_view reference_entry{};  ///< likewise the name of the `merchant_customer_id`
  Paths address_line1{};               ///< street and number
  Paths address_number{};              ///< where it has a place of its own: the two are read as one
  Paths address_line2{};               ///< what else there is
  Paths address_city{};                ///< city or town
  Paths address_state{};               ///< state, province or region
  Paths address_state_code{};          ///< where its code has a place of its own, which counts more
  Paths address_zip{};                 ///< postal code
  Paths address_country{};             ///< alpha-2 in either letter case, or alpha-3
  /// Where there are several addresses: each of them, `"list.*"`, below which the six paths lead.
  Paths address_item{};
  Paths address_counts{};           ///< likewise what is `true` in the one that is the customer's
  Paths created{};                  ///< Unix seconds, ISO 8601, or `20260105083000`
  Paths deleted{};                  ///< what shows that the customer is gone
  std::string_view deleted_text{};  ///< what stands there then; empty: anything
  bool empty_is_absent = false;     ///< the processor writes `""` for what it does not have

  /// Calls `visit(part, paths)` for each part but the id, which is read as that of any answer;
  /// unified fields are parts by their number.
  template <class Visitor>
  constexpr void each(Visitor&& visit) const {
    visit(static_cast<std::uint8_t>(Field::merchant_customer_id), merchant_customer_id);
    visit(static_cast<std::uint8_t>(Field::email), email);
    visit(static_cast<std::uint8_t>(Field::name), name);
    visit(static_cast<std::uint8_t>(Field::given_name), given_name);
    visit(static_cast<std::uint8_t>(Field::family_name), family_name);
    visit(static_cast<std::uint8_t>(Field::phone), phone);
    visit(static_cast<std::uint8_t>(Field::description), description);
    visit(static_cast<std::uint8_t>(Field::metadata), metadata);
    visit(static_cast<std::uint8_t>(Field::address_line1), address_line1);
    visit(static_cast<std::uint8_t>(Field::address_line2), address_line2);
    visit(static_cast<std::uint8_t>(Field::address_city), address_city);
    visit(static_cast<std::uint8_t>(Field::address_state), address_state);
    visit(static_cast<std::uint8_t>(Field::address_zip), address_zip);
    visit(static_cast<std::uint8_t>(Field::address_country), address_country);
    visit(static_cast<std::uint8_t>(RecordPart::entry_name), metadata_name);
    visit(static_cast<std::uint8_t>(RecordPart::entry_value), metadata_value);
    visit(static_cast<std::uint8_t>(RecordPart::calling_code), calling_code);
    visit(static_cast<std::uint8_t>(RecordPart::address_number), address_number);
    visit(static_cast<std::uint8_t>(RecordPart::address_state_code), address_state_code);
    visit(static_cast<std::uint8_t>(RecordPart::address), address_item);
    visit(static_cast<std::uint8_t>(RecordPart::main_address), address_counts);
    visit(static_cast<std::uint8_t>(RecordPart::created), created);
    visit(static_cast<std::uint8_t>(RecordPart::deleted), deleted);
  }
};

}  // namespace json

/// What was read of one record. A view.
struct RecordView;

/// What was read of records, in the order in which it stood there, so that a record of any size
/// needs no table of its own. Its memory is kept between records, and wiped.
///
/// Thread safety: one thread at a time.
class RecordLog {
 public:
  /// A value, with its name where it is an entry of the metadata.
  struct Entry {
    std::uint8_t part = 0;
    std::size_t name_from = 0;  ///< the name ends where the value begins
    std::size_t from = 0;       ///< where the value begins
    std::size_t size = 0;       ///< of the value, in bytes
    bool is_json = false;       ///< not the text but the JSON of what is no text
  };

  /// Forgets the record and wipes its text.
  FLORIN_DECL void clear() noexcept;
  /// One of several records begins.
  FLORIN_DECL void begin_record() noexcept;
  /// Takes the name of the metadata entry whose value may follow; a further one replaces it.
  void name(std::string_view text) noexcept {
    drop_name();
    more_of_name(text);
  }
  /// Appends to that name.
  FLORIN_DECL void more_of_name(std::string_view text) noexcept;
  /// Begins a value of `part`.
  /// \param part which; a number of `RecordPart` or of `Field`.
  /// \param entry whether it is a metadata entry, of the last name.
  /// \param is_json whether its JSON follows, for it is no text.
  FLORIN_DECL void begin(std::uint8_t part, bool entry, bool is_json = false) noexcept;
  /// Begins the value of an item of a list of entries, whose name comes before or after it.
  FLORIN_DECL void begin_item(bool is_json) noexcept;
  /// The item ends: a value gets the name that came after it, and one of the two alone is no entry.
  FLORIN_DECL void end_item() noexcept;
  /// Appends to the value that was begun last.
  FLORIN_DECL void value(std::string_view text) noexcept;
  /// The same with the text of a JSON string, which is escaped.
  FLORIN_DECL void escaped(std::string_view text) noexcept;
  /// Notes that a name was too long to be kept.
  void lose() noexcept { lost_ = true; }

  /// Whether something is missing since a name was too long.
  /// \throws std::bad_alloc when something is missing for want of memory.
  [[nodiscard]] bool lost() const {
    if (starved_) throw std::bad_alloc{};
    return lost_;
  }
  /// All that was read, as one record.
  [[nodiscard]] FLORIN_DECL RecordView whole() const noexcept;
  /// How many records were begun.
  [[nodiscard]] std::size_t count() const noexcept { return starts_.size(); }
  /// One of them.
  /// \param number below `count()`.
  [[nodiscard]] FLORIN_DECL RecordView record(std::size_t number) const noexcept;

 private:
  void drop_name() noexcept {
    text_.truncate(text_.size() - named_);
    named_ = 0;
  }
  /// Where a record begins.
  struct Start {
    std::size_t entry = 0;
    std::size_t text = 0;
  };

  /// How many bytes `append` adds to the text; 0 where there is no memory.
  template <class Append>
  std::size_t added(Append append) noexcept {
    const std::size_t before = text_.size();
    try {
      append();
    } catch (const std::bad_alloc&) {
      starved_ = true;
      return 0;
    }
    if (text_.size() > used_) used_ = text_.size();
    return text_.size() - before;
  }
  void lengthen(std::size_t bytes) noexcept {
    if (!entries_.empty()) entries_.back().size += bytes;
  }

  Buffer text_;
  std::vector<Entry> entries_;
  std::vector<Start> starts_;
  std::size_t named_ = 0;  // bytes at the end that are a name
  bool unnamed_ = false;   // the last entry is an item's value whose name did not come before it
  std::size_t used_ = 0;
  bool lost_ = false;
  bool starved_ = false;
};

/// Parts of an answer, where they stand in it.
struct RecordView {
  std::span<const RecordLog::Entry> entries{};  ///< in the order of the answer
  std::size_t from = 0;     ///< where `text` stands in what the entries count from
  std::string_view text{};  ///< names and values

  /// The value of an entry, which has to be one of these.
  [[nodiscard]] std::string_view text_of(const RecordLog::Entry& entry) const noexcept {
    return text.substr(entry.from - from, entry.size);
  }
  /// Of an entry of the metadata.
  [[nodiscard]] std::string_view name_of(const RecordLog::Entry& entry) const noexcept {
    return text.substr(entry.name_from - from, entry.from - entry.name_from);
  }
};

}  // namespace florin::wire

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/record_log.ipp>
#endif

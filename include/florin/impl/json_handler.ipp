// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/field.hpp>
#include <florin/secret.hpp>
#include <florin/wire/digits.hpp>
#include <florin/wire/json_reader.hpp>
#include <florin/wire/path_table.hpp>
#include <florin/wire/record.hpp>

#include <boost/json/string_view.hpp>
#include <boost/system/error_code.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

namespace florin::wire::detail {

/// Follows the declared places while Boost.JSON reads a document, and keeps what stands there.
class JsonHandler {
 public:
  static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
  using Error = boost::system::error_code;
  using View = boost::json::string_view;

  explicit JsonHandler(const PathTable& paths) noexcept : paths_(&paths) {}

  void keep(const PathTable& paths, RecordLog* record) noexcept {
    paths_ = &paths;
    record_ = record;
  }

  void reset() noexcept {
    wipe(arena_.data(), used_);
    depth_ = 0;
    within_ = 0;
    item_ = 0;
    forget_key();
    go_on();
    used_ = 0;
    open_ = PathTable::none;
    in_value_ = false;
    in_part_ = false;
    in_name_ = false;
    captures_ = {};
  }
  /// Forgets the value that the document breaks off in: how much of it came depends on how the
  /// document was cut into pieces.
  void drop_open_value() noexcept {
    if (!in_value_ || open_ < 0) return;
    Kept& kept = captures_[place()];
    wipe(arena_.data() + kept.from, kept.size);
    used_ = kept.from;
    kept = {};
    open_ = PathTable::none;
  }
  [[nodiscard]] JsonReader::Capture capture(std::size_t place) const noexcept {
    const Kept& kept = captures_[place];
    return {{arena_.data() + kept.from, kept.size}, kept.present, kept.cut, kept.list};
  }

  bool on_document_begin(Error&) { return true; }
  bool on_document_end(Error&) { return true; }
  bool on_object_begin(Error&) {
    push(false);
    return true;
  }
  bool on_object_end(std::size_t, Error&) {
    pop("}");
    return true;
  }
  bool on_array_begin(Error&) {
    push(true);
    return true;
  }
  bool on_array_end(std::size_t, Error&) {
    pop("]");
    return true;
  }
  bool on_key_part(View part, std::size_t, Error&) {
    if (within_ != 0) [[unlikely]]
      name_within(part, false);
    keep_key(part);
    marks_ = PathTable::all_marks;
    return true;
  }
  // What most members of an answer come by is short enough to stand in the parser itself.
  [[gnu::always_inline]] bool on_key(View part, std::size_t, Error&) {
    // Neither an empty name nor one that is longer than any can be.
    const bool common = part.size() - 1 < longest_key;
    if (common && ((marks_ >> PathTable::mark({part.data(), part.size()})) & 1U) == 0) [[likely]] {
      pending_ = PathTable::none;
    } else {
      find_member(part);
    }
    return true;
  }
  /// What is handed over next.
  /// \return whether any of the last piece was unescaped elsewhere.
  bool expect(std::string_view piece) noexcept {
    piece_ = piece;
    return std::exchange(unescaped_, false);
  }
  [[gnu::always_inline]] bool on_string_part(View part, std::size_t, Error&) {
    note_place(part);
    keep(part, false, true);
    return true;
  }
  [[gnu::always_inline]] bool on_string(View part, std::size_t, Error&) {
    note_place(part);
    keep(part, true, true);
    return true;
  }
  bool on_number_part(View part, Error&) {
    keep(part, false, false);
    return true;
  }
  bool on_int64(std::int64_t, View part, Error&) { return number(part); }
  bool on_uint64(std::uint64_t, View part, Error&) { return number(part); }
  bool on_double(double, View part, Error&) { return number(part); }
  bool on_bool(bool value, Error&) {
    keep(value ? View{"true"} : View{"false"}, true, false);
    return true;
  }
  bool on_null(Error&) {
    if (pending_ == element) [[unlikely]]
      pass_null();
    return true;
  }
  bool on_comment_part(View, Error&) { return true; }
  bool on_comment(View, Error&) { return true; }

 private:
  struct Frame {
    int node = PathTable::none;
    bool array = false;
    unsigned index = 0;
  };
  struct Kept {
    std::uint16_t from = 0;
    std::uint16_t size = 0;
    bool present = false;
    bool cut = false;
    bool list = false;
  };

  /// Bytes of the longest name of a member that is read.
  static constexpr std::size_t longest_key = 512;
  /// In `pending_`: the value is one of a list of which something is kept, or stands within an
  /// entry that is written down.
  static constexpr int element = -2;
  static_assert(element != PathTable::none);

  /// The node of the value that begins now.
  [[nodiscard]] int enter() noexcept {
    if (pending_ != element) [[likely]]
      return pending_;
    return within_ != 0 ? PathTable::none : enter_element(frames_[depth_ - 1]);
  }
  [[gnu::noinline]] int enter_element(Frame& frame) noexcept {
    const unsigned index = frame.index++;
    std::array<char, 12> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), index).ptr;
    const std::string_view name{digits.data(), static_cast<std::size_t>(end - digits.data())};
    if (record_ == nullptr) return paths_->child(frame.node, name);
    // Of a list of entries in a record each is read.
    const int node = paths_->match(frame.node, name);
    if (paths_->part(node) != static_cast<int>(Field::metadata)) return node;
    record_->begin(static_cast<std::uint8_t>(RecordPart::no_map), false, true);
    record_->value(name);
    return PathTable::none;
  }
  void push(bool array) noexcept {
    // A statement of its own: GCC evaluates the index of `frames_[depth_++] = {enter()}` first.
    const int node = enter();
    frames_[depth_] = {node, array, 0};
    ++depth_;
    if (within_ != 0) [[unlikely]] {
      begin_within(array);
    } else if (paths_->opens(node)) [[unlikely]] {
      note_opening(node, array);
    }
    go_on();
  }
  void pop(std::string_view mark) noexcept {
    --depth_;
    if (within_ != 0) [[unlikely]]
      end_within(mark);
    if (item_ > depth_) [[unlikely]]
      end_item();
    go_on();
  }
  /// Finds out what may come next where the innermost object or list has become another one.
  void go_on() noexcept {
    if (within_ != 0) [[unlikely]] {
      pending_ = element;
      marks_ = PathTable::all_marks;
    } else if (depth_ == 0) {
      pending_ = PathTable::root;
      marks_ = 0;
    } else {
      const Frame& frame = frames_[depth_ - 1];
      pending_ = frame.array && paths_->has_children(frame.node) ? element : PathTable::none;
      marks_ = paths_->marks(frame.node);
    }
  }
  [[gnu::noinline]] void find_member(View part) noexcept {
    if (within_ != 0) name_within(part, true);
    const int node = frames_[depth_ - 1].node;
    if (key_size_ != 0 || part.size() > key_.size()) {
      end_long_key(node, part);
    } else {
      pending_ = paths_->match(node, {part.data(), part.size()});
      if (pending_ >= 0) note_name(part);
    }
    if (within_ != 0) pending_ = element;
  }
  [[gnu::noinline]] void pass_null() noexcept {
    if (within_ != 0) {
      value_within("null", true, false);
    } else {
      static_cast<void>(enter());
    }
  }
  /// An object or a list begins where that means something.
  [[gnu::noinline]] void note_opening(int node, bool array) noexcept {
    const int part = paths_->part(node);
    if (part >= 0 && is_entry(static_cast<std::uint8_t>(part))) {
      if (record_ != nullptr && !paths_->has_children(node)) begin_entry(part, array);
      return;
    }
    if (const int place = paths_->place(node); place >= 0) {
      Kept& kept = captures_[static_cast<std::size_t>(place)];
      kept.list = array && !kept.present;
      kept.present = true;
    }
    if (record_ == nullptr) return;
    if (part == static_cast<int>(RecordPart::record)) record_->begin_record();
    if (part == static_cast<int>(RecordPart::address))
      record_->begin(static_cast<std::uint8_t>(part), false, false);
  }
  /// An entry of the metadata is an object or a list: it is written down as it comes.
  void begin_entry(int part, bool array) noexcept {
    if (part == static_cast<int>(RecordPart::entry_value)) {
      item_ = depth_ - 1;
      record_->begin_item(true);
    } else {
      record_->begin(static_cast<std::uint8_t>(Field::metadata), true, true);
    }
    within_ = depth_;
    follows_ = false;
    begin_within(array);
  }
  /// What begins within it, behind a comma if it is not the first there.
  [[gnu::noinline]] void begin_within(bool array) noexcept {
    separate();
    record_->value(array ? "[" : "{");
    follows_ = false;
  }
  [[gnu::noinline]] void end_within(std::string_view mark) noexcept {
    record_->value(mark);
    follows_ = true;
    if (depth_ < within_) within_ = 0;
  }
  /// An item of a list of entries ends.
  [[gnu::noinline]] void end_item() noexcept {
    item_ = 0;
    if (record_ != nullptr) record_->end_item();
  }
  [[gnu::noinline]] void name_within(View part, bool last) noexcept {
    if (key_size_ == 0) begin_text();
    record_->escaped({part.data(), part.size()});
    if (!last) return;
    record_->value("\":");
    follows_ = false;
  }
  [[gnu::noinline]] void value_within(View part, bool last, bool text) noexcept {
    const std::string_view piece{part.data(), part.size()};
    if (!text) {
      if (!in_value_) separate();
      record_->value(piece);
    } else {
      if (!in_value_) begin_text();
      record_->escaped(piece);
      if (last) record_->value("\"");
    }
    in_value_ = !last;
  }
  void begin_text() noexcept {
    separate();
    record_->value("\"");
  }
  void separate() noexcept {
    if (follows_) record_->value(",");
    follows_ = true;
  }
  /// The parser unescapes on its stack.
  void note_place(View part) noexcept {
    const auto place = reinterpret_cast<std::uintptr_t>(part.data()) -
                       reinterpret_cast<std::uintptr_t>(piece_.data());
    if (place > piece_.size()) unescaped_ = true;
  }
  void keep_key(View part) noexcept {
    if (key_size_ + part.size() <= key_.size())
      std::copy_n(part.data(), part.size(), key_.data() + key_size_);
    key_size_ += part.size();
  }
  /// A name that came in pieces ends with `part`.
  [[gnu::noinline]] void end_long_key(int node, View part) noexcept {
    keep_key(part);
    const View name{key_.data(), std::min(key_size_, key_.size())};
    pending_ =
        key_size_ > key_.size() ? PathTable::none : paths_->match(node, {name.data(), name.size()});
    if (pending_ >= 0) note_name(name);
    if (key_size_ > key_.size() && record_ != nullptr && paths_->has_children(node))
      record_->lose();
    forget_key();
    marks_ = within_ != 0 ? PathTable::all_marks : paths_->marks(node);
  }
  /// It may be the key of an entry of metadata.
  void forget_key() noexcept {
    wipe(key_.data(), std::min(std::exchange(key_size_, 0), key_.size()));
  }
  /// Keeps the name of a member where it is declared to be kept.
  void note_name(View name) noexcept {
    if (record_ != nullptr) note_entry(name);
    const int node = paths_->name_of(pending_);
    if (paths_->place(node) >= 0) keep_name(node, name);
  }
  /// Takes the name of an entry of a record's metadata.
  [[gnu::noinline]] void note_entry(View name) noexcept {
    if (paths_->part(pending_) == static_cast<int>(Field::metadata))
      record_->name({name.data(), name.size()});
  }
  /// Keeps the name of a member, the first one if several match.
  void keep_name(int node, View name) noexcept {
    Kept& kept = captures_[static_cast<std::size_t>(paths_->place(node))];
    if (kept.present || name.size() > arena_.size() - used_) return;
    std::copy_n(name.data(), name.size(), arena_.data() + used_);
    kept = {static_cast<std::uint16_t>(used_), static_cast<std::uint16_t>(name.size()), true, false,
            false};
    used_ += name.size();
  }
  bool number(View part) {
    keep(part, true, false);
    return true;
  }
  /// A piece of a value.
  /// \param last whether it ends there.
  /// \param text whether it is of a string.
  [[gnu::always_inline]] void keep(View part, bool last, bool text) noexcept {
    if (pending_ != PathTable::none) [[unlikely]]
      keep_declared(part, last, text);
  }
  [[gnu::noinline]] void keep_declared(View part, bool last, bool text) noexcept {
    if (record_ != nullptr) return keep_of_record(part, last, text);
    if (!in_value_) open_ = paths_->place(enter());
    if (open_ >= 0) add(part);
    if (last && !text) check_id();
    in_value_ = !last;
  }
  /// An id is a text or a whole number: what was kept last is neither.
  void check_id() noexcept {
    if (open_ < 0) return;
    const auto slot = static_cast<Slot>(place() / Paths::capacity);
    if (slot != Slot::id && slot != Slot::existing_id) return;
    Kept& kept = captures_[place()];
    if (!is_digits({arena_.data() + kept.from, kept.size})) kept.cut = true;
  }
  /// The same where the parts of a record are taken as well.
  void keep_of_record(View part, bool last, bool text) noexcept {
    if (within_ != 0) return value_within(part, last, text);
    if (!in_value_) {
      const int node = enter();
      open_ = paths_->place(node);
      begin_part(paths_->part(node), text);
    }
    if (open_ >= 0) add(part);
    if (in_part_) record_->value({part.data(), part.size()});
    if (in_name_) record_->more_of_name({part.data(), part.size()});
    if (last && !text) check_id();
    in_value_ = !last;
  }
  /// A value begins that may be a part of a record.
  void begin_part(int part, bool text) noexcept {
    in_name_ = part == static_cast<int>(RecordPart::entry_name);
    in_part_ = part >= 0 && !in_name_;
    if (in_name_) {
      // An attribute is the name of the text behind it.
      const int around = paths_->part(frames_[depth_ - 1].node);
      item_ = around == static_cast<int>(RecordPart::entry_value) ? depth_ - 1 : depth_;
      record_->name({});
    }
    if (!in_part_) return;
    if (part == static_cast<int>(RecordPart::entry_value)) {
      item_ = depth_;
      record_->begin_item(!text);
      return;
    }
    record_->begin(static_cast<std::uint8_t>(part), part == static_cast<int>(Field::metadata),
                   !text);
  }
  [[gnu::noinline]] void add(View part) noexcept {
    Kept& kept = captures_[place()];
    if (!in_value_) {
      if (kept.present) {
        open_ = PathTable::none;
        return;
      }
      kept = {static_cast<std::uint16_t>(used_), 0, true, false, false};
    }
    const auto slot = static_cast<Slot>(place() / Paths::capacity);
    const std::size_t most = slot == Slot::id || slot == Slot::next_page
                                 ? JsonReader::max_long_capture
                                 : JsonReader::max_capture;
    const std::size_t taken = std::min(most - kept.size, part.size());
    if (taken < part.size()) kept.cut = true;
    if (taken > arena_.size() - used_) {
      // Left out as a whole, so that whatever is cut is as long as can be.
      wipe(arena_.data() + kept.from, kept.size);
      used_ = kept.from;
      kept.size = 0;
      kept.cut = true;
      open_ = PathTable::none;
      return;
    }
    std::copy_n(part.data(), taken, arena_.data() + used_);
    used_ += taken;
    kept.size = static_cast<std::uint16_t>(kept.size + taken);
  }
  [[nodiscard]] std::size_t place() const noexcept { return static_cast<std::size_t>(open_); }

  const PathTable* paths_;
  RecordLog* record_ = nullptr;
  std::size_t depth_ = 0;
  int pending_ = PathTable::root;  // node of the next value
  std::uint64_t marks_ = 0;        // of the names that mean something in this object
  std::size_t key_size_ = 0;
  int open_ = PathTable::none;
  bool in_value_ = false;
  bool in_part_ = false;    // of a record
  bool in_name_ = false;    // of an entry of its metadata
  std::size_t within_ = 0;  // the depth of an entry that is an object or a list; 0: in none
  std::size_t item_ = 0;    // the depth of an item of a list of entries; 0: in none
  bool follows_ = false;    // there, what comes next stands behind a comma
  bool unescaped_ = false;
  std::string_view piece_{};
  std::size_t used_ = 0;
  std::array<Kept, slot_count * Paths::capacity> captures_{};
  std::array<Frame, JsonReader::max_depth + 1> frames_;
  std::array<char, longest_key> key_;
  std::array<char, 8192> arena_;
};

}  // namespace florin::wire::detail

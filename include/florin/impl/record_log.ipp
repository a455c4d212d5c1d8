// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/wire/json_escape.hpp>
#include <florin/wire/record.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <new>
#include <span>
#include <string_view>
#include <utility>

namespace florin::wire {

FLORIN_DECL void RecordLog::clear() noexcept {
  if (used_ != 0) wipe(text_.data(), used_);
  used_ = 0;
  text_.clear();
  entries_.clear();
  named_ = 0;
  unnamed_ = false;
  lost_ = false;
  starved_ = false;
  starts_.clear();
}

FLORIN_DECL void RecordLog::begin_record() noexcept {
  drop_name();
  try {
    starts_.push_back({entries_.size(), text_.size()});
  } catch (const std::bad_alloc&) {
    starved_ = true;
  }
}

FLORIN_DECL void RecordLog::more_of_name(std::string_view text) noexcept {
  named_ += added([&] { text_.append(text); });
}

FLORIN_DECL void RecordLog::begin(std::uint8_t part, bool entry, bool is_json) noexcept {
  if (!entry) drop_name();
  try {
    entries_.push_back({part, text_.size() - named_, text_.size(), 0, is_json});
  } catch (const std::bad_alloc&) {
    starved_ = true;
  }
  named_ = 0;
}

FLORIN_DECL void RecordLog::begin_item(bool is_json) noexcept {
  unnamed_ = named_ == 0;
  begin(static_cast<std::uint8_t>(Field::metadata), true, is_json);
}

FLORIN_DECL void RecordLog::end_item() noexcept {
  const bool unnamed = std::exchange(unnamed_, false);
  const std::size_t size = std::exchange(named_, 0);
  if (!unnamed) return text_.truncate(text_.size() - size);
  if (entries_.empty()) return;  // there was no memory for it
  Entry& entry = entries_.back();
  if (size == 0) return entries_.pop_back();
  char* const text = text_.data();
  std::rotate(text + entry.name_from, text + text_.size() - size, text + text_.size());
  entry.from = entry.name_from + size;
}

FLORIN_DECL void RecordLog::value(std::string_view text) noexcept {
  lengthen(added([&] { text_.append(text); }));
}

FLORIN_DECL void RecordLog::escaped(std::string_view text) noexcept {
  lengthen(added([&] {
    text_.reserve(6 * text.size());
    detail::put_json(text_, text);
  }));
}

FLORIN_DECL RecordView RecordLog::whole() const noexcept {
  return {entries_, 0, text_.view()};
}

FLORIN_DECL RecordView RecordLog::record(std::size_t number) const noexcept {
  const Start first = starts_[number];
  const Start last =
      number + 1 < starts_.size() ? starts_[number + 1] : Start{entries_.size(), text_.size()};
  return {std::span{entries_}.subspan(first.entry, last.entry - first.entry), first.text,
          text_.view().substr(first.text, last.text - first.text)};
}

}  // namespace florin::wire

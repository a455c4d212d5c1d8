// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer/find_index.hpp>
#include <florin/customer/operation.hpp>
#include <florin/field.hpp>
#include <florin/wire/record.hpp>
#include <florin/wire/reply.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace florin::wire {

/// The parts of an answer that are kept while it is read.
enum class Slot : std::uint8_t {
  id,  ///< of the customer; of a token exchange the token
  verdict,
  code,
  type,
  message,
  param,
  request_id,
  existing_id,
  lifetime,
  expires_at,
  echoed_reference,
  echoed_email,
  // An answer with pages has none of these.
  next_page = lifetime,
  more = expires_at,
  pages = echoed_reference,
  total = echoed_email,
  // Nor has an answer with one record.
  nobody = lifetime
};

/// Longest access token that is accepted, in bytes.
inline constexpr std::size_t max_token = 4096;

/// How many slots there are; each has `Paths::capacity` places.
inline constexpr std::size_t slot_count = 12;

/// A name in a `PathTable`.
struct PathNode {
  std::string_view key{};         ///< member name, or decimal index inside an array
  std::int8_t first_child = -1;   ///< -1: none
  std::int8_t next_sibling = -1;  ///< -1: none
  std::int8_t place = -1;         ///< slot * Paths::capacity + alternative; -1: not kept
  std::int8_t any = -1;           ///< the child `*`; -1: none
  std::int8_t name = -1;          ///< the child `~`, for the name of the member itself; -1: none
  std::int8_t part = -1;          ///< of a record, see `json::Record`; -1: none
  bool opens = false;             ///< that an object or a list begins here means something
  std::uint64_t marks = 0;  ///< of the children's names, a bit for each, see `PathTable::mark`
};

/// The declared places of a policy's answers as a tree of member names, so that a reader follows
/// one pointer per nesting level and compares a key with few names. A view of constants.
class PathTable {
 public:
  using Node = PathNode;  ///< of the tree
  /// For each place the one in which its value is kept; `none`: no such path is declared.
  using KeptIn = std::array<std::int8_t, slot_count * Paths::capacity>;

  static constexpr int none = -1;  ///< no node, no place
  static constexpr int root = 0;   ///< where every path begins

  /// Without places.
  constexpr PathTable() noexcept { kept_in_.fill(none); }
  /// \param nodes the tree, whose root comes first.
  /// \param kept_in where what stands in a node is kept.
  constexpr PathTable(const Node* nodes, const KeptIn& kept_in) noexcept
      : nodes_(nodes), kept_in_(kept_in) {}

  /// The node of member `key` below `node`, or `none`.
  [[nodiscard]] constexpr int child(int node, std::string_view key) const noexcept {
    if (node < 0 || ((nodes_[node].marks >> mark(key)) & 1U) == 0) return none;
    for (int at = nodes_[node].first_child; at >= 0; at = nodes_[at].next_sibling)
      if (nodes_[at].key == key) return at;
    return none;
  }
  /// The marks of the names for which `match` may find something below `node`.
  [[nodiscard]] constexpr std::uint64_t marks(int node) const noexcept {
    if (node < 0) return 0;
    return nodes_[node].any >= 0 ? all_marks : nodes_[node].marks;
  }
  /// The node of member `key` below `node`, be it under its own name or as `*`.
  [[nodiscard]] constexpr int match(int node, std::string_view key) const noexcept {
    if (node < 0) return none;
    const int own = child(node, key);
    if (own >= 0 || nodes_[node].any < 0 || key == "~") return own;
    return nodes_[node].any;
  }
  /// The node `~` below `node`, or `none`.
  [[nodiscard]] constexpr int name_of(int node) const noexcept {
    return node < 0 ? none : nodes_[node].name;
  }
  /// Whether anything below `node` is kept.
  [[nodiscard]] constexpr bool has_children(int node) const noexcept {
    return node >= 0 && nodes_[node].first_child >= 0;
  }
  /// The place that a value at `node` is kept in, or `none`.
  [[nodiscard]] constexpr int place(int node) const noexcept {
    return node < 0 ? none : nodes_[node].place;
  }

  /// Whether it means something that an object or a list begins at `node`.
  [[nodiscard]] constexpr bool opens(int node) const noexcept {
    return node >= 0 && nodes_[node].opens;
  }

  /// The part of a record that a value at `node` is, or `none`.
  [[nodiscard]] constexpr int part(int node) const noexcept {
    return node < 0 ? none : nodes_[node].part;
  }

  /// The place whose value alternative `alternative` of `slot` is: its own, or that of another slot
  /// with the same path. `none`: no such path is declared.
  [[nodiscard]] constexpr int kept_in(Slot slot, std::size_t alternative) const noexcept {
    return kept_in_[static_cast<std::size_t>(slot) * Paths::capacity + alternative];
  }

  /// Every bit that `mark` can name: no name is told apart.
  static constexpr std::uint64_t all_marks = ~std::uint64_t{0};

  /// What tells most names apart without comparing them: which bit of `Node::marks` stands for a
  /// name. 0 to 63.
  static constexpr unsigned mark(std::string_view key) noexcept {
    const auto first = key.empty() ? 0U : static_cast<unsigned>(key.front());
    return (static_cast<unsigned>(key.size() * 8U) ^ first) & 63U;
  }

 private:
  static constexpr Node bare_root{};

  const Node* nodes_ = &bare_root;
  KeptIn kept_in_{};
};

/// Makes a `PathTable` at compile time.
class PathTree {
 public:
  static constexpr std::size_t max_nodes = 96;  ///< most names in all paths

  /// Builds the tree. Not a constant expression when a path is empty in the middle or when there
  /// are more than `max_nodes` names.
  static consteval PathTree make(const json::Failure& failure, const json::Reply& reply) {
    PathTree tree;
    tree.add(Slot::id, reply.id);
    tree.add(Slot::verdict, reply.verdict);
    tree.add(failure);
    return tree;
  }
  /// The same with what a successful answer repeats. Not for refusals, which may have a message
  /// under the same name.
  static consteval PathTree make_echoing(const json::Failure& failure, const json::Reply& reply) {
    PathTree tree = make(failure, reply);
    tree.add(Slot::echoed_reference, reply.echo.merchant_customer_id);
    tree.add(Slot::echoed_email, reply.echo.email);
    return tree;
  }
  /// The same with the parts of a record.
  /// \param failure where an error has its parts.
  /// \param reply where a success has its own.
  /// \param record where a customer has its own.
  /// \param nobody what shows that there is none. \param repeats whether it is noted where each
  /// record begins, since there may be several.
  static consteval PathTree make(const json::Failure& failure, const json::Reply& reply,
                                 const json::Record& record, const Paths& nobody = {},
                                 bool repeats = false) {
    PathTree tree;
    tree.add(Slot::id, reply.id, record.within);
    tree.add(Slot::verdict, reply.verdict);
    tree.add(Slot::nobody, nobody);
    tree.add(failure);
    tree.add(record, record.within);
    if (repeats) tree.begin_record_at(tree.enter_path(record.within));
    return tree;
  }
  /// The same with the records of a page.
  static consteval PathTree make(const json::Failure& failure, const json::Reply& reply,
                                 const json::Record& record, const json::Page& page) {
    PathTree tree;
    tree.add(Slot::verdict, reply.verdict);
    tree.add(failure);
    tree.add(Slot::next_page, page.token);
    tree.add(Slot::more, page.more);
    tree.add(Slot::pages, page.pages);
    tree.add(Slot::total, page.total);
    if (page.items.empty()) {
      tree.add(Slot::id, record.id, record.within);
      tree.add(static_cast<std::uint8_t>(RecordPart::id), record.id, record.within);
      tree.add(record, record.within);
      return tree;
    }
    const int list = tree.enter_path(page.items);
    if (page.shown_by.empty()) {
      tree.keep(Slot::id, 0, list);
    } else {
      tree.add(Slot::id, page.shown_by);
    }
    const int item = tree.enter(list, "*");
    tree.begin_record_at(item);
    const int from = tree.enter_path(page.within, item);
    // Where both stand in one place, the id is read as the reference.
    tree.add(static_cast<std::uint8_t>(RecordPart::id), record.id, from);
    record.each([&](std::uint8_t part, const Paths& paths) { tree.add(part, paths, from); });
    return tree;
  }
  /// The same for a token exchange.
  static consteval PathTree make(const json::Failure& failure, const json::TokenReply& reply) {
    PathTree tree;
    tree.add(Slot::id, reply.token);
    tree.add(Slot::lifetime, reply.lifetime);
    tree.add(Slot::expires_at, reply.expires_at);
    tree.add(failure);
    return tree;
  }

  /// How many nodes it has.
  [[nodiscard]] consteval std::size_t size() const noexcept { return size_; }
  /// The nodes alone.
  /// \tparam Size what `size` says.
  template <std::size_t Size>
  [[nodiscard]] consteval std::array<PathNode, Size> nodes() const noexcept {
    std::array<PathNode, Size> found{};
    for (std::size_t i = 0; i < Size; ++i) found[i] = nodes_[i];
    return found;
  }
  /// Where each value is kept.
  [[nodiscard]] consteval const PathTable::KeptIn& kept_in() const noexcept { return kept_in_; }

 private:
  static constexpr std::size_t index(int node) noexcept { return static_cast<std::size_t>(node); }

  constexpr void begin_record_at(int node) {
    nodes_[index(node)].part = static_cast<std::int8_t>(RecordPart::record);
    nodes_[index(node)].opens = true;
  }
  constexpr void add(const json::Failure& failure) {
    add(Slot::code, failure.code);
    add(Slot::type, failure.type);
    add(Slot::message, failure.message);
    add(Slot::param, failure.param);
    add(Slot::request_id, failure.request_id);
    add(Slot::existing_id, failure.existing_id);
  }
  /// \param within the place that the paths begin at.
  constexpr void add(Slot slot, const Paths& paths, std::string_view within = {}) {
    for (std::size_t i = 0; i < Paths::capacity; ++i)
      if (!paths.at[i].empty()) keep(slot, i, enter_path(paths.at[i], enter_path(within)));
  }
  constexpr void keep(Slot slot, std::size_t alternative, int node) {
    const std::size_t wanted = static_cast<std::size_t>(slot) * Paths::capacity + alternative;
    std::int8_t& place = nodes_[index(node)].place;
    if (place < 0) place = static_cast<std::int8_t>(wanted);
    kept_in_[wanted] = place;
    // What shows a success may be that there is an object or a list at all.
    if (slot == Slot::id || slot == Slot::verdict || slot == Slot::nobody)
      nodes_[index(node)].opens = true;
  }
  constexpr void add(const json::Record& record, std::string_view within) {
    const int from = enter_path(within);
    record.each([&](std::uint8_t part, const Paths& paths) { add(part, paths, from); });
  }
  constexpr void add(std::uint8_t part, const Paths& paths, std::string_view within) {
    add(part, paths, enter_path(within));
  }
  /// The parts of a record. Of the metadata any member is one that no other path names; one that
  /// is an object or a list is kept as such.
  constexpr void add(std::uint8_t part, const Paths& paths, int from) {
    for (const std::string_view path : paths.at) {
      if (path.empty()) continue;
      int node = enter_path(path, from);
      if (part == static_cast<std::uint8_t>(Field::metadata)) {
        nodes_[index(node)].part = static_cast<std::int8_t>(RecordPart::no_map);
        node = enter(node, "*");
      }
      nodes_[index(node)].part = static_cast<std::int8_t>(part);
      if (is_entry(part) || part == static_cast<std::uint8_t>(RecordPart::address))
        nodes_[index(node)].opens = true;
    }
  }
  constexpr int enter_path(std::string_view rest, int node = PathTable::root) {
    while (!rest.empty()) {
      const std::size_t end = rest.find_first_of(".[", 1);
      std::string_view key = rest.substr(0, end);
      rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end);
      if (key.front() == '[') key = key.substr(1, key.find(']') - 1);
      if (!rest.empty() && rest.front() == '.') rest.remove_prefix(1);
      node = enter(node, key);
    }
    return node;
  }
  constexpr int enter(int node, std::string_view key) {
    if (key.empty()) throw "florin: a path has an empty member name";
    const PathTable known{nodes_.data(), kept_in_};
    if (const int there = known.child(node, key); there >= 0) return there;
    if (size_ == max_nodes) throw "florin: too many paths in Failure and Reply";
    nodes_[size_] = {.key = key, .next_sibling = nodes_[index(node)].first_child};
    nodes_[index(node)].first_child = static_cast<std::int8_t>(size_);
    nodes_[index(node)].marks |= std::uint64_t{1} << PathTable::mark(key);
    if (key == "*") nodes_[index(node)].any = static_cast<std::int8_t>(size_);
    if (key == "~") nodes_[index(node)].name = static_cast<std::int8_t>(size_);
    return static_cast<int>(size_++);
  }

  std::array<PathNode, max_nodes> nodes_{};
  PathTable::KeptIn kept_in_ = [] {
    PathTable::KeptIn empty{};
    empty.fill(PathTable::none);
    return empty;
  }();
  std::size_t size_ = 1;
};

namespace detail {

/// The nodes of the tree that `Maker` makes, in static memory.
template <class Maker>
inline constexpr auto path_nodes = [] {
  constexpr PathTree tree = Maker::make();
  return tree.nodes<tree.size()>();
}();

}  // namespace detail

/// The table of a tree.
/// \tparam Maker has `static consteval PathTree make()`.
template <class Maker>
consteval PathTable path_table() {
  return {detail::path_nodes<Maker>.data(), Maker::make().kept_in()};
}

/// Everything about a policy's answers to one operation that the reader needs: constants.
struct ReplyFacts {
  std::string_view connector{};              ///< the policy's name
  PathTable paths{};                         ///< what is kept of an answer
  std::optional<PathTable> success_paths{};  ///< for a 2xx, where more of it is read
  Reads reads = Reads::id;                   ///< what a success is
  Syntax syntax = Syntax::json;              ///< what all answers are
  bool reference_is_id = false;              ///< in a record both stand in one place
  std::string_view deleted_text{};           ///< see `json::Record`
  bool empty_is_absent = false;              ///< likewise
  std::string_view reference_entry{};        ///< likewise
  FieldSet clearable{};                      ///< of an update: what it can remove
  /// A success without an id in which this place is there says that there is no such customer.
  Paths nothing_is_not_found{};
  json::Reply reply{};                              ///< of a create
  json::Failure failure{};                          ///< where an error stands
  ResponseHeaders headers{};                        ///< headers that are read
  std::string_view replay_header{};                 ///< marks a replayed answer
  std::string_view replay_value{};                  ///< that header's
  std::size_t max_id = 255;                         ///< longest id, or token, in bytes
  std::string_view no_id = "the answer has no id";  ///< reason of an error
  std::string_view bad_id = "the id is not one of this processor";  ///< likewise
  std::span<const Rule> rules{};                                    ///< what errors mean
  At at = At::create;            ///< the operation, for the rules
  json::Page page{};             ///< of a find
  FindIndex index{};             ///< likewise
  std::span<const Rule> gone{};  ///< of a delete: what says that the customer was deleted earlier
};

}  // namespace florin::wire

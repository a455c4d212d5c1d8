// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/impl/form_scanner.ipp>
#include <florin/impl/json_handler.ipp>
#include <florin/wire/utf8_check.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace florin::wire::detail {

/// Reads an XML document of data in any chunking, as if each element were a member: one with text
/// is a text, one with elements an object of them, an empty one an empty text. An attribute is a
/// member `@name` before the others.
///
/// Strict and small: no document type, no entities but the five and numeric references, no element
/// with both text and elements. White space at the beginning of a text counts for nothing. Names
/// of all open elements have to fit into `max_names`.
class XmlScanner {
 public:
  /// Deepest nesting of elements: the handler counts the document and an element's attributes, too.
  static constexpr std::size_t max_depth = JsonReader::max_depth - 2;
  static constexpr std::size_t max_names = 256;

  explicit XmlScanner(JsonHandler& handler) noexcept : handler_(handler) {}

  void reset() noexcept {
    state_ = State::content;
    depth_ = 0;
    name_size_ = 0;
    has_root_ = false;
    utf8_ = {};
  }
  /// \return whether the document is well-formed so far.
  bool write(std::string_view piece) {
    for (std::size_t at = 0; at < piece.size(); ++at) {
      const char c = piece[at];
      const auto byte = static_cast<unsigned char>(c);
      if ((byte < 0x20 && c != '\t' && c != '\n' && c != '\r') || !utf8_.accept(c)) return false;
      if (!put(c)) return false;
    }
    return true;
  }
  /// \return whether the whole document was well-formed.
  [[nodiscard]] bool finish() const noexcept {
    return has_root_ && depth_ == 0 && state_ == State::content && utf8_.whole();
  }

 private:
  enum class State : unsigned char {
    content,
    markup,        // behind `<`
    open_name,     // of an element
    in_tag,        // where an attribute may begin
    attribute,     // its name
    before_equal,  // behind that
    before_value,
    value,
    empty_tag,  // behind the `/` of `<a/>`
    close_name,
    after_close,  // behind that
    instruction,
    instruction_end,  // behind its `?`
    declaration,      // behind `<!`
    comment,
    comment_dash,
    comment_end,  // behind `--`
    cdata,
    cdata_bracket,
    cdata_end,  // behind `]]`
    reference
  };
  enum class Kind : unsigned char {
    fresh,   // nothing of it is told yet
    opened,  // as an object, for its attributes
    parent,  // of elements
    leaf     // with a text
  };
  /// An open element.
  struct Element {
    std::uint16_t name_end = 0;
    Kind kind = Kind::fresh;
  };

  static constexpr bool is_blank(char c) noexcept {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }
  static constexpr bool begins_name(char c) noexcept {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
           static_cast<unsigned char>(c) >= 0x80;
  }
  static constexpr bool continues_name(char c) noexcept {
    return begins_name(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
  }

  bool put(char c) {
    switch (state_) {
      case State::content:
        return put_content(c);
      case State::markup:
        return begin_markup(c);
      case State::open_name:
        if (continues_name(c)) return add_to_name(c);
        return open_element() && in_tag(c);
      case State::in_tag:
        return in_tag(c);
      case State::attribute:
        if (continues_name(c)) return add_to_name(c);
        tell_key(open_names_size());
        state_ = State::before_equal;
        [[fallthrough]];
      case State::before_equal:
        if (c == '=') return go(State::before_value);
        return is_blank(c);
      case State::before_value:
        if (is_blank(c)) return true;
        quote_ = c;
        return (c == '"' || c == '\'') && go(State::value);
      case State::value:
        return put_value(c);
      case State::empty_tag:
        return c == '>' && close_element();
      case State::close_name:
        if (continues_name(c)) return add_to_name(c);
        if (!is_innermost()) return false;
        state_ = State::after_close;
        [[fallthrough]];
      case State::after_close:
        if (c == '>') return close_element();
        return is_blank(c);
      case State::instruction:
        return c != '?' || go(State::instruction_end);
      case State::instruction_end:
        if (c == '>') return go(State::content);
        return c == '?' || go(State::instruction);
      case State::declaration:
        return begin_declaration(c);
      case State::comment:
        return c != '-' || go(State::comment_dash);
      case State::comment_dash:
        return go(c == '-' ? State::comment_end : State::comment);
      case State::comment_end:
        return c == '>' && go(State::content);
      case State::cdata:
        return c == ']' ? go(State::cdata_bracket) : put_text({&c, 1});
      case State::cdata_bracket:
        if (c == ']') return go(State::cdata_end);
        return put_text("]") && put_text({&c, 1}) && go(State::cdata);
      case State::cdata_end:
        if (c == '>') return go(State::content);
        if (c == ']') return put_text("]");
        return put_text("]]") && put_text({&c, 1}) && go(State::cdata);
      case State::reference:
        return put_reference(c);
    }
    return false;
  }
  bool go(State state) noexcept {
    state_ = state;
    return true;
  }

  bool put_content(char c) {
    if (c == '<') return go(State::markup);
    if (c == '&') return begin_reference(false);
    if (is_blank(c) && (depth_ == 0 || innermost().kind != Kind::leaf)) return true;
    return put_text({&c, 1});
  }
  bool put_value(char c) {
    if (c == quote_) {
      handler_.on_string({}, 0, error_);
      return go(State::in_tag);
    }
    if (c == '<') return false;
    if (c == '&') return begin_reference(true);
    handler_.on_string_part({&c, 1}, 1, error_);
    return true;
  }
  /// \return whether a text may stand here.
  bool put_text(std::string_view text) {
    if (depth_ == 0) return false;
    Element& element = innermost();
    if (element.kind == Kind::parent) return false;
    if (element.kind == Kind::opened) {
      handler_.on_object_end(0, error_);
      name_size_ = element.name_end;
      tell_key(outer_names_size());
    }
    element.kind = Kind::leaf;
    handler_.on_string_part({text.data(), text.size()}, text.size(), error_);
    return true;
  }

  bool begin_markup(char c) {
    name_size_ = open_names_size();
    if (c == '/') return depth_ != 0 && go(State::close_name);
    if (c == '?') return go(State::instruction);
    if (c == '!') return go(State::declaration);
    return begins_name(c) && add_to_name(c) && go(State::open_name);
  }
  /// A comment or literal text; a document type is refused.
  bool begin_declaration(char c) {
    if (!add_to_name(c)) return false;
    const std::string_view begun = name_from(open_names_size());
    if (begun == "--") return go(State::comment);
    if (begun == "[CDATA[") return depth_ != 0 && put_text({}) && go(State::cdata);
    return std::string_view{"--"}.starts_with(begun) ||
           std::string_view{"[CDATA["}.starts_with(begun);
  }
  bool open_element() {
    if (depth_ == max_depth || (depth_ == 0 && has_root_)) return false;
    if (depth_ == 0) {
      has_root_ = true;
      handler_.on_object_begin(error_);
    } else if (Element& parent = innermost(); parent.kind == Kind::leaf) {
      return false;
    } else {
      if (parent.kind == Kind::fresh) handler_.on_object_begin(error_);
      parent.kind = Kind::parent;
    }
    tell_key(open_names_size());
    elements_[depth_++] = {static_cast<std::uint16_t>(name_size_), Kind::fresh};
    return true;
  }
  /// Behind the name of an element or the value of an attribute.
  bool in_tag(char c) {
    if (is_blank(c)) {
      spaced_ = true;
      return go(State::in_tag);
    }
    const bool spaced = spaced_;
    spaced_ = false;
    if (c == '>') return go(State::content);
    if (c == '/') return go(State::empty_tag);
    if (!spaced || !begins_name(c)) return false;
    if (innermost().kind == Kind::fresh) handler_.on_object_begin(error_);
    innermost().kind = Kind::opened;
    name_size_ = open_names_size();
    return add_to_name('@') && add_to_name(c) && go(State::attribute);
  }
  bool close_element() {
    switch (innermost().kind) {
      case Kind::fresh:
      case Kind::leaf:
        handler_.on_string({}, 0, error_);
        break;
      case Kind::opened:
      case Kind::parent:
        handler_.on_object_end(0, error_);
        break;
    }
    if (--depth_ == 0) handler_.on_object_end(0, error_);
    return go(State::content);
  }

  bool begin_reference(bool in_value) noexcept {
    in_value_ = in_value;
    reference_size_ = 0;
    return go(State::reference);
  }
  bool put_reference(char c) {
    if (c != ';') {
      if (reference_size_ == reference_.size()) return false;
      reference_[reference_size_++] = c;
      return true;
    }
    std::array<char, 4> utf8;
    const std::string_view text = referenced({reference_.data(), reference_size_}, utf8);
    if (text.empty()) return false;
    state_ = in_value_ ? State::value : State::content;
    if (!in_value_) return put_text(text);
    handler_.on_string_part({text.data(), text.size()}, text.size(), error_);
    return true;
  }
  /// The text that a reference stands for; empty: it is unknown.
  static std::string_view referenced(std::string_view name, std::array<char, 4>& utf8) noexcept {
    if (name == "amp") return "&";
    if (name == "lt") return "<";
    if (name == "gt") return ">";
    if (name == "quot") return "\"";
    if (name == "apos") return "'";
    if (!name.starts_with('#')) return {};
    name.remove_prefix(1);
    const unsigned base = name.starts_with('x') ? 16 : 10;
    if (base == 16) name.remove_prefix(1);
    if (name.empty()) return {};
    std::uint32_t character = 0;
    for (const char c : name) {
      const unsigned digit = hex_digit(c);
      if (digit >= base) return {};
      character = std::min<std::uint32_t>(character * base + digit, 0x110000);
    }
    const bool control =
        character < 0x20 && character != '\t' && character != '\n' && character != '\r';
    if (control || (character >= 0xD800 && character < 0xE000) || character == 0xFFFE ||
        character == 0xFFFF || character > 0x10FFFF)
      return {};
    return encoded(character, utf8);
  }
  static std::string_view encoded(std::uint32_t character, std::array<char, 4>& utf8) noexcept {
    const auto low = [character](unsigned shift) {
      return static_cast<char>(0x80U | ((character >> shift) & 0x3FU));
    };
    if (character < 0x80) {
      utf8[0] = static_cast<char>(character);
      return {utf8.data(), 1};
    }
    if (character < 0x800) {
      utf8 = {static_cast<char>(0xC0U | character >> 6U), low(0)};
      return {utf8.data(), 2};
    }
    if (character < 0x10000) {
      utf8 = {static_cast<char>(0xE0U | character >> 12U), low(6), low(0)};
      return {utf8.data(), 3};
    }
    utf8 = {static_cast<char>(0xF0U | character >> 18U), low(12), low(6), low(0)};
    return {utf8.data(), 4};
  }

  [[nodiscard]] Element& innermost() noexcept { return elements_[depth_ - 1]; }
  [[nodiscard]] std::size_t open_names_size() const noexcept {
    return depth_ == 0 ? 0 : elements_[depth_ - 1].name_end;
  }
  /// The same without the innermost element.
  [[nodiscard]] std::size_t outer_names_size() const noexcept {
    return depth_ < 2 ? 0 : elements_[depth_ - 2].name_end;
  }
  bool add_to_name(char c) noexcept {
    if (name_size_ == names_.size()) return false;
    names_[name_size_++] = c;
    return true;
  }
  [[nodiscard]] std::string_view name_from(std::size_t from) const noexcept {
    return {names_.data() + from, name_size_ - from};
  }
  void tell_key(std::size_t from) {
    const std::string_view name = name_from(from);
    handler_.on_key({name.data(), name.size()}, name.size(), error_);
  }
  /// Whether the name that was read last is that of the innermost element.
  [[nodiscard]] bool is_innermost() noexcept {
    const std::size_t from = outer_names_size();
    return name_from(open_names_size()) ==
           std::string_view{names_.data() + from, open_names_size() - from};
  }

  JsonHandler& handler_;
  JsonHandler::Error error_{};
  std::array<Element, max_depth> elements_{};
  std::array<char, max_names> names_;
  std::size_t depth_ = 0;
  std::size_t name_size_ = 0;
  std::array<char, 10> reference_;
  std::size_t reference_size_ = 0;
  Utf8Check utf8_{};
  State state_ = State::content;
  char quote_ = '"';
  bool spaced_ = false;
  bool in_value_ = false;  // a reference is in that of an attribute
  bool has_root_ = false;
};

}  // namespace florin::wire::detail

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/least.hpp>
#include <florin/wire/endpoint.hpp>

#include <array>
#include <cstddef>
#include <string_view>

/// Host names of which a credential may be a part.
namespace florin::wire {

/// Most characters of a host name and of one of its labels (RFC 1035, section 2.3.4).
inline constexpr std::size_t max_host = 253;
/// Longest label of a host name, in characters (RFC 1035).
inline constexpr std::size_t max_host_label = 63;

namespace detail {

constexpr bool is_letter_or_digit(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// Whether `host` is a name: letters, digits, `-` and `.`; no scheme, port or path.
constexpr bool is_host_name(std::string_view host) noexcept {
  for (const char c : host)
    if (!is_letter_or_digit(c) && c != '-' && c != '.') return false;
  return true;
}

}  // namespace detail

/// A host as a policy declares it: a name, or one with a hole for a credential, such as
/// `{site}.example.com`. A hole with a dot, as in `{prefix.}api.example.com`, is a whole label,
/// which goes where there is no such credential.
struct HostForm {
  std::string_view before{};      ///< without a hole all of it
  std::string_view credential{};  ///< its name; empty: there is no hole
  std::string_view behind{};      ///< what follows the hole
  bool may_go = false;  ///< the hole with its dot is left out where there is no text for it

  /// Takes a declared host apart.
  [[nodiscard]] static constexpr HostForm of(std::string_view host) noexcept {
    const std::size_t from = host.find('{');
    const std::size_t to = host.find('}');
    if (from == std::string_view::npos || to == std::string_view::npos || to < from)
      return {.before = host};
    HostForm form{.before = host.substr(0, from),
                  .credential = host.substr(from + 1, to - from - 1),
                  .behind = host.substr(to + 1)};
    form.may_go = form.credential.ends_with('.');
    if (form.may_go) form.credential.remove_suffix(1);
    return form;
  }
  /// How long the credential may be.
  [[nodiscard]] constexpr std::size_t room() const noexcept {
    std::size_t used = before.size() - (before.rfind('.') + 1);
    if (!may_go) used += florin::detail::least(behind.find('.'), behind.size());
    return max_host_label - florin::detail::least(max_host_label, used);
  }
  /// Whether it can be made a host name.
  [[nodiscard]] constexpr bool well_formed() const noexcept {
    if (before.size() + max_host_label + 1 + behind.size() > max_host) return false;
    if (!detail::is_host_name(before) || !detail::is_host_name(behind)) return false;
    if (credential.empty()) return !before.empty() && behind.empty();
    const bool apart = (before.empty() || before.ends_with('.')) && !behind.starts_with('.');
    return room() != 0 && !behind.empty() && (!may_go || apart);
  }
};

/// Whether both hosts are names, be it with holes.
constexpr bool are_host_names(const Hosts& hosts) noexcept {
  return HostForm::of(hosts.live).well_formed() && HostForm::of(hosts.sandbox).well_formed();
}
/// Whether one of them has a hole.
constexpr bool have_hole(const Hosts& hosts) noexcept {
  return !HostForm::of(hosts.live).credential.empty() ||
         !HostForm::of(hosts.sandbox).credential.empty();
}

/// A host name that is put together, without an allocation.
class HostText {
 public:
  /// Puts `label` into the hole. Capital letters become small ones, so that equal hosts are equal
  /// text.
  /// \param form a well-formed one.
  /// \param label what goes into the hole.
  /// \return false where that gives no host name: the label is empty and may not be, is too long,
  /// or has something else than letters, digits and, within, hyphens.
  [[nodiscard]] constexpr bool assign(const HostForm& form, std::string_view label) noexcept {
    size_ = 0;
    append(form.before);
    if (form.credential.empty()) return true;
    if (!label.empty()) {
      if (label.size() > form.room() || label.front() == '-' || label.back() == '-' ||
          label.find('.') != std::string_view::npos || !detail::is_host_name(label))
        return false;
      append(label);
      if (form.may_go) append(".");
    } else if (!form.may_go) {
      return false;
    }
    append(form.behind);
    return true;
  }
  /// The name, until this is assigned to or destroyed.
  [[nodiscard]] constexpr std::string_view view() const noexcept { return {text_.data(), size_}; }

 private:
  constexpr void append(std::string_view text) noexcept {
    for (const char c : text)
      text_[size_++] = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }

  std::array<char, max_host> text_;
  std::size_t size_ = 0;
};

}  // namespace florin::wire

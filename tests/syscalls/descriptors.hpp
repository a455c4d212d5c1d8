// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <system_error>

namespace florin_test::syscalls {

/// How many descriptors of each kind (`socket`, `pipe`, `anon_inode:[eventpoll]`, a path) this
/// process has. Linux.
inline std::map<std::string, int> descriptors() {
  std::map<std::string, int> kinds;
  for (const auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
    std::error_code gone;
    const auto target = std::filesystem::read_symlink(entry.path(), gone).string();
    if (gone) continue;
    const bool numbered = target.starts_with("socket:") || target.starts_with("pipe:");
    ++kinds[numbered ? target.substr(0, target.find(':')) : target];
  }
  return kinds;
}

/// What `now` has that `before` had not.
inline std::map<std::string, int> more_descriptors(const std::map<std::string, int>& before,
                                                   const std::map<std::string, int>& now) {
  std::map<std::string, int> more;
  for (const auto& [kind, count] : now) {
    const auto old = before.find(kind);
    const int difference = count - (old == before.end() ? 0 : old->second);
    if (difference > 0) more[kind] = difference;
  }
  return more;
}

}  // namespace florin_test::syscalls

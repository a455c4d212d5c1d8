// SPDX-License-Identifier: Apache-2.0
#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <string_view>

#include <sys/stat.h>

#include "client.hpp"
#include "fault.hpp"

namespace florin_import {

void read_credentials(const std::string& path, std::string_view connector) {
  std::ifstream in{path, std::ios::binary};
  struct stat facts {};
  if (!in || ::stat(path.c_str(), &facts) != 0)
    throw Stop{path + " cannot be read: " + std::strerror(errno)};
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    throw Stop{path + " can be read by others than its owner: chmod 600 " + path};
  std::string prefix{connector};
  for (char& c : prefix)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  prefix += '_';
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (line.ends_with('\r')) line.pop_back();
    if (line.empty() || line.starts_with('#')) continue;
    const auto equals = line.find('=');
    const std::string name = line.substr(0, equals);
    const auto where = path + ", line " + std::to_string(number);
    if (equals == std::string::npos)
      throw Stop{where + ": that is no NAME=VALUE, e.g. " + prefix + "API_KEY=..."};
    if (!name.starts_with(prefix) && name != "FLORIN_DIRECTORY" && name != "PGPASSWORD")
      throw Stop{where + ": " + name + " is none of " + prefix +
                 "..., FLORIN_DIRECTORY and PGPASSWORD"};
    if (::setenv(name.c_str(), line.c_str() + equals + 1, 1) != 0)
      throw Stop{where + ": " + std::strerror(errno)};
  }
  if (!in.eof()) throw Stop{path + " cannot be read: " + std::strerror(errno)};
}

}  // namespace florin_import

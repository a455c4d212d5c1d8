// SPDX-License-Identifier: Apache-2.0
// expect: static assertion failed.*: florin: this is not metadata: give `\{\{"key", "value"\}, \.\.\.\}`, a Metadata, a MetadataView or a range of pairs of texts such as a std::map
#include <florin/static_request.hpp>

#include <map>
#include <string>

auto request() {
  using namespace florin::fields;
#ifdef FLORIN_GOOD_TWIN
  return florin::customer(metadata = std::map<std::string, std::string>{});
#else
  return florin::customer(metadata = std::map<std::string, int>{});
#endif
}

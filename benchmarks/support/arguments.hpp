// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>

namespace florin_bench {

/// What a benchmark that talks to a server is told on its command line.
struct Arguments {
  std::string url;      ///< `--url`: the server's, e.g. `https://localhost:8443`
  std::string ca_file;  ///< `--ca`: PEM file of the root that vouches for the server
  std::string json;     ///< `--json`: where the result goes
  bool quick = false;   ///< `--quick`: a fraction of the work, to see that everything works

  /// Reads the command line; ends the program with a hint when it cannot be used.
  [[nodiscard]] static Arguments parse(int argc, char** argv) {
    Arguments arguments;
    for (int i = 1; i < argc; ++i) {
      const std::string_view name = argv[i];
      if (name == "--quick") {
        arguments.quick = true;
        continue;
      }
      std::string* const value = name == "--url"    ? &arguments.url
                                 : name == "--ca"   ? &arguments.ca_file
                                 : name == "--json" ? &arguments.json
                                                    : nullptr;
      if (value == nullptr || i + 1 == argc) refuse(argv[0]);
      *value = argv[++i];
    }
    if (arguments.url.empty() || arguments.ca_file.empty() || arguments.json.empty())
      refuse(argv[0]);
    return arguments;
  }

 private:
  [[noreturn]] static void refuse(const char* program) {
    std::cerr << "usage: " << program << " --url https://HOST:PORT --ca FILE --json FILE"
              << " [--quick]\n";
    std::exit(2);
  }
};

}  // namespace florin_bench

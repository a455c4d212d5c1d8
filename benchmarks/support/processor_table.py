# SPDX-License-Identifier: Apache-2.0
"""Prints a header with a table of all sandbox descriptions, by name, for the codec benchmark.

usage: processor_table.py FOLDER
FOLDER is include/florin/testing/processors; each NAME.hpp there has a function NAME().
"""
import pathlib
import sys

names = sorted(path.stem for path in pathlib.Path(sys.argv[1]).glob("*.hpp"))
print("#pragma once\n")
for name in names:
    print(f"#include <florin/testing/processors/{name}.hpp>")
print("\n#include <array>\n#include <string_view>\n#include <utility>\n")
print("namespace florin_bench {\n")
print("inline constexpr std::array processors{")
for name in names:
    print(f'    std::pair<std::string_view, florin::testing::Processor (*)()>{{"{name}", '
          f"[] {{ return florin::testing::{name}(); }}}},")
print("};\n\n}  // namespace florin_bench")

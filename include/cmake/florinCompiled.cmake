# SPDX-License-Identifier: Apache-2.0
# florin::compiled: what florin::florin is, with the core compiled once, see florin/src.hpp.
if(NOT TARGET florin::compiled)
  set(_florin_source "${CMAKE_CURRENT_BINARY_DIR}/florin_compiled.cpp")
  file(GENERATE OUTPUT "${_florin_source}" CONTENT "#include <florin/src.hpp>\n")
  add_library(florin_compiled STATIC EXCLUDE_FROM_ALL "${_florin_source}")
  add_library(florin::compiled ALIAS florin_compiled)
  set_target_properties(florin_compiled PROPERTIES POSITION_INDEPENDENT_CODE ON)
  target_compile_definitions(florin_compiled PUBLIC FLORIN_SEPARATE_COMPILATION)
  target_link_libraries(florin_compiled PUBLIC florin::florin)
  unset(_florin_source)
endif()

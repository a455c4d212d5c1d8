// SPDX-License-Identifier: Apache-2.0
// expect-gcc: conversion from .const florin::Secret. to non-scalar type .std::string_view
// expect-clang: no viable conversion from .const florin::Secret. to .std::string_view
#include <florin/secret.hpp>

#include <string_view>

std::string_view text_of(const florin::Secret& secret) {
#ifdef FLORIN_GOOD_TWIN
  std::string_view text = secret.reveal();
#else
  std::string_view text = secret;
#endif
  return text;
}

// SPDX-License-Identifier: Apache-2.0
// expect-gcc: conversion from .const florin::Secret. to non-scalar type .std::string
// expect-clang: no viable conversion from .const florin::Secret. to .std::string
#include <florin/secret.hpp>

#include <string>

std::string text_of(const florin::Secret& secret) {
#ifdef FLORIN_GOOD_TWIN
  std::string text{secret.reveal()};
#else
  std::string text = secret;
#endif
  return text;
}

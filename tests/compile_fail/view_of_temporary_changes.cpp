// SPDX-License-Identifier: Apache-2.0
// expect-gcc: use of deleted function .*florin::StaticChanges<.*>::operator florin::UpdateRequestView\(\) const &&
// expect-clang: conversion function from .*StaticChanges<.* to .*UpdateRequestView.* invokes a deleted function
#include <florin/static_changes.hpp>

using namespace florin::fields;

florin::UpdateRequestView keep() {
#ifdef FLORIN_GOOD_TWIN
  static const auto changes = florin::customer_changes(email = "a@b.example");
  return changes;
#else
  return florin::customer_changes(email = "a@b.example");
#endif
}

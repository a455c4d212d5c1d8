// SPDX-License-Identifier: Apache-2.0
// expect-gcc: use of deleted function .*florin::StaticCustomer<.*>::operator florin::CreateRequestView\(\) const &&
// expect-clang: conversion function from .*StaticCustomer<.* to .*CreateRequestView.* invokes a deleted function
#include <florin/static_request.hpp>

std::size_t length_of_email() {
  using namespace florin::fields;
#ifdef FLORIN_GOOD_TWIN
  const auto request = florin::customer(email = "ana@example.com");
  const florin::CreateRequestView view = request;
#else
  const florin::CreateRequestView view = florin::customer(email = "ana@example.com");
#endif
  return view.email.size();
}

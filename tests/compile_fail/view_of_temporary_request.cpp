// SPDX-License-Identifier: Apache-2.0
// expect-gcc: use of deleted function .*florin::CreateRequest::operator florin::CreateRequestView\(\) const &&
// expect-clang: conversion function from .*CreateRequest.* to .*CreateRequestView.* invokes a deleted function
#include <florin/customer.hpp>

std::size_t length_of_email() {
#ifdef FLORIN_GOOD_TWIN
  const florin::CreateRequest request{.email = "ana@example.com"};
  const florin::CreateRequestView view = request;
#else
  const florin::CreateRequestView view = florin::CreateRequest{.email = "ana@example.com"};
#endif
  return view.email.size();
}

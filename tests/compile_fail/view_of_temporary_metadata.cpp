// SPDX-License-Identifier: Apache-2.0
// expect-gcc: use of deleted function .*florin::MetadataView::MetadataView\(const florin::Metadata&&\)
// expect-clang: (uses|invokes|conversion function).* deleted (function|constructor)
#include <florin/customer.hpp>

std::size_t entries() {
#ifdef FLORIN_GOOD_TWIN
  const florin::Metadata metadata{{"tier", "gold"}};
  const florin::CreateRequestView view{.metadata = metadata};
#else
  const florin::CreateRequestView view{.metadata = florin::Metadata{{"tier", "gold"}}};
#endif
  return view.metadata.size();
}

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/detail/config.hpp>
#include <florin/error.hpp>
#include <florin/text.hpp>

#include <optional>
#include <string_view>

namespace florin::detail {

/// A delete, and where the processor knows no such customer and shows deleted ones, a retrieve that
/// tells whether there ever was one. A plan, see detail/series.hpp.
class Removal {
 public:
  using Answer = Result<DeleteResponse>;

  /// \param shows_deleted whether deleted customers can be read. Errors: `std::bad_alloc`.
  Removal(std::string_view connector_customer_id, bool shows_deleted)
      : id_(connector_customer_id), shows_deleted_(shows_deleted) {}

  template <class Call>
  void next(Call&& call) {
    if (!answer_) return call.template operator()<Delete>(DeleteRequest{id_.view()}, {});
    call.template operator()<Retrieve>(RetrieveRequest{id_.view()}, {});
  }
  [[nodiscard]] bool done() const noexcept { return done_; }
  FLORIN_DECL void took(Answer answer);
  FLORIN_DECL void took(Result<Customer> found);
  [[nodiscard]] FLORIN_DECL Answer take();

 private:
  Text id_;
  bool shows_deleted_;
  bool done_ = false;
  std::optional<Answer> answer_;
};

}  // namespace florin::detail

#if !defined(FLORIN_SEPARATE_COMPILATION)
#include <florin/impl/removal.ipp>
#endif

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/error.hpp>
#include <florin/text.hpp>

#include <optional>
#include <string_view>
#include <utility>

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
  void took(Answer answer) {
    done_ = answer || !shows_deleted_ || answer.error().code != Errc::not_found;
    answer_.emplace(std::move(answer));
  }
  void took(Result<Customer> found) {
    done_ = true;
    Error refused = std::move(*answer_).error();
    const auto count = [&refused](const auto& told) {
      refused.attempts += told.attempts;
      refused.timings.add(told.timings);
    };
    if (found) {
      count(*found);
    } else {
      count(std::move(found).error());
    }
    if (!found || found->status != CustomerStatus::deleted) {
      *answer_ = std::move(refused);
      return;
    }
    DeleteResponse gone = Delete::respond({.connector_customer_id = id_.view()}, true);
    gone.http_status = refused.http_status;
    gone.request_id = refused.request_id;
    gone.attempts = refused.attempts;
    gone.timings = refused.timings;
    *answer_ = std::move(gone);
  }
  [[nodiscard]] Answer take() { return *std::move(answer_); }

 private:
  Text id_;
  bool shows_deleted_;
  bool done_ = false;
  std::optional<Answer> answer_;
};

}  // namespace florin::detail

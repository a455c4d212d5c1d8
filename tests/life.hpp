// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/customer.hpp>
#include <florin/error.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace florin_test {

/// What is possible of one customer, as far as calls have told: whether it is there, or gone.
struct Life {
  std::string id;  ///< the processor's; empty: no call has told it
  bool may_be_there = false;
  bool may_be_gone = true;
  /// A request may be under way when its call has ended: what is told next may not stay so.
  bool late = false;
  std::string history;
  std::vector<std::string> contradictions;

  /// A call has told which it is.
  void told(bool there, std::string_view by) {
    if (there ? !may_be_there : !may_be_gone)
      contradictions.push_back(std::string{by} +
                               (there ? " says it is there" : " says it is gone"));
    may_be_there = there || late;
    may_be_gone = !there || late;
  }
  /// A create or an ensure has ended.
  void created(const florin::Result<florin::CreateResponse>& answer) {
    if (answer) {
      may_be_there = true;
      may_be_gone = false;
      id = answer->connector_customer_id.str();
    } else {
      const auto outcome = answer.error().outcome;
      may_be_there = outcome != florin::Outcome::no_effect;
      may_be_gone = outcome != florin::Outcome::in_effect;
    }
  }
  /// A retrieve has ended.
  void retrieved(const florin::Result<florin::Customer>& answer) {
    if (answer) return told(answer->status == florin::CustomerStatus::active, "retrieve");
    check_reading(answer.error(), "retrieve");
    if (answer.error().code == florin::Errc::not_found) told(false, "retrieve");
  }
  /// A delete has ended.
  /// \param tells whether the processor says of a deleted customer that it was gone already.
  void removed(const florin::Result<florin::DeleteResponse>& answer, bool tells) {
    if (answer) {
      // Gone by an earlier attempt of this call is both.
      if (answer->attempts == 1 && tells) told(!answer->already_gone, "delete");
      may_be_there = late;
      may_be_gone = true;
    } else if (answer.error().outcome != florin::Outcome::no_effect) {
      may_be_gone = true;
      if (answer.error().outcome == florin::Outcome::in_effect) may_be_there = false;
    } else if (answer.error().code == florin::Errc::not_found) {
      told(false, "delete");
    }
  }
  /// A call that changes nothing has failed: it leaves nothing open.
  void check_reading(const florin::Error& error, std::string_view operation) {
    if (error.outcome != florin::Outcome::no_effect)
      contradictions.push_back(std::string{operation} + " leaves something open");
  }
};

}  // namespace florin_test

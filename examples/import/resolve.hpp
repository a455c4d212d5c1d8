// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/error.hpp>
#include <florin/onboarding/directory.hpp>
#include <florin/onboarding/row.hpp>
#include <florin/onboarding/state.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>

#include "exit_code.hpp"
#include "fault.hpp"
#include "options.hpp"

namespace florin_import {

/// Stores what the processor's dashboard shows of customers who are unknown, as `--resolve` says.
/// \return the exit code. Errors: `Stop`: the directory cannot be used.
[[nodiscard]] inline int resolve(florin::onboarding::Directory& directory, const Options& options) {
  int code = exit_code::good;
  const auto say = [](const std::string& text) { std::printf("%s\n", text.c_str()); };
  const auto silent = [](const florin::Error& error) {
    return Stop{"the directory does not answer: " + error.connector_message};
  };
  for (const std::string& each : options.resolve) {
    const std::size_t end = each.rfind('=');
    const std::string reference = each.substr(0, end);
    const std::string id = each.substr(end + 1);
    const florin::onboarding::CustomerKey key{reference, options.connector, options.account};
    const auto row = directory.find(key);
    if (!row) throw silent(row.error());
    if (!*row) {
      say(reference + ": the directory does not have this customer");
      code = std::max(code, exit_code::stopped);
    } else if ((*row)->state != florin::onboarding::State::unknown) {
      std::string text = reference + ": is " + std::string{to_string((*row)->state)};
      if (!(*row)->connector_customer_id.empty()) text += ", " + (*row)->connector_customer_id;
      say(text + "; nothing was changed");
      code = std::max(code, exit_code::stopped);
    } else if (const auto done = directory.resolve(key, id); done && *done) {
      say(reference +
          (id.empty() ? std::string{": does not exist, and can be created"} : ": is " + id));
    } else if (done || done.error().code == florin::Errc::claimed_elsewhere) {
      say(reference + ": another process is at work on this customer; say it again later");
      code = std::max(code, exit_code::open);
    } else {
      throw silent(done.error());
    }
  }
  return code;
}

}  // namespace florin_import

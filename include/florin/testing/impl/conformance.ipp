// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/conformance.hpp>
#include <florin/testing/detail/conformance_run.hpp>

namespace florin::testing::detail {

FLORIN_DECL ConformanceReport run_conformance(const Subject& subject, const Processor& processor,
                                              const ConformanceSettings& settings,
                                              Sandbox& sandbox) {
  return ConformanceRun{subject, processor, settings, sandbox}.run();
}

}  // namespace florin::testing::detail

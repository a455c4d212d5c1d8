// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/processor.hpp>

#include <string>
#include <utility>

#include "planted_subject.hpp"

/// Not for the parts: each would compile the others' as well.
namespace florin_test {

/// The subject of the connector with this processor.
inline PlantedSubject planted_subject(florin::testing::Processor processor) {
  PlantedSubject subject;
  const std::string connector = processor.name;
  subject.processor = std::move(processor);
  static_cast<void>(plant<0>(connector, subject) || plant<1>(connector, subject) ||
                    plant<2>(connector, subject));
  return subject;
}

}  // namespace florin_test

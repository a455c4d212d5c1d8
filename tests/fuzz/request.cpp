// SPDX-License-Identifier: Apache-2.0
// Requests of every policy and operation with any texts, see scene.hpp.
//
// An input is a line with the connector's name, then choices (operation, options, how many metadata
// entries and how many keys to be removed, which fields are cleared), then texts with a byte 0xFF,
// which no text has, behind each: see `scene_of`.
#include <florin/encode.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "input.hpp"
#include "operations.hpp"
#include "subjects.hpp"
#include "utf8_text.hpp"

namespace florin_fuzz {
namespace {

using florin::Field;
using florin::FieldSet;
using std::string_view;

Scene scene_of(Input& input) {
  Scene scene;
  const std::size_t options = input.choice(4);
  scene.has_current = (options & 1U) != 0;
  scene.sandbox = (options & 2U) != 0;
  const std::size_t entries = input.choice(24);
  const std::size_t keys = input.choice(4);
  const std::size_t cleared = input.choice(128) | input.choice(128) << 7U;
  for (std::size_t i = 0; i < florin::field_count; ++i)
    if ((cleared >> i & 1U) != 0) scene.cleared.insert(static_cast<Field>(i));
  const auto next = [&input] { return input.up_to('\xFF'); };
  for (const Field field : FieldSet::all())
    if (field != Field::metadata) scene.texts[static_cast<std::size_t>(field)] = next();
  for (string_view* text :
       {&scene.id, &scene.page, &scene.key, &scene.token, &scene.host, &scene.payment_token})
    *text = next();
  for (string_view& text : scene.credentials) text = next();
  scene.present = next();
  for (std::size_t i = 0; i < entries; ++i) {
    const string_view key = next();
    scene.metadata.push_back({key, next()});
  }
  for (std::size_t i = 0; i < keys; ++i) scene.metadata_cleared.push_back(next());
  while (!input.rest().empty()) {
    const string_view key = next();
    const string_view value = next();
    // A record comes out of JSON, and whoever says one key twice is not asked what is meant. The
    // reference is read as that, not as one of the metadata.
    const bool known = key == "merchant_customer_id" ||
                       std::any_of(scene.present_metadata.begin(), scene.present_metadata.end(),
                                   [key](const auto& entry) { return entry.key == key; });
    if (!known && is_utf8(key) && is_utf8(value)) scene.present_metadata.push_back({key, value});
  }
  if (!is_utf8(scene.present)) scene.present = {};
  return scene;
}

}  // namespace
}  // namespace florin_fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace florin_fuzz;
  static const std::vector<Subject> all = subjects();
  static florin::EncodedRequest out;  // with what earlier requests have left there
  Input input{data, size};
  const std::size_t policy = policy_named(input.up_to('\n'));
  const std::size_t operation = input.choice(operation_count);
  Scene scene = scene_of(input);
  const auto subject = std::find_if(all.begin(), all.end(), [=](const Subject& each) {
    return each.policy == policy && each.operation_number == operation;
  });
  if (subject == all.end()) return -1;
  if (!subject->takes_payment_token) scene.payment_token = {};
  static_cast<void>(subject->encode(scene, out));
  return 0;
}

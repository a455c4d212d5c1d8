// SPDX-License-Identifier: Apache-2.0
// The subjects of one part of the policies, FLORIN_TEST_PART: see subject.hpp.
#include <cstddef>
#include <type_traits>
#include <vector>

#include "fuzz/operations.hpp"
#include "fuzz/subject.hpp"

namespace florin_fuzz {
namespace {

template <class P, class Operation>
Subject subject_of(std::size_t policy, std::size_t number) {
  using Declared = florin::DeclarationOf<P, Operation>;
  Subject subject{.policy = policy,
                  .operation_number = number,
                  .connector = P::name,
                  .operation = Operation::name,
                  .path = Declared::path,
                  .encode = encode_checked<P, Operation>,
                  .credentials = {},
                  .signature = {},
                  .makes = std::is_same_v<Operation, florin::Create>,
                  .changes = florin::Edits<Operation>,
                  .finds = Operation::reads == florin::Reads::page,
                  .follows_links = florin::detail::follows_links<Declared>,
                  .takes_payment_token = florin::takes_payment_token<P, Operation>,
                  .host_credential = {}};
  if constexpr (florin::detail::has_host_hole<P, Operation>)
    subject.host_credential =
        florin::wire::HostForm::of(florin::detail::hosts_of<P, Operation>.live).credential;
  P::CredentialNames::describe([&]<class Part>() { subject.credentials.push_back(Part::name); });
  if constexpr (florin::UsesSignature<P, Operation>)
    subject.signature = P::Signature::prefix.view().substr(0, P::Signature::prefix.size() - 2);
  subject.max_length.fill(florin::wire::unlimited);
  if constexpr (florin::HasBody<Declared>)
    for (const florin::Field field : florin::FieldSet::all())
      subject.max_length[static_cast<std::size_t>(field)] = Declared::Body::max_length(field);
  return subject;
}

}  // namespace

template <std::size_t Part>
void add_subjects(std::vector<Subject>& all) {
  each_operation<Part, subject_parts>(
      [&all]<class P, class Operation>(std::size_t policy, std::size_t number) {
        all.push_back(subject_of<P, Operation>(policy, number));
      });
}
template void add_subjects<FLORIN_TEST_PART>(std::vector<Subject>& all);

}  // namespace florin_fuzz

// SPDX-License-Identifier: Apache-2.0
#include <florin/net/detail/record_trace.hpp>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <string>

BOOST_AUTO_TEST_SUITE(net_record_trace)
namespace {

using florin::net::detail::RecordTrace;

BOOST_AUTO_TEST_CASE(finds_the_ends_of_records_however_they_are_cut) {
  std::string stream;
  std::string ends;  // 'e' where a record ends
  for (const std::size_t body : {0U, 1U, 2U, 255U, 256U, 300U}) {
    stream += "\x17\x03\x03";
    stream += static_cast<char>(body >> 8U);
    stream += static_cast<char>(body & 255U);
    stream.append(body, '\x17');
    ends.resize(stream.size(), '.');
    ends.back() = 'e';
  }
  for (std::size_t step = 1; step <= stream.size(); ++step) {
    RecordTrace trace;
    BOOST_TEST(!trace.inside());
    bool good = true;
    for (std::size_t at = 0; at < stream.size(); at += step) {
      const std::size_t size = std::min(step, stream.size() - at);
      trace.feed(stream.data() + at, size);
      good = good && trace.inside() == (ends[at + size - 1] != 'e');
    }
    BOOST_TEST(good);
    BOOST_TEST(trace.records() == 6U);
  }
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()

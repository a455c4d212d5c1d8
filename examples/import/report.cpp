// SPDX-License-Identifier: Apache-2.0
#include "report.hpp"

#include <florin/field.hpp>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "count.hpp"
#include "printable.hpp"

namespace florin_import {

namespace {

namespace json = boost::json;

std::string time_text(std::chrono::system_clock::time_point time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const auto size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), size};
}

json::object reasons_of(const Tally::Reasons& reasons) {
  json::object all;
  for (const auto& [reason, count] : reasons) all.emplace(reason, count);
  return all;
}

double rate_of(const Report& report) {
  const auto asked = report.tally.done() - report.tally.known;
  const auto seconds = static_cast<double>(report.took.count()) / 1000;
  return seconds > 0 ? static_cast<double>(asked) / seconds : 0;
}

}  // namespace

std::vector<std::string> Report::what_to_do() const {
  std::vector<std::string> all;
  if (tally.bad != 0)
    all.push_back("Correct the lines of " + problems_file + ", and run the same command again.");
  if (!tally.refused.empty())
    all.push_back("The processor refuses some customers: correct their data (" + open_file +
                  ", refused), and run the same command again.");
  const auto unknown = Tally::sum(tally.unknown);
  if (!tally.failed.empty() || unknown > doubtful)
    all.push_back("Run the same command again in some minutes: it goes on with the customers of " +
                  open_file + " that failed or are unknown.");
  if (doubtful != 0)
    all.push_back(
        "Some customers may exist, which nothing but a look into the processor's dashboard "
        "settles (" +
        open_file +
        ", unknown). Say what is there with --resolve; until then nobody asks for them "
        "again.");
  if (tally.other_data != 0)
    all.push_back(
        "Some customers were first asked for with other data than this input has: the processor "
        "has the first ones. Update them, if these are the newer ones.");
  if (interrupted) all.push_back("Run the same command again: it goes on where it was.");
  return all;
}

std::string Report::as_json() const {
  json::object all{{"input", input},
                   {"connector", connector},
                   {"account", account},
                   {"server", server},
                   {"part", std::to_string(part.number) + "/" + std::to_string(part.of)},
                   {"began", time_text(began)},
                   {"seconds", static_cast<double>(took.count()) / 1000},
                   {"customers_per_second", std::round(rate_of(*this))},
                   {"interrupted", interrupted},
                   {"stopped", stopped.empty() ? json::value() : json::value(stopped)},
                   {"lines", tally.lines},
                   {"bad_lines", tally.bad},
                   {"repeated_lines", tally.repeated},
                   {"active", tally.active()},
                   {"created", tally.created},
                   {"replayed", tally.replayed},
                   {"existed", tally.existed},
                   {"known", tally.known},
                   {"other_data", tally.other_data},
                   {"slowed_down", tally.slowed},
                   {"refused", reasons_of(tally.refused)},
                   {"unknown", reasons_of(tally.unknown)},
                   {"failed", reasons_of(tally.failed)},
                   {"not_done", tally.lines - std::min(tally.lines, tally.done())}};
  json::array dropped;
  for (const florin::Field field : tally.dropped) dropped.emplace_back(to_string(field));
  all.emplace("not_carried", std::move(dropped));
  all.emplace("unused_columns", json::array(unused.begin(), unused.end()));
  if (directory)
    all.emplace("directory", json::object{{"active", directory->active},
                                          {"pending", directory->pending},
                                          {"refused", directory->refused},
                                          {"unknown", directory->unknown}});
  const auto advice = what_to_do();
  all.emplace("what_to_do", json::array(advice.begin(), advice.end()));
  return json::serialize(all) + '\n';
}

std::string Report::as_text() const {
  std::string all;
  const auto row = [&all](std::string_view name, std::string_view value,
                          std::string_view note = {}) {
    all.append("  ").append(name).append(name.size() < 14 ? 14 - name.size() : 1, ' ');
    all.append(value.size() < 12 ? 12 - value.size() : 0, ' ').append(value);
    if (!note.empty()) all.append("  ").append(note);
    all += '\n';
  };
  const auto number = [&row](std::string_view name, std::uint64_t count,
                             std::string_view note = {}) { row(name, grouped(count), note); };
  const auto reasons = [&](std::string_view name, const Tally::Reasons& counts) {
    for (const auto& [reason, count] : counts) number(name, count, reason);
  };
  all += "florin-import of " + printable(input) + " into " + connector +
         (account.empty() ? "" : " (" + account + ")") + ", " + server;
  if (part.of != 1)
    all += ", part " + std::to_string(part.number) + " of " + std::to_string(part.of);
  all += '\n' + time_text(began) + ", " +
         in_words(static_cast<std::uint64_t>(took.count() + 500) / 1000) + ", " +
         grouped(static_cast<std::uint64_t>(rate_of(*this) + 0.5)) + " customers a second\n";
  if (tally.slowed != 0)
    all += "It was slowed down " + grouped(tally.slowed) +
           (tally.slowed == 1 ? " time" : " times") + ", since requests had to be repeated.\n";
  if (!stopped.empty()) all += "It ended early: " + stopped + '\n';
  if (interrupted) all += "It was interrupted.\n";
  all += '\n';
  number("customers", tally.lines);
  number("created", tally.created);
  if (tally.replayed != 0)
    number("replayed", tally.replayed, "made now, or by an earlier call whose answer was lost");
  if (tally.existed != 0) number("existed", tally.existed, "at the processor");
  if (tally.known != 0)
    number("known", tally.known, no_directory ? "from an earlier line" : "to the directory");
  reasons("refused", tally.refused);
  reasons("unknown", tally.unknown);
  reasons("failed", tally.failed);
  if (const auto left = tally.lines - std::min(tally.lines, tally.done()); left != 0)
    number("not done", left);
  if (tally.bad != 0) number("bad lines", tally.bad, problems_file);
  if (tally.repeated != 0)
    number("repeated", tally.repeated, "lines whose reference stands on an earlier line");
  if (tally.other_data != 0) number("other data", tally.other_data);
  if (directory) {
    all += "\nThe directory has " + grouped(directory->active) + " active, " +
           grouped(directory->pending) + " pending, " + grouped(directory->refused) +
           " refused and " + grouped(directory->unknown) + " unknown customers of this account.\n";
  }
  const auto list = [&all](std::string_view what, const auto& names) {
    if (names.empty()) return;
    all.append("\n").append(what);
    std::string_view between = " ";
    for (const auto& name : names) {
      all.append(between).append(printable(name));
      between = ", ";
    }
    all += '\n';
  };
  std::vector<std::string_view> dropped;
  for (const florin::Field field : tally.dropped) dropped.push_back(to_string(field));
  list("The processor has no place for:", dropped);
  list("Columns that were not used:", unused);
  if (const auto advice = what_to_do(); !advice.empty()) {
    all += "\nWhat to do\n";
    for (const std::string& each : advice) all += "  - " + each + '\n';
  }
  return all;
}

}  // namespace florin_import

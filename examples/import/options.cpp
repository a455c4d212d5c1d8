// SPDX-License-Identifier: Apache-2.0
#include "options.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <system_error>

#include "client.hpp"
#include "exit_code.hpp"
#include "fault.hpp"

namespace florin_import {

namespace {

constexpr std::string_view about =
    R"(Creates a whole customer base at a payment processor, each customer exactly once, and stores both
ids of each. The same command, given again, goes on where it was: after Ctrl-C, a kill or a power
cut. First the whole input is checked; if a line has a fault nobody is created (see --skip-bad).)";

constexpr std::string_view notes =
    R"(Credentials come from the environment, as the table of connectors names them (STRIPE_API_KEY, ...), or
from a file (--credentials); so do STRIPE_ENVIRONMENT (live, the default, or sandbox), STRIPE_BASE_URL
and STRIPE_CA_FILE. The password of a PostgreSQL server comes from FLORIN_DIRECTORY, PGPASSWORD or
~/.pgpass. None of these is ever an option.

Fields: merchant_customer_id (your own reference), email, name, given_name, family_name, phone,
description, address.line1, address.line2, address.city, address.state, address.zip,
address.country, metadata.KEY. A column of that name is that field without --map.

Several processes, on several machines, may work at the same time on one PostgreSQL directory, also on
the same input; it goes faster when each has its own part (--part 1/3, 2/3, 3/3).

Ctrl-C, SIGTERM, SIGHUP: no line is begun any more, and it ends when the calls under way have; once
more: at once.
SIGUSR1: tells how far it is.

Exit codes
  0    all customers of the input exist, and both ids are stored; --check: no line has a fault
  1    it could not go on, see the message: a file, the CSV's quotes, the directory, an option, an
       input that somebody has changed meanwhile
  2    the command line is wrong
  3    lines have faults (NAME.problems.csv), or the processor refuses customers (NAME.open.csv)
  4    customers are unknown or have failed (NAME.open.csv): run the same command again
  5    a credential is missing or refused
  130  it was interrupted: run the same command again

Examples
  Try it, against a processor within the program:
    florin-import --sandbox customers.csv

  Which lines would Stripe refuse?
    florin-import --connector stripe --check --map merchant_customer_id=ID --map email=E-Mail customers.csv

  Create them, at most 80 a second:
    export STRIPE_API_KEY FLORIN_DIRECTORY=sqlite:customers.db
    florin-import --connector stripe --rate 80 --map merchant_customer_id=ID --map email=E-Mail \
      --metadata plan=Plan customers.csv

  Two machines, one PostgreSQL:
    FLORIN_DIRECTORY=postgresql://import@db/customers florin-import --connector stax --part 1/2 all.jsonl
    FLORIN_DIRECTORY=postgresql://import@db/customers florin-import --connector stax --part 2/2 all.jsonl

  Omise's dashboard shows one customer of two who stayed unknown, and not the other:
    florin-import --connector omise --resolve m-17=cust_test_5xyz --resolve m-18=

  From another program:
    psql -c "COPY (SELECT ...) TO STDOUT CSV HEADER" | florin-import --connector stripe -
)";

/// Whether a URL of a database has a password in it.
bool has_password(std::string_view url) {
  const auto scheme = url.find("://");
  const auto begin = scheme == std::string_view::npos ? 0 : scheme + 3;
  const auto host_end = std::min(url.find_first_of("/?", begin), url.size());
  const auto user = url.substr(begin, host_end - begin);
  const auto at = user.rfind('@');
  if (url.starts_with("postgres") && at != std::string_view::npos &&
      user.substr(0, at).find(':') != std::string_view::npos)
    return true;
  return url.find("password=") != std::string_view::npos;
}

Part part_of(const std::string& text) {
  const auto slash = text.find('/');
  const auto number = [](std::string_view digits, std::uint32_t& into) {
    const char* const end = digits.data() + digits.size();
    const auto read = std::from_chars(digits.data(), end, into);
    return read.ec == std::errc{} && read.ptr == end;
  };
  Part part;
  if (slash == std::string::npos || !number(std::string_view{text}.substr(0, slash), part.number) ||
      !number(std::string_view{text}.substr(slash + 1), part.of) || part.number < 1 ||
      part.number > part.of)
    throw CLI::ValidationError{"--part", text + ": say NUMBER/OF, e.g. 1/3"};
  return part;
}

Options::Format format_of(const std::string& name, const std::string& input) {
  if (name == "csv") return Options::Format::csv;
  if (name == "json") return Options::Format::json_lines;
  for (const std::string_view end : {".jsonl", ".ndjson", ".json"})
    if (input.ends_with(end)) return Options::Format::json_lines;
  return Options::Format::csv;
}

}  // namespace

Options read_options(int argc, char** argv) {
  Options options;
  std::string format;
  std::string separator = ",";
  std::string part = "1/1";
  double deadline = 20;
  CLI::App app{std::string{about}, "florin-import"};
  app.footer(std::string{notes});
  app.get_formatter()->column_width(34);
  app.add_option("INPUT", options.input, "CSV or JSON lines, in UTF-8; -: standard input")
      ->type_name("")
      ->capture_default_str();
  app.add_option("--connector", options.connector, "The processor, e.g. stripe")->type_name("NAME");
  app.add_option("--account", options.account,
                 "Your name of the account at the processor, where you have several")
      ->type_name("NAME");
  app.add_option("--directory", options.directory,
                 "Where both ids are stored: sqlite:FILE or postgresql://USER@HOST/DATABASE; else "
                 "FLORIN_DIRECTORY")
      ->type_name("URL");
  app.add_option("--credentials", options.credentials_file,
                 "A file of lines STRIPE_API_KEY=..., readable for you alone")
      ->type_name("FILE");
  app.add_option("--format", format, "csv or json; else by the input's name")
      ->type_name("NAME")
      ->check(CLI::IsMember({"csv", "json"}).description(""));
  app.add_option("--separator", separator, "Between the values of a CSV line; tab: a tabulator")
      ->type_name("CHARACTER")
      ->capture_default_str();
  app.add_option("--map", options.map,
                 "Which column is which field: email=E-Mail; as often as needed")
      ->type_name("FIELD=COLUMN")
      ->allow_extra_args(false);
  app.add_option("--metadata", options.metadata, "Columns for the metadata: plan, or plan=Plan")
      ->type_name("[KEY=]COLUMN")
      ->allow_extra_args(false);
  app.add_flag("--check", options.check_only,
               "Write all lines that this processor would refuse into a file, and create nobody");
  app.add_flag("--skip-bad", options.skip_bad, "Create the others although lines have faults");
  app.add_option("--concurrency", options.concurrency, "Most requests at the same time")
      ->type_name("NUMBER")
      ->check(CLI::Range(1, 1000).description(""))
      ->capture_default_str();
  app.add_option(
         "--rate", options.rate,
         "Most customers a second; it slows down by itself when the processor asks for that")
      ->type_name("NUMBER")
      ->check(CLI::Range(0.01, 1e6).description(""));
  app.add_option("--deadline", deadline, "Most seconds for one customer")
      ->type_name("SECONDS")
      ->check(CLI::Range(1.0, 600.0).description(""))
      ->capture_default_str();
  app.add_option("--part", part, "The share of the input that this process takes: 1/3")
      ->type_name("NUMBER/OF");
  app.add_option("--report", options.report,
                 "What the reports' names begin with: NAME.json, NAME.txt, NAME.problems.csv, "
                 "NAME.open.csv; of a part it is florin-import-1-of-3 where none is said")
      ->type_name("NAME")
      ->capture_default_str();
  app.add_option("--resolve", options.resolve,
                 "Instead of creating: a customer who is unknown is this one, as the dashboard "
                 "shows; without ID: does not exist. As often as needed")
      ->type_name("REFERENCE=[ID]")
      ->allow_extra_args(false)
      ->check(CLI::Validator{[](const std::string& text) {
                               const auto end = text.rfind('=');
                               const bool good =
                                   end != std::string::npos && end != 0 &&
                                   text.find_first_of(" \t\r\n", end) == std::string::npos;
                               return good ? std::string{}
                                           : text + ": say REFERENCE=ID, or REFERENCE=";
                             },
                             ""});
  app.add_flag("--sandbox", options.sandbox,
               "Try it: a Stripe within this program is asked, and the directory is in memory "
               "unless --directory names one");
  app.add_flag("--no-directory", options.no_directory,
               "Store nothing, to measure what the processor alone allows; it cannot be continued");
  try {
    app.parse(argc, argv);
    options.part = part_of(part);
    if (separator == "tab") separator = "\t";
    if (separator.size() != 1 || separator == "\"" || separator == "\n" || separator == "\r")
      throw CLI::ValidationError{"--separator", "one character, or tab"};
    if (has_password(options.directory))
      throw CLI::ValidationError{
          "--directory",
          "the URL has a password, which everybody on this machine can read in the list of "
          "processes: put it into PGPASSWORD or ~/.pgpass, or the URL into FLORIN_DIRECTORY"};
    // No range has them out.
    if (!std::isfinite(options.rate) || !std::isfinite(deadline))
      throw CLI::ValidationError{std::isfinite(deadline) ? "--rate" : "--deadline", "a number"};
    if (options.no_directory && !options.directory.empty())
      throw CLI::ValidationError{"--no-directory", "stores nothing, so --directory is for nothing"};
    if (app.count("--report") == 0 && options.part.of > 1)
      options.report +=
          "-" + std::to_string(options.part.number) + "-of-" + std::to_string(options.part.of);
    if (!options.resolve.empty() && (options.no_directory || options.check_only))
      throw CLI::ValidationError{"--resolve",
                                 "is about a directory, and creates and checks nobody"};
    if (options.connector.empty()) {
      if (!options.sandbox)
        throw CLI::ValidationError{"--connector", "say which processor, e.g. --connector stripe"};
      options.connector = TrialProcessor::connector();
    }
    if (options.sandbox && options.connector != TrialProcessor::connector())
      throw CLI::ValidationError{"--sandbox", "the processor within this program is " +
                                                  std::string{TrialProcessor::connector()} +
                                                  "; for others use a test account of theirs"};
  } catch (const CLI::ParseError& error) {
    std::exit(app.exit(error) == 0 ? exit_code::good : exit_code::wrong_usage);
  }
  options.separator = separator.front();
  options.format = format_of(format, options.input);
  options.deadline = std::chrono::milliseconds{static_cast<std::int64_t>(deadline * 1000)};
  return options;
}

}  // namespace florin_import

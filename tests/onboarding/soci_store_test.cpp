// SPDX-License-Identifier: Apache-2.0
#include <florin/onboarding/soci_store.hpp>

#include <boost/test/unit_test.hpp>

#include <barrier>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <memory>
#include <optional>
#include <soci/soci.h>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include "onboarding/onboarding_bench.hpp"
#include "own_program.hpp"
#include "scoped_variable.hpp"
#include "support/skipped.hpp"

/// The table of customers in SQLite, and with onboarding/store.py in PostgreSQL.
BOOST_AUTO_TEST_SUITE(onboarding_soci_store)
namespace {

using namespace florin_test;
using ob::Row;
using ob::SociStore;
using ob::State;

/// An empty database, which goes with it: of SQLite in a folder of its own, or where
/// FLORIN_TEST_DIRECTORY says, see onboarding/store.py.
class Database {
 public:
  Database() {
    if (is_server()) {
      soci::session sql = session();
      sql << "DROP TABLE IF EXISTS florin_customers, florin_schema";
      return;
    }
    std::string pattern =
        (std::filesystem::temp_directory_path() / "florin onboarding XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"there is no folder"};
    folder_ = pattern;
  }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;
  ~Database() {
    if (!is_server()) std::filesystem::remove_all(folder_);
  }
  [[nodiscard]] static bool is_server() { return std::getenv("FLORIN_TEST_DIRECTORY") != nullptr; }
  [[nodiscard]] std::string url() const {
    return is_server() ? std::getenv("FLORIN_TEST_DIRECTORY") : "sqlite:" + file().string();
  }
  [[nodiscard]] std::filesystem::path file() const { return folder_ / "customers.db"; }
  [[nodiscard]] soci::session session() const {
    return is_server() ? soci::session{"postgresql", url()}
                       : soci::session{"sqlite3", "db=\"" + file().string() + "\""};
  }

 private:
  std::filesystem::path folder_{};
};

Row full(const std::string& id) {
  return {.key = {id, "stripe", "account ä"},
          .state = State::unknown,
          .connector_customer_id = "cus_1",
          .error = "connection_lost",
          .detail = "some_code email",
          .request = R"({"name":"O'Brien \"Q\" \\ : x"})",
          .digest = "d",
          .doubt = true,
          .attempts = 7,
          .lease = "lease",
          .lease_until = 1'700'000'000'001,
          .first_asked = 1'700'000'000'002,
          .asked = 1'700'000'000'003,
          .doubted = 1'700'000'000'004,
          .changed = 1'700'000'000'005,
          .due = ob::never};
}
void check_same(const Row& a, const Row& b) {
  BOOST_TEST((a.key == b.key));
  BOOST_TEST(a.state == b.state);
  BOOST_TEST(a.connector_customer_id == b.connector_customer_id);
  BOOST_TEST(a.error == b.error);
  BOOST_TEST(a.detail == b.detail);
  BOOST_TEST(a.request == b.request);
  BOOST_TEST(a.digest == b.digest);
  BOOST_TEST(a.doubt == b.doubt);
  BOOST_TEST(a.attempts == b.attempts);
  BOOST_TEST(a.lease == b.lease);
  BOOST_TEST(a.lease_until == b.lease_until);
  BOOST_TEST(a.first_asked == b.first_asked);
  BOOST_TEST(a.asked == b.asked);
  BOOST_TEST(a.doubted == b.doubted);
  BOOST_TEST(a.changed == b.changed);
  BOOST_TEST(a.due == b.due);
}

BOOST_AUTO_TEST_CASE(a_row_comes_back_as_it_was) {
  const Database database;
  SociStore store{database.url()};
  const Row row = full("m-1");
  store.begin();
  BOOST_TEST((store.insert({&row, 1}) == std::vector{true}));
  BOOST_TEST((store.insert({&row, 1}) == std::vector{false}));
  const auto locked = store.lock({&row.key, 1});
  BOOST_TEST_REQUIRE(locked.size() == 1u);
  check_same(locked.front(), row);
  store.commit();
  const auto found = store.find(row.key);
  BOOST_TEST_REQUIRE(found.has_value());
  check_same(*found, row);
  SociStore other{database.url()};
  BOOST_TEST(other.find(row.key).has_value());
  BOOST_TEST(other.remove(row.key));
  BOOST_TEST(!other.remove(row.key));
  BOOST_TEST(!store.find(row.key).has_value());
}

BOOST_AUTO_TEST_CASE(a_row_is_written_by_who_has_its_lease) {
  const Database database;
  SociStore store{database.url()};
  std::vector<Row> rows{full("m-1"), full("m-2"), full("m-3")};
  rows[1].lease = "other";
  store.begin();
  BOOST_TEST((store.insert({rows.data(), 2}) == std::vector{true, true}));
  for (Row& row : rows) {
    row.lease.clear();
    row.state = State::active;
  }
  const std::vector<std::string> leases{"lease", "lease", "lease"};
  BOOST_TEST((store.update(rows, leases) == std::vector{true, false, false}));
  store.commit();
  BOOST_TEST(store.find(rows[0].key)->state == State::active);
  BOOST_TEST(store.find(rows[1].key)->lease == "other");
  BOOST_TEST(!store.find(rows[2].key).has_value());
}

BOOST_AUTO_TEST_CASE(texts_of_any_kind_come_back) {
  const Database database;
  SociStore store{database.url()};
  std::vector<Row> rows;
  for (const char* const text :
       {R"(a"b)", R"(a\b\)", "a'b''", "{a,b}", "NULL", "", " a ", "a\n\tb\x01", ":a", "$1", "ä€😀"})
    rows.push_back(full(text));
  for (Row& row : rows)
    for (std::string* const text : {&row.key.account, &row.connector_customer_id, &row.error,
                                    &row.detail, &row.request, &row.digest, &row.lease})
      *text = row.key.merchant_customer_id;
  store.begin();
  BOOST_TEST((store.insert(rows) == std::vector<bool>(rows.size(), true)));
  std::vector<std::string> leases;
  for (const Row& row : rows) leases.push_back(row.lease);
  BOOST_TEST((store.update(rows, leases) == std::vector<bool>(rows.size(), true)));
  store.commit();
  for (const Row& row : rows) {
    const auto found = store.find(row.key);
    BOOST_TEST_REQUIRE(found.has_value(), row.key.merchant_customer_id);
    check_same(*found, row);
  }
}

BOOST_AUTO_TEST_CASE(each_row_is_told_whether_it_was_written) {
  const Database database;
  SociStore store{database.url()};
  const std::vector<Row> some{full("m-5"), full("m-2")};
  std::vector<Row> all{full("m-4"), full("m-5"), full("m-1"), full("m-2"), full("m-3")};
  store.begin();
  BOOST_TEST((store.insert(some) == std::vector{true, true}));
  BOOST_TEST((store.insert(all) == std::vector{true, false, true, false, true}));
  const std::vector<std::string> leases{"lease", "another", "", "lease", "lease"};
  for (Row& row : all) row.attempts = 8;
  BOOST_TEST((store.update(all, leases) == std::vector{true, false, false, true, true}));
  // The same row for two who want to write it: who has its lease does.
  const std::vector<Row> twice{full("m-1"), full("m-1")};
  const std::vector<std::string> one{"another", "lease"};
  BOOST_TEST((store.update(twice, one) == std::vector{false, true}));
  std::vector<ob::CustomerKey> keys;
  for (const Row& row : all) keys.push_back(row.key);
  keys.push_back(full("m-6").key);
  BOOST_TEST(store.lock(keys).size() == 5u);
  store.commit();
  BOOST_TEST(store.find(all[0].key)->attempts == 8);
  BOOST_TEST(store.find(all[1].key)->attempts == 7);
}

BOOST_AUTO_TEST_CASE(a_growing_table_is_not_read_from_end_to_end,
                     *skipped_if(!Database::is_server(), "SQLite has no plans for many rows")) {
  const Database database;
  {
    SociStore store{database.url()};
    // After so many executions a statement has a plan that is kept.
    for (int turn = 0; turn < 10; ++turn) {
      std::vector<Row> rows;
      std::vector<std::string> leases;
      std::vector<ob::CustomerKey> keys;
      for (int i = 0; i < 20; ++i) {
        rows.push_back(full("m-" + std::to_string(turn) + '-' + std::to_string(i)));
        leases.push_back("lease");
        keys.push_back(rows.back().key);
      }
      store.begin();
      static_cast<void>(store.insert(rows));
      BOOST_TEST(store.lock(keys).size() == 20u);
      BOOST_TEST((store.update(rows, leases) == std::vector<bool>(20, true)));
      store.commit();
    }
  }
  // What a connection has done is counted at the latest when it has ended.
  soci::session sql = database.session();
  long long writes = 0;
  long long scanned = -1;
  for (int i = 0; i < 1000 && writes < 200; ++i) {
    sql << "SELECT n_tup_upd, seq_tup_read FROM pg_stat_user_tables WHERE relname = "
           "'florin_customers'",
        soci::into(writes), soci::into(scanned);
    if (writes < 200) std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
  BOOST_TEST(writes == 200);
  BOOST_TEST(scanned == 0);
}

BOOST_AUTO_TEST_CASE(a_transaction_is_done_as_a_whole_or_not_at_all) {
  const Database database;
  SociStore store{database.url()};
  const Row row = full("m-1");
  store.begin();
  BOOST_TEST((store.insert({&row, 1}) == std::vector{true}));
  store.recover();
  BOOST_TEST(!store.find(row.key).has_value());
  store.recover();  // also where there is none
  store.begin();
  BOOST_TEST((store.insert({&row, 1}) == std::vector{true}));
  store.commit();
  BOOST_TEST(store.find(row.key).has_value());
}

BOOST_AUTO_TEST_CASE(a_database_that_is_away_for_longer_is_connected_to_again,
                     *skipped_if(Database::is_server(), "onboarding/faults.py stops the server")) {
  const Database database;
  SociStore store{database.url()};
  const Row row = full("m-1");
  store.begin();
  static_cast<void>(store.insert({&row, 1}));
  store.commit();
  const auto folder = database.file().parent_path();
  const auto elsewhere = folder.string() + " elsewhere";
  std::filesystem::rename(folder, elsewhere);
  BOOST_CHECK_THROW(store.recover(), std::exception);
  BOOST_CHECK_THROW(store.recover(), std::exception);  // there is no connection any more
  std::filesystem::rename(elsewhere, folder);
  store.recover();
  BOOST_TEST(store.find(row.key).has_value());
}

BOOST_AUTO_TEST_CASE(open_rows_come_oldest_first) {
  const Database database;
  SociStore store{database.url()};
  std::vector<Row> rows;
  for (int i = 0; i < 8; ++i) {
    Row row = full("m-" + std::to_string(i));
    row.asked = 100 - i;
    row.due = 50;
    row.lease_until = 40;
    rows.push_back(row);
  }
  rows[0].state = State::active;
  rows[1].state = State::refused;
  rows[2].due = 51;
  rows[3].lease_until = 61;
  rows[4].key.account = "another";
  rows[5].lease.clear();
  rows[5].lease_until = 1000;
  rows[6].state = State::pending;
  store.begin();
  static_cast<void>(store.insert(rows));
  const ob::Scope scope{"stripe", "account ä"};
  const auto open = store.lock_open(scope, 50, 60, 10);
  BOOST_TEST_REQUIRE(open.size() == 3u);
  BOOST_TEST(open[0].key.merchant_customer_id == "m-7");
  BOOST_TEST(open[1].key.merchant_customer_id == "m-6");
  BOOST_TEST(open[2].key.merchant_customer_id == "m-5");
  BOOST_TEST(store.lock_open(scope, 50, 60, 2).size() == 2u);
  BOOST_TEST(store.lock_open(scope, 49, 60, 10).empty());
  store.commit();
  const auto counts = store.count(scope);
  BOOST_TEST(counts.active == 1u);
  BOOST_TEST(counts.refused == 1u);
  BOOST_TEST(counts.pending == 1u);
  BOOST_TEST(counts.unknown == 4u);
  const auto listed =
      store.list({.scope = scope, .state = State::unknown, .after = "m-2", .limit = 2});
  BOOST_TEST_REQUIRE(listed.size() == 2u);
  BOOST_TEST(listed[0].key.merchant_customer_id == "m-3");
  BOOST_TEST(listed[1].key.merchant_customer_id == "m-5");
}

BOOST_AUTO_TEST_CASE(each_state_is_counted_by_itself) {
  const Database database;
  SociStore store{database.url()};
  for (const State state : {State::pending, State::active, State::unknown, State::refused}) {
    Row row = full("m-1");
    row.key.account = to_string(state);
    row.state = state;
    store.begin();
    static_cast<void>(store.insert({&row, 1}));
    store.commit();
    const auto counts = store.count({"stripe", row.key.account});
    BOOST_TEST(counts.pending == (state == State::pending ? 1u : 0u));
    BOOST_TEST(counts.active == (state == State::active ? 1u : 0u));
    BOOST_TEST(counts.unknown == (state == State::unknown ? 1u : 0u));
    BOOST_TEST(counts.refused == (state == State::refused ? 1u : 0u));
  }
}

BOOST_AUTO_TEST_CASE(the_clock_is_the_databases) {
  const Database database;
  SociStore store{database.url()};
  const auto system = std::chrono::duration_cast<std::chrono::milliseconds>(
                          std::chrono::system_clock::now().time_since_epoch())
                          .count();
  const ob::DatabaseTime time = store.now();
  BOOST_TEST(std::abs(time - system) < 60'000);
}

BOOST_AUTO_TEST_CASE(what_is_erased_is_in_no_file,
                     *skipped_if(Database::is_server(), "PostgreSQL's files are its own")) {
  const Database database;
  {
    SociStore store{database.url()};
    Row row = full("m-1");
    row.request = R"({"email":"planted@example.com"})";
    store.begin();
    static_cast<void>(store.insert({&row, 1}));
    store.commit();
    row.request.clear();
    store.begin();
    BOOST_TEST((store.update({&row, 1}, {&row.lease, 1}) == std::vector{true}));
    store.commit();
  }
  // The last one to close it has brought all that was logged into the file.
  for (const auto& entry : std::filesystem::directory_iterator{database.file().parent_path()}) {
    std::ifstream in{entry.path(), std::ios::binary};
    const std::string bytes{std::istreambuf_iterator<char>{in}, {}};
    BOOST_TEST((bytes.find("planted@") == std::string::npos));
    BOOST_TEST((bytes.find("m-1") != std::string::npos));
  }
}

BOOST_AUTO_TEST_CASE(what_a_database_says_names_nobody) {
  const Database database;
  Row row = full("m-planted");
  row.request = R"({"email":"planted@example.com"})";
  const auto told = [](auto work) {
    try {
      work();
    } catch (const std::exception& problem) {
      return std::string{problem.what()};
    }
    BOOST_ERROR("it can be done");
    return std::string{};
  };
  const auto check = [](const std::string& words) {
    BOOST_TEST((words.find("florin_customers") != std::string::npos), words);
    BOOST_TEST((words.find("planted") == std::string::npos), words);
  };
  SociStore store{database.url()};
  {
    soci::session sql = database.session();
    sql << "DROP TABLE florin_customers";
  }
  check(told([&] { static_cast<void>(store.find(row.key)); }));
  store.recover();
  store.begin();
  check(told([&] { static_cast<void>(store.insert({&row, 1})); }));
}

BOOST_AUTO_TEST_CASE(what_cannot_be_opened_is_told) {
  const auto reason = [](const std::string& url) {
    const auto directory = ob::open_directory(url);
    BOOST_TEST_REQUIRE(directory.has_error(), url);
    const florin::Error error = directory.error();
    BOOST_TEST((error.code == Errc::directory_failed));
    BOOST_TEST((error.outcome == Outcome::no_effect));
    BOOST_TEST(!error.connector_message.empty());
    return error.connector_message;
  };
  static_cast<void>(reason("sqlite:/there/is/no/such/folder/x.db"));
  BOOST_TEST((reason("mysql://host/x").find("begins with") != std::string::npos));
  static_cast<void>(reason("postgresql://nobody@/x?host=/there/is/no/socket"));
  if (Database::is_server()) return;
  const Database database;
  { SociStore store{database.url()}; }
  {
    std::ofstream out{database.file(), std::ios::binary};
    out << "this is no database, but a text that is longer than its header, so that it is looked "
           "at.";
  }
  static_cast<void>(reason(database.url()));
}

BOOST_AUTO_TEST_CASE(tables_of_a_newer_version_are_left_alone) {
  const Database database;
  { SociStore store{database.url()}; }
  {
    soci::session sql = database.session();
    sql << "UPDATE florin_schema SET version = " << SociStore::schema_version + 1;
  }
  const auto directory = ob::open_directory(database.url());
  BOOST_TEST_REQUIRE(directory.has_error());
  BOOST_TEST((directory.error().connector_message.find("newer version") != std::string::npos));
}

BOOST_AUTO_TEST_CASE(several_may_make_the_tables_at_the_same_time) {
  constexpr std::ptrdiff_t stores = 4;
  for (int round = 0; round < 25; ++round) {
    const Database database;
    std::barrier start{stores};
    std::vector<std::future<std::string>> all;
    for (std::ptrdiff_t each = 0; each < stores; ++each)
      all.push_back(std::async(std::launch::async, [&] {
        start.arrive_and_wait();
        try {
          SociStore store{database.url()};
          return std::string{};
        } catch (const std::exception& problem) {
          return std::string{problem.what()};
        }
      }));
    for (auto& each : all) BOOST_TEST(each.get() == "");
  }
}

BOOST_AUTO_TEST_CASE(two_directories_share_one_database) {
  const Database database;
  Sandbox sandbox{florin::testing::stripe()};
  Client<StripePolicy> client{{.api_key = florin::Secret{sandbox.credential()}},
                              options_for(sandbox)};
  auto one = ob::open_directory(database.url(), quick()).value();
  auto two = ob::open_directory(database.url(), quick()).value();
  std::vector<std::future<Onboarding>> all;
  for (int i = 0; i < 100; ++i)
    all.push_back(ob::async_onboard(client, i % 2 == 0 ? one : two,
                                    buyer("m-" + std::to_string(i / 2 % 25)),
                                    boost::asio::use_future));
  for (auto& each : all) {
    const auto answer = take(std::move(each));
    BOOST_TEST_REQUIRE(answer.has_value());
  }
  BOOST_TEST(sandbox.customers().size() == 25u);
  BOOST_TEST(sandbox.request_count() == 25u);
  BOOST_TEST(one.count({.connector = "stripe"}).value().active == 25u);
}

constexpr const char* own_directory = "FLORIN_TEST_OWN_DIRECTORY";

/// How long the end of this program takes after all libraries have ended what they have of their
/// own; nobody may connect then.
std::chrono::milliseconds last_words{0};

void speak_last_words(int, void*) {
  if (last_words == 0ms) return;
  std::this_thread::sleep_for(last_words);
  try {
    const SociStore store{std::getenv(own_directory)};
    ::_exit(1);
  } catch (const std::runtime_error&) {
    // The program ends.
  }
}
/// What is registered before any library is initialised runs last.
void register_last_words() {
  ::on_exit(speak_last_words, nullptr);
}
[[gnu::section(".preinit_array"), gnu::used]] void (*const first_of_all)() = register_last_words;

BOOST_AUTO_TEST_CASE(a_program_may_end_while_directories_come_and_go) {
  if (!is_own_program()) {
    const Database database;
    const ScopedVariable variable{own_directory, database.url().c_str()};
    const int status = run_own_program();
    BOOST_TEST(WIFEXITED(status));
    BOOST_TEST(WEXITSTATUS(status) == own_program_ended);
    return;
  }
  std::promise<void> begun;
  const auto loop = [&begun, url = std::string{std::getenv(own_directory)}] {
    for (int round = 0;; ++round) {
      try {
        SociStore store{url};
        store.begin();
        store.commit();
      } catch (const std::runtime_error&) {
        // The program ends.
      }
      if (round == 3) begun.set_value();
    }
  };
  std::thread{loop}.detach();
  begun.get_future().get();
  last_words = 300ms;
  std::exit(own_program_ended);
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()

// SPDX-License-Identifier: Apache-2.0
#include <florin/onboarding/detail/soci_session.hpp>
#include <florin/onboarding/soci_store.hpp>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <fstream>
#include <limits>
#include <soci/soci.h>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "forked_child.hpp"
#include "own_program.hpp"
#include "scoped_variable.hpp"
#include "support/skipped.hpp"

/// How the table of customers is connected to; part of a suite that onboarding/store.py runs too.
BOOST_AUTO_TEST_SUITE(onboarding_soci_store)
BOOST_AUTO_TEST_SUITE(session)
namespace {

using namespace florin_test;
namespace ob = florin::onboarding;
using ob::Row;
using ob::SociStore;
using ob::detail::place_of;
using ob::detail::SociSession;

constexpr auto schema_version = SociStore::schema_version;

bool on_server() {
  return std::getenv("FLORIN_TEST_DIRECTORY") != nullptr;
}

/// An empty database: of SQLite in a folder of its own, which goes with it, or of the server.
class Place {
 public:
  Place() {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "florin session XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"there is no folder"};
    folder_ = pattern;
    if (on_server()) execute("DROP TABLE IF EXISTS florin_customers, florin_schema");
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() { std::filesystem::remove_all(folder_); }
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path file() const { return folder_ / "customers.db"; }
  [[nodiscard]] std::string url() const {
    return on_server() ? std::getenv("FLORIN_TEST_DIRECTORY") : "sqlite:" + file().string();
  }
  /// The URL with an option of libpq.
  [[nodiscard]] std::string url_with(const std::string& option) const {
    return url() + (url().find('?') == std::string::npos ? '?' : '&') + option;
  }
  /// A connection without the library.
  [[nodiscard]] soci::session plain() const {
    return on_server() ? soci::session{"postgresql", url()}
                       : soci::session{"sqlite3", "db=\"" + file().string() + "\""};
  }
  void execute(const std::string& statement) const {
    soci::session sql = plain();
    if (on_server()) sql << "SET client_min_messages = error";
    sql << statement;
  }

 private:
  std::filesystem::path folder_{};
};

const auto sqlite_only = skipped_if(on_server(), "it is about SQLite");
const auto postgresql_only = skipped_if(!on_server(), "it is about PostgreSQL");

Row customer(const std::string& id) {
  Row row{};
  row.key = {id, "stripe", ""};
  return row;
}
template <class Store>
void insert(Store& store, const std::string& id) {
  const Row row = customer(id);
  store.begin();
  const bool written = store.insert({&row, 1}).at(0);
  store.commit();
  BOOST_TEST(written);
}
bool has(SociStore& store, const std::string& id) {
  return store.find(customer(id).key).has_value();
}
/// What is thrown; empty: nothing.
template <class Work>
std::string thrown_by(Work work) {
  try {
    work();
  } catch (const std::exception& problem) {
    return problem.what();
  }
  return {};
}
void check_has(const std::string& words, std::string_view part) {
  BOOST_TEST((words.find(part) != std::string::npos), "\"" << words << "\" has " << part);
}
std::string asked(SociSession& session, const std::string& question) {
  std::string answer;
  session.sql() << question, soci::into(answer);
  return answer;
}

BOOST_AUTO_TEST_CASE(a_child_of_who_has_used_sqlite_does_not_lose_rows, *not_under_tsan(forks)) {
  const Place place;
  SociStore store{place.url()};
  insert(store, "parent");
  ForkedChild child{[&] {
    const std::string refused = thrown_by([&] {
      SociStore own{place.url()};
      insert(own, "child");
    });
    return refused.empty() ? std::string{"it may"} : refused;
  }};
  const std::string words = child.words();
  if (on_server()) {
    BOOST_TEST(words == "it may");
  } else {
    check_has(words, "forked");
  }
  BOOST_TEST(has(store, "child") == on_server());
  insert(store, "another");
}

constexpr const char* own_url = "FLORIN_TEST_OWN_DIRECTORY";

BOOST_AUTO_TEST_CASE(a_child_that_was_forked_before_may_use_sqlite, *not_under_tsan(forks)) {
  if (!is_own_program()) {
    const Place place;
    const ScopedVariable variable{own_url, place.url().c_str()};
    const int status = run_own_program();
    BOOST_TEST(WIFEXITED(status));
    BOOST_TEST(WEXITSTATUS(status) == own_program_ended);
    return;
  }
  const std::string url = std::getenv(own_url);
  ForkedChild child{[&] {
    SociStore own{url};
    insert(own, "child");
    return std::string{"done"};
  }};
  SociStore store{url};
  insert(store, "parent");
  const bool good = child.words() == "done" && has(store, "child") && has(store, "parent");
  std::exit(good ? own_program_ended : 1);
}

BOOST_AUTO_TEST_CASE(a_relative_path_is_that_of_the_start, *sqlite_only) {
  const Place place;
  const auto before = std::filesystem::current_path();
  std::filesystem::current_path(place.folder());
  SociStore store{"sqlite:customers.db"};
  std::filesystem::current_path(before);
  insert(store, "m-1");
  store.recover();
  store.recover();
  BOOST_TEST(has(store, "m-1"));
  BOOST_TEST(!std::filesystem::exists("customers.db"));
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_gone_is_not_made_anew, *sqlite_only) {
  const Place place;
  SociStore store{place.url()};
  insert(store, "m-1");
  const auto away = place.folder() / "away.db";
  { SociStore{place.url()}.recover(); }
  const auto recovered = [&] {
    return thrown_by([&] {
      store.recover();  // the connection has done something
      store.recover();
    });
  };
  // Nothing is there.
  BOOST_TEST(recovered() == "");
  std::filesystem::rename(place.file(), away);
  check_has(recovered(), "the directory is gone");
  BOOST_TEST(!std::filesystem::exists(place.file()));
  check_has(thrown_by([&] { store.begin(); }), "no connection");
  // An empty file.
  std::ofstream{place.file()}.close();
  check_has(recovered(), "the directory is gone");
  BOOST_TEST(std::filesystem::file_size(place.file()) == 0u);
  // What is another program's.
  place.execute("CREATE TABLE other (x integer)");
  check_has(recovered(), "the directory is gone");
  {
    soci::session sql = place.plain();
    std::string mode;
    sql << "PRAGMA journal_mode", soci::into(mode);
    BOOST_TEST(mode == "delete");
  }
  // What a newer version has changed.
  place.execute("CREATE TABLE florin_schema (version integer NOT NULL)");
  place.execute("INSERT INTO florin_schema VALUES (1000)");
  check_has(recovered(), "newer version");
  // It is back.
  std::filesystem::rename(away, place.file());
  BOOST_TEST(recovered() == "");
  BOOST_TEST(has(store, "m-1"));
}

BOOST_AUTO_TEST_CASE(tables_that_are_gone_are_not_made_anew, *postgresql_only) {
  const Place place;
  SociStore store{place.url()};
  insert(store, "m-1");
  store.recover();
  place.execute("ALTER TABLE florin_schema RENAME TO florin_other");
  place.execute("ALTER TABLE florin_customers RENAME TO florin_others");
  check_has(thrown_by([&] { store.recover(); }), "the directory is gone");
  check_has(thrown_by([&] { store.recover(); }), "the directory is gone");
  // It would not be, were they there again.
  place.execute("ALTER TABLE florin_other RENAME TO florin_schema");
  place.execute("ALTER TABLE florin_others RENAME TO florin_customers");
  store.recover();
  BOOST_TEST(has(store, "m-1"));
}

BOOST_AUTO_TEST_CASE(what_is_in_memory_is_not_forgotten, *sqlite_only) {
  SociStore store{"sqlite::memory:"};
  insert(store, "m-1");
  for (int i = 0; i < 3; ++i) store.recover();
  BOOST_TEST(has(store, "m-1"));
  store.begin();
  const Row row = customer("m-2");
  static_cast<void>(store.insert({&row, 1}));
  store.recover();
  BOOST_TEST(!has(store, "m-2"));
  BOOST_TEST(has(store, "m-1"));
}

BOOST_AUTO_TEST_CASE(a_path_says_which_file) {
  for (const char* const url : {"sqlite:", "sqlite:/tmp/a \"b\".db"})
    check_has(thrown_by([&] { SociStore{url}; }), "has a path");
  BOOST_TEST(place_of("sqlite::memory:").to == "db=\":memory:\"");
  BOOST_TEST(place_of("sqlite:file:/tmp/x.db?mode=ro").to == "db=\"file:/tmp/x.db?mode=ro\"");
  BOOST_TEST(place_of("sqlite:/tmp/a b.db").to == "db=\"/tmp/a b.db\"");
}

BOOST_AUTO_TEST_CASE(options_are_added_to_any_url) {
  const auto to = [](std::string_view url) { return place_of(url).to; };
  const std::string all =
      "connect_timeout=10&keepalives_idle=10&keepalives_interval=5&keepalives_count=3&"
      "tcp_user_timeout=20000&application_name=florin";
  for (const std::string url : {"postgresql://h/db", "postgresql://", "postgres://u:a@h:1,i:2/db"})
    BOOST_TEST(to(url) == url + "?" + all);
  for (const std::string url : {"postgresql://h/db?", "postgresql:///db?host=/a@b&"})
    BOOST_TEST(to(url) == url + all);
  BOOST_TEST(to("postgresql://h?host=/a@b") == "postgresql://h?host=/a@b&" + all);
  BOOST_TEST(to("postgresql://u:p?connect_timeout=@h/db") ==
             "postgresql://u:p?connect_timeout=@h/db?" + all);
  const std::string some = all.substr(all.find('&'));
  BOOST_TEST(to("postgresql://h/db?connect_timeout=3") ==
             "postgresql://h/db?connect_timeout=3" + some);
}

BOOST_AUTO_TEST_CASE(files_are_their_owners_alone, *sqlite_only) {
  const auto rights = [](const std::filesystem::path& file) {
    struct ::stat status {};
    BOOST_TEST(::stat(file.c_str(), &status) == 0);
    return status.st_mode & 0777u;
  };
  const ::mode_t before = ::umask(0022);
  {
    const Place place;
    SociStore store{place.url()};
    insert(store, "m-1");
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator{place.folder()}) {
      BOOST_TEST(rights(entry.path()) == 0600u);
      ++files;
    }
    BOOST_TEST(files == 3);
  }
  {
    const Place place;
    std::ofstream{place.file()}.close();
    BOOST_TEST(::chmod(place.file().c_str(), 0640) == 0);
    SociStore store{place.url()};
    BOOST_TEST(rights(place.file()) == 0640u);
  }
  ::umask(before);
}

/// Marks a connection, and whether it is a marked one.
void mark(SociSession& session) {
  session.sql() << "CREATE TEMPORARY TABLE mark (x integer)";
}
bool is_marked(SociSession& session) {
  int marks = 0;
  session.sql() << (on_server() ? "SELECT count(to_regclass('pg_temp.mark'))"
                                : "SELECT count(*) FROM sqlite_temp_master"),
      soci::into(marks);
  return marks == 1;
}

BOOST_AUTO_TEST_CASE(a_connection_that_does_nothing_well_is_not_kept) {
  const Place place;
  SociSession session{place.url(), schema_version};
  mark(session);
  const auto fail = [&] {
    session.begin();
    BOOST_CHECK_THROW(session.sql() << "there is no such statement", std::exception);
    session.recover();
  };
  session.begin();
  session.commit();
  fail();
  BOOST_TEST(is_marked(session));
  session.begin();
  session.commit();
  fail();
  BOOST_TEST(is_marked(session));
  fail();
  BOOST_TEST(!is_marked(session));
}

BOOST_AUTO_TEST_CASE(a_table_may_be_altered_under_it, *postgresql_only) {
  const Place place;
  SociStore store{place.url()};
  const ob::CustomerKey key = customer("m-1").key;
  insert(store, "m-1");
  store.begin();
  BOOST_TEST(store.lock({&key, 1}).size() == 1u);
  store.commit();
  place.execute("ALTER TABLE florin_customers ALTER COLUMN detail TYPE varchar(200)");
  store.begin();
  check_has(thrown_by([&] { static_cast<void>(store.lock({&key, 1})); }), "cached plan");
  store.recover();
  store.begin();
  BOOST_TEST(store.lock({&key, 1}).size() == 1u);
  store.commit();
}

BOOST_AUTO_TEST_CASE(settings_that_are_lost_are_made_again, *postgresql_only) {
  const Place place;
  SociSession session{place.url(), schema_version};
  const Row row = customer("m-1");
  const auto insert_row = [&] {
    session.begin();
    static_cast<void>(session.batches().insert({&row, 1}));
    session.commit();
  };
  insert_row();
  session.sql() << "DISCARD ALL";
  check_has(thrown_by(insert_row), "prepared statement");
  session.recover();
  insert_row();
  BOOST_TEST(asked(session, "SHOW statement_timeout") == "30s");
  BOOST_TEST(asked(session, "SHOW enable_seqscan") == "off");
}

BOOST_AUTO_TEST_CASE(one_that_cannot_write_is_not_kept, *postgresql_only) {
  const Place place;
  SociSession session{place.url(), schema_version};
  const Row row = customer("m-1");
  session.begin();
  session.commit();
  session.sql() << "SET default_transaction_read_only = on";
  session.begin();
  check_has(thrown_by([&] {
              static_cast<void>(session.batches().insert({&row, 1}));
            }),
            "read-only");
  session.recover();
  session.begin();
  static_cast<void>(session.batches().insert({&row, 1}));
  session.commit();
  check_has(thrown_by([&] {
              SociStore{place.url_with("options=-c%20default_transaction_read_only%3Don")};
            }),
            "the database is read-only");
}

BOOST_AUTO_TEST_CASE(who_uses_the_tables_need_not_be_allowed_to_make_some, *postgresql_only) {
  const Place place;
  { SociStore store{place.url()}; }
  place.execute("DROP ROLE IF EXISTS florin_clerk");
  place.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
  place.execute("CREATE ROLE florin_clerk LOGIN");
  place.execute("GRANT SELECT ON florin_schema TO florin_clerk");
  place.execute("GRANT SELECT, INSERT, UPDATE, DELETE ON florin_customers TO florin_clerk");
  BOOST_TEST(thrown_by([&] {
               SociStore store{place.url_with("user=florin_clerk")};
               insert(store, "m-1");
               store.recover();
               store.recover();
               BOOST_TEST(has(store, "m-1"));
             }) == "");
  place.execute("DROP OWNED BY florin_clerk");
  place.execute("DROP ROLE florin_clerk");
}

BOOST_AUTO_TEST_CASE(texts_are_the_same_for_all) {
  const Place place;
  SociStore store{place.url()};
  for (const char* const encoding : {"LATIN1", "UTF8"}) {
    const ScopedVariable variable{"PGCLIENTENCODING", encoding};
    SociStore other{place.url()};
    insert(other, std::string{"ä€😀 "} + encoding);
    BOOST_TEST(has(store, std::string{"ä€😀 "} + encoding));
  }
  if (!on_server()) return;
  SociStore told{place.url_with("client_encoding=LATIN1")};
  BOOST_TEST(has(told, "ä€😀 UTF8"));
}

BOOST_AUTO_TEST_CASE(all_rows_can_be_asked_for) {
  const Place place;
  SociStore store{place.url()};
  insert(store, "m-1");
  constexpr auto all = std::numeric_limits<std::size_t>::max();
  BOOST_TEST(
      store.list({.scope = {"stripe", ""}, .state = customer("").state, .limit = all}).size() ==
      1u);
  store.begin();
  BOOST_TEST(store.lock_open({"stripe", ""}, 1, 1, all).size() == 1u);
  store.commit();
}

BOOST_AUTO_TEST_CASE(what_is_committed_is_on_the_disk, *postgresql_only) {
  const Place place;
  const auto setting = [&](const std::string& asked_for) {
    SociSession session{place.url_with("options=-c%20synchronous_commit%3D" + asked_for),
                        schema_version};
    return asked(session, "SHOW synchronous_commit");
  };
  BOOST_TEST(setting("off") == "on");
  for (const char* const more : {"local", "on", "remote_apply"}) BOOST_TEST(setting(more) == more);
}

}  // namespace
BOOST_AUTO_TEST_SUITE_END()
BOOST_AUTO_TEST_SUITE_END()

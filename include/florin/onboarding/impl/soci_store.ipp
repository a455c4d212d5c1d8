// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/judged.hpp>
#include <florin/onboarding/soci_store.hpp>

#include <boost/json/array.hpp>
#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/storage_ptr.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <soci/soci.h>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace florin::onboarding {

namespace detail {

/// The columns of a row, in the order of the table.
template <class SomeRow, class Visitor>
void each_column(SomeRow& row, Visitor visit) {
  visit("merchant_customer_id", row.key.merchant_customer_id);
  visit("connector", row.key.connector);
  visit("account", row.key.account);
  visit("connector_customer_id", row.connector_customer_id);
  visit("error", row.error);
  visit("detail", row.detail);
  visit("request", row.request);
  visit("digest", row.digest);
  visit("lease", row.lease);
  visit("lease_until", row.lease_until);
  visit("first_asked", row.first_asked);
  visit("asked", row.asked);
  visit("doubted", row.doubted);
  visit("changed", row.changed);
  visit("due", row.due);
}

/// A row as a JSON object of its columns.
[[nodiscard]] inline boost::json::object json_of(const Row& row,
                                                 const boost::json::storage_ptr& memory) {
  boost::json::object all(19, memory);
  each_column(row, [&all](std::string_view name, const auto& value) { all.emplace(name, value); });
  all.emplace("state", to_string(row.state));
  all.emplace("doubt", row.doubt ? 1 : 0);
  all.emplace("attempts", row.attempts);
  return all;
}
[[nodiscard]] inline boost::json::object json_of(const CustomerKey& key,
                                                 const boost::json::storage_ptr& memory) {
  boost::json::object all(3, memory);
  all.emplace("merchant_customer_id", key.merchant_customer_id);
  all.emplace("connector", key.connector);
  all.emplace("account", key.account);
  return all;
}

struct FromJson {
  const boost::json::object& all;

  void operator()(std::string_view name, std::string& into) const {
    into = std::string_view{all.at(name).as_string()};
  }
  void operator()(std::string_view name, DatabaseTime& into) const {
    into = all.at(name).to_number<DatabaseTime>();
  }
};
/// The row of such an object. Errors: `std::exception`: it is none.
[[nodiscard]] inline Row row_of(std::string_view text) {
  const boost::json::value parsed = boost::json::parse(text);
  const boost::json::object& all = parsed.as_object();
  Row row;
  each_column(row, FromJson{all});
  const auto state = state_named(std::string_view{all.at("state").as_string()});
  if (!state) throw std::runtime_error{"a row has a state that there is not"};
  row.state = *state;
  row.doubt = all.at("doubt").to_number<int>() != 0;
  row.attempts = all.at("attempts").to_number<int>();
  return row;
}
/// The key of a text `[merchant_customer_id, connector, account]`.
[[nodiscard]] inline CustomerKey key_of(std::string_view text) {
  const boost::json::value parsed = boost::json::parse(text);
  const boost::json::array& parts = parsed.as_array();
  const auto part = [&parts](std::size_t i) {
    return std::string{std::string_view{parts.at(i).as_string()}};
  };
  return {part(0), part(1), part(2)};
}

/// What the two databases spell differently.
struct Dialect {
  std::string_view begin;
  std::string_view now;
  std::string_view batch;  ///< the rows of `:batch`, as `x`
  std::string_view value;  ///< a column of `x`: before and after its name
  std::string_view value_end;
  std::string_view row;        ///< a row `c` as a JSON object
  std::string_view key;        ///< the key of a row as a JSON array
  std::string_view lock;       ///< at the end of a select
  std::string_view lock_free;  ///< likewise, of rows that nobody has locked
};

inline constexpr std::string_view columns =
    "merchant_customer_id, connector, account, state, connector_customer_id, error, detail, "
    "request, digest, doubt, attempts, lease, lease_until, first_asked, asked, doubted, changed, "
    "due";

inline constexpr Dialect sqlite_dialect{
    .begin = "BEGIN IMMEDIATE",
    .now = "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    .batch = "(SELECT value AS v FROM json_each(:batch)) AS x",
    .value = "json_extract(x.v, '$.",
    .value_end = "')",
    .row =
        "json_object('merchant_customer_id', c.merchant_customer_id, 'connector', c.connector, "
        "'account', c.account, 'state', c.state, 'connector_customer_id', "
        "c.connector_customer_id, 'error', c.error, 'detail', c.detail, 'request', c.request, "
        "'digest', c.digest, 'doubt', c.doubt, 'attempts', c.attempts, 'lease', c.lease, "
        "'lease_until', c.lease_until, 'first_asked', c.first_asked, 'asked', c.asked, "
        "'doubted', c.doubted, 'changed', c.changed, 'due', c.due)",
    .key = "json_array(merchant_customer_id, connector, account)",
    .lock = "",
    .lock_free = ""};

inline constexpr Dialect postgresql_dialect{
    .begin = "BEGIN",
    .now = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
    .batch =
        "json_to_recordset(CAST(:batch AS json)) AS x(merchant_customer_id text, connector "
        "text, account text, state text, connector_customer_id text, error text, detail text, "
        "request text, digest text, doubt integer, attempts integer, lease text, lease_until "
        "bigint, first_asked bigint, asked bigint, doubted bigint, changed bigint, due bigint, "
        "held text)",
    .value = "x.",
    .value_end = "",
    .row = "CAST(row_to_json(c) AS text)",
    .key =
        "CAST(json_build_array(florin_customers.merchant_customer_id, "
        "florin_customers.connector, florin_customers.account) AS text)",
    .lock = " FOR UPDATE OF c",
    .lock_free = " FOR UPDATE SKIP LOCKED"};

/// The tables, version by version.
inline constexpr std::array<std::string_view, 2> schema_1{
    "CREATE TABLE florin_customers (merchant_customer_id text NOT NULL, connector text NOT NULL, "
    "account text NOT NULL, state text NOT NULL, connector_customer_id text NOT NULL, error text "
    "NOT NULL, detail text NOT NULL, request text NOT NULL, digest text NOT NULL, doubt integer "
    "NOT NULL, attempts integer NOT NULL, lease text NOT NULL, lease_until bigint NOT NULL, "
    "first_asked bigint NOT NULL, asked bigint NOT NULL, doubted bigint NOT NULL, changed bigint "
    "NOT NULL, due bigint NOT NULL, PRIMARY KEY (merchant_customer_id, connector, account), CHECK "
    "(state IN ('pending', 'active', 'unknown', 'refused')))",
    "CREATE INDEX florin_customers_open ON florin_customers (connector, account, asked) WHERE "
    "state IN ('pending', 'unknown')"};

/// Does something with a database. What it throws says what the database said, in one line: SOCI
/// adds the values that were bound, and PostgreSQL adds lines with those of rows, which are whole
/// requests.
template <class Work>
decltype(auto) discreetly(Work work) {
  try {
    return work();
  } catch (const soci::soci_error& problem) {
    const std::string said = problem.get_error_message();
    throw std::runtime_error{said.substr(0, said.find('\n'))};
  }
}

}  // namespace detail

/// A connection, and the statements that are prepared on it.
class SociStore::Session {
 public:
  explicit Session(std::string_view url) {
    constexpr std::string_view sqlite = "sqlite:";
    if (url.starts_with(sqlite)) {
      dialect_ = &detail::sqlite_dialect;
      backend_ = "sqlite3";
      // Its path in quotes, since it may have blanks.
      url_ = "db=\"" + std::string{url.substr(sqlite.size())} + "\"";
    } else if (url.starts_with("postgresql:") || url.starts_with("postgres:")) {
      dialect_ = &detail::postgresql_dialect;
      backend_ = "postgresql";
      url_ = url;
      // A server that is gone is noticed, unless the caller has said when.
      for (const std::string_view each :
           {"connect_timeout=10", "keepalives_idle=10", "keepalives_interval=5",
            "keepalives_count=3", "tcp_user_timeout=20000", "application_name=florin"}) {
        if (url_.find(each.substr(0, each.find('=') + 1)) != std::string::npos) continue;
        url_ += url_.find('?') == std::string::npos ? '?' : '&';
        url_ += each;
      }
    } else {
      throw std::runtime_error{"a directory's URL begins with sqlite: or postgresql:"};
    }
    connect();
  }

  void connect() {
    statements_.clear();
    sql_.reset();
    auto fresh = std::make_unique<soci::session>(backend_, url_);
    if (dialect_ == &detail::sqlite_dialect) {
      int timeout = 0;
      std::string mode;
      *fresh << "PRAGMA busy_timeout = 10000", soci::into(timeout);
      *fresh << "PRAGMA journal_mode = WAL", soci::into(mode);
      *fresh << "PRAGMA synchronous = FULL";
      // What is erased does not stay in the file.
      *fresh << "PRAGMA secure_delete = ON", soci::into(timeout);
    } else {
      *fresh << "SET statement_timeout = '30s'";
      // One that is stopped in the middle does not keep its rows from the others.
      *fresh << "SET idle_in_transaction_session_timeout = '30s'";
      // libpq would write what is less to the standard error.
      *fresh << "SET client_min_messages = error";
    }
    migrate(*fresh);
    sql_ = std::move(fresh);
  }
  void migrate(soci::session& sql) const {
    sql << std::string{dialect_->begin};
    if (dialect_ == &detail::postgresql_dialect) {
      // Two that start at the same time: one makes the tables.
      int locked = 0;
      sql << "SELECT 1 FROM (SELECT pg_advisory_xact_lock(7105641290)) AS l", soci::into(locked);
    }
    sql << "CREATE TABLE IF NOT EXISTS florin_schema (version integer NOT NULL)";
    int version = 0;
    sql << "SELECT coalesce(max(version), 0) FROM florin_schema", soci::into(version);
    if (version > schema_version)
      throw std::runtime_error{"the directory was made by a newer version of florin"};
    if (version < 1)
      for (const std::string_view statement : detail::schema_1) sql << std::string{statement};
    if (version < schema_version) {
      sql << "DELETE FROM florin_schema";
      sql << "INSERT INTO florin_schema (version) VALUES (" << schema_version << ")";
    }
    sql << "COMMIT";
  }

  void begin() { *sql_ << std::string{dialect_->begin}; }
  void commit() { *sql_ << "COMMIT"; }
  void recover() {
    if (sql_) {
      try {
        *sql_ << "ROLLBACK";
        return;
      } catch (const std::exception&) {
        // There is no transaction, or no connection: a new one is sure.
      }
    }
    connect();
  }
  DatabaseTime now() {
    long long time = 0;
    *sql_ << std::string{dialect_->now}, soci::into(time);
    return time;
  }

  /// Executes a statement over a batch of rows.
  /// \return the first column of what it returns.
  std::vector<std::string> over(const std::string& text, std::string batch) {
    auto& prepared = statements_[text];
    if (!prepared) prepared = std::make_unique<Prepared>(*sql_, text);
    prepared->batch = std::move(batch);
    std::vector<std::string> rows;
    prepared->statement.execute();
    while (prepared->statement.fetch()) rows.push_back(prepared->row);
    return rows;
  }

  [[nodiscard]] soci::session& sql() noexcept { return *sql_; }
  [[nodiscard]] const detail::Dialect& dialect() const noexcept { return *dialect_; }
  /// `x` and a column of it, or an expression for it.
  [[nodiscard]] std::string value(std::string_view column) const {
    return std::string{dialect_->value}.append(column).append(dialect_->value_end);
  }
  /// A list of columns, each as `write(name)` has it.
  template <class Write>
  [[nodiscard]] static std::string each_column(Write write) {
    std::string all;
    for (std::string_view rest = detail::columns; !rest.empty();) {
      const auto end = std::min(rest.find(", "), rest.size());
      if (!all.empty()) all += ", ";
      all += write(rest.substr(0, end));
      rest.remove_prefix(std::min(end + 2, rest.size()));
    }
    return all;
  }
  /// That a row `of` is that of `x`.
  [[nodiscard]] std::string same_key(std::string_view of) const {
    std::string all;
    for (const std::string_view column : {"merchant_customer_id", "connector", "account"}) {
      if (!all.empty()) all += " AND ";
      all.append(of).append(".").append(column).append(" = ").append(value(column));
    }
    return all;
  }

 private:
  struct Prepared {
    Prepared(soci::session& sql, const std::string& text)
        : statement((sql.prepare << text, soci::use(batch, "batch"), soci::into(row))) {}
    std::string batch;
    std::string row;
    soci::statement statement;
  };

  const detail::Dialect* dialect_ = nullptr;
  std::string backend_;
  std::string url_;
  std::unique_ptr<soci::session> sql_;  // null while it cannot be connected to
  std::map<std::string, std::unique_ptr<Prepared>, std::less<>> statements_;  // before the session
};

FLORIN_DECL SociStore::SociStore(std::string_view url)
    : session_(detail::discreetly([url] { return std::make_unique<Session>(url); })) {}
FLORIN_DECL SociStore::SociStore(SociStore&& other) noexcept = default;
FLORIN_DECL SociStore& SociStore::operator=(SociStore&& other) noexcept = default;
FLORIN_DECL SociStore::~SociStore() = default;

FLORIN_DECL void SociStore::begin() {
  session_->begin();
}
FLORIN_DECL void SociStore::commit() {
  session_->commit();
}
FLORIN_DECL void SociStore::recover() {
  session_->recover();
}
FLORIN_DECL DatabaseTime SociStore::now() {
  return session_->now();
}

namespace detail {

/// For each of `rows` whether its key is among those that a statement has returned.
[[nodiscard]] inline std::vector<bool> among(std::span<const Row> rows,
                                             const std::vector<std::string>& returned) {
  std::vector<CustomerKey> keys;
  for (const std::string& text : returned) keys.push_back(key_of(text));
  std::sort(keys.begin(), keys.end());
  std::vector<bool> are;
  for (const Row& row : rows) are.push_back(std::binary_search(keys.begin(), keys.end(), row.key));
  return are;
}

[[nodiscard]] inline std::vector<Row> rows_of(const std::vector<std::string>& texts) {
  std::vector<Row> rows;
  for (const std::string& text : texts) rows.push_back(row_of(text));
  return rows;
}

}  // namespace detail

FLORIN_DECL std::vector<bool> SociStore::insert(std::span<const Row> rows) {
  return detail::discreetly([&] {
    boost::json::monotonic_resource memory;
    boost::json::array batch(&memory);
    for (const Row& row : rows) batch.push_back(detail::json_of(row, &memory));
    const auto value = [this](std::string_view column) { return session_->value(column); };
    // In one order, so that two who insert the same rows do not wait for each other.
    return detail::among(
        rows, session_->over("INSERT INTO florin_customers (" + std::string{detail::columns} +
                                 ") SELECT " + Session::each_column(value) + " FROM " +
                                 std::string{session_->dialect().batch} +
                                 " WHERE true ORDER BY 1, 2, 3 ON CONFLICT (merchant_customer_id, "
                                 "connector, account) DO NOTHING RETURNING " +
                                 std::string{session_->dialect().key},
                             boost::json::serialize(batch)));
  });
}

FLORIN_DECL std::vector<Row> SociStore::lock(std::span<const CustomerKey> keys) {
  return detail::discreetly([&] {
    boost::json::monotonic_resource memory;
    boost::json::array batch(&memory);
    for (const CustomerKey& key : keys) batch.push_back(detail::json_of(key, &memory));
    const detail::Dialect& dialect = session_->dialect();
    return detail::rows_of(session_->over(
        "SELECT " + std::string{dialect.row} + " FROM florin_customers AS c JOIN " +
            std::string{dialect.batch} + " ON " + session_->same_key("c") +
            " ORDER BY c.merchant_customer_id, c.connector, c.account" + std::string{dialect.lock},
        boost::json::serialize(batch)));
  });
}

FLORIN_DECL std::vector<Row> SociStore::lock_open(const Scope& scope, DatabaseTime due,
                                                  DatabaseTime now, std::size_t limit) {
  return detail::discreetly([&] {
    const detail::Dialect& dialect = session_->dialect();
    const auto most = static_cast<long long>(limit);
    const long long due_by = due;
    const long long time = now;
    std::string row;
    std::vector<std::string> texts;
    soci::statement statement =
        (session_->sql().prepare
             << "SELECT " + std::string{dialect.row} +
                    " FROM florin_customers AS c WHERE c.connector = :connector AND c.account = "
                    ":account AND c.state IN ('pending', 'unknown') AND c.due <= :due AND (c.lease "
                    "= "
                    "'' OR c.lease_until <= :time) ORDER BY c.asked LIMIT :most" +
                    std::string{dialect.lock_free},
         soci::use(scope.connector, "connector"), soci::use(scope.account, "account"),
         soci::use(due_by, "due"), soci::use(time, "time"), soci::use(most, "most"),
         soci::into(row));
    statement.execute();
    while (statement.fetch()) texts.push_back(row);
    return detail::rows_of(texts);
  });
}

FLORIN_DECL std::vector<bool> SociStore::update(std::span<const Row> rows,
                                                std::span<const std::string> leases) {
  return detail::discreetly([&] {
    boost::json::monotonic_resource memory;
    boost::json::array batch(&memory);
    for (std::size_t i = 0; i < rows.size(); ++i) {
      auto row = detail::json_of(rows[i], &memory);
      row.emplace("held", leases[i]);
      batch.push_back(std::move(row));
    }
    const auto set = [this](std::string_view column) {
      return std::string{column}.append(" = ").append(session_->value(column));
    };
    return detail::among(
        rows, session_->over("UPDATE florin_customers SET " + Session::each_column(set) + " FROM " +
                                 std::string{session_->dialect().batch} + " WHERE " +
                                 session_->same_key("florin_customers") +
                                 " AND florin_customers.lease = " + session_->value("held") +
                                 " RETURNING " + std::string{session_->dialect().key},
                             boost::json::serialize(batch)));
  });
}

FLORIN_DECL std::optional<Row> SociStore::find(const CustomerKey& key) {
  return detail::discreetly([&]() -> std::optional<Row> {
    std::string row;
    session_->sql() << "SELECT " + std::string{session_->dialect().row} +
                           " FROM florin_customers AS c WHERE c.merchant_customer_id = :id AND "
                           "c.connector = :connector AND c.account = :account",
        soci::use(key.merchant_customer_id, "id"), soci::use(key.connector, "connector"),
        soci::use(key.account, "account"), soci::into(row);
    if (!session_->sql().got_data()) return std::nullopt;
    return detail::row_of(row);
  });
}

FLORIN_DECL std::vector<Row> SociStore::list(const Listing& listing) {
  return detail::discreetly([&] {
    const std::string state{to_string(listing.state)};
    const auto most = static_cast<long long>(listing.limit);
    std::string row;
    std::vector<std::string> texts;
    soci::statement statement =
        (session_->sql().prepare
             << "SELECT " + std::string{session_->dialect().row} +
                    " FROM florin_customers AS c WHERE c.connector = :connector AND c.account = "
                    ":account AND c.state = :state AND c.merchant_customer_id > :after ORDER BY "
                    "c.merchant_customer_id LIMIT :most",
         soci::use(listing.scope.connector, "connector"),
         soci::use(listing.scope.account, "account"), soci::use(state, "state"),
         soci::use(listing.after, "after"), soci::use(most, "most"), soci::into(row));
    statement.execute();
    while (statement.fetch()) texts.push_back(row);
    return detail::rows_of(texts);
  });
}

FLORIN_DECL Counts SociStore::count(const Scope& scope) {
  return detail::discreetly(
      [&] {
        std::string state;
        long long count = 0;
        Counts counts;
        soci::statement statement =
            (session_->sql().prepare
                 << "SELECT state, count(*) FROM florin_customers WHERE connector = :connector AND "
                    "account = :account GROUP BY state",
             soci::use(scope.connector, "connector"), soci::use(scope.account, "account"),
             soci::into(state), soci::into(count));
        statement.execute();
        while (statement.fetch()) {
          const auto number = static_cast<std::size_t>(count);
          switch (state_named(state).value()) {
            case State::pending:
              counts.pending = number;
              break;
            case State::active:
              counts.active = number;
              break;
            case State::unknown:
              counts.unknown = number;
              break;
            case State::refused:
              counts.refused = number;
              break;
          }
        }
        return counts;
      });
}

FLORIN_DECL bool SociStore::remove(const CustomerKey& key) {
  return detail::discreetly([&] {
    const bool there = find(key).has_value();
    session_->sql()
        << "DELETE FROM florin_customers WHERE merchant_customer_id = :id AND connector "
           "= :connector AND account = :account",
        soci::use(key.merchant_customer_id, "id"), soci::use(key.connector, "connector"),
        soci::use(key.account, "account");
    return there;
  });
}

FLORIN_DECL Result<Directory> open_directory(std::string_view url,
                                             const DirectoryOptions& options) {
  try {
    return Directory{SociStore{url}, options};
  } catch (const std::exception& problem) {
    Error error = florin::detail::local_error(
        {}, {Errc::directory_failed, std::nullopt, "the directory could not be opened"});
    error.connector_message = problem.what();
    return error;
  }
}

}  // namespace florin::onboarding

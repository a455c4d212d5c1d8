// SPDX-License-Identifier: Apache-2.0
//
// florin-import: creates a whole customer base at a processor, from a CSV file or JSON lines, each
// customer exactly once, and keeps both ids in a directory. `florin-import --help` says all.

#include "import/import.hpp"

#include <florin/onboarding/soci_store.hpp>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <filesystem>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "import/check.hpp"
#include "import/client.hpp"
#include "import/count.hpp"
#include "import/exit_code.hpp"
#include "import/fault.hpp"
#include "import/input.hpp"
#include "import/options.hpp"
#include "import/output_file.hpp"
#include "import/progress.hpp"
#include "import/report.hpp"
#include "import/resolve.hpp"
#include "import/tally.hpp"

namespace {

namespace asio = boost::asio;
using namespace florin_import;
using florin::onboarding::Directory;

/// All of one run.
class Program {
 public:
  explicit Program(Options options) : options_(std::move(options)) {
    if (!options_.credentials_file.empty())
      read_credentials(options_.credentials_file, options_.connector);
    // What is tried is not to stand among real customers.
    if (options_.directory.empty() && options_.sandbox) options_.directory = "sqlite::memory:";
    if (options_.directory.empty() && !options_.no_directory)
      if (const char* const url = std::getenv("FLORIN_DIRECTORY")) options_.directory = url;
    if (options_.directory.empty() && !options_.no_directory && !options_.check_only)
      throw Stop{
          "say where both ids are to be stored: --directory sqlite:FILE, or FLORIN_DIRECTORY"};
    report_.began = std::chrono::system_clock::now();
  }

  int run() {
    if (!options_.resolve.empty()) {
      require_connector(options_.connector);
      Directory directory = open_directory();
      return resolve(directory, options_);
    }
    std::optional<TrialProcessor> trial;
    if (options_.sandbox) trial.emplace();
    Connection connection = connect(context_.get_executor(), options_, trial ? &*trial : nullptr);
    const Input input{options_.input};
    spare(input);
    report_.input = input.name();
    report_.connector = options_.connector;
    report_.account = options_.account;
    report_.server = connection.server;
    report_.part = options_.part;
    report_.no_directory = options_.no_directory;
    catch_signals();
    tell_who_asks();

    Check check{input, options_, connection.client, report_.tally};
    run_check(check);
    report_.unused = {check.unused().begin(), check.unused().end()};
    report_.problems_file = check.problems();
    if (interrupted_) return exit_code::interrupted;
    say_faults(check);
    const bool bad = report_.tally.bad != 0;
    if (options_.check_only) return bad ? exit_code::refused : exit_code::good;
    // Opened before anybody is created, so that all can be told.
    OutputFile for_programs{options_.report + ".json"};
    OutputFile for_people{options_.report + ".txt"};
    if (bad && !options_.skip_bad) {
      report_.stopped = "lines have faults, and nobody was created";
      for_programs.write(report_.as_json());
      for_people.write(report_.as_text());
      return exit_code::refused;
    }

    std::optional<Directory> directory;
    if (!options_.no_directory) {
      leave_signals();  // it may take its time, in which nothing is told of them
      directory = open_directory();
      catch_signals();
    }
    progress_->say("creating " + grouped(report_.tally.lines) + " customers at " +
                   options_.connector + ", " + connection.server);
    create(input, connection, directory ? &*directory : nullptr, check);
    const int code = ended(input);
    if (directory && directory->trouble().empty())
      if (const auto counts = directory->count({options_.connector, options_.account}))
        report_.directory = *counts;
    const std::string text = report_.as_text();
    for_programs.write(report_.as_json());
    for_people.write(text);
    if (std::fputs(text.c_str(), stdout) < 0 || std::fflush(stdout) != 0)
      throw Stop{std::string{"standard output cannot be written: "} + std::strerror(errno)};
    return code;
  }

 private:
  using Clock = std::chrono::steady_clock;

  [[nodiscard]] Directory open_directory() const {
    auto opened = florin::onboarding::open_directory(options_.directory);
    if (!opened) throw Stop{"the directory cannot be opened: " + opened.error().connector_message};
    return *std::move(opened);
  }
  /// What would be written over is neither the input nor the directory.
  void spare(const Input& input) const {
    constexpr std::string_view sqlite = "sqlite:";
    const bool in_file =
        options_.directory.starts_with(sqlite) && options_.directory.size() > sqlite.size();
    const auto place = [](const std::filesystem::path& path) {
      return std::filesystem::weakly_canonical(std::filesystem::absolute(path));
    };
    const auto stored = place(in_file ? options_.directory.substr(sqlite.size()) : ".");
    for (const char* const end : {".json", ".txt", ".problems.csv", ".open.csv"}) {
      const std::string path = options_.report + end;
      if (input.is(path)) throw Stop{path + " is the input: say another --report"};
      if (in_file && place(path) == stored)
        throw Stop{path + " is the directory: say another --report"};
    }
  }
  /// Signals are told of while the context runs. One that is ignored stays so, as with nohup.
  void catch_signals() {
    signals_.add(SIGINT);
    signals_.add(SIGTERM);
    struct sigaction hangup {};
    if (::sigaction(SIGHUP, nullptr, &hangup) == 0 && hangup.sa_handler != SIG_IGN)
      signals_.add(SIGHUP);
    signals_.async_wait([this](auto failure, int) { signalled(failure); });
  }
  /// They do what they do by themselves again.
  void leave_signals() {
    signals_.cancel();
    signals_.clear();
  }
  void tell_who_asks() {
    asking_.async_wait([this](const boost::system::error_code& failure, int) {
      if (failure || over_) return;
      progress_->now();
      tell_who_asks();
    });
  }
  void signalled(const boost::system::error_code& failure) {
    if (failure || over_) return;
    signals_.async_wait([this](auto next, int) { signalled(next); });
    if (std::exchange(interrupted_, true)) {
      progress_->say("ended at once; run the same command again to go on");
      progress_->clear();
      std::_Exit(exit_code::interrupted);
    }
    if (import_) {
      import_->stop();
      progress_->say("ends when the calls under way have; once more: at once");
    }
  }
  void run_check(Check& check) {
    asio::co_spawn(context_, checking(check), [this](const std::exception_ptr& problem) {
      problem_ = problem;
      context_.stop();
    });
    context_.run();
    context_.restart();
    progress_->forget();
    if (problem_) std::rethrow_exception(problem_);
  }
  asio::awaitable<void> checking(Check& check) {
    while (!interrupted_ && check.proceed(200, *progress_))
      co_await asio::post(context_, asio::use_awaitable);
  }
  void say_faults(const Check& check) {
    const Tally& tally = report_.tally;
    for (const std::string& column : report_.unused)
      progress_->say("the column " + column + " is not used");
    if (tally.bad == 0) {
      progress_->say(grouped(check.read()) + " lines, no faults");
      return;
    }
    progress_->say(grouped(check.read()) + " lines, " + grouped(tally.bad) + " with faults: see " +
                   check.problems());
    if (!options_.check_only && !options_.skip_bad)
      progress_->say("nobody was created; correct them, or say --skip-bad to create the others");
  }
  asio::awaitable<void> ticking(asio::steady_timer& timer) {
    while (true) {
      timer.expires_after(Progress::period());
      boost::system::error_code cancelled;
      co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
      if (over_) co_return;
      progress_->tick(report_.tally, import_->state());
    }
  }
  void create(const Input& input, Connection& connection, Directory* directory,
              const Check& check) {
    const auto began = Clock::now();
    import_.emplace(Import::Parts{.context = context_,
                                  .input = input,
                                  .options = options_,
                                  .client = connection.client,
                                  .directory = directory,
                                  .references = check.references(),
                                  .tally = report_.tally,
                                  .progress = *progress_});
    asio::steady_timer timer{context_};
    asio::co_spawn(context_, ticking(timer), asio::detached);
    import_->begin([this, &timer] {
      over_ = true;  // for what is not cancelled, since it has its turn already
      timer.cancel();
      leave_signals();
      asking_.cancel();
    });
    context_.run();
    report_.took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
    progress_->clear();
  }
  /// How it has ended.
  /// \return the exit code.
  int ended(const Input& input) {
    report_.interrupted = interrupted_;
    report_.doubtful = import_->doubtful();
    report_.open_file = import_->open_file();
    int code = exit_code::good;
    try {
      import_->finish();
    } catch (const Refused& refused) {
      report_.stopped = refused.what();
      code = exit_code::bad_credentials;
    } catch (const Stop& stop) {
      report_.stopped = stop.what();
      code = exit_code::stopped;
    }
    const Tally& tally = report_.tally;
    if (code == exit_code::good && !interrupted_ &&
        (input.changed() || tally.done() != tally.lines)) {
      report_.stopped = "somebody has written into the input since it was checked";
      code = exit_code::stopped;
    }
    if (code != exit_code::good) return code;
    if (interrupted_) return exit_code::interrupted;
    if (!tally.unknown.empty() || !tally.failed.empty()) return exit_code::open;
    return tally.refused.empty() && tally.bad == 0 ? exit_code::good : exit_code::refused;
  }
  Options options_;
  asio::io_context context_{1};
  asio::signal_set signals_{context_};          // to end
  asio::signal_set asking_{context_, SIGUSR1};  // how far it is
  std::unique_ptr<Progress> progress_ = std::make_unique<Progress>();
  Report report_{};
  std::optional<Import> import_{};
  std::exception_ptr problem_{};
  bool interrupted_ = false;
  bool over_ = false;  // everybody was asked for
};

int fail(const char* what, int code) {
  std::fprintf(stderr, "florin-import: %s\n", what);
  return code;
}

/// Has the three usual descriptors open, so that nothing else gets their numbers, and allows as
/// many as the system does.
void prepare_descriptors() noexcept {
  for (int each = STDIN_FILENO; each <= STDERR_FILENO; ++each)
    if (::fcntl(each, F_GETFD) < 0 && ::open("/dev/null", O_RDWR) != each)
      std::_Exit(exit_code::stopped);
  ::rlimit most{};
  if (::getrlimit(RLIMIT_NOFILE, &most) != 0) return;
  most.rlim_cur = most.rlim_max;
  ::setrlimit(RLIMIT_NOFILE, &most);
}

}  // namespace

int main(int argc, char** argv) {
  prepare_descriptors();
  try {
    return Program{read_options(argc, argv)}.run();
  } catch (const Refused& refused) {
    return fail(refused.what(), exit_code::bad_credentials);
  } catch (const Stop& stop) {
    return fail(stop.what(), exit_code::stopped);
  } catch (const std::bad_alloc&) {
    return fail("there is no memory", exit_code::stopped);
  } catch (const std::exception& problem) {
    return fail(problem.what(), exit_code::stopped);
  }
}

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/detail/require.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/system/system_error.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace florin::testing {

/// A stream without a socket, for tests of code that reads and writes: the peer is a script, and
/// any single operation can be made to fail. Models `SyncReadStream`, `SyncWriteStream`,
/// `AsyncReadStream` and `AsyncWriteStream`, and can be the next layer of another stream.
///
/// \code
/// ScriptedStream stream(context.get_executor(),
///                       {ScriptedStream::expect(), ScriptedStream::give("HTTP/1.1 200 OK\r\n..."),
///                        ScriptedStream::eof()});
/// stream.read_chunk(1);                                   // one byte at a time
/// stream.fail_at(3, boost::asio::error::connection_reset);  // the third operation fails
/// \endcode
///
/// The script is what the peer does, in order. Writes always succeed at once (unless told to fail)
/// and are kept in `written()`. A read takes what the script gives next; where the script waits for
/// a write that has not come, or stalls, an asynchronous read stays pending, and a blocking one,
/// which could never return, fails with `boost::asio::error::would_block`. After the last step
/// reads end with `boost::asio::error::eof`.
///
/// Asynchronous completions are always posted, never called from within the initiating function.
/// At most one asynchronous read may be outstanding. Pending reads can be cancelled through
/// `cancel()`, `close()`, destruction or the handler's cancellation slot. Not safe for use from
/// several threads at once.
class ScriptedStream {
 public:
  using executor_type = boost::asio::any_io_executor;
  using lowest_layer_type = ScriptedStream;  ///< itself

  /// One thing the peer does.
  struct Step {
    /// What it does.
    enum class Kind {
      expect,  ///< waits until `size` octets more were written; 0: any at all
      give,    ///< sends `data`, at most `size` octets to one read; 0: no limit
      fail,    ///< the next operation, read or write, fails once with `error`
      eof,     ///< has stopped sending: this and all later reads end with eof
      stall,   ///< stays silent for ever
    };
    Kind kind = Kind::eof;              ///< what it does
    std::size_t size = 0;               ///< octets, see the kinds
    std::string data{};                 ///< of `give`: what it sends
    boost::system::error_code error{};  ///< of `fail`
  };

  /// Waits until `size` octets more were written; 0: any at all.
  static Step expect(std::size_t size = 0) { return {Step::Kind::expect, size, {}, {}}; }
  /// Sends `data`, at most `chunk` octets to one read; 0: no limit.
  static Step give(std::string data, std::size_t chunk = 0) {
    return {Step::Kind::give, chunk, std::move(data), {}};
  }
  /// Lets the next operation fail once.
  static Step fail(boost::system::error_code error) { return {Step::Kind::fail, 0, {}, error}; }
  /// Has stopped sending.
  static Step eof() { return {}; }
  /// Stays silent for ever.
  static Step stall() { return {Step::Kind::stall, 0, {}, {}}; }

  /// \param executor what completions are posted to. \param script what the peer does; empty: it
  /// has stopped sending.
  explicit ScriptedStream(executor_type executor, std::vector<Step> script = {})
      : state_(std::make_shared<State>(std::move(executor))) {
    state_->script = std::move(script);
  }

  ScriptedStream(ScriptedStream&&) noexcept = default;
  ScriptedStream& operator=(ScriptedStream&& other) noexcept {
    if (this != &other) {
      if (state_) state_->abort();
      state_ = std::move(other.state_);
    }
    return *this;
  }

  /// Pending reads end with `boost::asio::error::operation_aborted`.
  ~ScriptedStream() {
    if (state_) state_->abort();
  }

  /// What completions are posted to.
  executor_type get_executor() const noexcept { return state_->executor; }
  /// Itself.
  lowest_layer_type& lowest_layer() noexcept { return *this; }
  /// Itself.
  const lowest_layer_type& lowest_layer() const noexcept { return *this; }

  /// Adds a step at the end of the script; a pending read goes on if it can.
  void append(Step step) {
    state_->script.push_back(std::move(step));
    state_->resume();
  }
  /// One read gives at most so many octets; at least 1.
  void read_chunk(std::size_t limit) { state_->read_limit = std::max<std::size_t>(limit, 1); }
  /// One write takes at most so many octets; at least 1.
  void write_chunk(std::size_t limit) { state_->write_limit = std::max<std::size_t>(limit, 1); }
  /// The `n`-th operation from the beginning, counted from 1, fails with this error and does
  /// nothing else. May be called for several operations.
  void fail_at(std::size_t n, boost::system::error_code error) { state_->failures[n] = error; }
  /// Read and write operations begun so far, failed ones included.
  std::size_t operations() const noexcept { return state_->operations; }
  /// Everything written so far.
  const std::string& written() const noexcept { return state_->written; }
  /// Whether the script has no step left that has not happened; eof and stall never pass.
  bool finished() const {
    state_->advance();
    return state_->at == state_->script.size();
  }

  /// Ends a pending read with `boost::asio::error::operation_aborted`.
  void cancel() { state_->abort(); }
  /// The same, and all later operations fail with `boost::asio::error::bad_descriptor`.
  void close() {
    state_->open = false;
    state_->abort();
  }
  /// Whether `close` was not called.
  bool is_open() const noexcept { return state_->open; }

  /// Reads some octets; the overload without `ec` throws `boost::system::system_error`.
  template <class MutableBufferSequence>
  std::size_t read_some(const MutableBufferSequence& buffers, boost::system::error_code& ec) {
    if (state_->refused(ec)) return 0;
    std::size_t size = 0;
    if (!state_->try_read(buffers, ec, size)) ec = boost::asio::error::would_block;
    return size;
  }
  /// The same. Errors: `boost::system::system_error`.
  template <class MutableBufferSequence>
  std::size_t read_some(const MutableBufferSequence& buffers) {
    boost::system::error_code ec;
    const std::size_t size = read_some(buffers, ec);
    if (ec) throw boost::system::system_error(ec, "read_some");
    return size;
  }

  /// Writes some octets; the overload without `ec` throws `boost::system::system_error`.
  template <class ConstBufferSequence>
  std::size_t write_some(const ConstBufferSequence& buffers, boost::system::error_code& ec) {
    if (state_->refused(ec)) return 0;
    return state_->write(buffers, ec);
  }
  /// The same. Errors: `boost::system::system_error`.
  template <class ConstBufferSequence>
  std::size_t write_some(const ConstBufferSequence& buffers) {
    boost::system::error_code ec;
    const std::size_t size = write_some(buffers, ec);
    if (ec) throw boost::system::system_error(ec, "write_some");
    return size;
  }

  /// Reads some octets asynchronously. Handler: `void(boost::system::error_code, std::size_t)`.
  template <class MutableBufferSequence, class Token>
  auto async_read_some(const MutableBufferSequence& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, Signature>(InitiateRead{state_}, token, buffers);
  }

  /// Writes some octets asynchronously. Handler: `void(boost::system::error_code, std::size_t)`.
  template <class ConstBufferSequence, class Token>
  auto async_write_some(const ConstBufferSequence& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, Signature>(InitiateWrite{state_}, token, buffers);
  }

 private:
  using Signature = void(boost::system::error_code, std::size_t);

  /// A read that waits for the script.
  struct Pending {
    virtual ~Pending() = default;
    /// Reads if that is possible now. True: the completion has been posted.
    virtual bool resume() = 0;
    virtual void complete(boost::system::error_code ec, std::size_t size) = 0;
  };

  struct State : std::enable_shared_from_this<State> {
    explicit State(executor_type e) : executor(std::move(e)) {}

    /// Counts the operation; true when it fails for a reason that has nothing to do with the
    /// script.
    bool refused(boost::system::error_code& ec) {
      ec = {};
      ++operations;
      if (const auto at_failure = failures.find(operations); at_failure != failures.end())
        ec = at_failure->second;
      else if (!open)
        ec = boost::asio::error::bad_descriptor;
      return ec.failed();
    }

    void advance() {
      for (; at < script.size(); ++at) {
        const Step& step = script[at];
        if (step.kind == Step::Kind::give && given < step.data.size()) return;
        if (step.kind == Step::Kind::expect) {
          if (unclaimed < std::max<std::size_t>(step.size, 1)) return;
          unclaimed = step.size == 0 ? 0 : unclaimed - step.size;
        } else if (step.kind != Step::Kind::give) {
          return;
        }
        given = 0;
      }
    }

    /// True when a scripted failure was due, and now has happened.
    bool scripted_failure(boost::system::error_code& ec) {
      advance();
      if (at == script.size() || script[at].kind != Step::Kind::fail) return false;
      ec = script[at++].error;
      return true;
    }

    /// False when the script gives nothing yet.
    template <class MutableBufferSequence>
    bool try_read(const MutableBufferSequence& buffers, boost::system::error_code& ec,
                  std::size_t& size) {
      size = 0;
      const std::size_t room = boost::asio::buffer_size(buffers);
      if (room == 0 || scripted_failure(ec)) return true;
      if (at == script.size() || script[at].kind == Step::Kind::eof) {
        ec = boost::asio::error::eof;
        return true;
      }
      const Step& step = script[at];
      if (step.kind != Step::Kind::give) return false;
      size = std::min({room, read_limit, step.data.size() - given});
      if (step.size != 0) size = std::min(size, step.size);
      boost::asio::buffer_copy(buffers, boost::asio::buffer(step.data.data() + given, size));
      given += size;
      return true;
    }

    template <class ConstBufferSequence>
    std::size_t write(const ConstBufferSequence& buffers, boost::system::error_code& ec) {
      if (scripted_failure(ec)) return 0;
      const std::size_t size = std::min(boost::asio::buffer_size(buffers), write_limit);
      const std::size_t before = written.size();
      written.resize(before + size);
      boost::asio::buffer_copy(boost::asio::buffer(written.data() + before, size), buffers);
      unclaimed += size;
      resume();
      return size;
    }

    void resume() {
      if (pending && pending->resume()) pending.reset();
    }

    void abort() {
      if (const auto aborted = std::exchange(pending, nullptr))
        aborted->complete(boost::asio::error::operation_aborted, 0);
    }

    executor_type executor;
    std::vector<Step> script;
    std::size_t at = 0;
    std::size_t given = 0;
    std::size_t unclaimed = 0;
    std::size_t read_limit = std::numeric_limits<std::size_t>::max();
    std::size_t write_limit = std::numeric_limits<std::size_t>::max();
    std::size_t operations = 0;
    std::map<std::size_t, boost::system::error_code> failures;
    std::string written;
    bool open = true;
    std::shared_ptr<Pending> pending;
  };

  template <class Handler>
  static void post(const executor_type& executor, Handler&& handler, boost::system::error_code ec,
                   std::size_t size) {
    const auto target = boost::asio::get_associated_executor(handler, executor);
    boost::asio::post(target,
                      boost::beast::bind_front_handler(std::forward<Handler>(handler), ec, size));
  }

  template <class MutableBufferSequence, class Handler>
  struct PendingRead final : Pending {
    PendingRead(State* s, const MutableBufferSequence& b, Handler h)
        : state(s),
          buffers(b),
          work(boost::asio::make_work_guard(s->executor)),
          handler_work(
              boost::asio::make_work_guard(boost::asio::get_associated_executor(h, s->executor))),
          handler(std::move(h)) {}

    bool resume() override {
      boost::system::error_code ec;
      std::size_t size = 0;
      if (!state->try_read(buffers, ec, size)) return false;
      complete(ec, size);
      return true;
    }

    void complete(boost::system::error_code ec, std::size_t size) override {
      if (auto slot = boost::asio::get_associated_cancellation_slot(handler); slot.is_connected())
        slot.clear();
      post(state->executor, std::move(handler), ec, size);
    }

    State* state;
    MutableBufferSequence buffers;
    boost::asio::executor_work_guard<executor_type> work;
    boost::asio::executor_work_guard<boost::asio::associated_executor_t<Handler, executor_type>>
        handler_work;
    Handler handler;
  };

  struct InitiateRead {
    using executor_type = ScriptedStream::executor_type;
    executor_type get_executor() const noexcept { return state->executor; }

    template <class Handler, class MutableBufferSequence>
    void operator()(Handler&& handler, const MutableBufferSequence& buffers) const {
      boost::system::error_code ec;
      std::size_t size = 0;
      if (state->refused(ec) || state->try_read(buffers, ec, size))
        return post(state->executor, std::forward<Handler>(handler), ec, size);
      auto slot = boost::asio::get_associated_cancellation_slot(handler);
      state->pending = std::make_shared<PendingRead<MutableBufferSequence, std::decay_t<Handler>>>(
          state.get(), buffers, std::forward<Handler>(handler));
      if (slot.is_connected()) {
        slot.assign([weak = state->weak_from_this()](boost::asio::cancellation_type type) {
          if (type == boost::asio::cancellation_type::none) return;
          if (const auto alive = weak.lock()) alive->abort();
        });
      }
    }

    std::shared_ptr<State> state;
  };

  struct InitiateWrite {
    using executor_type = ScriptedStream::executor_type;
    executor_type get_executor() const noexcept { return state->executor; }

    template <class Handler, class ConstBufferSequence>
    void operator()(Handler&& handler, const ConstBufferSequence& buffers) const {
      boost::system::error_code ec;
      std::size_t size = 0;
      if (!state->refused(ec)) size = state->write(buffers, ec);
      post(state->executor, std::forward<Handler>(handler), ec, size);
    }

    std::shared_ptr<State> state;
  };

  std::shared_ptr<State> state_;
};

}  // namespace florin::testing

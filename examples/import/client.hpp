// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/any_client_of.hpp>

#include <boost/asio/any_io_executor.hpp>

#include <memory>
#include <string>
#include <string_view>

#include "options.hpp"

namespace florin_import {

/// A processor within this program, to try the program with.
class TrialProcessor {
 public:
  TrialProcessor();
  TrialProcessor(const TrialProcessor&) = delete;
  TrialProcessor& operator=(const TrialProcessor&) = delete;
  ~TrialProcessor();

  /// The connector that it is the processor of.
  [[nodiscard]] static std::string_view connector() noexcept;
  /// Its credentials by their names, and options that reach it.
  [[nodiscard]] florin::NamedCredentials credentials() const;
  /// \copydoc credentials
  void point(florin::ClientOptions& options) const;

 private:
  class State;
  std::unique_ptr<State> state_;
};

/// A client, and where it sends.
struct Connection {
  florin::AnyClient client;
  std::string server;  ///< for who reads it
};

/// The client of the connector that the options name, with its credentials from the environment.
/// Errors: `Stop`; `Refused`: a credential is missing.
/// \param trial where its requests go; null: to the processor.
[[nodiscard]] Connection connect(const boost::asio::any_io_executor& executor,
                                 const Options& options, const TrialProcessor* trial);

/// Errors: `Stop`: there is no connector of this name.
void require_connector(std::string_view name);

/// Sets variables of the environment from a file of lines `NAME=VALUE`, of those that have to do
/// with this connector. Errors: `Stop`.
void read_credentials(const std::string& path, std::string_view connector);

}  // namespace florin_import

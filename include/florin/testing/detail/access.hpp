// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <florin/testing/detail/parameters.hpp>
#include <florin/testing/processor.hpp>

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <openssl/evp.h>

namespace florin::testing::detail {

inline std::string base64(std::string_view text) {
  std::string out((text.size() + 2) / 3 * 4 + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  out.resize(static_cast<std::size_t>(size));
  return out;
}

/// The credentials and the tokens given out for them. Not synchronised.
class Access {
 public:
  struct Result {
    /// Meaningful without `refusal`.
    std::size_t credential = 0;
    std::optional<Case> refusal{};
    /// The refused bearer token, masked.
    std::string masked{};
  };

  explicit Access(std::vector<Credential> credentials) : credentials_(std::move(credentials)) {}

  const std::vector<Credential>& credentials() const { return credentials_; }
  void add(Credential credential) { credentials_.push_back(std::move(credential)); }

  void issue(std::string token, std::size_t credential, std::chrono::seconds lifetime) {
    tokens_[std::move(token)] = {credential, std::chrono::steady_clock::now() + lifetime};
  }
  void expire_tokens() {
    for (auto& entry : tokens_) entry.second.until = std::chrono::steady_clock::time_point::min();
  }

  Result check(const Authentication& rules, const ReceivedRequest& request,
               const std::vector<Parameter>& parameters) const {
    if (rules.identify) {
      const auto found = rules.identify(request, credentials_);
      if (found && *found < credentials_.size()) return {*found};
      return {0, Case::unauthorized};
    }
    Result worst{0, Case::no_credentials};
    for (const Scheme scheme : rules.schemes) {
      Result result = try_scheme(scheme, rules, request, parameters);
      if (!result.refusal) return result;
      if (*result.refusal != Case::no_credentials &&
          (*worst.refusal == Case::no_credentials || !result.masked.empty()))
        worst = std::move(result);
    }
    return worst;
  }

 private:
  struct Token {
    std::size_t credential;
    std::chrono::steady_clock::time_point until;
  };

  static std::string mask(std::string_view text) {
    if (text.size() < 16) return "*****";
    return std::string(text.substr(0, 8)) + "*****" + std::string(text.substr(text.size() - 4));
  }

  /// The rest of an Authorization header of this scheme.
  static std::optional<std::string_view> authorization(const ReceivedRequest& request,
                                                       std::string_view scheme) {
    const auto value = request.header("Authorization");
    if (!value || value->size() <= scheme.size() || (*value)[scheme.size()] != ' ' ||
        !boost::beast::iequals(value->substr(0, scheme.size()), scheme))
      return std::nullopt;
    return value->substr(scheme.size() + 1);
  }

  template <class Matches>
  Result find(Matches matches, std::string masked = {}) const {
    for (std::size_t i = 0; i < credentials_.size(); ++i)
      if (matches(credentials_[i].text)) return {i};
    return {0, Case::unauthorized, std::move(masked)};
  }

  Result try_scheme(Scheme scheme, const Authentication& rules, const ReceivedRequest& request,
                    const std::vector<Parameter>& parameters) const {
    const Result nothing{0, Case::no_credentials};
    switch (scheme) {
      case Scheme::bearer: {
        const auto shown = authorization(request, "Bearer");
        if (!shown) return nothing;
        return find([&](const std::string& text) { return text == *shown; }, mask(*shown));
      }
      case Scheme::token: {
        const auto shown = authorization(request, "Bearer");
        if (!shown) return nothing;
        const auto at = tokens_.find(std::string(*shown));
        if (at == tokens_.end()) return {0, Case::unauthorized};
        if (std::chrono::steady_clock::now() >= at->second.until) return {0, Case::expired_token};
        return {at->second.credential};
      }
      case Scheme::basic_user:
      case Scheme::basic_pair: {
        const auto shown = authorization(request, "Basic");
        if (!shown) return nothing;
        const char* const rest = scheme == Scheme::basic_user ? ":" : "";
        return find([&](const std::string& text) { return base64(text + rest) == *shown; });
      }
      case Scheme::headers:
      case Scheme::members: {
        std::string shown;
        for (const std::string& name : rules.names) {
          std::optional<std::string_view> value;
          if (scheme == Scheme::headers) {
            value = request.header(name);
          } else {
            for (const Parameter& parameter : parameters)
              if (parameter.name == name && parameter.is_string) value = parameter.value;
          }
          if (!value) return nothing;
          if (!shown.empty()) shown += ':';
          shown += *value;
        }
        return find([&](const std::string& text) { return text == shown; });
      }
    }
    return nothing;
  }

  std::vector<Credential> credentials_;
  std::unordered_map<std::string, Token> tokens_;
};

}  // namespace florin::testing::detail

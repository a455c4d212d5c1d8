// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Everything but florin/testing and florin/net.

#include <florin/access_token.hpp>
#include <florin/any_client.hpp>
#include <florin/base_url.hpp>
#include <florin/client.hpp>
#include <florin/create.hpp>
#include <florin/credentials.hpp>
#include <florin/customer.hpp>
#include <florin/decode.hpp>
#include <florin/default_client.hpp>
#include <florin/encode.hpp>
#include <florin/environment.hpp>
#include <florin/error.hpp>
#include <florin/field.hpp>
#include <florin/idempotency.hpp>
#include <florin/masked.hpp>
#include <florin/observer.hpp>
#include <florin/policies.hpp>
#include <florin/policy.hpp>
#include <florin/repetition.hpp>
#include <florin/secret.hpp>
#include <florin/signing.hpp>
#include <florin/static_request.hpp>
#include <florin/version.hpp>
#include <florin/wire.hpp>

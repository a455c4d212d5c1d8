// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The vocabulary that policies are written in.

#include <florin/policy.hpp>
#include <florin/secret.hpp>
#include <florin/wire/country.hpp>
#include <florin/wire/element.hpp>
#include <florin/wire/form.hpp>
#include <florin/wire/header.hpp>
#include <florin/wire/idempotency.hpp>
#include <florin/wire/json.hpp>
#include <florin/wire/json_text.hpp>
#include <florin/wire/limit.hpp>
#include <florin/wire/reply.hpp>
#include <florin/wire/signature.hpp>
#include <florin/wire/source.hpp>
#include <florin/wire/token.hpp>

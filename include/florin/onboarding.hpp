// SPDX-License-Identifier: Apache-2.0
#pragma once

/// Both ids in a database, safely: `onboard` and `settle` over a `Directory`. Not part of
/// <florin/florin.hpp>. With <florin/onboarding/soci_store.hpp> the database is SQLite or
/// PostgreSQL; without it nothing of SOCI is needed.

#include <florin/onboarding/directory.hpp>
#include <florin/onboarding/onboard.hpp>
#include <florin/onboarding/settle.hpp>
#include <florin/onboarding/store.hpp>

// SPDX-License-Identifier: Apache-2.0
#pragma once

// The schema: what a customer is, and the operations on it with their requests and answers.
#include <florin/customer/address.hpp>
#include <florin/customer/create.hpp>
#include <florin/customer/ensure.hpp>
#include <florin/customer/find.hpp>
#include <florin/customer/metadata.hpp>
#include <florin/customer/operation.hpp>
#include <florin/customer/origin.hpp>
#include <florin/customer/record.hpp>
#include <florin/customer/remove.hpp>
#include <florin/customer/retrieve.hpp>
#include <florin/customer/status.hpp>
#include <florin/customer/update.hpp>
#include <florin/error.hpp>
#include <florin/field.hpp>
#include <florin/phase.hpp>
#include <florin/text.hpp>

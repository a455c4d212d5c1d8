# SPDX-License-Identifier: Apache-2.0
"""Tests the example program wire, in TAP.

usage: wire_test.py PROGRAM
"""
import difflib
import json
import os
import queue
import re
import subprocess
import sys
import threading
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "support"))
from tap import Tap, chosen  # noqa: E402

PROGRAM = sys.argv[1]
HANG_GUARD = 120

EXAMPLE = {"merchant_customer_id": "cust_user_12345", "email": "john.doe@example.com", "name": "John Doe",
           "phone": "+1-555-123-4567", "description": "Premium plan subscriber"}
KEY = {"api_key": "sk_test_fake"}
SUCCESS = '{"id":"cus_FaKe0Example01","object":"customer","metadata":{"merchant_customer_id":"m-1001"}}'
FIELDS = ["merchant_customer_id", "email", "name", "given_name", "family_name", "phone", "description", "metadata",
          "address.line1", "address.line2", "address.city", "address.state", "address.zip", "address.country"]
# Written from the processor's documents.
STAX = """stax
====

Hosts
  live     apiprod.fattlabs.com  STAX_ENVIRONMENT=live
  sandbox  apiprod.fattlabs.com  STAX_ENVIRONMENT=sandbox
  another  STAX_BASE_URL         its root certificates: STAX_CA_FILE

Credentials (bearer)
  api_key  STAX_API_KEY  required

Operations
  create                        POST    /customer       application/json
  retrieve                      GET     /customer/{id}
  update                        PUT     /customer/{id}  application/json
  delete                        DELETE  /customer/{id}
  find by email                 GET     /customer
  find by merchant_customer_id  GET     /customer

  read back  merchant_customer_id, email, given_name, family_name, phone, description,
             address.line1, address.line2, address.city, address.state, address.zip, address.country
  deleted    can still be read

Fields of create
  field                 on the wire                refused before it is sent if it
  merchant_customer_id  reference                  is absent; is longer than 255 characters
  email                 email                      is longer than 255 characters; is not an email
                                                   address
  name, given_name      firstname                  is longer than 255 characters
  name, family_name     lastname                   is longer than 255 characters
  phone                 phone (digits)             is shorter than 10 characters; is longer than 15
                                                   characters
  description           notes                      is longer than 21844 characters
  address.line1         address_1                  is longer than 255 characters
  address.line2         address_2                  is longer than 255 characters
  address.city          address_city               is longer than 255 characters
  address.state         address_state              is shorter than 2 characters; is longer than 2
                                                   characters
  address.zip           address_zip                is longer than 16 characters
  address.country       address_country (alpha-3)

  not carried  metadata
  needed       one of email, name

Update
  fields          those of create, in the same places
  replaces        the whole record: what does not change is sent again
  reads first     the customer, where the change needs the rest; not atomic
  can be cleared  nothing
  a repetition    is not recognised

Finders
  email                 email      when a customer can be found is not documented
  merchant_customer_id  reference  when a customer can be found is not documented

Repetitions of create
  recognised by          nothing
  the same again gives   a second customer
  duplicates refused as  nothing
  ensure settles         by a lookup: one customer, unless two processes ask at the same time
  answers repeat         merchant_customer_id at reference, email at email

Refusals
  an answer with              means      at
  param id, message customer  not_found  all
  not found
"""
ERROR_MEMBERS = {"code", "outcome", "status_code", "http_status", "connector_code", "connector_type",
                 "connector_message", "param", "existing_customer_id", "retry_after", "request_id", "field", "message"}


def equal(found, expected, what=""):
    if found != expected:
        raise AssertionError(f"{what}\n  found:    {found!r}\n  expected: {expected!r}")


def run(*arguments, stdin=b""):
    return subprocess.run([PROGRAM, *arguments], input=stdin, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          timeout=HANG_GUARD, check=False)


def answers(*arguments, stdin):
    """One parsed answer per input line; the program ends well and says nothing else."""
    done = run(*arguments, stdin=stdin)
    equal(done.returncode, 0, "exit code")
    equal(done.stderr, b"", "standard error")
    return [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]


def ask(*arguments, **members):
    """The answer to one line."""
    found = answers(*arguments, stdin=json.dumps(members).encode() + b"\n")
    equal(len(found), 1, "answers")
    return found[0]


def encode(name="stripe", **members):
    return ask("encode", name, **members)


def decode(status, body, headers=None, name="stripe"):
    return ask("decode", name, request={"merchant_customer_id": "m-1001"},
               response={"status": status, "headers": headers or {}, "body": body})


def failure(answer, code, field=None):
    """Checks an answer that is an error; returns its text."""
    error = answer["error"]
    equal(set(error), ERROR_MEMBERS, "members of the error")
    equal(error["code"], code, error["message"])
    equal(error["field"], field, error["message"])
    return error["message"]


def connectors():
    return [json.loads(line) for line in run("list").stdout.decode("utf-8").splitlines()]


def credentials_of(connector):
    return {name: "fake" for name in connector["credentials"] if name not in connector["optional_credentials"]}


def list_describes_stripe():
    found = {connector["name"]: connector for connector in connectors()}["stripe"]
    requests = found.pop("requests")
    equal(found, {
        "name": "stripe", "operations": ["create", "retrieve", "update", "delete", "find"], "guarantee": "by_key",
        "finders": {"email": {"index": "immediate"},
                    "merchant_customer_id": {"index": "eventual", "delay": 60, "longest": 3600}},
        "credentials": ["api_key", "account"],
        "optional_credentials": ["account"],
        "fields": {"merchant_customer_id": "metadata[merchant_customer_id]", "email": "email", "name": "name",
                   "given_name": "name", "family_name": "name",
                   "phone": "phone", "description": "description", "metadata": "metadata[{}]",
                   "address.line1": "address[line1]", "address.line2": "address[line2]",
                   "address.city": "address[city]", "address.state": "address[state]",
                   "address.zip": "address[postal_code]", "address.country": "address[country]"},
        "required": ["merchant_customer_id"], "idempotency": "Idempotency-Key",
        "repetition": "replayed", "duplicates": None, "names_existing": False,
        "rules": [{"when": ["HTTP 409"], "means": "idempotency_conflict", "retried": "tried again", "at": ""},
                  {"when": ["code idempotency_key_in_use"], "means": "idempotency_conflict", "retried": "tried again",
                   "at": ""},
                  {"when": ["HTTP 400", "type idempotency_error"], "means": "idempotency_conflict", "retried": "",
                   "at": ""}], "authentication": "bearer",
        "hosts": {"live": "api.stripe.com", "sandbox": "api.stripe.com"}, "token_hosts": None,
        "environment_variables": {"api_key": "STRIPE_API_KEY", "account": "STRIPE_ACCOUNT",
                                  "environment": "STRIPE_ENVIRONMENT", "base_url": "STRIPE_BASE_URL",
                                  "ca_file": "STRIPE_CA_FILE"},
        "idempotency_key": {"in": "header", "max_length": 255, "limits": [], "replay_header": "Idempotent-Replayed"},
        "echo": {"merchant_customer_id": "metadata.merchant_customer_id", "email": "email"},
        "other_exists": False,
        "record": ["merchant_customer_id", "email", "name", "phone", "description", "metadata", "address.line1",
                   "address.line2", "address.city", "address.state", "address.zip", "address.country"]})
    equal({name: (request["method"], request["path"]) for name, request in requests.items()},
          {"create": ("POST", "/v1/customers"), "retrieve": ("GET", "/v1/customers/{id}"),
           "update": ("POST", "/v1/customers/{id}"), "delete": ("DELETE", "/v1/customers/{id}"),
           "find by email": ("GET", "/v1/customers"), "find by merchant_customer_id": ("GET", "/v1/customers/search")})
    equal(requests["create"]["content_type"], "application/x-www-form-urlencoded")
    assert {"name": "email", "fields": ["email"], "form": None,
            "limits": ["is longer than 512 characters", "is not an email address"]} in requests["create"]["places"]
    equal((requests["update"]["cleared_by"], requests["update"]["reads_first"], requests["update"]["idempotency"]),
          ("empty_text", True, "Idempotency-Key"))
    equal(requests["update"]["replaces"],
          {"record": False, "metadata": False, "perhaps": True, "group": [name for name in FIELDS if "." in name]})


def list_describes_every_connector():
    found = connectors()
    names = [connector["name"] for connector in found]
    equal(len(set(names)), len(names), "connectors twice")
    for connector in found:
        equal(list(connector["fields"]), FIELDS, connector["name"])
        assert "merchant_customer_id" in connector["required"], connector["name"]
        assert connector["hosts"]["live"] and connector["hosts"]["sandbox"], connector["name"]


def list_tells_how_each_is_different():
    found = {connector["name"]: connector for connector in connectors()}
    authentication = {"stripe": "bearer", "airwallex": "token exchange", "authorizedotnet": "body",
                      "braintree": "basic", "dwolla": "token exchange", "rapyd": "signature"}
    equal({name: found[name]["authentication"] for name in authentication}, authentication)
    equal((found["authorizedotnet"]["duplicates"], found["authorizedotnet"]["names_existing"]), (["E00039"], True))
    equal((found["airwallex"]["duplicates"], found["airwallex"]["names_existing"]),
          (["resource_already_exists"], False))
    equal(found["rapyd"]["duplicates"], None)
    name = [found["finix"]["fields"][field] for field in ("name", "given_name", "family_name")]
    equal(name, ["entity.first_name, entity.last_name", "entity.first_name", "entity.last_name"])


def list_tells_what_a_request_takes():
    found = {connector["name"]: connector for connector in connectors()}
    requests = {name: connector["requests"] for name, connector in found.items()}
    equal(requests["stax"]["create"]["one_of"], [["email", "name"]])
    equal(requests["airwallex"]["create"]["only_with"],
          [{"fields": [f"address.{part}" for part in ("line1", "line2", "city", "state", "zip")],
            "all_of": ["address.country"]}])
    equal(requests["authorizedotnet"]["create"]["only_with"][0]["any_of"], [name for name in FIELDS if "." in name])
    equal((requests["dwolla"]["token"]["path"], requests["dwolla"]["token"]["content_type"]),
          ("/token", "application/x-www-form-urlencoded"))
    equal(requests["gocardless"]["update"]["cleared_by"], "omission")
    equal((found["stax"]["idempotency_key"], found["paysafe"]["idempotency_key"]), (None, None))
    equal((found["airwallex"]["idempotency_key"]["in"], found["airwallex"]["idempotency_key"]["max_length"]),
          ("body", 64))
    # An element of the policy's own does not declare its limits.
    equal([place["limits"] for place in requests["braintree"]["create"]["places"] if place["name"].endswith("Fields")],
          [None])
    for name, connector in found.items():
        operations = {operation.split()[0] for operation in requests[name]} - {"token"}
        equal(operations, set(connector["operations"]), name)
        # What `fields` tells of a create, its places tell as well.
        places = {}
        for place in requests[name]["create"]["places"]:
            for field in place["fields"]:
                places[field] = places.get(field, []) + [place["name"]]
        equal({field: ", ".join(places[field]) for field in places},
              {field: place for field, place in connector["fields"].items() if place}, name)


def show_prints_the_page_of_one():
    done = run("show", "stax")
    equal((done.returncode, done.stderr), (0, b""))
    if done.stdout.decode("utf-8") != STAX:
        raise AssertionError("\n".join(difflib.unified_diff(STAX.splitlines(), done.stdout.decode("utf-8").splitlines(),
                                                            "expected", "found", lineterm="")))


def show_prints_the_pages_of_all():
    names = [connector["name"] for connector in connectors()]
    done = run("show")
    equal((done.returncode, done.stderr), (0, b""))
    equal(done.stdout, b"\n".join(run("show", name).stdout for name in names))


def show_keeps_within_100_columns():
    for line in run("show").stdout.decode("utf-8").splitlines():
        assert len(line) <= 100 and line == line.rstrip(), line


def show_tells_how_each_is_different():
    for name, wanted in {
            "authorizedotnet": ["      is absent; is longer than 20 characters",
                                "cannot be told from one that never was", "email, description (left out)"],
            "airwallex": ["  token                         POST  /api/v1/authentication/login      application/json", "request_id, a key in the body of at most 64 characters",
                          "sent only with  all of address.country:"],
            "braintree": ["breaks rules of its own", "replaces        only what is sent: the rest stays", "(sent as null)"],
            "gocardless": ["none: customers cannot be searched", "customer_exists, with the id"],
            "paysafe": ["merchantCustomerId, which is unique", "7505, with the id"],
            "shift4": ["SHIFT4_MERCHANT  optional", "is recognised by Idempotency-Key", "a replay"],
            "stripe": ["60 s as a rule, 3600 s at the longest", "finds a customer at once",
                       "together, perhaps: that is not documented"]}.items():
        page = run("show", name).stdout.decode("utf-8")
        text = " ".join(page.split())
        for part in wanted:
            assert part in page or part in text, f"{name}: {part}\n{page}"


def pages_say_what_show_lays_out():
    done = run("pages")
    equal((done.returncode, done.stderr), (0, b""))
    pages = [json.loads(line) for line in done.stdout.decode("utf-8").splitlines()]
    equal([page["name"] for page in pages], [connector["name"] for connector in connectors()])
    for page in pages:
        cells = [page["name"], "=" * len(page["name"])]
        for section in page["sections"]:
            cells.append(section["heading"])
            cells += [cell for table in section["tables"] for row in table["rows"] for cell in row]
        # Lines are broken in one of them alone.
        equal(sorted("".join(" ".join(cells).split())),
              sorted("".join(run("show", page["name"]).stdout.decode("utf-8").split())), page["name"])
    stax = next(page for page in pages if page["name"] == "stax")
    equal(stax["sections"][-1], {"heading": "Refusals", "tables": [
        {"headed": True, "rows": [["an answer with", "means", "at"],
                                  ["param id, message customer not found", "not_found", "all"]]}]})


def refusals_tell_what_the_rules_state():
    for name, wanted in {
            "stripe": ["HTTP 409 idempotency_conflict; tried again all",
                       "code idempotency_key_in_use idempotency_conflict; tried again all"],
            "flutterwave": ["code invalid_client unauthorized token", "HTTP 409 customer_exists create"],
            "mollie": ["HTTP 400, no param idempotency_conflict create"]}.items():
        text = " ".join(run("show", name).stdout.decode("utf-8").split())
        for part in wanted:
            assert part in text, f"{name}: {part}\n{text}"


def encode_takes_a_name_in_its_parts():
    parts = {"merchant_customer_id": "m-1001", "given_name": "Ana María", "family_name": "García López"}
    found = encode(request=parts, credentials=KEY)
    equal(dict(urllib.parse.parse_qsl(found["body"]))["name"], "Ana María García López")
    equal(found["dropped"], [])
    found = encode("finix", request=parts, credentials={"username": "u", "password": "p"})
    entity = json.loads(found["body"])["entity"]
    equal((entity["first_name"], entity["last_name"]), ("Ana María", "García López"))
    del parts["family_name"]
    failure(encode(request=parts, credentials=KEY), "missing_field", "family_name")


def retrieve_is_encoded_and_decoded():
    found = ask("encode", "stripe", "retrieve", request={"connector_customer_id": "cus_FaKe0Example01"}, credentials=KEY)
    equal({name: found[name] for name in ("method", "target", "body", "dropped", "idempotency_key")},
          {"method": "GET", "target": "/v1/customers/cus_FaKe0Example01", "body": "", "dropped": [],
           "idempotency_key": None})
    equal(found["headers"]["Authorization"], "Bearer sk_test_fake")
    assert "Content-Length" not in found["headers"] and "Content-Type" not in found["headers"], found["headers"]
    for wrong in ("..", "a/b", "a?b"):
        failure(ask("encode", "stripe", "retrieve", request={"connector_customer_id": wrong}, credentials=KEY),
                "invalid_field")
    failure(ask("encode", "stripe", "retrieve", request={}, credentials=KEY), "missing_field")
    body = {"id": "cus_1", "email": "ana@example.com", "name": None, "created": 1767600000, "address": None,
            "metadata": {"merchant_customer_id": "m-1001", "tier": "gold", "level": 3, "none": None, "a": [1, "x"]}}
    found = ask("decode", "stripe", "retrieve", request={"connector_customer_id": "cus_1"},
                response={"status": 200, "headers": {"Request-Id": "req_1"}, "body": json.dumps(body)})
    equal(found, {"ok": True, "status_code": 200, "http_status": 200, "request_id": "req_1", "customer": {
        "connector_customer_id": "cus_1", "merchant_customer_id": "m-1001", "email": "ana@example.com",
        "metadata": {"tier": "gold", "level": 3, "a": [1, "x"]}, "created": 1767600000, "status": "ACTIVE"}})
    found = ask("decode", "stripe", "retrieve", request={"connector_customer_id": "cus_1"},
                response={"status": 200, "headers": {}, "body": '{"id":"cus_1","object":"customer","deleted":true}'})
    equal(found["customer"], {"connector_customer_id": "cus_1", "status": "DELETED"})
    found = ask("decode", "stripe", "retrieve", request={"connector_customer_id": "cus_1"},
                response={"status": 200, "headers": {}, "body": '{"id":"cus_2"}'})
    failure(found, "unreadable_reply")
    equal(run("encode", "stripe", "dance").returncode, 2)


def update_is_encoded_and_decoded():
    request = {"connector_customer_id": "cus_1", "set": {"name": "Ana Sample"}, "clear": ["phone"],
               "metadata_set": {"plan": "b"}, "metadata_clear": ["tier"]}
    found = ask("encode", "stripe", "update", request=request, credentials=KEY, idempotency_key="k-1")
    equal((found["method"], found["target"], found["idempotency_key"]), ("POST", "/v1/customers/cus_1", "k-1"))
    equal(sorted(urllib.parse.parse_qsl(found["body"], keep_blank_values=True)),
          [("metadata[plan]", "b"), ("metadata[tier]", ""), ("name", "Ana Sample"), ("phone", "")])
    # Two updates never share a key of the library's own.
    keys = [ask("encode", "stripe", "update", request=request, credentials=KEY)["idempotency_key"] for _ in range(2)]
    assert keys[0] != keys[1] and all(keys), keys
    # What the processor replaces is merged with the record as it is.
    request = {"connector_customer_id": "CU1", "metadata_set": {"plan": "b"}}
    key = {"access_token": "fake"}
    failure(ask("encode", "gocardless", "update", request=request, credentials=key), "invalid_options")
    current = {"connector_customer_id": "CU1", "merchant_customer_id": "m-1",
               "metadata": {"level": 3, "none": None}}
    found = ask("encode", "gocardless", "update", request=request, credentials=key, current=current)
    equal(json.loads(found["body"]),
          {"customers": {"metadata": {"level": 3, "plan": "b", "merchant_customer_id": "m-1"}}})
    found = ask("decode", "stripe", "update", request={"connector_customer_id": "cus_1", "set": {"name": "Ana"}},
                response={"status": 200, "headers": {}, "body": '{"id":"cus_1","name":"Ana"}'})
    equal(found["customer"], {"connector_customer_id": "cus_1", "name": "Ana", "status": "ACTIVE"})
    equal(run("encode", "glomopay", "update").returncode, 2)


def delete_is_encoded_and_decoded():
    found = ask("encode", "dwolla", "delete", request={"connector_customer_id": "fa4e"},
                credentials={"client_id": "i", "client_secret": "s"}, access_token="T")
    equal((found["method"], found["target"], found["body"]),
          ("POST", "/customers/fa4e", '{"status":"deactivated"}'))
    equal(found["headers"]["Authorization"], "Bearer T")
    request = {"connector_customer_id": "CU1"}
    gone = {"ok": True, "connector_customer_id": "CU1", "status": "DELETED", "already_gone": False,
            "status_code": 200, "http_status": 204, "request_id": None}
    found = ask("decode", "gocardless", "delete", request=request, response={"status": 204, "headers": {}, "body": ""})
    equal(found, gone)
    found = ask("decode", "gocardless", "delete", request=request, response={"status": 410, "headers": {}, "body": ""})
    equal(found, {**gone, "already_gone": True, "http_status": 410})
    failure(ask("decode", "gocardless", "delete", request=request,
                response={"status": 200, "headers": {}, "body": "<html>"}), "unreadable_reply")
    equal(run("encode", "finix", "delete").returncode, 2)


def find_is_encoded_and_decoded():
    request = {"find": {"email": "ana+x@example.com"}}
    found = ask("encode", "stripe", "find", request=request, credentials=KEY)
    equal((found["method"], found["target"]), ("GET", "/v1/customers?email=ana%2Bx%40example.com&limit=100"))
    request["find"]["page"] = "cus_9"
    found = ask("encode", "stripe", "find", request=request, credentials=KEY)
    assert found["target"].endswith("&starting_after=cus_9"), found["target"]
    for wrong in ({}, {"email": ""}, {"email": "a@b.c", "merchant_customer_id": "m"}):
        refused = ask("encode", "stripe", "find", request={"find": wrong}, credentials=KEY)
        assert refused["error"]["code"] in ("missing_field", "invalid_field"), refused
    failure(ask("encode", "airwallex", "find", request={"find": {"email": "a@b.c"}},
                credentials={"client_id": "i", "api_key": "k"}), "invalid_options")
    body = {"data": [{"id": "cus_1", "email": "ana@example.com"}, {"id": "cus_2", "email": "ANA@example.com"}],
            "has_more": True}
    found = ask("decode", "stripe", "find", request={"find": {"email": "ana@example.com"}},
                response={"status": 200, "headers": {}, "body": json.dumps(body)})
    equal(found, {"ok": True, "status_code": 200, "http_status": 200, "request_id": None, "index": "immediate",
                  "next": "cus_2", "customers": [{"connector_customer_id": "cus_1", "email": "ana@example.com",
                                                  "status": "ACTIVE"}]})
    equal(run("encode", "rapyd", "find").returncode, 2)


def encode_makes_the_documented_request():
    found = encode(request=EXAMPLE, credentials=KEY, idempotency_key="idem-1", environment="live")
    equal({name: found[name] for name in ("method", "host", "target", "dropped", "idempotency_key")},
          {"method": "POST", "host": "api.stripe.com", "target": "/v1/customers", "dropped": [],
           "idempotency_key": "idem-1"})
    equal(found["headers"]["Authorization"], "Bearer sk_test_fake")
    equal(found["headers"]["Idempotency-Key"], "idem-1")
    equal(found["headers"]["Content-Type"], "application/x-www-form-urlencoded")
    equal(found["headers"]["Content-Length"], str(len(found["body"].encode())))
    equal(urllib.parse.parse_qsl(found["body"], strict_parsing=True),
          [("email", "john.doe@example.com"), ("name", "John Doe"), ("phone", "+1-555-123-4567"),
           ("description", "Premium plan subscriber"), ("metadata[merchant_customer_id]", "cust_user_12345")])


def encode_carries_metadata_and_address():
    found = encode(request={"merchant_customer_id": "m-1", "metadata": {"z": "ü&=", "a": "2"},
                            "address": {"line1": "1", "line2": "2", "city": "3", "state": "4", "zip": "5",
                                        "country": "US"}}, credentials=KEY)
    equal(urllib.parse.parse_qsl(found["body"], strict_parsing=True),
          [("address[line1]", "1"), ("address[line2]", "2"), ("address[city]", "3"), ("address[state]", "4"),
           ("address[postal_code]", "5"), ("address[country]", "US"), ("metadata[z]", "ü&="), ("metadata[a]", "2"),
           ("metadata[merchant_customer_id]", "m-1")])


def encode_derives_the_key_from_the_reference():
    first = encode(request=EXAMPLE, credentials=KEY)
    again = encode(request=dict(EXAMPLE, email="other@example.com"), credentials=KEY, idempotency_key=None)
    other = encode(request=dict(EXAMPLE, merchant_customer_id="cust_user_12346"), credentials=KEY)
    equal(first["headers"]["Idempotency-Key"], first["idempotency_key"])
    equal(again["idempotency_key"], first["idempotency_key"])
    assert other["idempotency_key"] != first["idempotency_key"]
    assert "cust_user" not in first["idempotency_key"]


def encode_takes_null_and_empty_for_absent():
    plain = encode(request={"merchant_customer_id": "m-1"}, credentials=KEY)
    for absent in (None, ""):
        request = {name: absent for name in ("email", "name", "phone", "description")}
        address = {name: absent for name in ("line1", "line2", "city", "state", "zip", "country")}
        equal(encode(request=dict(request, merchant_customer_id="m-1", metadata=None, address=address),
                     credentials=dict(KEY, account=absent), idempotency_key=absent, environment=None), plain)
    equal(encode(request={"merchant_customer_id": "m-1", "metadata": {}, "address": None}, credentials=KEY), plain)


def encode_names_the_member_of_a_wrong_type():
    for name in ("merchant_customer_id", "email", "name", "phone", "description"):
        for wrong in (1, 1.5, True, [], {}):
            text = failure(encode(request=dict(EXAMPLE, **{name: wrong}), credentials=KEY), "invalid_field", name)
            equal(text, f"request.{name} is not a string")
    for name in ("line1", "line2", "city", "state", "zip", "country"):
        text = failure(encode(request=dict(EXAMPLE, address={name: 1}), credentials=KEY), "invalid_field",
                       "address." + name)
        equal(text, f"request.address.{name} is not a string")
    failure(encode(request=dict(EXAMPLE, metadata={"k": 1}), credentials=KEY), "invalid_field", "metadata")
    for request in (dict(EXAMPLE, metadata=[]), dict(EXAMPLE, address="x"), "x", 1, []):
        assert "is not an object" in failure(encode(request=request, credentials=KEY), "invalid_request")
    assert "idempotency_key" in failure(encode(request=EXAMPLE, credentials=KEY, idempotency_key=1), "invalid_request")
    for wrong in (1, "test", "LIVE"):
        assert "environment" in failure(encode(request=EXAMPLE, credentials=KEY, environment=wrong), "invalid_request")


def encode_ignores_no_member():
    for change in ({"emial": "a@b"}, {"address": {"postal_code": "1"}}):
        name = "address.postal_code" if "address" in change else "emial"
        equal(failure(encode(request=dict(EXAMPLE, **change), credentials=KEY), "invalid_request"),
              f"request.{name} is unknown")
    equal(failure(encode(request=EXAMPLE, credentials=KEY, environmnet="live"), "invalid_request"),
          "environmnet is unknown")
    equal(failure(encode(request=EXAMPLE, credentials=dict(KEY, apikey="x")), "invalid_credentials"),
          "credentials.apikey is unknown")


def encode_reports_what_the_library_refuses():
    failure(encode(request={}, credentials=KEY), "missing_field", "merchant_customer_id")
    failure(encode(credentials=KEY), "missing_field", "merchant_customer_id")
    failure(encode(request=dict(EXAMPLE, email="MARK no email"), credentials=KEY), "invalid_field", "email")
    failure(encode(request=dict(EXAMPLE, name="a\0b"), credentials=KEY), "invalid_field", "name")
    failure(encode(request=EXAMPLE), "invalid_credentials")
    failure(encode(request=EXAMPLE, credentials={"api_key": "MARK\r\nX: y"}), "invalid_credentials")
    failure(encode(request=EXAMPLE, credentials=KEY, idempotency_key="k" * 256), "invalid_idempotency_key")
    metadata = {f"k{i}": "v" for i in range(21)}
    failure(encode(request=dict(EXAMPLE, metadata=metadata), credentials=KEY), "invalid_field", "metadata")
    for answer in (encode(request=dict(EXAMPLE, email="MARK no email"), credentials=KEY),
                   encode(request=EXAMPLE, credentials={"api_key": "MARK\r\nX: y"})):
        assert "MARK" not in json.dumps(answer), answer


def host_of(declared, credentials):
    """A host with the credentials that are a part of it."""
    return re.sub(r"\{(\w+)(\.?)\}", lambda hole: credentials[hole[1]].lower() + hole[2]
                  if hole[1] in credentials else "", declared)


def encode_and_decode_serve_every_connector():
    for connector in connectors():
        name, credentials = connector["name"], credentials_of(connector)
        request = dict(EXAMPLE, merchant_customer_id="m-1",
                       address={"line1": "1 Example Street", "city": "Springfield", "state": "IL", "zip": "62701",
                                "country": "US"})
        token = {"payment_token": "tokFlorin0001"} if "payment_token" in connector["requests"]["create"] else {}
        found = encode(name, request=request, credentials=credentials, **token)
        if "error" in found:
            raise AssertionError(f"{name} cannot encode the example: {found}")
        equal(found["host"], host_of(connector["hosts"]["sandbox"], credentials), name)
        assert found["target"].startswith("/"), name
        # Braintree has a place for the reference only where the credentials name one.
        for field in set(found["dropped"]) - {"merchant_customer_id"}:
            equal(connector["fields"][field], None, f"{name} dropped {field}")
        if credentials:
            failure(encode(name, request=request, **token), "invalid_credentials")
        equal(decode(401, "{}", name=name)["error"]["code"], "unauthorized", name)
        equal(decode(200, "<html>", name=name)["error"]["outcome"], "unknown", name)


def encode_shows_the_token_exchange():
    fake = {"client_id": "fake_client_id", "client_secret": "fake_client_secret"}
    found = encode("dwolla", request=EXAMPLE, credentials=fake)
    equal(found["headers"]["Authorization"], "Bearer {access_token}")
    equal(found["dropped"], ["phone", "description"])
    fetch = found["token_request"]
    equal((fetch["method"], fetch["host"], fetch["target"], fetch["body"]),
          ("POST", "api-sandbox.dwolla.com", "/token", "grant_type=client_credentials"))
    equal(fetch["headers"]["Authorization"],
          "Basic ZmFrZV9jbGllbnRfaWQ6ZmFrZV9jbGllbnRfc2VjcmV0")
    given = encode("dwolla", request=EXAMPLE, credentials=fake, access_token="FAKEtoken0001")
    equal(given["headers"]["Authorization"], "Bearer FAKEtoken0001")
    failure(encode("dwolla", request=EXAMPLE, credentials=fake, access_token="a\nb"), "invalid_credentials")
    assert "token_request" not in encode(request=EXAMPLE, credentials=KEY)


def encode_signs():
    fake = {"access_key": "FAKEACCESSKEY0000000", "secret_key": "fakesecretkey000000000000000000000000"}
    found = encode("rapyd", credentials=fake, salt="a1B2c3D4e5F6", timestamp=1700000000,
                   request={"merchant_customer_id": "cust-0001", "name": "Ana Example", "email": "ana@example.com",
                            "phone": "+14155550100"})
    equal(found["headers"]["signature"],
          "Zjg1MTRkYmU4MmM4MDY2NzI3N2QyZWU5NWY3ZDQ3YWE2MTNjNGFlY2Y5NTA0Yjc4YzhiZjNlYTdlZDUyOGY5ZA==")
    equal((found["headers"]["salt"], found["headers"]["timestamp"]), ("a1B2c3D4e5F6", "1700000000"))
    assert fake["secret_key"] not in json.dumps(found), found
    first, again = (encode("rapyd", request=EXAMPLE, credentials=fake) for _ in range(2))
    assert first["headers"]["salt"] != again["headers"]["salt"], first
    failure(encode("rapyd", request=EXAMPLE, credentials=fake, salt="short"), "invalid_options")
    assert "timestamp" in failure(encode("rapyd", request=EXAMPLE, credentials=fake, timestamp="now"),
                                  "invalid_request")


def decode_reads_an_id_in_a_header():
    location = "https://api-sandbox.dwolla.com/customers/0fa4e000-0000-4000-8000-00000000c001"
    found = decode(201, "", {"location": location, "X-Request-Id": "r-1"}, name="dwolla")
    equal((found["connector_customer_id"], found["request_id"]), (location.rsplit("/", 1)[1], "r-1"))
    equal(decode(201, "", name="dwolla")["error"]["code"], "unreadable_reply")


def decode_unifies_a_success():
    equal(decode(200, SUCCESS, {"Request-Id": "req_1"}),
          {"ok": True, "merchant_customer_id": "m-1001", "connector_customer_id": "cus_FaKe0Example01",
           "status": "ACTIVE", "status_code": 200, "http_status": 200, "origin": "created", "request_id": "req_1"})
    equal(decode(200, SUCCESS, {"idempotent-replayed": "true"})["origin"], "replayed")
    equal(decode(200, SUCCESS)["request_id"], None)


def decode_explains_a_refusal():
    body = {"error": {"code": "email_invalid", "message": "Invalid email address: not-an-email", "param": "email",
                      "type": "invalid_request_error"}}
    found = decode(400, json.dumps(body), {"Request-Id": "req_1"})
    equal(found["ok"], False)
    equal({name: found["error"][name] for name in ERROR_MEMBERS - {"message"}},
          {"code": "invalid_data", "outcome": "not_created", "status_code": 422, "http_status": 400,
           "connector_code": "email_invalid", "connector_type": "invalid_request_error",
           "connector_message": "Invalid email address: not-an-email", "param": "email",
           "existing_customer_id": None, "retry_after": None, "request_id": "req_1", "field": None})
    assert "not-an-email" not in found["error"]["message"]


def decode_reads_what_is_no_answer():
    found = decode(429, "", {"Retry-After": "7"})["error"]
    equal((found["code"], found["retry_after"]), ("rate_limited", 7))
    found = decode(502, "<html>Bad Gateway</html>")["error"]
    equal((found["code"], found["outcome"]), ("connector_unavailable", "unknown"))
    for body in ("", SUCCESS[:-1], SUCCESS + "x", '{"id":"acct_1"}', "x" * (1 << 20), "[" * 1000):
        found = decode(200, body)["error"]
        equal((found["code"], found["outcome"]), ("unreadable_reply", "unknown"), body[:40])


def decode_cuts_long_text_between_characters():
    found = decode(400, json.dumps({"error": {"message": "ü" * 2000}}))
    assert set(found["error"]["connector_message"]) <= {"ü", "\ufffd"}
    found = decode(400, json.dumps({"error": {"message": "x" + "ü" * 2000}}))
    assert set(found["error"]["connector_message"]) <= {"x", "ü", "\ufffd"}


def decode_names_the_member_of_a_wrong_type():
    good = {"status": 200, "headers": {}, "body": SUCCESS}
    for change in ({"status": None}, {"status": "200"}, {"status": 99}, {"status": 600}, {"status": 200.0},
                   {"headers": []}, {"headers": {"Date": 1}}, {"body": {}}, {"boddy": ""}):
        found = ask("decode", "stripe", request=EXAMPLE, response=dict(good, **change))
        equal(found["ok"], False)
        assert list(change)[0] in failure(found, "invalid_request"), change
    assert "status" in failure(ask("decode", "stripe", request=EXAMPLE), "invalid_request")


def a_bad_line_spoils_no_other():
    good = json.dumps({"request": EXAMPLE, "credentials": KEY}).encode()
    bad = [b"", b" ", b"not json", b"[]", b"1", b"null", good[:-1], good + good, b'{"request":{"name":"\xff"}}',
           b"\xff\xfe", b"\0", b'{"a":' * 1000, b'{"request":"' + b"x" * (9 << 20) + b'"}']
    lines = [line for one in bad for line in (one, good)]
    found = answers("encode", "stripe", stdin=b"\n".join(lines))  # The last line has no end.
    equal(len(found), len(lines), "answers")
    for line, wrong, right in zip(bad, found[::2], found[1::2]):
        failure(wrong, "invalid_request")
        equal(right["target"], "/v1/customers", line[:40])
    equal(answers("encode", "stripe", stdin=b""), [])
    equal(len(answers("encode", "stripe", stdin=good + b"\r\n")), 1)


def every_line_is_answered_at_once():
    process = subprocess.Popen([PROGRAM, "encode", "stripe"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    lines = queue.Queue()
    reader = threading.Thread(target=lambda: [lines.put(line) for line in process.stdout], daemon=True)
    reader.start()
    try:
        for number in range(3):
            process.stdin.write(json.dumps({"request": {"merchant_customer_id": f"m-{number}"},
                                            "credentials": KEY}).encode() + b"\n")
            process.stdin.flush()
            equal(json.loads(lines.get(timeout=HANG_GUARD))["body"], f"metadata[merchant_customer_id]=m-{number}")
        process.stdin.close()
        equal(process.wait(HANG_GUARD), 0, "exit code")
    finally:
        process.kill()
        process.wait()


def wrong_usage_is_explained():
    for arguments in ([], ["encode"], ["decode"], ["encode", "nobody"], ["decode", "Stripe"], ["encode", ""],
                      ["list", "stripe"], ["pages", "stripe"], ["show", "nobody"], ["show", "Stax"], ["show", ""], ["show", "stax", "stax"],
                      ["encode", "stripe", "stripe"], ["send", "stripe"], ["--version"]):
        done = run(*arguments)
        equal(done.returncode, 2, arguments)
        equal(done.stdout, b"", arguments)
        said = done.stderr.decode("utf-8")
        assert "usage: wire" in said and " stripe" in said, said
    assert b"there is no connector nobody" in run("show", "nobody").stderr
    done = run("--help")
    assert done.returncode == 0 and b"wire show [CONNECTOR]" in done.stdout, done


def main():
    tap = Tap()
    for case in (list_describes_stripe, list_describes_every_connector, list_tells_how_each_is_different,
                 list_tells_what_a_request_takes, show_prints_the_page_of_one, show_prints_the_pages_of_all,
                 show_keeps_within_100_columns, show_tells_how_each_is_different,
                 pages_say_what_show_lays_out, refusals_tell_what_the_rules_state, encode_takes_a_name_in_its_parts, retrieve_is_encoded_and_decoded,
                 update_is_encoded_and_decoded, delete_is_encoded_and_decoded, find_is_encoded_and_decoded,
                 encode_makes_the_documented_request,
                 encode_carries_metadata_and_address,
                 encode_derives_the_key_from_the_reference, encode_takes_null_and_empty_for_absent,
                 encode_names_the_member_of_a_wrong_type, encode_ignores_no_member,
                 encode_reports_what_the_library_refuses, encode_and_decode_serve_every_connector,
                 encode_shows_the_token_exchange, encode_signs, decode_reads_an_id_in_a_header,
                 decode_unifies_a_success, decode_explains_a_refusal, decode_reads_what_is_no_answer,
                 decode_cuts_long_text_between_characters, decode_names_the_member_of_a_wrong_type,
                 a_bad_line_spoils_no_other, every_line_is_answered_at_once, wrong_usage_is_explained):
        name = "example/wire/" + case.__name__
        if not chosen(name):
            continue
        try:
            case()
            tap.result(name, True)
        except (AssertionError, KeyError, TypeError, ValueError, queue.Empty, subprocess.TimeoutExpired) as problem:
            tap.result(name, False, f"{type(problem).__name__}: {problem}"[:4000])
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())

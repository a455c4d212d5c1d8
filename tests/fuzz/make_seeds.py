# SPDX-License-Identifier: Apache-2.0
"""Writes the inputs that fuzzing begins with.

usage: make_seeds.py SHEETS SEEDS
SHEETS holds a file CONNECTOR.md for each policy: an excerpt of the processor's documents in which JSON stands as it is
sent, with the HTTP status somewhere before it, `-> 200` or `(404)`. SEEDS gets a folder for each target. The forms of
the inputs are those that the targets say. Kept are those that reach something new: `TARGET -merge=1 KEPT SEEDS/TARGET`.
"""
import json
import pathlib
import re
import sys

# Every policy with the operations that it offers, in the order of florin_fuzz::Operations.
POLICIES = {
    "stripe": "ABCDEF", "airwallex": "ABCFG", "authorizedotnet": "ABCDEF", "bluesnap": "ABCDF", "braintree": "ABCDE",
    "chargebee": "ABCDEF", "checkoutcom": "ABCDE", "conekta": "ABCDEF", "cybersource": "ABCD", "dwolla": "ABCDEG",
    "finix": "ABCEF", "flutterwave": "ABCEG", "glomopay": "ABE", "gocardless": "ABCD", "mercadopago": "ABCDE",
    "mollie": "ABCD", "nmi": "ABCDEF", "omise": "ABCDEF", "payjp": "ABCDF", "payload": "ABCDEF", "paysafe": "ABCDF",
    "paystack": "ABC", "pinpayments": "ABCD", "rapyd": "ABCD", "razorpay": "ABC", "recurly": "ABCDEF",
    "revolut": "ABCD", "shift4": "ABCDEF", "square": "ABCDEF", "stax": "ABCDEF", "xendit": "ABCF",
}
STATUSES = [200, 201, 202, 204, 400, 401, 402, 403, 404, 405, 408, 409, 410, 422, 424, 429, 500, 502, 503, 504, 301,
            303, 304, 307, 308, 100, 101, 199, 299, 300, 599, 0]
STATUS = re.compile(r"(?:->|HTTP/1\.1|\()\s*\**(\d{3})\b")
# Where these stand in a success, it answers one of these operations.
ANSWERS = [
    (re.compile(r'"(data|list|items|identities|customers|edges)":\['), "EF"),
    (re.compile(r'"deleted":true|deleteCustomer|"deleted_at":"|"status":"deactivated"'), "DB"),
    (re.compile(r'"access_token"|"token":"'), "G"),
    (re.compile(r'"node":|getCustomer'), "B"),
    (re.compile(r'updateCustomer'), "C"),
    (re.compile(r""), "ABC"),
]
IDENTIFIER = re.compile(r'"(?:id|customerProfileId)":"([^"]+)"')
END = "\xff"


def letter(number):
    """How an input says a choice."""
    return bytes([(number + ord("A")) % 256])


def documents(text):
    """Yields (status, JSON) for each document of a sheet."""
    decoder, status, position = json.JSONDecoder(), 200, 0
    for match in re.finditer(r"^.*$", text, re.MULTILINE):
        if match.start() < position:
            continue
        line = match[0]
        if line.startswith(("{", "[")):
            try:
                document, position = decoder.raw_decode(text, match.start())
            except ValueError:
                continue
            if document and isinstance(document, (dict, list)):
                yield status, json.dumps(document, separators=(",", ":"), ensure_ascii=False)
        found = STATUS.findall(line)
        if found:
            status = int(found[-1])


def reply_seeds(sheets):
    for connector, offered in POLICIES.items():
        text = (sheets / f"{connector}.md").read_text(encoding="utf-8")
        for status, body in dict.fromkeys(documents(text)):
            if status not in STATUSES:
                continue
            answers = "A" if status >= 300 else next(answers for form, answers in ANSWERS if form.search(body))
            identifier = IDENTIFIER.search(body)
            for operation in [each for each in answers if each in offered]:
                about = "" if operation in "AEFG" else identifier[1] if identifier else "c1"
                headers = f"Location: https://api.example.com/customers/{about or 'c1'}\n" if "A" == operation else ""
                yield (f"{connector}-{operation}-{status}",
                       f"{connector}\n{operation}".encode() + letter(STATUSES.index(status)) + b"GB"
                       + f"{about}\n{headers}X-Request-Id: r-1\n\n{body}".encode())


def listed_seeds():
    """Lists of which some customers have to be left out: deleted, and with another email or reference."""
    both = '"email":"ana@example.com","metadata":{"merchant_customer_id":"m-1001"}'
    other = '"email":"other@example.com","metadata":{"merchant_customer_id":"m-1002"}'
    for operation in "EF":
        for connector, items, begin in [("stripe", "data", "cus_"), ("shift4", "list", "cust_")]:
            customers = [f'"id":"{begin}1",{both},"deleted":true', f'"id":"{begin}2",{other}', f'"id":"{begin}3",{both}']
            body = f'{{"{items}":[{{{"},{".join(customers)}}}],"has_more":true,"next_page":"p2"}}'
            yield f"{connector}-{operation}-left-out", f"{connector}\n{operation}AGB\n\n{body}".encode()


def response_seeds():
    body = '{"id":"cus_1","object":"customer"}'
    length = f"Content-Length: {len(body)}\r\n"
    start = "HTTP/1.1 200 OK\r\nRequest-Id: req_1\r\n"
    chunks = f"5;name=value\r\n{body[:5]}\r\n{len(body) - 5:x}\r\n{body[5:]}\r\n0\r\nX-Trailer: t\r\n\r\n"
    coded = start + "Transfer-Encoding: chunked\r\n\r\n" + chunks
    answers = {
        "length": start + length + "\r\n" + body,
        "chunked": coded,
        "until-close": start + "\r\n" + body,
        "interim": "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + coded,
        "too-long": start + f"Content-Length: {len(body) + 9}\r\n\r\n" + body,
        "too-short": start + f"Content-Length: {len(body) - 9}\r\n\r\n" + body,
        "huge": start + "Content-Length: 18446744073709551615\r\n\r\n" + body,
        "both-lengths": start + length + "Transfer-Encoding: chunked\r\n\r\n" + chunks,
        "gzip": start + length + "Content-Encoding: gzip\r\n\r\n\x1f\u008b\b",
        "identity": start + length + "Content-Encoding: identity\r\nConnection: close\r\n\r\n" + body,
        "no-content": "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
        "switching": "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "refused": "HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
                   "Content-Length: 0\r\n\r\n",
        "old": "HTTP/1.0 200 OK\r\n" + length + "\r\n" + body,
        "created": "HTTP/1.1 201 Created\r\nLocation: https://api.dwolla.com/customers/c-1\r\nContent-Length: 0\r\n\r\n",
    }
    for number, (name, answer) in enumerate(answers.items()):
        reader = b"B" if name == "created" else letter(number % 6)
        yield name, reader + b"C" + b"\x80" + letter(number % 3) + answer.encode("latin-1")


# Keys that would be another parameter if they were let.
FORGERIES = ["merchant_customer_id", "ref", "a]&email=x[", 'a":"b","email', "a\r\nX: y", "[]", "%5D"]


def request_seeds():
    texts = ["m-1001", "ana@example.com", "Ana Example", "", "", "+1 555 555-0100", "Example buyer", "1 Example Street",
             "Apt 2", "Springfield", "IL", "62701", "us"]
    rest = ["c-1", "", "key-1", "token-1", "", "pay-1", "user", "secret", "tier, source", "tier,source", "kept",
            "tier", "gold & \"silver\"", "source", "a=b", "old", "present", "there"]
    parts = ["m-1001", "", "", "Ana", "Example", "", "", "", "", "", "", "", ""]
    for connector, offered in POLICIES.items():
        # What some have instead: metadata keys, and credentials that sign, or say true or false.
        own = {"cybersource": {"tier": "data1", "tier, source": "dGllcg==", "ref": "dGllcg=="},
               "nmi": {"tier": "1"}, "mollie": {"secret": "true"}}.get(connector, {})
        for operation in offered:
            chosen = (texts if operation != "C" else parts) + rest
            chosen = [own.get(text, text) for text in chosen]
            options = b"BCBAA" if operation != "C" else b"BCB" + letter(0b1100000) + b"A"
            yield (f"{connector}-{operation}",
                   f"{connector}\n{operation}".encode() + options + END.join(chosen).encode("latin-1"))
        for at, forgery in enumerate(FORGERIES):
            chosen = [*texts, *rest[:6], "user", "secret", "ref", "ref,tier", "", forgery, "forged"]
            chosen = [own.get(text, text) for text in chosen]
            yield (f"{connector}-forged-{at}",
                   f"{connector}\nA".encode() + b"ABAAA" + END.join(chosen).encode("latin-1"))


def proxy_seeds():
    answers = {
        "established": "HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n",
        "interim": "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.0 200\r\n\r\n",
        "login": "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\n\r\n",
        "unavailable": "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbody",
        "early": "HTTP/1.1 200 OK\r\n\r\nearly",
        "switching": "HTTP/1.1 101 Switching Protocols\r\n\r\n",
        "other": "SSH-2.0-x\r\n",
    }
    for name, answer in answers.items():
        yield name, f"HH{'::1' if name == 'login' else 'api.example.test'}\nuser\nsecret\n{answer}".encode()


def text_seeds():
    pairs = [("2026-01-05T08:30:00.123+01:00", "1767600000"), ("Sun, 06 Nov 1994 08:49:37 GMT", "120"),
             ("https://localhost:8443/", "http://[::1]:80"), ("us", "USA"), ("a&b=c [d] %41", "\"\\\u001f\u20ac\U0001F600")]
    for number, (one, other) in enumerate(pairs):
        yield f"pair-{number}", letter(len(one.encode())) + (one + other).encode()


def edge_seeds():
    """The edges of UTF-8: what is a character, and what only looks like one."""
    for text in ["7f", "c280", "dfbf", "e0a080", "ed9fbf", "ee8080", "f0908080", "f48fbfbf",
                 "c1bf", "e09fbf", "eda080", "edbfbf", "f08fbfbf", "f4908080", "f8888080", "80", "e282"]:
        yield f"utf8-{text}", letter(8) + b"ab" + bytes.fromhex(text) + b"cd" + bytes.fromhex(text)


def main():
    if len(sys.argv) != 3:
        print(__doc__)
        return 2
    sheets, seeds = map(pathlib.Path, sys.argv[1:])
    targets = {"reply": [*reply_seeds(sheets), *listed_seeds()], "response": response_seeds(), "request": request_seeds(),
               "proxy": proxy_seeds(), "texts": [*text_seeds(), *edge_seeds()]}
    for target, inputs in targets.items():
        folder = seeds / target
        folder.mkdir(parents=True, exist_ok=True)
        for number, (name, data) in enumerate(inputs):
            name += f"-{number}" if re.search(r"-\d{3}$", name) else ""
            (folder / name).write_bytes(data)
    return 0


if __name__ == "__main__":
    sys.exit(main())

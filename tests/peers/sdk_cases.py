# SPDX-License-Identifier: Apache-2.0
"""The cases of sdk/NAME.mjs, and what the sandbox has stored at the end of each.

The documentation's customer is stored under the parameters that the SDK's own request for it has.
"""

NAME = {"first_name": "John", "last_name": "Doe"}
EMAIL = "john.doe@example.com"
PHONE = "+1-555-123-4567"
DIGITS = "5551234567"
ID = "cust_user_12345"
DESCRIPTION = "Premium plan subscriber"
KEY = "idem-documentation_example"
ADDRESS = {"firstName": "John", "lastName": "Doe", "company": "Example Company", "address": "1 Example Street, Apt 2",
           "city": "Springfield", "state": "IL", "zip": "62701", "country": "US", "phoneNumber": PHONE,
           "faxNumber": "555-555-0101", "email": EMAIL}
SHIPPING = {"profile.profileType": "regular",
            **{f"profile.shipToList[0].{name}": value for name, value in ADDRESS.items()}}
# Those who refuse a field or a create without one, and who can be asked with a credential that may only read.
REFUSALS = ["invalid_field", "missing_field", "unauthorized", "forbidden", "not_found", "rate_limited", "server_error"]


def cases(stored, same=(), changed=None, **others):
    """What each case leaves: `documented` and those of `same` the customer as it is, the rest with some changes,
    None for what is not there any more."""
    changes = {"documented": {}} | {case: {} for case in same} | others
    if changed is not None:
        changes["changed"] = changed
    return {case: {name: value for name, value in (stored | change).items() if value is not None}
            for case, change in changes.items()}


# The cases that leave one customer, with what is stored of it.
STORING = {
    "airwallex": cases({"request_id": KEY, "merchant_customer_id": ID, **NAME, "email": EMAIL, "phone_number": PHONE},
                       ["repeated", "duplicate"]),
    "authorizedotnet": cases({"profile.merchantCustomerId": ID, "profile.description": DESCRIPTION,
                              "profile.email": EMAIL}, ["duplicate"], shipping_address=SHIPPING),
    "chargebee": cases({"id": ID, **NAME, "email": EMAIL, "phone": PHONE}, ["repeated", "duplicate"],
                       changed={"last_name": "Roe", "meta_data.plan": "basic",
                                "billing_address[line1]": "1 Example Street", "billing_address[zip]": "62701",
                                "billing_address[country]": "US"}),
    "checkoutcom": cases({"email": EMAIL, "name": "John Doe", "phone.country_code": "1", "phone.number": DIGITS,
                          "metadata.merchant_customer_id": ID}, ["duplicate"], changed={"name": "John Roe"}),
    "conekta": cases({"name": "John Doe", "email": EMAIL, "phone": PHONE, "custom_reference": ID},
                     changed={"name": "John Roe"}),
    "dwolla": cases({"firstName": "John", "lastName": "Doe", "email": EMAIL, "correlationId": ID},
                    ["repeated", "duplicate"]),
    "finix": cases({"entity.email": EMAIL, "entity.first_name": "John", "entity.last_name": "Doe",
                    "entity.phone": PHONE, "tags.merchant_customer_id": ID}),
    "gocardless": cases({"customers.email": EMAIL, "customers.given_name": "John", "customers.family_name": "Doe",
                         "customers.phone_number": PHONE, "customers.metadata.merchant_customer_id": ID},
                        ["repeated"]),
    "mercadopago": cases({"email": EMAIL, **NAME, "phone.area_code": "1", "phone.number": DIGITS,
                          "description": DESCRIPTION, "metadata.merchant_customer_id": ID}, ["duplicate"],
                         changed={"description": "Basic plan"}),
    # It repeats by itself what a server's error answered.
    "mollie": cases({"name": "John Doe", "email": EMAIL, "metadata.merchant_customer_id": ID},
                    ["repeated", "server_error"], changed={"name": "John Roe"}),
    "omise": cases({"email": EMAIL, "description": DESCRIPTION, "metadata.merchant_customer_id": ID},
                   changed={"description": "Basic plan"}),
    "payjp": cases({"id": ID, "email": EMAIL, "description": DESCRIPTION}, ["duplicate"],
                   changed={"description": "Basic plan", "metadata[plan]": "basic"}),
    "payload": cases({"type": "customer", "name": "John Doe", "contact_details.email": EMAIL,
                      "contact_details.phone_number": DIGITS, "attrs.merchant_customer_id": ID},
                     changed={"name": "John Roe"}),
    "razorpay": cases({"name": "John Doe", "email": EMAIL, "contact": "+1" + DIGITS,
                       "notes.merchant_customer_id": ID}, ["duplicate"], changed={"name": "John Roe"}),
    "recurly": cases({"code": ID, "email": EMAIL, **NAME, "address.phone": PHONE},
                     ["repeated", "duplicate", "deactivated"],
                     changed={"last_name": "Roe", "custom_fields.plan": "basic"}),
    "square": cases({"idempotency_key": KEY, "given_name": "John", "family_name": "Doe", "email_address": EMAIL,
                     "phone_number": "+1" + DIGITS, "reference_id": ID, "note": DESCRIPTION}, ["repeated"],
                    changed={"family_name": "Roe", "note": None, "version": "1"}),
    "stripe": cases({"email": EMAIL, "name": "John Doe", "phone": PHONE, "description": DESCRIPTION,
                     "metadata[merchant_customer_id]": ID}, ["repeated"],
                    changed={"name": "John Roe", "description": None}),
    "xendit": cases({"reference_id": ID, "type": "INDIVIDUAL", "individual_detail.given_names": "John",
                     "individual_detail.surname": "Doe", "description": DESCRIPTION, "email": EMAIL,
                     "mobile_number": PHONE}, ["repeated", "duplicate"], changed={"description": "Basic plan"}),
}


def without(*names):
    return [case for case in REFUSALS if case not in names]


# Those that leave none.
EMPTY = {
    "airwallex": REFUSALS,
    "authorizedotnet": without("rate_limited", "server_error"),
    "chargebee": ["removed", *without("missing_field")],
    "checkoutcom": ["removed", *REFUSALS],
    "conekta": ["removed", *REFUSALS],
    "dwolla": [*REFUSALS, "invalid_token"],
    "finix": without("missing_field"),
    "gocardless": REFUSALS,
    "mercadopago": ["removed", *REFUSALS],
    "mollie": ["removed", *without("missing_field", "server_error")],
    "omise": ["removed", *without("missing_field", "forbidden")],
    "payjp": ["removed", *without("missing_field", "forbidden")],
    "payload": ["removed", *REFUSALS],
    "razorpay": without("missing_field"),
    "recurly": REFUSALS,
    "square": ["removed", *REFUSALS],
    "stripe": ["removed", *without("missing_field")],
    "xendit": REFUSALS,
}

# SPDX-License-Identifier: Apache-2.0
"""Prints the names of the Meson tests that FLORIN_TEST_FILTER (a glob, default `*`) may concern, one a line.

usage: choose_tests.py BUILD_DIR
Tests that report cases of their own choose among them themselves, so they are always named.
"""
import json
import subprocess
import sys

from tap import chosen

for test in json.loads(subprocess.run(["meson", "introspect", "--tests", sys.argv[1]], check=True,
                                      stdout=subprocess.PIPE).stdout):
    if test["protocol"] == "tap" or chosen(test["name"]):
        print(test["name"])

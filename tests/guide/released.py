# SPDX-License-Identifier: Apache-2.0
"""Tests that what the READMEs of releases promised is tried with today's headers, in TAP.

usage: released.py ROOT -- COMPILER...
Their code is compiled and run by the test `guide`, as that of today's README is: meson.build hands it every
released/VERSION/README.md. Here it is tested that the newest release has one, and that a break in one is noticed.
"""
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(sys.argv[1])
COMPILER = sys.argv[sys.argv.index("--") + 1:]
HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "support"))
import blocks  # noqa: E402
from tap import Tap, chosen  # noqa: E402

RELEASED = HERE / "released"
FIXTURE = """# A release

```cpp
florin::CreateRequest request{.merchant_customer_id = "m-1"};
```
<!-- after
CHECK(request.email.empty());
-->

<!-- before
florin::CreateRequest request;
-->
```cpp
request.mobile = "+15555550100";
```
"""
# In place of what blocks find about them, which takes a compiler much longer.
SCENE = """#include <florin/customer.hpp>
#include "guide/case.hpp"
#define CHECK(...) static_cast<void>(__VA_ARGS__)
namespace guide { struct Scene {}; }
"""


def releases(changelog):
    """The versions that a changelog says were released, the newest first, each with its part of the text."""
    parts = re.split(r"^## \[([^\]]+)\] - (\S+).*$", changelog, flags=re.MULTILINE)[1:]
    return {version: text for version, date, text in zip(parts[::3], parts[1::3], parts[2::3]) if date[0].isdigit()}


def fault_in(changelog, folder):
    """What is wrong with the READMEs of releases, in a sentence; empty: nothing."""
    known = releases(changelog)
    kept = {path.parent.name: path for path in folder.glob("*/README.md")}
    newest = next(iter(known), None)
    if newest and newest not in kept:
        return (f"CHANGELOG.md says that {newest} was released, but its README is not kept: "
                f"copy it to tests/guide/released/{newest}/README.md")
    for version, path in kept.items():
        if version not in known:
            return f"tests/guide/released has {version}, of which CHANGELOG.md says nothing"
        for block in blocks.blocks_of(*blocks.read(path)):
            if block.kind == "broken" and "(!)" not in known.get(block.names, changelog.split("\n## ")[1]):
                return (f"{path.name} of {version} says that {block.names} breaks it, but CHANGELOG.md has nothing "
                        f"marked with (!) there")
    return ""


def the_newest_release_is_kept():
    fault = fault_in((ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), RELEASED)
    assert not fault, fault


def what_is_not_kept_is_noticed():
    unreleased = "# Changelog\n\n## [0.2.0] - Unreleased\n\n- (!) Broken.\n"
    changelog = unreleased + "\n## [0.1.0] - 2027-01-31\n\n- All.\n\n## [0.0.9] - 2026-12-31\n"
    assert list(releases(changelog)) == ["0.1.0", "0.0.9"] and not releases(unreleased)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "released"
        assert fault_in(unreleased, folder) == ""
        assert "0.1.0 was released, but its README is not kept" in fault_in(changelog, folder)
        readme = folder / "0.1.0" / "README.md"
        readme.parent.mkdir(parents=True)
        readme.write_text(FIXTURE, encoding="utf-8")
        assert fault_in(changelog, folder) == ""
        assert "has 0.1.0, of which CHANGELOG.md says nothing" in fault_in(unreleased, folder)
        readme.write_text("<!-- broken: 0.2.0 -->\n" + FIXTURE, encoding="utf-8")
        assert fault_in(changelog, folder) == ""
        assert "nothing marked with (!)" in fault_in(changelog.replace("(!) ", ""), folder)


def a_break_is_noticed():
    """What does not compile is told with its place in the README of the release; what compiles is not."""
    with tempfile.TemporaryDirectory() as name:
        readme = pathlib.Path(name) / "released" / "0.0.1" / "README.md"
        readme.parent.mkdir(parents=True)
        readme.write_text(FIXTURE, encoding="utf-8")
        source = pathlib.Path(name) / "blocks.cpp"
        (pathlib.Path(name) / "guide").mkdir()
        (pathlib.Path(name) / "guide" / "scene.hpp").write_text(SCENE, encoding="utf-8")
        shutil.copy(HERE / "case.hpp", pathlib.Path(name) / "guide")
        subprocess.run([sys.executable, HERE / "blocks.py", source, readme], check=True)
        done = subprocess.run([*COMPILER, f"-I{name}", "-fsyntax-only", source], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              encoding="utf-8", check=False)
        errors = [line for line in done.stdout.splitlines() if " error: " in line]
        line = FIXTURE[:FIXTURE.index("request.mobile")].count("\n") + 1
        assert done.returncode != 0, "the compiler takes what was broken"
        assert len(errors) == 1 and errors[0].startswith(f"README-0.0.1.md:{line}:") and "mobile" in errors[0], \
            done.stdout
        # Where the break was meant, the rest is still compiled.
        page = FIXTURE.replace("```cpp\nrequest.mobile", "<!-- broken: 0.0.2 -->\n```cpp\nrequest.mobile")
        made = blocks.source_of([("README-0.0.1", page)], [])
        assert "mobile" not in made and "CreateRequest" in made and "# SKIP broken by 0.0.2" in made


def main():
    tap = Tap()
    changelog = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    nothing = None if releases(changelog) or RELEASED.exists() else "nothing is released yet: CHANGELOG.md has no version with a date"
    for case, skip in ((the_newest_release_is_kept, nothing), (what_is_not_kept_is_noticed, None),
                       (a_break_is_noticed, None)):
        if chosen("guide_released/" + case.__name__):
            tap.run("guide_released/" + case.__name__, case, skip)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())

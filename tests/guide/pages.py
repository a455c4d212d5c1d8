# SPDX-License-Identifier: Apache-2.0
"""Tests what the guide and the README say beside C++ that compiles, in TAP: what the compiler is said to say,
commands, links, and that every page is reached.

usage: pages.py ROOT
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1])
sys.path.insert(0, str(ROOT / "tests" / "support"))
sys.path.insert(0, str(ROOT / "examples" / "guide" / "site"))
import blocks  # noqa: E402
import common_members  # noqa: E402
from tap import Tap, chosen  # noqa: E402

GUIDE = ROOT / "examples" / "guide"
# Programs that are not run from the source tree, and where their options stand.
INSTALLED = {"florin-import": ROOT / "examples" / "import" / "options.cpp"}
PAGES = [ROOT / "README.md", *sorted(GUIDE.glob("*.md"))]


def blocks_of(path):
    return blocks.blocks_of(path.stem, path.read_text(encoding="utf-8"))


def squeezed(text):
    return "".join(text.split())


def refused_by_the_compiler(name):
    """A test that is compiled elsewhere: its source, and what the compiler has to say of it."""
    source = (ROOT / "tests" / "compile_fail" / (name + ".cpp")).read_text(encoding="utf-8")
    return source, [found[1] for found in re.finditer(r"^// expect(?:-gcc)?: (.*)", source, re.MULTILINE)]


def quotes_the_compiler(path):
    """What is refused stands in the test of that name, and what is said is what that test expects."""
    for block in blocks_of(path):
        where = f"{path.name}:{block.line}"
        if block.kind == "refused":
            source, _ = refused_by_the_compiler(block.names)
            assert squeezed(block.code) in squeezed(source), f"{where}: not in {block.names}.cpp: {block.code}"
        if block.said:
            _, expected = refused_by_the_compiler(block.said)
            said = "static assertion failed: " + block.code.strip()
            fits = any(re.search(each, said) for each in expected)
            assert fits, f"{where}: not what {block.said}.cpp expects: {said}"
        assert block.language, f"{where}: a block in no language"
        assert block.language != "text" or block.said, f"{where}: a text that nothing vouches for"


def commands_exist(path):
    """Commands in blocks and in the text: the programs and their options."""
    text = path.read_text(encoding="utf-8")
    commands = [line.split("#")[0].strip() for block in blocks_of(path) if block.language == "sh"
                for line in block.code.splitlines()]
    prose = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    commands += re.findall(r"`((?:tests|examples|benchmarks|\.ci)/[\w/.]*(?: [^`]*)?)`", prose)
    for command in filter(None, commands):
        program, *arguments = command.split()
        file = INSTALLED.get(program, ROOT / program)
        if any(word in program for word in ("NAME", "VERSION", "*")):
            continue
        assert file.exists(), f"{path.name}: there is no {program}"
        for option in (each for each in arguments if each.startswith("--")):
            beside = [file, *file.parent.glob("*.py"), *file.parent.glob("support/run.py")]
            said = "".join(each.read_text(encoding="utf-8") for each in beside if each.is_file())
            assert option in said, f"{path.name}: {program} has no option {option}"


def links_lead_somewhere(path):
    prose = re.sub(r"```.*?```|<!--.*?-->", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    for text, target in re.findall(r"\[([^\]\n]*)\]\(([^)\s]+)\)", prose):
        if target.startswith("https://"):
            continue
        assert (path.parent / target).exists(), f"{path.name}: [{text}]({target}) leads nowhere"


def every_page_is_reached():
    for name in (page.stem for page in GUIDE.glob("*.md") if page.stem != "index"):
        for path, how in ((GUIDE / "index.md", f"]({name}.md)"), (ROOT / "README.md", f"](examples/guide/{name}.md)"),
                          (GUIDE / "site" / "layout.xml", f'"@ref guide_{name.replace("-", "_")}"')):
            assert how in path.read_text(encoding="utf-8"), f"{path.name} does not lead to {name}.md"


def version_is_the_same_everywhere():
    """In the build, the header's constant and macros, and at the top of the changelog."""
    version = re.search(r"^  version: '([\d.]+)'", (ROOT / "meson.build").read_text(encoding="utf-8"), re.MULTILINE)[1]
    header = (ROOT / "include" / "florin" / "version.hpp").read_text(encoding="utf-8")
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    macros = [re.search(rf"^#define FLORIN_VERSION_{part} (\d+)$", header, re.MULTILINE)[1]
              for part in ("MAJOR", "MINOR", "PATCH")]
    found = {"version.hpp": re.search(r'version = "([^"]*)"', header)[1], "its macros": ".".join(macros),
             "CHANGELOG.md": re.search(r"^## \[([^\]]*)\]", changes, re.MULTILINE)[1]}
    assert set(found.values()) == {version}, f"meson.build has {version}, but {found}"


def every_common_member_is_one():
    """What the reference says of the members of many types is about members that there are."""
    headers = ROOT / "include" / "florin"
    shown = {path.relative_to(headers).as_posix(): common_members.commented(
        path.relative_to(headers).as_posix(), path.read_text(encoding="utf-8")) for path in headers.rglob("*.hpp")}
    for where, members in common_members.COMMON:
        for member, said in members.items():
            assert any(f"/** {said} */" in text for place, text in shown.items() if place.startswith(where)), \
                f"common_members.py: {where or 'nowhere'} has no {member} without a comment of its own"


def main():
    tap = Tap()
    cases = [("every_page_is_reached", every_page_is_reached),
             ("version_is_the_same_everywhere", version_is_the_same_everywhere),
             ("every_common_member_is_one", every_common_member_is_one)]
    for path in PAGES:
        for case in (quotes_the_compiler, commands_exist, links_lead_somewhere):
            cases.append((f"{path.stem}/{case.__name__}", lambda case=case, path=path: case(path)))
    for name, case in cases:
        if chosen("guide_pages/" + name):
            tap.run("guide_pages/" + name, case)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())

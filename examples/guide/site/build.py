#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the documentation site: the guide, a page for each connector and the reference of the headers.

usage: build.py --source DIR --wire PROGRAM --version TEXT OUTPUT
OUTPUT is made anew; it begins at OUTPUT/index.html and needs no server. Takes doxygen and doxygen-awesome-css, as
Debian packages them: .ci/install --with-docs. Each warning of Doxygen is an error.
"""
import argparse
import html
import json
import pathlib
import re
import shutil
import subprocess
import sys

import reference_view

AWESOME = pathlib.Path("/usr/share/doxygen-awesome-css")
SCRIPTS = """<script type="text/javascript" src="$relpath^doxygen-awesome-darkmode-toggle.js"></script>
<script type="text/javascript" src="$relpath^doxygen-awesome-fragment-copy-button.js"></script>
<script type="text/javascript" src="$relpath^doxygen-awesome-paragraph-link.js"></script>
<script type="text/javascript">
DoxygenAwesomeDarkModeToggle.init();
DoxygenAwesomeFragmentCopyButton.init();
DoxygenAwesomeParagraphLink.init();
</script>
</head>"""


class Problem(Exception):
    """What keeps the site from being made."""


def run(*command, **options):
    try:
        return subprocess.run(command, check=True, encoding="utf-8", **options)
    except FileNotFoundError as error:
        raise Problem(f"there is no {command[0]}: .ci/install --with-docs brings it") from error
    except subprocess.CalledProcessError as error:
        raise Problem(f"{command[0]} failed: {error.stderr or error.returncode}") from error


def id_of(name):
    return "guide_" + name.replace("-", "_")


def guide_page(name, text):
    """A page of the guide as Doxygen takes it: with a name for others to refer to."""
    text = re.sub(r"<!--.*?-->\n?", "", text, flags=re.DOTALL)
    if name != "index":
        text = re.sub(r"\A# (.*)", lambda heading: f"# {heading[1]} {{#{id_of(name)}}}", text)
    # To Doxygen an apostrophe may end what a single backtick has begun, and it knows no code in the text of a link.
    fenced = re.split(r"(^```.*?^```$)", text, flags=re.DOTALL | re.MULTILINE)
    text = "".join(part if number % 2 else re.sub(r"(?<!`)`([^`]+)`(?!`)", r"``\1``", part)
                   for number, part in enumerate(fenced))
    text = re.sub(r"\[``([^`]+)``\]\(", r"[\1](", text)
    text = re.sub(r"\]\(([\w-]+)\.md\)", lambda link: f"](@ref {id_of(link[1])})", text)
    # Plots lie beside the pages, and programs are no pages.
    text = re.sub(r"\]\((?:\.\./)+benchmarks/plots/", "](", text)
    return re.sub(r"\[([^\]]*)\]\((?:\.\./)[^)]*\)", r"\1", text)


def cell(text, tag, label=""):
    # Names on the wire may be broken at their dots and brackets.
    broken = re.sub(r"(?<=\w)([.\[_/-])(?=\w)", "\\1<wbr/>", html.escape(text))
    label = f' data-label="{html.escape(label)}"' if label else ""
    return f"<{tag}{label}>{broken}</{tag}>"


def table(rows, headed):
    lines = ['<table class="markdownTable facts">']
    # A phone shows the columns' names beside the values: of all but the first.
    labels = ["", *rows[0][1:]] if headed else [""] * len(rows[0])
    if headed:
        lines.append("<tr>" + "".join(cell(text, "th") for text in rows[0]) + "</tr>")
    for row in rows[headed:]:
        cells = (cell(text, "td", label if text else "") for text, label in zip(row, labels))
        lines.append("<tr>" + "".join(cells) + "</tr>")
    return "\n".join(["\\htmlonly", *lines, "</table>", "\\endhtmlonly"])


def connector_page(page, header):
    """The page of a connector: what its policy says in words, and what the program wire says of it."""
    name = page["name"]
    found, comments = reference_view.parts_of_policy(header)
    lines = [f"# {name} {{#connector_{name}}}", "", "[TOC]", "", re.sub("^/// ?", "", comments, flags=re.MULTILINE),
             f"`#include <florin/policies/{name}.hpp>` has `florin::{found[1]}`; "
             f"`wire show {name}` prints the facts below."]
    for section in page["sections"]:
        place = re.sub("[^a-z]+", "_", section["heading"].lower())
        lines += ["", f"## {section['heading']} {{#connector_{name}_{place}}}"]
        for each in section["tables"]:
            lines += ["", table(each["rows"], each["headed"])]
    return "\n".join(lines) + "\n"


class Prose:
    """Text in which a word that is also the name of a type, such as Customer, stays a word: Doxygen makes links of all
    names. In code they stay names."""

    def __init__(self, sources):
        names = {name for text in sources for name in re.findall(r"\b(?:struct|class|concept) ([A-Z][a-z]+)\b", text)}
        self.words = re.compile(r"(?<!param )(?<![\w:%./<-])(" + "|".join(sorted(names)) + r")(?![\w:(<])")

    def of_page(self, text):
        parts = re.split(r"(^```.*?^```$|``[^`]+``|`[^`]+`|\\htmlonly.*?\\endhtmlonly|^#.*$)", text,
                         flags=re.DOTALL | re.MULTILINE)
        return "".join(part if number % 2 else self.words.sub(r"%\1", part) for number, part in enumerate(parts))

    def of_header(self, text):
        parts = re.split(r"(///<?(?!.*\\(?:copy|ref|namespace)).*)", text)
        code, out = False, []
        for part in parts:
            if part.startswith("///"):
                code = "\\code" in part or code and "\\endcode" not in part
                if not code:
                    spans = re.split(r"(`[^`]*`)", part)
                    part = "".join(span if number % 2 else self.words.sub(r"%\1", span)
                                   for number, span in enumerate(spans))
            out.append(part)
        return "".join(out)


def write_input(folder, source, wire):
    headers = source / "include" / "florin"
    public = [path for path in headers.rglob("*.hpp") if not {"detail", "impl"} & set(path.relative_to(headers).parts)]
    views = {path: reference_view.view(path.as_posix(), path.read_text(encoding="utf-8")) for path in public}
    prose = Prose(views.values())
    for path, view in views.items():
        to = folder / path.relative_to(source)
        to.parent.mkdir(parents=True, exist_ok=True)
        to.write_text(prose.of_header(view), encoding="utf-8")
    guide = folder / "guide"
    guide.mkdir()
    sys.path.insert(0, str(source / "tests" / "support"))
    import connector_table  # pylint: disable=import-outside-toplevel
    connectors = connector_table.read_list(run(wire, "list", stdout=subprocess.PIPE).stdout.splitlines())
    for path in (source / "examples" / "guide").glob("*.md"):
        text = path.read_text(encoding="utf-8")
        if path.stem == "connectors":
            names = re.compile(r"^\| (\w+) \|(?! operations)", re.MULTILINE)
            rows = names.sub(r"| [\1](@ref connector_\1) |", connector_table.table_of(connectors))
            text = connector_table.renewed(text, path.name, rows)
        text = prose.of_page(guide_page(path.stem, text))
        (guide / path.name).write_text(text, encoding="utf-8")
    for line in run(wire, "pages", stdout=subprocess.PIPE).stdout.splitlines():
        page = json.loads(line)
        header = (headers / "policies" / f"{page['name']}.hpp").read_text(encoding="utf-8")
        (guide / f"connector_{page['name']}.md").write_text(
            prose.of_page(connector_page(page, header)), encoding="utf-8")
    site = source / "examples" / "guide" / "site"
    shutil.copy(site / "namespaces.dox", guide)
    tabs = "\n".join(f'<tab type="user" visible="yes" url="@ref connector_{each["name"]}" title="{each["name"]}"/>'
                     for each in connectors)
    layout = (site / "layout.xml").read_text(encoding="utf-8").replace("<!-- connectors -->", tabs)
    (folder / "layout.xml").write_text(layout, encoding="utf-8")


def write_settings(folder, source, output, version):
    site = source / "examples" / "guide" / "site"
    header = folder / "header.html"
    run("doxygen", "-w", "html", header, folder / "footer.html", folder / "unused.css", stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL)
    header.write_text(header.read_text(encoding="utf-8").replace("</head>", SCRIPTS), encoding="utf-8")
    # A setting that older versions do not know, and that newer ones need for the colours of the style sheets.
    version_of = run("doxygen", "--version", stdout=subprocess.PIPE).stdout.split()[0]
    light = "HTML_COLORSTYLE        = LIGHT" if tuple(map(int, version_of.split("."))) >= (1, 9, 5) else ""
    values = {"light": light, "version": version, "output": output, "input": folder, "site": site,
              "awesome": AWESOME, "header": header,
              "plots": source / "benchmarks" / "plots"}
    settings = (site / "Doxyfile.in").read_text(encoding="utf-8")
    for name, value in values.items():
        settings = settings.replace(f"@{name}@", str(value))
    (folder / "Doxyfile").write_text(settings, encoding="utf-8")


def mend_links(output):
    """Doxygen refers to places that it has left empty: sections without a member, and values of enumerations."""
    names = {path.name: set(re.findall(r'(?:id|name)="([^"]*)"', path.read_text(encoding="utf-8")))
             for path in output.glob("*.html")}

    def mended(link):
        page, place = link[1], link[2]
        if page not in names or place in names[page]:
            return link[0]
        # A value's place begins with that of its enumeration.
        return f"{page}#{place[:33]}" if place[:33] in names[page] else page

    for path in [*output.glob("*.html"), *output.glob("*.js"), *(output / "search").glob("*.js")]:
        text = path.read_text(encoding="utf-8")
        kept = re.sub(r"([\w-]+\.html)#(\w+)", mended, text)
        if path.suffix == ".html":
            own = names[path.name]
            kept = re.sub(r'<div class="summary">.*?</div>', lambda summary, own=own: re.sub(
                r'<a href="#([\w-]+)">[^<]*</a>(?: &#124;)?\n?', lambda link: link[0] if link[1] in own else "",
                summary[0]), kept, count=1, flags=re.DOTALL)
        if kept != text:
            path.write_text(kept, encoding="utf-8")


def make(source, wire, version, output):
    if not AWESOME.is_dir():
        raise Problem(f"there is no {AWESOME}: .ci/install --with-docs brings it")
    folder = output.parent / (output.name + "-input")
    for each in (folder, output):
        shutil.rmtree(each, ignore_errors=True)
        each.mkdir(parents=True)
    write_input(folder, source, wire)
    write_settings(folder, source, output, version)
    run("doxygen", folder / "Doxyfile")
    warnings = (folder / "warnings.txt").read_text(encoding="utf-8").replace(f"{folder}/include", "include")
    warnings = warnings.replace(f"{folder}/guide", "examples/guide").strip()
    if warnings:
        raise Problem("Doxygen warns:\n" + warnings)
    mend_links(output)
    if not (output / "index.html").exists():
        raise Problem("Doxygen has made no index.html")
    print(f"{output}/index.html")


def main():
    parser = argparse.ArgumentParser(description="Makes the documentation site.")
    parser.add_argument("--source", type=pathlib.Path, required=True)
    parser.add_argument("--wire", type=pathlib.Path, required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("output", type=pathlib.Path)
    arguments = parser.parse_args()
    try:
        make(arguments.source.resolve(), arguments.wire.resolve(), arguments.version, arguments.output.resolve())
    except Problem as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())

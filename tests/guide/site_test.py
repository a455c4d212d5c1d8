# SPDX-License-Identifier: Apache-2.0
"""Makes the documentation site and looks at it in a browser, in TAP.

usage: site_test.py SITE BUILD ARGUMENTS...     the script BUILD makes the site in the folder SITE
Every internal link of every page is followed; the pages that a reader begins with are opened in Chromium, from the
disk, as wide as a screen and as a phone. Screenshots go to SITE/screenshots.
"""
import html.parser
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), os.pardir, "support"))
from browser import Browser  # noqa: E402
from tap import Tap, chosen  # noqa: E402

SITE = pathlib.Path(sys.argv[1]).resolve()
MAKE = [sys.executable, *sys.argv[2:]]
SCREENSHOTS = SITE / "screenshots"
WIDTHS = {"screen": (1280, 900), "phone": (400, 800)}
# Of the reference: one page of each kind.
REFERENCE = ["annotated.html", "classes.html", "concepts.html", "namespacemembers.html", "namespaceflorin.html",
             "classflorin_1_1Client.html", "structflorin_1_1Error.html", "structflorin_1_1StripePolicy.html",
             "conceptflorin_1_1CallObserver.html", "classflorin_1_1testing_1_1Sandbox.html"]
SHOWN = ["index.html", "guide_clients.html", "guide_requests.html", "guide_errors.html", "guide_performance.html",
         "guide_connectors.html", "connector_stripe.html", "connector_chargebee.html", "classflorin_1_1Client.html",
         "structflorin_1_1StripePolicy.html"]
IN_A_BROWSER = ["pages_fit_a_screen_and_a_phone", "search_finds_ensure", "asks_for_nothing_in_vain"]
# What does not fit: the page, and each table that would have to be scrolled or is cut off.
MISFITS = """
const misfits = [];
const box = document.getElementById('doc-content') || document.documentElement;
for (const each of [box, document.documentElement])
  if (each.scrollWidth > each.clientWidth + 1)
    misfits.push(`the page is ${each.scrollWidth} wide in ${each.clientWidth}`);
for (const table of document.querySelectorAll('.contents table')) {
  const width = table.getBoundingClientRect().width;
  if (width === 0) continue;
  // On a phone a table may be scrolled within a box of its own; a screen has room for all.
  let box = table;
  while (box && !['auto', 'scroll'].includes(getComputedStyle(box).overflowX)) box = box.parentElement;
  const own = box && box.closest('.contents');
  const right = own ? box.getBoundingClientRect().right : table.getBoundingClientRect().left + table.scrollWidth;
  const scrolled = own && innerWidth > 600 && box.scrollWidth > box.clientWidth + 1;
  if (right > innerWidth + 1 || scrolled)
    misfits.push(`a table is ${table.scrollWidth} wide: ${table.innerText.slice(0, 60)}`);
}
return misfits;"""


# Text that should have become something else.
UNREAD = r"""
const copy = document.querySelector('.contents').cloneNode(true);
for (const code of copy.querySelectorAll('pre, .facts, .fragment, .memitem, .memberdecls, script')) code.remove();
return copy.textContent.match(/.{0,40}(`|%[A-Z][a-z]|\\ilinebr|<\/?t[dr]|@ref|\]\(|\*\*).{0,40}/g) || [];"""


class Page(html.parser.HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.links, self.names = [], set()
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        for name, value in attrs:
            if name in ("href", "src") and value:
                self.links.append(value)
            elif name in ("id", "name") and value:
                self.names.add(value)


def site_is_made():
    done = subprocess.run(MAKE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout
    assert (SITE / "index.html").exists()


def links_are_right():
    """Of all pages, and of the scripts that hold the tree and the search."""
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in SITE.glob("*.html")}
    assert len(pages) > 100, f"only {len(pages)} pages"
    links = [(path, link) for path, page in pages.items() for link in page.links]
    for script in [*SITE.glob("*.js"), *(SITE / "search").glob("*.js")]:
        if not script.name.startswith("navtreeindex"):  # places in the tree by page, also of pages that are not made
            links += [(SITE / "index.html", link) for link in
                      re.findall(r"""["'](?:\.\./)?([\w-]+\.html(?:#\w+)?)["']""", script.read_text(encoding="utf-8"))]
    assert len(links) > 10000, f"only {len(links)} links"
    broken = set()
    for path, link in links:
        address = urllib.parse.urlsplit(link)
        if address.scheme in ("http", "https", "mailto", "javascript") or link.startswith("#") and link == "#":
            continue
        target = path.parent / urllib.parse.unquote(address.path) if address.path else path
        if not target.exists():
            broken.add(f"{path.name}: {link}")
        elif address.fragment and target.suffix == ".html" and address.fragment not in pages[target].names:
            broken.add(f"{path.name}: {link}: no such place")
    assert not broken, "\n".join(sorted(broken)[:50])


def what_leaves(urls):
    return [url for url in urls if not url.startswith(("file:", "data:", "blob:"))]


def look_at(browser, name):
    """Opens a page, and tells what does not fit, as wide as a screen and as a phone."""
    browser.resize(*WIDTHS["screen"])
    browser.open((SITE / name).as_uri())
    if browser.run("return (document.querySelector('.contents') || document.head).innerText.trim().length") < 20:
        return [f"{name} is empty, or is not there"]
    misfits = [f"{name} shows markup: {each}" for each in browser.run(UNREAD)]
    for kind, size in WIDTHS.items():
        browser.resize(*size)
        misfits += [f"{name} at {size[0]} pixels: {each}" for each in browser.run(MISFITS)]
        if name in SHOWN:
            time.sleep(0.2)  # the tree opens step by step
            browser.screenshot(SCREENSHOTS / f"{name.removesuffix('.html')}-{kind}.png")
    return misfits


def pages_fit(browser, names):
    SCREENSHOTS.mkdir(exist_ok=True)
    misfits = [misfit for name in names for misfit in look_at(browser, name)]
    assert not misfits, "\n".join(misfits)


def asks_for_nothing_in_vain(browser):
    """In all that was done before."""
    browser.open((SITE / "index.html").as_uri())
    asked, failed = browser.requests()
    assert asked, "nothing was asked for"
    assert not failed, "\n".join(failed)
    assert not what_leaves(asked), "\n".join(what_leaves(asked))
    complaints = browser.complaints()
    assert not complaints, "\n".join(complaints)


def until(condition, limit=10):
    end = time.monotonic() + limit
    while not (found := condition()):
        assert time.monotonic() < end, "it has not come about"
        time.sleep(0.05)
    return found


def search_finds(browser, text):
    SCREENSHOTS.mkdir(exist_ok=True)
    browser.resize(*WIDTHS["screen"])
    browser.open((SITE / "index.html").as_uri())
    browser.type("#MSearchField", text)
    # Up to version 1.9.4 Doxygen shows what it has found in a frame.
    frame = until(lambda: browser.find("#MSearchResults"))
    if browser.run("return arguments[0].tagName", frame) == "IFRAME":
        browser.enter(frame)
    found = until(lambda: browser.run(
        "return [...document.querySelectorAll('.SRResult')].filter(each => each.offsetParent)"
        ".map(each => [each.innerText.split('\\n')[0].trim(), [...each.querySelectorAll('a')].map(a => a.href)])"))
    time.sleep(0.7)  # what was found fades in
    browser.screenshot(SCREENSHOTS / "search.png")
    browser.enter(None)
    assert all(name.lower().startswith(text) for name, _ in found), found
    targets = [href for name, links in found if name.lower() == text for href in links if href.startswith("file:")]
    assert targets, found
    for target in targets:
        browser.open(target)
        assert text in browser.run("return document.body.innerText").lower(), target


def main():
    tap = Tap()

    def run(name, case, skip=None):
        if chosen("site/" + name):
            tap.run("site/" + name, case, skip)

    if not shutil.which("doxygen") or not pathlib.Path("/usr/share/doxygen-awesome-css").is_dir():
        run("is_made", None, "there is no doxygen with doxygen-awesome-css: .ci/install --with-docs brings them")
        return tap.finish()
    run("is_made", site_is_made)
    if not (SITE / "index.html").exists():
        return tap.finish()
    run("links_are_right", links_are_right)
    if not any(chosen("site/" + name) for name in IN_A_BROWSER):
        return tap.finish()
    missing = Browser.missing()
    if missing:
        run("in_a_browser", None, missing)
        return tap.finish()
    read = [path.name for pattern in ("index.html", "guide_*.html", "connector_*.html")
            for path in sorted(SITE.glob(pattern))]
    read += REFERENCE
    with Browser() as browser:
        for name, case in zip(IN_A_BROWSER, (lambda: pages_fit(browser, read), lambda: search_finds(browser, "ensure"),
                                             lambda: asks_for_nothing_in_vain(browser))):
            run(name, case)
    return tap.finish()


if __name__ == "__main__":
    sys.exit(main())

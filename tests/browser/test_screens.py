"""Every page, for every post, at both sizes: within its frame, without errors, readable."""

from pathlib import Path

import pytest

from salesops.management.commands.list_endpoints import methods_of
from tests.access.test_matrix import addresses, model_of, path_of
from tests.browser.conftest import DESK, PHONE

pytestmark = pytest.mark.browser

POSTS = (
    "east_rep", "east_manager", "director", "admin",
    # what they see besides is the same pages with other rows
    pytest.param("east_supervisor", marks=pytest.mark.nightly),
    pytest.param("finance", marks=pytest.mark.nightly),
)  # fmt: skip
# no pages: answers to machines and to scripts, files, and Django's own admin
APART = ("api/", "operator/", "healthz", "readyz", "static/", "i18n/")
FRAGMENTS = (
    "lookup/", "template/<str:kind>/", "failed/", "logout/", "attachments/<int:pk>/", "preview/",
    "pdf/", "docx/", "download/", "pictures/<int:pk>/",
)  # fmt: skip
MORE = (
    "/applications/?who=all&filters=open",
    "/applications/new/?form=leave",
    "/approvals/?box=done",
    "/contracts/?status=signed&q=x",
    "/customers/?q=hd",
    "/customers/visits/?who=all&box=all",
    "/figures/?period=year",
    "/figures/?month=2020-01",
    "/nowhere/",
)
TELL = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`))"""
AXE = (Path(__file__).parents[2] / "node_modules/axe-core/axe.min.js").read_text("utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ASK = """(tags) => axe.run({runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]})
  .then((found) => found.violations.flatMap((rule) =>
    rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")}`)))"""
TOUCHED = (
    "button, select, input:not([type=checkbox], [type=radio]), summary, .btn, .so-tabs a, .so-nav a"
)
# what a finger meets is 44 px high; chips have a margin that belongs to them
SMALL = """(touched) => [...document.querySelectorAll(touched)]
  .filter((e) => e.checkVisibility() && !e.closest(".visually-hidden, .so-skip, .so-chip"))
  .map((e) => [e, e.getBoundingClientRect()])
  .filter(([, box]) => box.width && box.height < 44)
  .map(([e, box]) => `${e.tagName} ${e.className} is ${Math.round(box.height)} px high`)"""
checked = set()  # what axe has read already; each post has its own first page and contract


def pages(ids):
    """The addresses of the resolver, with one record of each kind."""
    for text, entry in addresses():
        if text.startswith(APART) or text.endswith(FRAGMENTS):
            continue
        if "GET" not in methods_of(entry.callback):
            continue
        model = model_of(entry.callback)
        path = path_of(text, ids[model._meta.label_lower] if model else 0)
        if "(" not in path and "<" not in path:
            yield path
    yield from MORE


def readable(page, size, colours):
    page.set_viewport_size(size)
    page.emulate_media(color_scheme=colours)
    if not page.evaluate("Boolean(window.axe)"):
        page.evaluate(AXE)
    return page.evaluate(ASK, RULES)


@pytest.mark.parametrize("post", POSTS)
def test_every_page_fits_and_speaks(post, stage, log_in):
    ids = stage[2]["acme"]
    own = {"/", f"/contracts/{ids['contracts.contract']}/"}
    wrong, seen = [], 0
    with log_in(post, PHONE, reduced_motion="reduce") as person:
        page = person.page
        page.add_init_script(TELL)
        for path in pages(ids):
            page.set_viewport_size(PHONE)
            answer = page.goto(person.address + path)
            seen += 1
            # all refusals look the same
            key = (path if answer.ok else answer.status, post if path in own else "")
            wrong += [f"{path} {line}" for line in page.evaluate(SMALL, TOUCHED)]
            for size, colours in ((PHONE, "dark"), (DESK, "light")):
                found = []
                if key not in checked:
                    found = readable(page, size, colours)
                page.set_viewport_size(size)
                if not person.is_within_the_screen():
                    found.append("scrolls sideways")
                wrong += [f"{path} {size['width']} {colours} {line}" for line in found]
            checked.add(key)
    assert seen > 30
    assert wrong == []

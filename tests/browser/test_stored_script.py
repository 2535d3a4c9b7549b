"""H4: whatever people write, nothing of it runs and no element is made of it; escaping alone.

The pages are drawn without their Content-Security-Policy (`bypass_csp`), so nothing else helps.
"""

from contextlib import closing

import pytest

from tests.access.payloads import MARK, SCRIPTS, Outside, fill, text_fields
from tests.browser.conftest import DESK
from tests.browser.test_screens import pages

pytestmark = pytest.mark.browser

WATCH = """(() => {
  window.hits = [];
  for (const name of ["alert", "confirm", "prompt", "print"])
    window[name] = () => { window.hits.push(name); };
})()"""
LOOK = """(mark) => {
  const bad = [...window.hits];
  for (const element of document.querySelectorAll("*")) {
    const names = element.getAttributeNames();
    if (names.includes(mark)) bad.push(`an element of theirs: ${element.outerHTML.slice(0, 200)}`);
    for (const name of names) {
      const value = element.getAttribute(name);
      if (/^on/.test(name) || /^hx-on/.test(name)) bad.push(`${element.tagName} ${name}`);
      if (/^hx-(get|post|put|patch|delete|trigger|target|swap|ext|include)$/.test(name)
          && value.includes(mark)) bad.push(`${element.tagName} ${name}=${value}`);
      if (/^(href|src|action|formaction|data)$/.test(name)
          && /^\\s*(javascript|vbscript|data:text)/i.test(value))
        bad.push(`${element.tagName} ${name}=${value}`);
    }
  }
  return [bad, document.documentElement.innerText.includes(mark)];
}"""
POSTS = ("east_supervisor", "admin")
ALL = (*POSTS, "east_rep")


def crawl(log_in, ids, posts):
    """(faults, number of pages on which the words were shown)."""
    wrong, shown = [], 0

    def asked(request):
        if "xss-hit" in request.url:
            wrong.append(request.url)

    for post in posts:
        with log_in(post, DESK, reduced_motion="reduce", bypass_csp=True) as person:
            page = person.page
            page.add_init_script(WATCH)
            page.on("request", asked)
            for path in pages(ids):
                answer = page.goto(person.address + path)
                if not answer.headers.get("content-type", "").startswith("text/html"):
                    continue
                assert answer.status < 500, path
                found, is_shown = page.evaluate(LOOK, MARK)
                wrong += [f"{post} {path} {fault}" for fault in found]
                shown += is_shown
    return wrong, shown


def turn(stage, number):
    with closing(Outside(stage[0].env["OWNER_DATABASE_URL"])) as server:
        return fill(server, SCRIPTS, number)


def test_nothing_that_people_write_runs(stage, log_in):
    filled = turn(stage, 0)
    assert len(SCRIPTS) == 40
    assert len(filled) >= 70, sorted(
        {f"{m._meta.label}.{f.name}" for m, f in text_fields()} - filled
    )
    wrong, shown = crawl(log_in, stage[2]["acme"], POSTS)
    assert wrong == []
    assert shown > 60


@pytest.mark.nightly
@pytest.mark.parametrize("number", range(5, 40, 5))
def test_nothing_runs_in_any_other_place(stage, log_in, number):
    turn(stage, number)
    wrong, shown = crawl(log_in, stage[2]["acme"], ALL)
    assert wrong == []
    assert shown > 60


def test_the_twin_a_page_of_somebodys_words_would_be_noticed(chromium):
    context = chromium.new_context(bypass_csp=True)
    page = context.new_page()
    page.add_init_script(WATCH)
    for number, words in enumerate(SCRIPTS):
        page.goto("about:blank")
        page.evaluate("window.hits = window.hits || []")
        page.evaluate("(words) => { document.body.innerHTML = `<p>${words}</p>`; }", words)
        if number in {0, 3, 4, 7, 8, 31}:
            assert page.evaluate(LOOK, MARK)[0], words
    context.close()

"""A1: every address is classified: it names a known rule or is public by decision."""

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from org.access import rules

# anybody may ask these: each with its reason
PUBLIC = {
    "healthz": "is the process alive",
    "readyz": "can it serve",
    "metrics": "for whoever has the operator's token; else it does not exist",
    "accounts/login/": "the door itself",
    "accounts/login/second/": "between the password and the first page",
    "accounts/login/passkey/": "the door itself, without a password",
    "accounts/logout/": "leaving needs no right",
    "accounts/forgot/": "for whoever cannot log in",
    "accounts/forgot/sent/": "the same answer for every login",
    "accounts/reset/<str:uid>/<str:token>/": "behind the link of a letter",
    "org/companies/": "choosing among one's own companies, before one is chosen",
    "org/enter/<str:token>/": "behind a one-use link, before there is a password",
    "notices/stop/<str:token>/": "behind the link of a mail: all it does is stop that mail",
    "i18n/setlang/": "language of the page",
    "calendar/<str:token>/salesops.ics": "behind a member's own secret link",
    "api/v1/schema/": "the reference names no data",
    "api/v1/docs/": "the reference names no data",
}
OPERATOR = "operator/"  # Django's stock admin: superusers, logins and companies only


def addresses(resolver=None, prefix=""):
    for entry in (resolver or get_resolver()).url_patterns:
        text = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from addresses(entry, text)
        elif isinstance(entry, URLPattern):
            yield text, entry.callback


ALL = [(text, view) for text, view in addresses() if not text.startswith(OPERATOR)]


def rules_of(view):
    """The rule names that guard a callback: one for a page, one for each action of a viewset."""
    if guard := getattr(view, "guard", None):
        return {guard.rule}
    actions = getattr(view, "actions", None)
    if actions:
        return {
            view.cls.rules.get(action, f"MISSING {action}")
            for method, action in actions.items()
            if method in view.cls.http_method_names
        }
    return {"MISSING"}


@pytest.mark.parametrize(("text", "view"), ALL, ids=[text for text, _ in ALL])
def test_every_address_names_a_known_rule(text, view):
    found = rules_of(view)
    if found == {"public"}:
        assert text in PUBLIC
    else:
        assert found <= set(rules), f"{text}: {found - set(rules)}"


def test_the_public_list_holds_nothing_else():
    open_to_all = {text for text, view in ALL if rules_of(view) == {"public"}}
    assert open_to_all == set(PUBLIC)


def test_every_rule_guards_something_or_is_asked_in_an_action():
    from pathlib import Path

    base = Path(__file__).resolve().parents[2]
    code = "".join(
        path.read_text()
        for path in base.glob("*/**/*.py")
        if path.parts[len(base.parts)] not in {".venv", "node_modules", "tests", "var"}
    )
    html = "".join(path.read_text() for path in (base / "templates").rglob("*.html"))
    guarded = {rule for _text, view in ALL for rule in rules_of(view)}
    unused = {
        name
        for name in set(rules) - guarded
        if code.count(f'"{name}"') < 2 and name not in html and ".submit" not in name
    }
    assert unused == set()

"""Every verb of a page has its twin in the API, or stands here with the reason why not."""

from django.urls import get_resolver

from salesops.management.commands.list_endpoints import walk
from tests.access.reads import READS
from tests.access.world import WRITES

# verbs that no program is to do
PEOPLE_ALONE = {
    "accounts/sessions/end_others/": "a session belongs to a browser",
    "accounts/sessions/end/": "a session belongs to a browser",
    "accounts/confirm/": "the password is typed by its owner",
    "accounts/password/": "asks for the password; the token would end with it",
    "accounts/totp/add/": "asks for the password and a telephone",
    "accounts/totp/remove/": "asks for the password",
    "accounts/codes/renew/": "asks for the password, shows secrets",
    "accounts/passkeys/add/": "needs the device itself",
    "accounts/passkeys/rename/": "needs the password",
    "accounts/passkeys/remove/": "asks for the password",
    "org/tokens/make/": "a token cannot make another: asks for the password",
    "org/tokens/make_feed/": "asks for the password, shows a secret",
    "org/tokens/revoke/": "asks for the password",
    "org/support/": "lets the operator in: decided by a person who looks at the page",
    "org/support/<int:pk>/end/": "on the page where each opened page is read",
    "files/pictures/logo/set/": "a picture is looked at before it stands on papers",
    "files/pictures/seal/set/": "a picture is looked at before it stands on papers",
    "files/pictures/<int:pk>/remove/": "as above",
}
# page -> method and address of the API; {} is the record
TWINS = {
    "org/units/<int:pk>/": "PATCH units/{}/",
    "org/units/<int:pk>/add/": "POST units/",
    "org/units/<int:pk>/move/": "POST units/{}/move/",
    "org/units/<int:pk>/switch_off/": "POST units/{}/switch_off/",
    "org/units/<int:pk>/switch_on/": "POST units/{}/switch_on/",
    "org/members/invite/": "POST members/invite/",
    "org/members/<int:pk>/": "PATCH members/{}/",
    "org/members/<int:pk>/disable/": "POST members/{}/disable/",
    "org/members/<int:pk>/enable/": "POST members/{}/enable/",
    "org/members/<int:pk>/invite/": "POST members/{}/invite_again/",
    "org/members/<int:pk>/reset/": "POST members/{}/reset/",
    "org/members/<int:pk>/remove_factors/": "POST members/{}/remove_factors/",
    "org/members/<int:pk>/start_post/": "POST members/{}/start_post/",
    "org/members/<int:pk>/hand_over_all/": "POST members/{}/hand_over_all/",
    "org/posts/<int:pk>/end/": "POST posts/{}/end/",
    "org/company/": "POST company/change/",
    "org/company/terms/": "POST company/change_terms/",
    "org/params/set/": "POST params/set/",
    "org/jobs/run/": "POST jobs/run/",
    "org/calendar/": "POST calendar/mark/",
    "org/calendar/load/": "POST calendar/load_year/",
    "notices/<int:pk>/read/": "POST notices/{}/read/",
    "notices/<int:pk>/unread/": "POST notices/{}/unread/",
    "notices/read_all/": "POST notices/read_all/",
    "notices/unread_all/": "POST notices/unread_all/",
    "notices/choices/": "POST notice_choices/set/",
    "approvals/<int:pk>/approve/": "POST cases/{}/approve/",
    "approvals/<int:pk>/return/": "POST cases/{}/return/",
    "approvals/<int:pk>/reject/": "POST cases/{}/reject/",
    "approvals/<int:pk>/withdraw/": "POST cases/{}/withdraw/",
    "approvals/approve/": "POST cases/approve_many/",
    "approvals/<int:pk>/transfer/": "POST cases/{}/transfer/",
    "approvals/<int:pk>/add_signer/": "POST cases/{}/add_signer/",
    "approvals/<int:pk>/copy/": "POST cases/{}/copy/",
    "approvals/<int:pk>/comment/": "POST cases/{}/comment/",
    "approvals/<int:pk>/remind/": "POST cases/{}/remind/",
    "approvals/delegations/new/": "POST delegations/",
    "approvals/delegations/<int:pk>/end/": "POST delegations/{}/end/",
    "files/imports/new/": "POST imports/upload/",
    "files/imports/<int:pk>/commit/": "POST imports/{}/commit/",
    "files/imports/<int:pk>/cancel/": "POST imports/{}/cancel/",
    "files/imports/<int:pk>/undo/": "POST imports/{}/undo/",
    "files/attachments/<int:pk>/remove/": "POST attachments/{}/remove/",
    "files/attachments/<int:pk>/restore/": "POST attachments/{}/restore/",
    "files/exports/new/": "POST exports/",
    "files/exports/<int:pk>/consent/": "POST exports/{}/consent/",
    "files/exports/<int:pk>/decline/": "POST exports/{}/decline/",
    "customers/create/": "POST customers/",
    "customers/search/": "POST customers/search/",
    "customers/<int:pk>/change/": "PATCH customers/{}/",
    "customers/<int:pk>/set_tier/": "POST customers/{}/set_tier/",
    "customers/<int:pk>/archive/": "POST customers/{}/archive/",
    "customers/<int:pk>/restore/": "POST customers/{}/restore/",
    "customers/<int:pk>/attach/": "POST customers/{}/attach/",
    "customers/<int:pk>/share/": "POST customers/{}/share/",
    "customers/<int:pk>/end_share/": "POST customers/{}/end_share/",
    "customers/hand_over/": "POST customers/hand_over/",
    "customers/<int:pk>/reveal/": "POST customers/{}/reveal/",
    "customers/contacts/<int:pk>/reveal/": "POST contacts/{}/reveal/",
    "customers/<int:pk>/add_note/": "POST customers/{}/add_note/",
    "customers/<int:pk>/add_contact/": "POST contacts/",
    "customers/contacts/<int:pk>/change/": "PATCH contacts/{}/",
    "customers/contacts/<int:pk>/archive/": "POST contacts/{}/archive/",
    "customers/<int:pk>/plan_visit/": "POST visits/plan/",
    "customers/<int:pk>/check_in/": "POST visits/check_in/",
    "customers/visits/<int:pk>/start/": "POST visits/check_in/",
    "customers/visits/<int:pk>/finish/": "POST visits/{}/finish/",
    "customers/visits/<int:pk>/correct/": "POST visits/{}/correct/",
    "customers/visits/<int:pk>/cancel/": "POST visits/{}/cancel/",
    "customers/visits/<int:pk>/attach/": "POST visits/{}/attach/",
    "applications/new/": "POST applications/",
    "applications/<int:pk>/change/": "PUT applications/{}/",
    "applications/<int:pk>/submit/": "POST applications/{}/submit/",
    "applications/<int:pk>/attach/": "POST applications/{}/attach/",
    "applications/<int:pk>/copy/": "POST applications/{}/copy/",
    "approvals/chains/<str:document>/change/": "POST chain-changes/",
    "approvals/chains/changes/<int:pk>/edit/": "PUT chain-changes/{}/",
    "approvals/chains/changes/<int:pk>/submit/": "POST chain-changes/{}/submit/",
    "approvals/chains/changes/<int:pk>/discard/": "POST chain-changes/{}/discard/",
    "kpi/<int:pk>/freeze/": "POST periods/{}/freeze/",
    "kpi/<int:pk>/reopen/": "POST reopenings/",
    "kpi/reopenings/<int:pk>/submit/": "POST reopenings/{}/submit/",
    "kpi/reviews/<int:pk>/comment/": "POST reviews/{}/comment/",
    "contracts/new/": "POST contracts/",
    "contracts/<int:pk>/change/": "PATCH contracts/{}/",
    "contracts/<int:pk>/submit/": "POST contracts/{}/submit/",
    "contracts/<int:pk>/sign/": "POST contracts/{}/sign/",
    "contracts/<int:pk>/archive/": "POST contracts/{}/archive/",
    "contracts/<int:pk>/copy/": "POST contracts/{}/copy/",
    "contracts/<int:pk>/attach/": "POST contracts/{}/attach/",
    "contracts/<int:pk>/signed_copy/": "POST contracts/{}/signed_copy/",
    "contracts/products/new/": "POST products/",
    "contracts/products/<int:pk>/": "PATCH products/{}/",
}
# the record is named in the body: its rule is asked when it is known
ASKED_LATER = {
    "kpi/<int:pk>/reopen/",
    "customers/<int:pk>/add_contact/",
    "customers/<int:pk>/plan_visit/",
    "customers/<int:pk>/check_in/",
    "customers/visits/<int:pk>/start/",
}
ONE = "(?P<pk>[^/.]+)"


def pages():
    """Addresses of pages whose POST does something, without the word and the slash before."""
    done = {name for name in WRITES if name.startswith("POST /") and "/api/" not in name}
    guarded = {
        name
        for name in READS
        if name.startswith(("POST /accounts/", "POST /org/tokens/"))
        and name not in {"POST /accounts/", "POST /accounts/codes/"}
    }
    return {name.removeprefix("POST /") for name in done | guarded}


def known():
    """{pattern without the slash before: {method: rule}}, for pages under POST."""
    found = {}
    for row in walk(get_resolver(), "/", ()):
        pattern = row["pattern"].removeprefix("/")
        found[pattern] = row["rules"] or {"POST": row["rule"]}
    return found


def test_every_verb_of_a_page_has_its_twin():
    asked = pages()
    assert len(asked) > 80
    assert asked - TWINS.keys() - PEOPLE_ALONE.keys() == set()
    assert (TWINS.keys() | PEOPLE_ALONE.keys()) - asked == set()
    assert TWINS.keys() & PEOPLE_ALONE.keys() == set()


def test_a_twin_is_there_and_has_the_same_rule():
    there, wrong = known(), []
    for page, twin in TWINS.items():
        method, path = twin.split(" ")
        rules = there.get(f"api/v1/{path.replace('{}', ONE)}", {})
        if method not in rules:
            wrong.append(f"{twin} is missing")
        elif rules[method] != there[page]["POST"] and page not in ASKED_LATER:
            wrong.append(f"{twin}: {rules[method]}, the page: {there[page]['POST']}")
    assert wrong == []

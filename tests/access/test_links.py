"""H12: every link opens one door, for one person, of one company, once: 30 other uses, 0 work."""

import re

import pytest
from django.test import Client

from files import actions as files
from files.models import ExportJob
from org import actions
from org.models import Member, OneTimeLink
from tenancy.actions import run
from tenancy.models import Outbox
from tests.access import samples
from tests.access.changes import dump
from tests.conftest import cast_of, client_of, inside

SECRET = "a long enough secret"


class Stage:
    """One link of every kind in one company, and people of another."""

    def __init__(self, acme, rival):
        self.acme, self.rival = acme, rival
        self.samples = samples.build(acme)
        self.guest, self.invite = actions.invite(
            name="新人", login="13700137000", unit=acme.unit("east_one"), role="rep", by=acme.admin
        )
        self.reset = actions.issue_link(acme.east_rep, purpose="reset", by=acme.admin)
        self.job = files.export(kind="customers.customer", form="csv", by=acme.east_rep)
        row = Outbox.objects.get(topic="files.export", sent_at=None)
        run(acme.company.pk, row.pk, row.tries)
        with inside(rival):
            other = cast_of("rival")
            self.foreign = actions.issue_link(other.east_rep, purpose="reset", by=other.admin)
            self.foreign_guest, self.foreign_invite = actions.invite(
                name="客人", login="13700137001", unit=other.unit("east_one"), role="rep",
                by=other.admin,
            )  # fmt: skip

    def enter(self, token, client=None, **body):
        given = {"password": SECRET, "again": SECRET, **body}
        return (client or Client()).post(f"/org/enter/{token}/", given)

    def changed(self, token):
        """The link with one letter of its secret changed."""
        return token[:-1] + ("A" if token[-1] != "A" else "B")

    def swapped(self, company, token):
        return f"{company.pk}.{token.partition('.')[2]}"


@pytest.fixture
def stage(acme, rival, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return Stage(acme, rival)


def used(stage, token):
    OneTimeLink.objects.filter(used_at=None).update(used_at="2026-01-01T00:00:00Z")
    return stage.enter(token)


def expired(stage, token):
    OneTimeLink.objects.update(expires_at="2026-01-01T00:00:00Z")
    return stage.enter(token)


def after(change, token="reset"):
    def use(stage):
        change(stage)
        return stage.enter(getattr(stage, token))

    return use


def elsewhere(stage):
    with inside(stage.rival):
        actions.add_member(stage.acme.east_rep.user, name="zweites Ich")


def download(stage, who, path="/files/exports/{}/download/"):
    return client_of(who).get(path.format(stage.job.pk))


def rivals(name):
    def who(stage):
        with inside(stage.rival):
            return getattr(stage.rival, name)

    return who


OTHER_USES = {
    # the company is part of the link
    "a reset in another company": lambda s: s.enter(s.swapped(s.rival.company, s.reset)),
    "an invitation in another company": lambda s: s.enter(s.swapped(s.rival.company, s.invite)),
    "the other company's reset in ours": lambda s: s.enter(s.swapped(s.acme.company, s.foreign)),
    "the other company's invitation": lambda s: s.enter(
        s.swapped(s.acme.company, s.foreign_invite)
    ),
    "a company that is none": lambda s: s.enter(f"999999.{s.reset.partition('.')[2]}"),
    "no company": lambda s: s.enter(s.reset.partition(".")[2]),
    # the secret is all of it
    "one letter changed": lambda s: s.enter(s.changed(s.reset)),
    "one letter of an invitation changed": lambda s: s.enter(s.changed(s.invite)),
    "cut short": lambda s: s.enter(s.reset[:-1]),
    "longer": lambda s: s.enter(s.reset + "A"),
    "the stored hash": lambda s: s.enter(
        f"{s.acme.company.pk}.{OneTimeLink.objects.filter(purpose='reset').latest('pk').hash}"
    ),
    "the number of the row": lambda s: s.enter(
        f"{s.acme.company.pk}.{OneTimeLink.objects.latest('pk').pk}"
    ),
    "with a space": lambda s: s.enter(s.reset.replace(".", ". ")),
    "in capitals": lambda s: s.enter(s.reset.upper()),
    # once, and within its time
    "a used reset": lambda s: used(s, s.reset),
    "a used invitation": lambda s: used(s, s.invite),
    "an expired reset": lambda s: expired(s, s.reset),
    "an expired invitation": lambda s: expired(s, s.invite),
    "an older reset": after(
        lambda s: actions.issue_link(s.acme.east_rep, purpose="reset", by=s.acme.admin)
    ),
    "an older invitation": after(
        lambda s: actions.issue_link(s.guest, purpose="invite", by=s.acme.admin), "invite"
    ),
    # the state of the person
    "a reset of a disabled member": after(
        lambda s: actions.disable(s.acme.east_rep, by=s.acme.admin)
    ),
    "a reset of a login that is used elsewhere": after(elsewhere),
    "a reset of an operator": after(
        lambda s: (
            type(s.acme.east_rep.user)
            .objects.filter(pk=s.acme.east_rep.user_id)
            .update(is_staff=True, is_superuser=True)
        )
    ),
    "an invitation taken back": after(
        lambda s: actions.disable(Member.objects.get(pk=s.guest.pk), by=s.acme.admin), "invite"
    ),
    "a reset of a login that is switched off": after(
        lambda s: (
            type(s.acme.east_rep.user)
            .objects.filter(pk=s.acme.east_rep.user_id)
            .update(is_active=False)
        )
    ),
    # an export is its maker's
    "an export by a colleague": lambda s: download(s, s.acme.east_rep2),
    "an export by the director": lambda s: download(s, s.acme.director),
    "an export by the administrator": lambda s: download(s, s.acme.admin),
    "an export from another company": lambda s: download(s, rivals("east_rep")(s)),
    "an export by nobody": lambda s: Client().get(f"/files/exports/{s.job.pk}/download/"),
    "an export by the link's secret": lambda s: Client().get(f"/files/exports/{s.reset}/download/"),
    "an export as an attachment": lambda s: download(s, s.acme.east_rep, "/files/attachments/{}/"),
    "a reset as an API token": lambda s: Client().get(
        "/api/v1/customers/", headers={"Authorization": f"Token {s.reset}"}
    ),
    "an invitation as an API token": lambda s: Client().get(
        "/api/v1/customers/", headers={"Authorization": f"Token {s.invite.partition('.')[2]}"}
    ),
}
REFUSED = {401, 403, 404, 410, 422}


def secrets_of(stage):
    people = type(stage.acme.east_rep.user).objects.order_by("pk")
    return list(people.values_list("pk", "password"))


@pytest.mark.parametrize("use", OTHER_USES)
def test_another_use_does_nothing(stage, use):
    before = secrets_of(stage), set(Member.objects.filter(is_active=True))
    answer = OTHER_USES[use](stage)
    is_login = answer.status_code == 302 and "/accounts/login/" in answer["Location"]
    assert answer.status_code in REFUSED or is_login, answer.status_code
    after_ = secrets_of(stage), set(Member.objects.filter(is_active=True))
    assert after_[0] == before[0]
    assert after_[1] <= before[1]
    assert not re.search(
        rb"CANARY|\xe5\x8d\x8e\xe4\xb8\x9c\xe7\xb2\xbe\xe5\xaf\x86", answer.content
    )


def test_the_twin_each_link_opens_its_own_door(stage):
    assert len(OTHER_USES) >= 30
    assert stage.enter(stage.invite).status_code == 302
    assert Member.objects.get(pk=stage.guest.pk).is_active
    assert stage.enter(stage.reset).status_code == 302
    stage.acme.east_rep.user.refresh_from_db()
    assert stage.acme.east_rep.user.check_password(SECRET)
    answer = download(stage, stage.acme.east_rep)
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content).startswith(b"\xef\xbb\xbf")
    assert ExportJob.objects.get(pk=stage.job.pk).status == "done"


def test_no_link_stands_in_any_table(stage):
    """What is stored of a link opens nothing: only its hash is."""
    rows = "\n".join(dump().values())
    for token in (stage.invite, stage.reset):
        assert token.partition(".")[2] not in rows

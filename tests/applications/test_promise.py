"""The promise of docs/kinds.md: a form that is only declared works everywhere, by nothing else."""

from decimal import Decimal

import pytest
from django.utils import timezone

from applications.chain import declare
from applications.declaring import Form, forms
from applications.fields import Amount, Choice, Day, Number, Person, Text, YesNo
from applications.models import Application
from approvals import actions as approvals
from approvals.kinds import StepPlan, kinds
from approvals.models import Status, Task
from kit.because import Line
from notices.models import Notice
from org.models import Role
from tenancy.actions import deliver
from tests.conftest import client_of

SAMPLE = {
    "key": "sample", "label": "Request for samples", "icon": "package",
    "number": "YP-{yyyyMM}-{n:03}", "named": ("what", "cost"), "party": "what",
    "fields": (
        Text("what", "What for"),
        Choice("way", "By", options={"post": "Post", "own": "Own car"}),
        Day("wanted", "Wanted on"),
        Number("pieces", "Pieces", low=1, high=50),
        Amount("cost", "Cost"),
        YesNo("back", "They come back"),
        Person("keeper", "Who keeps them", required=False),
    ),
    "plan": (
        StepPlan(1, "supervisor", "Supervisor review", Role.SUPERVISOR, "", hours=8,
                 checklist=("cost",)),
        StepPlan(2, "finance", "Finance check", Role.FINANCE, ""),
    ),
    "points": {"cost": "Cost"},
}  # fmt: skip
ANSWERS = {
    "what": "华东客户试样", "way": "post", "wanted": "2026-12-07", "pieces": "3",
    "cost": "1200.50", "back": "on", "keeper": "",
}  # fmt: skip
ROOT = "/applications/"
done = []


@pytest.fixture
def declared():
    """Nothing but the declaration; taken away afterwards."""
    done.clear()
    yield declare(
        Form(
            **SAMPLE,
            check=lambda said, _one: (
                {"pieces": "Too many by post."} if said["way"] == "post" and said["pieces"] > 9
                else {}
            ),
            risks=lambda said, _one: (
                (Line("band", ok=False, text="dear"),) if said["cost"] > 5000 else ()
            ),
            on_done=lambda one, by: done.append((one.pk, by.employee_no)),
        )
    )  # fmt: skip
    del forms["sample"], kinds["applications.sample"]


def drain():
    while deliver():
        pass


def test_a_declared_form_works_end_to_end(acme, declared):
    rep, boss, money = (
        client_of(p) for p in (acme.east_rep, acme.east_supervisor, acme.finance)
    )
    # it is offered, asks its questions, and says what is wrong beside them
    assert "form=sample" in rep.get(f"{ROOT}new/").content.decode()
    page = rep.get(f"{ROOT}new/?form=sample").content.decode()
    assert all(f'name="{name}"' in page for name in ANSWERS)
    for name, value in {"pieces": "51", "cost": "0", "wanted": "x", "way": "?", "what": ""}.items():
        answer = rep.post(f"{ROOT}new/", ANSWERS | {"form": "sample", name: value})
        assert set(answer.context["form"].errors) == {name}
    many = rep.post(f"{ROOT}new/", ANSWERS | {"form": "sample", "pieces": "20"})
    assert set(many.context["form"].errors) == {"pieces"}
    rep.post(f"{ROOT}new/", ANSWERS | {"form": "sample"})
    made = Application.objects.get()
    assert made.amount == Decimal("1200.50")
    assert str(made.begins_on) == "2026-12-07"
    # submitted: numbered, in the inbox under its own kind, with its steps, points and party
    rep.post(f"{ROOT}{made.pk}/submit/")
    made.refresh_from_db()
    assert made.number == f"YP-{timezone.localdate():%Y%m}-001"
    assert (made.case.kind, made.case.party) == ("applications.sample", "华东客户试样")
    inbox = boss.get("/approvals/?kind=applications.sample").content.decode()
    assert "Request for samples" in inbox
    assert made.title in inbox
    drain()
    notice = Notice.objects.get(member=acme.east_supervisor)
    assert made.number in boss.get("/notices/").content.decode()
    assert boss.get(f"/notices/{notice.pk}/", follow=True).redirect_chain[-1][0].endswith(
        f"{ROOT}{made.pk}/"
    )  # fmt: skip
    # found, explained, exported to programs
    assert made.title in boss.get(f"/search/?q={made.number}").content.decode()
    why = f"/handbook/why/?kind=applications.application&object={made.pk}"
    assert boss.get(why).status_code == 200
    assert client_of(acme.west_rep).get(why).status_code == 404
    cases = boss.get("/api/v1/cases/?kind=applications.sample").json()["results"]
    assert [row["object_id"] for row in cases] == [made.pk]
    keys = [row["key"] for row in boss.get("/api/v1/applications/forms/").json()]
    assert "sample" in keys
    # decided: the point is asked for, finance after it, and the declared end is reached
    words = {"content_hash": made.case.content_hash, "comment": ""}
    assert boss.post(f"/approvals/{made.case_id}/approve/", words).status_code == 422
    assert not done
    ticked = words | {"check_cost": "1"}
    assert boss.post(f"/approvals/{made.case_id}/approve/", ticked).status_code == 302
    picked = {"pick": [f"{made.case_id}:{made.case.content_hash}"]}
    assert money.post("/approvals/approve/", picked).status_code in {200, 302}
    made.refresh_from_db()
    assert made.status == Status.APPROVED
    assert done == [(made.pk, "finance")]
    drain()
    assert Notice.objects.filter(member=acme.east_rep, topic="approvals.ended").exists()


def test_a_stand_in_for_this_kind_alone_decides_it_and_no_other(acme, declared):
    today = timezone.localdate()
    assert "applications.sample" in client_of(acme.east_supervisor).get(
        "/approvals/delegations/new/"
    ).content.decode()  # fmt: skip
    for name, kind in {"sample": "applications.sample", "leave": "applications.leave"}.items():
        approvals.delegate(
            acme.east_supervisor if name == "sample" else acme.east_manager,
            stand_in=acme.west_manager, starts_on=today, ends_on=today, reason="出差",
            kinds=[kind], by=acme.admin,
        )  # fmt: skip
    client = client_of(acme.east_rep)
    client.post(f"{ROOT}new/", ANSWERS | {"form": "sample", "cost": "9000"})
    made = Application.objects.get()
    client.post(f"{ROOT}{made.pk}/submit/")
    made.refresh_from_db()
    assert [risk["text"] for risk in made.case.risks] == ["dear"]
    assert Task.objects.waiting_for(acme.west_manager).get().case_id == made.case_id
    guest = client_of(acme.west_manager)
    assert guest.get(f"{ROOT}{made.pk}/").status_code == 200
    decided = {"content_hash": made.case.content_hash, "comment": "价格已核对", "check_cost": "1"}
    assert guest.post(f"/approvals/{made.case_id}/approve/", decided).status_code == 302
    assert made.case.decisions.get(verb="approve").behalf == acme.east_supervisor


def test_without_its_declaration_there_is_no_such_form(acme):
    """The twin: what is not declared is neither offered nor taken."""
    client = client_of(acme.east_rep)
    assert "form=sample" not in client.get(f"{ROOT}new/").content.decode()
    assert client.post(f"{ROOT}new/", ANSWERS | {"form": "sample"}).status_code == 422
    assert not Application.objects.exists()

"""Leave requests: the days that count, what is refused beside which field, and one whole day."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from applications import actions
from applications.fields import Span
from applications.models import Application
from approvals.actions import withdraw
from approvals.models import Case, Status, Task
from kit.because import Forbidden, Refused
from kit.calendar import official
from notices.models import Notice
from tenancy.calendar import seed_workdays
from tenancy.models import Outbox
from tests.conftest import client_of

YEAR = {day: works for day, (works, _name) in official(2026).items()}
DAY = dt.date.fromisoformat
BASE = "/applications/"


@pytest.fixture
def calendar(acme):
    seed_workdays(2026, 2027)


def leave(first="2026-12-07", last="2026-12-08", **more):
    """What the page sends; 7 and 8 December 2026 are a Monday and a Tuesday."""
    return {
        "kind": "annual", "days_first": first, "days_from": "morning", "days_last": last,
        "days_until": "evening", "reason": "回家探亲", "stand_in": "",
    } | more  # fmt: skip


# --- days -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "last", "halves", "days"),
    [
        ("2026-12-07", "2026-12-07", "", "1"),
        ("2026-12-07", "2026-12-08", "", "2"),
        ("2026-12-04", "2026-12-07", "", "2"),  # over a weekend
        ("2026-10-10", "2026-10-10", "", "1"),  # a Saturday that is made up for
        ("2026-02-14", "2026-02-14", "", "1"),
        ("2026-10-01", "2026-10-01", "", "0"),  # a holiday
        ("2026-09-30", "2026-10-10", "", "4"),  # 30 September, 8, 9 and the make-up day
        ("2026-02-13", "2026-02-24", "", "3"),
        ("2026-12-07", "2026-12-07", "noon", "0.5"),
        ("2026-12-07", "2026-12-07", "to noon", "0.5"),
        ("2026-12-07", "2026-12-08", "noon", "1.5"),
        ("2026-12-07", "2026-12-08", "noon to noon", "1"),
        ("2026-12-05", "2026-12-07", "noon", "1"),  # the half of a day off is none
        ("2026-10-10", "2026-10-10", "to noon", "0.5"),
    ],
)
def test_working_days_are_those_of_the_calendar(first, last, halves, days):
    """T11: weekends, holidays and make-up days, by halves."""
    span = Span(DAY(first), DAY(last), halves.startswith("noon"), halves.endswith("to noon"))
    assert span.workdays(YEAR) == Decimal(days)


A_DAY = Span(DAY("2026-12-07"), DAY("2026-12-08"))


@pytest.mark.parametrize(
    ("other", "meets"),
    [
        (Span(DAY("2026-12-08"), DAY("2026-12-09")), True),
        (Span(DAY("2026-12-09"), DAY("2026-12-09")), False),
        (Span(DAY("2026-12-01"), DAY("2026-12-31")), True),
        (Span(DAY("2026-12-07"), DAY("2026-12-07"), False, True), True),
        (Span(DAY("2026-12-04"), DAY("2026-12-07"), False, True), True),
        (Span(DAY("2026-12-04"), DAY("2026-12-06")), False),
    ],
)
def test_two_spans_meet_when_they_share_a_half_day(other, meets):
    assert A_DAY.meets(other) is other.meets(A_DAY) is meets


def test_a_morning_and_an_afternoon_do_not_meet():
    morning = Span(DAY("2026-12-07"), DAY("2026-12-07"), to_noon=True)
    afternoon = Span(DAY("2026-12-07"), DAY("2026-12-07"), from_noon=True)
    assert not morning.meets(afternoon)
    assert morning.meets(morning)
    assert not morning.is_empty
    assert Span(DAY("2026-12-07"), DAY("2026-12-07"), from_noon=True, to_noon=True).is_empty


# --- what is refused, and where -------------------------------------------------------------------


WRONG = {
    "no kind": ({"kind": ""}, "kind"),
    "no such kind": ({"kind": "sabbatical"}, "kind"),
    "no first day": ({"days_first": ""}, "days_first"),
    "no day": ({"days_last": "2026-13-40"}, "days_last"),
    "no reason": ({"reason": " "}, "reason"),
    "backwards": ({"days_first": "2026-12-09"}, "days_last"),
    "no half is left": (
        {"days_last": "2026-12-07", "days_from": "noon", "days_until": "noon"}, "days_last",
    ),
    "only days off": ({"days_first": "2026-10-01", "days_last": "2026-10-02"}, "days_last"),
    "two years": ({"days_last": "2028-12-07"}, "days_last"),
    "nobody": ({"stand_in": "999999999"}, "stand_in"),
    "words for a person": ({"stand_in": "王工"}, "stand_in"),
}  # fmt: skip


def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(acme, calendar):
    """Page and action give the same answer; the twin without the mistake is saved."""
    client = client_of(acme.east_rep)
    for name, (words, field) in WRONG.items():
        sent = leave(reason="照顾家人" if field != "reason" else " ", **{
            k: v for k, v in words.items() if k != "reason"})  # fmt: skip
        answer = client.post(f"{BASE}new/", sent | {"form": "leave"})
        assert answer.status_code == 422, name
        assert set(answer.context["form"].errors) == {field}, name
        if field != "reason":
            assert "照顾家人" in answer.content.decode(), name
        with pytest.raises(Refused) as refused:
            actions.create("leave", sent, by=acme.east_rep)
        assert set(refused.value.errors) == {field}, name
    assert not Application.objects.exists()
    mate = acme.east_rep2
    twin = leave(form="leave", stand_in=mate.pk, days_from="noon")
    assert client.post(f"{BASE}new/", twin).status_code == 302
    made = Application.objects.get()
    assert (made.days, made.status) == (Decimal("1.5"), Status.DRAFT)
    assert made.answers["stand_in"] == {"id": mate.pk, "name": mate.name}
    assert made.title == "请假申请 · 年假 · 2026-12-07 下午 – 12-08 · 1.5 个工作日"


def test_the_same_days_are_not_taken_twice(acme, calendar):
    """Beside the field while it is typed, and again when an older draft is submitted."""
    rep = acme.east_rep
    older = actions.create("leave", leave(last="2026-12-11"), by=rep)
    half = actions.create("leave", leave(last="2026-12-07", days_until="noon"), by=rep)
    actions.submit(half, by=rep)
    with pytest.raises(Refused) as refused:
        actions.create("leave", leave(), by=rep)
    assert half.refresh_from_db() or half.number in refused.value.errors["days_first"]
    with pytest.raises(Refused) as refused:
        actions.submit(older, by=rep)
    assert set(refused.value.errors) == {"days_first"}
    page = client_of(rep).post(f"{BASE}{older.pk}/submit/")
    assert page.status_code == 422
    assert half.number in page.content.decode()
    # twins: the afternoon of that day, a colleague's same day, and the day once it is free again
    actions.create("leave", leave(days_from="noon"), by=rep)
    mate = actions.create("leave", leave(), by=acme.east_rep2)
    actions.submit(mate, by=acme.east_rep2)
    client_of(rep).post(f"/approvals/{half.case_id}/withdraw/")
    assert actions.submit(older, by=rep).status == Status.IN_REVIEW


# --- one whole day --------------------------------------------------------------------------------


def decide(client, application, verb, **more):
    application.refresh_from_db()
    words = {"content_hash": application.case.content_hash, "comment": "请补充说明原因"} | more
    return client.post(f"/approvals/{application.case_id}/{verb}/", words)


def test_a_whole_day_of_a_leave(acme, calendar, django_capture_on_commit_callbacks):
    """Draft, submit, return, edit, submit, approve twice: by pages alone."""
    rep, boss, chief = (client_of(p) for p in (acme.east_rep, acme.east_supervisor,
                                               acme.east_manager))  # fmt: skip
    assert "leave" in rep.get(f"{BASE}new/").content.decode()
    assert rep.get(f"{BASE}new/?form=leave").status_code == 200
    rep.post(f"{BASE}new/", leave(form="leave", last="2026-12-10"))
    made = Application.objects.get()
    page = f"{BASE}{made.pk}/"
    assert "acme.east_supervisor" in rep.get(page).content.decode()  # who will be asked
    assert rep.post(f"{page}submit/").status_code == 302
    made.refresh_from_db()
    assert made.number.startswith("QJ-")
    assert "acme.east_rep" in boss.get("/approvals/").content.decode()
    assert made.title in boss.get("/approvals/?kind=applications.leave").content.decode()
    assert "回家探亲" in boss.get(page).content.decode()
    assert rep.get(f"{page}change/").status_code == 403
    assert decide(boss, made, "return").status_code == 302
    assert "请补充说明原因" in rep.get(page).content.decode()
    assert rep.get(f"{page}change/").status_code == 200
    seen = Application.objects.get().updated_at.isoformat()
    changed = leave(reason="母亲住院", last="2026-12-10", seen=seen)
    assert rep.post(f"{page}change/", changed).status_code == 302
    stale = rep.post(f"{page}change/", changed)
    assert stale.status_code == 422
    assert rep.post(f"{page}submit/").status_code == 302
    assert "母亲住院" in boss.get(page).content.decode()
    assert decide(boss, made, "approve").status_code == 302
    assert decide(chief, made, "approve").status_code == 302
    made.refresh_from_db()
    assert (made.status, made.case.state) == (Status.APPROVED, Case.State.APPROVED)
    verbs = list(made.case.decisions.order_by("id").values_list("verb", flat=True))
    assert verbs == ["submit", "return", "submit", "approve", "approve"]
    assert rep.post(f"{page}submit/").status_code == 409
    copied = rep.post(f"{page}copy/")
    assert copied.status_code == 302
    assert Application.objects.count() == 2


def test_a_calendar_that_changes_later_voids_no_running_leave(acme, calendar):
    """What was counted at the submission is what was approved."""
    from org.actions import mark_day

    made = actions.create("leave", leave(), by=acme.east_rep)
    actions.submit(made, by=acme.east_rep)
    mark_day(DAY("2026-12-08"), is_workday=False, name="厂休", by=acme.admin)
    made.refresh_from_db()
    assert made.days == 2
    task = Task.objects.waiting_for(acme.east_supervisor).get()
    assert decide(client_of(acme.east_supervisor), made, "approve").status_code == 302
    task.refresh_from_db()
    assert task.state == Task.State.DONE


# --- who is asked and who sees it -----------------------------------------------------------------


def test_whoever_asks_is_never_asked(acme, calendar):
    """A supervisor's own leave goes up, a director's to the management; a long one further."""
    wanted = {
        "east_rep": ["east_supervisor", "east_manager"],
        "east_supervisor": ["east_manager"],  # the same person is not asked twice
        "director": ["management", None],
        "bare_rep": ["east_manager"],
        "finance": ["director", "management"],
    }
    for name, people in wanted.items():
        for last, count in (("2026-12-09", 1), ("2026-12-10", 2)):
            who = getattr(acme, name)
            made = actions.create("leave", leave(last=last), by=who)
            made = actions.submit(made, by=who)
            tasks = made.case.tasks.exclude(state=Task.State.VOID).order_by("position")
            asked = list(tasks.values_list("member__employee_no", flat=True))
            assert asked == people[:count], (name, last)
            withdraw(made.case, by=who)


def test_superiors_see_it_and_only_the_owner_writes(acme, calendar):
    made = actions.create("leave", leave(), by=acme.east_rep)
    sees = {
        "east_rep": 200, "east_supervisor": 200, "east_manager": 200, "director": 200,
        "east_rep2": 404, "bare_rep": 404, "west_manager": 404, "admin": 404,
    }  # fmt: skip
    for name, status in sees.items():
        client = client_of(getattr(acme, name))
        assert client.get(f"{BASE}{made.pk}/").status_code == status, name
        listed = made.title in client.get(f"{BASE}?who=all").content.decode()
        assert listed == (status == 200), name
        if name != "east_rep":
            refused = {200: 403, 404: 404}[status]
            for verb in ("submit", "change", "attach"):
                said = client.post(f"{BASE}{made.pk}/{verb}/")
                assert said.status_code == refused, (name, verb)
    with pytest.raises(Forbidden):
        actions.change(made, leave(), by=acme.east_supervisor)
    assert actions.change(made, leave(reason="搬家"), by=acme.east_rep).answers["reason"] == "搬家"


def test_the_list_asks_as_few_statements_for_many_rows_as_for_one(acme, calendar):
    made = actions.create("leave", leave(), by=acme.east_rep)
    client = client_of(acme.director)

    def statements():
        with CaptureQueriesContext(connection) as found:
            page = client.get(f"{BASE}?who=all").content.decode()
        assert made.title in page
        skipped = ("SAVEPOINT", "RELEASE", "SELECT set_config('app.company'")
        return sum(not query["sql"].startswith(skipped) for query in found.captured_queries)

    one = statements()
    place = {"owner": made.owner, "unit": made.unit, "org_path": made.org_path}
    Application.objects.bulk_create(
        Application(kind="leave", title=f"{made.title}{n}", answers=made.answers, **place)
        for n in range(100)
    )
    assert statements() == one <= 10


def test_words_of_others_are_shown_as_words(acme, calendar):
    bad = "<script>alert(1)</script>"
    made = actions.create("leave", leave(reason=bad), by=acme.east_rep)
    page = client_of(acme.director).get(f"{BASE}{made.pk}/").content.decode()
    assert bad not in page
    assert "&lt;script&gt;alert(1)" in page


# --- programs -------------------------------------------------------------------------------------


def test_programs_fill_in_and_submit_by_the_same_questions(acme, calendar):
    client, root = client_of(acme.east_rep), "/api/v1/applications/"

    def send(path, data=None, method="post"):
        return getattr(client, method)(path, data, content_type="application/json")

    forms = {row["key"]: row for row in client.get(f"{root}forms/").json()}
    inputs = {one["name"]: one for one in forms["leave"]["inputs"]}
    assert inputs["days_first"] == {
        "name": "days_first", "label": "开始日期", "type": "date", "required": True, "choices": [],
    }  # fmt: skip
    assert "annual" in inputs["kind"]["choices"]
    wrong = send(root, {"form": "leave", "answers": leave(reason="")})
    assert (wrong.status_code, set(wrong.json()["errors"])) == (409, {"reason"})
    assert send(root, {"form": "nothing", "answers": {}}).status_code == 409
    said = send(root, {"form": "leave", "answers": leave(stand_in=acme.east_rep2.pk)})
    assert said.status_code == 201
    one = f"{root}{said.json()['id']}/"
    # what was read is what may be sent back
    again = send(one, {"answers": said.json()["answers"] | {"reason": "搬家"}}, "put").json()
    assert (again["days"], again["answers"]["reason"]) == ("2.0", "搬家")
    done = send(f"{one}submit/").json()
    assert (done["status"], done["number"][:3]) == ("in_review", "QJ-")
    assert client.get(root, {"status": "in_review", "form": "leave"}).json()["results"]
    assert client_of(acme.west_rep).get(one).status_code == 404
    assert Outbox.objects.filter(topic="approvals.submitted").exists()
    assert not Notice.objects.exists()  # told by the worker, not by the request

"""Exports: exactly one's own list, one downloader, one day, and a line that says what was taken."""

import csv
import hashlib
import io
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from django.db.backends.postgresql.psycopg_any import DateRange
from django.http import QueryDict
from django.utils import timezone

from audit.models import AuditLine
from customers import actions as customers
from customers.actions import hand_over
from customers.models import Customer
from files import actions
from files.models import ExportJob
from kit.because import Forbidden
from org.actions import end_post
from org.models import Post
from tenancy.actions import deliver, run
from tenancy.models import Outbox, Param
from tests.conftest import client_of

# customers, their contacts, the parameters of the day
WRITE_QUERIES = 3


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def filled(acme):
    contact = {"name": "王工", "mobile": "13800138000"}
    for who, name in (
        ("east_rep", "=HYPERLINK(1)机械"), ("east_rep", "华东精密"), ("east_rep2", "苏州重工"),
        ("west_rep", "西安航天"), ("bare_rep", "青岛海润"),
    ):  # fmt: skip
        member = getattr(acme, who)
        extra = {"contact": contact, "duplicate_reason": "同一联系人"}
        customers.create(by=member, name=name, phone="021-62345678", **extra)
    archived = customers.create(by=acme.east_rep, name="旧客户公司")
    customers.archive(archived, by=acme.east_rep)
    lent = Customer.objects.get(name="西安航天")
    customers.share(lent, member=acme.east_rep, by=acme.west_rep)
    return lent


def work(acme):
    row = Outbox.objects.get(topic="files.export", sent_at=None)
    return run(acme.company.pk, row.pk, row.tries)


def taken(acme, who, **asked):
    job = actions.export(
        by=acme.anew(who), **({"kind": "customers.customer", "form": "csv"} | asked)
    )
    if job.status == "asked":
        actions.consent(job, by=acme.director if who == "management" else acme.management)
    assert work(acme)
    job.refresh_from_db()
    return job


def content(job):
    return (actions.exports.folder() / job.stored).read_bytes()


def rows(job):
    return list(csv.reader(io.StringIO(content(job).decode("utf-8-sig"))))


@pytest.mark.parametrize(
    "who", ["east_rep", "east_rep2", "east_supervisor", "east_manager", "director", "finance"]
)
@pytest.mark.parametrize("filters", ["", "q=华东", "archived=true", "tier=A", "tier=D"])
def test_the_rows_are_those_of_ones_own_list(acme, filled, who, filters):
    page = client_of(getattr(acme, who)).get(f"/customers/?{filters}").context["page"]
    listed = [customer.name for customer in page]
    found = [row[0].removeprefix("'") for row in rows(taken(acme, who, filters=filters))[1:]]
    assert found == listed


def test_who_sees_nothing_takes_nothing(acme, filled):
    assert len(rows(taken(acme, "east_rep"))) == 4
    assert len(rows(taken(acme, "admin"))) == 1


def test_no_formula_wakes_up(acme, filled):
    names = [row[0] for row in rows(taken(acme, "east_rep"))]
    assert "'=HYPERLINK(1)机械" in names
    job = taken(acme, "east_rep", form="xlsx")
    sheet = openpyxl.load_workbook(io.BytesIO(content(job))).active
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert "'=HYPERLINK(1)机械" in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}
    assert "acme.east_rep" in sheet.oddHeader.right.text


def test_numbers_leave_with_those_who_sell_lead_or_assist(acme, filled):
    people = (("east_rep", 2), ("east_supervisor", 3), ("secretary", 5), ("director", 5))
    for who, number in people:
        table = rows(taken(acme, who, with_contacts=True))
        assert [row[-1] for row in table[1:]].count("13800138000") == number, who
    with pytest.raises(Forbidden):
        taken(acme, "finance", with_contacts=True)
    for who in ("east_rep", "finance", "director"):
        text = content(taken(acme, who)).decode()
        for secret in ("13800138000", "王工", "62345678"):
            assert secret not in text


def test_numbers_of_a_shared_customer_stay(acme, filled):
    customers.share(filled, member=acme.east_supervisor, by=acme.west_rep)
    table = rows(taken(acme, "east_supervisor", with_contacts=True))
    row = next(row for row in table if row[0] == "西安航天")
    assert row[-5:] == [""] * 5


def test_rights_are_those_of_the_moment_of_writing(acme, filled):
    job = actions.export(
        kind="customers.customer", form="csv", with_contacts=True, by=acme.director
    )
    actions.consent(job, by=acme.management)
    Post.objects.filter(member=acme.director).update(
        ends_on=timezone.localdate() - timedelta(days=1)
    )
    acme.director.scope  # noqa: B018  an old sight in memory does not help
    from org.models import UnitGrant

    UnitGrant.objects.filter(user=acme.director.user).delete()
    assert work(acme)
    job.refresh_from_db()
    assert (job.status, len(rows(job))) == ("done", 1)


def test_the_log_says_who_took_what(acme, filled, media):
    job = taken(acme, "east_rep", filters="tier=D")
    line = AuditLine.objects.get(verb="files.write_export")
    assert line.actor_name == "acme.east_rep"
    assert (line.after["filters"], line.after["rows"]) == ("tier=D", 3)
    assert line.after["sha256"] == job.sha256 == hashlib.sha256(content(job)).hexdigest()
    (path,) = Path(media, "exports").iterdir()
    assert len(path.name) == 40
    assert path.stat().st_mode & 0o077 == 0


def test_one_downloader_for_a_day(acme, filled, media):
    job = taken(acme, "east_rep")
    address = f"/files/exports/{job.pk}/download/"
    rep = client_of(acme.east_rep)
    answer = rep.get(address)
    assert b"".join(answer.streaming_content) == content(job)
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert client_of(acme.director).get(address).status_code == 403
    assert client_of(acme.east_rep2).get(address).status_code == 404
    ExportJob.objects.filter(pk=job.pk).update(expires_at=timezone.now())
    assert rep.get(address).status_code == 403
    assert address not in rep.get(f"/files/exports/{job.pk}/").content.decode()
    news = Outbox.objects.get(topic="files.expire")
    assert news.due_at > timezone.now() + timedelta(hours=23)
    Outbox.objects.filter(pk=news.pk).update(due_at=timezone.now())
    deliver()
    job.refresh_from_db()
    assert job.status == "gone"


def test_a_lost_right_stops_the_download(acme, filled):
    job = taken(acme, "secretary", with_contacts=True)
    client, address = client_of(acme.secretary), f"/files/exports/{job.pk}/download/"
    answer = client.get(address)
    assert b"".join(answer.streaming_content) == content(job)
    from org.models import UnitGrant

    UnitGrant.objects.filter(user=acme.secretary.user, permission__codename="assist").delete()
    assert client.get(address).status_code == 403


def test_the_whole_way_on_the_pages(acme, filled):
    client = client_of(acme.east_supervisor)
    text = client.get("/customers/?tier=D").content.decode()
    assert "/files/exports/new/?tier=D&amp;kind=customers.customer" in text
    form = client.get("/files/exports/new/?tier=D&kind=customers.customer").context["form"]
    assert form["filters"].value() == "tier=D"
    typed = {"kind": "customers.customer", "filters": "tier=D", "form": "xlsx"}
    answer = client.post("/files/exports/new/", typed)
    assert 'hx-trigger="load delay:1s"' in client.get(answer["Location"]).content.decode()
    assert work(acme)
    part = client.get(answer["Location"], headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "download/" in part
    assert client.get("/files/exports/").context["page"].rows
    assert client.get("/files/exports/new/").status_code == 404
    assert client.post("/files/exports/new/", typed | {"form": "exe"}).status_code == 422
    finance = client_of(acme.finance).get("/files/exports/new/?kind=customers.customer")
    assert "with_contacts" not in finance.content.decode()
    rep = client_of(acme.east_rep).get("/files/exports/new/?kind=customers.customer")
    assert "with_contacts" in rep.content.decode()


@pytest.mark.parametrize("number", [1, 200])
def test_writing_asks_the_same_number_of_queries(acme, number, django_assert_num_queries):
    made = [{"name": f"青岛海润物流{n}号", "contact_name": "赵磊"} for n in range(number)]
    ids = customers.add_many(made, by=acme.east_rep)
    from customers.exports import rows as write

    acme.director.scope  # noqa: B018  read before the count
    with django_assert_num_queries(WRITE_QUERIES):
        assert len(write(acme.director, ids, True, QueryDict())) == number


@pytest.fixture
def few(acme):
    """Two rows a person, and no more, without consent."""
    always = DateRange(date(2024, 1, 1), None)
    Param.objects.create(key="files.rows_without_consent", value=2, during=always)


def test_many_rows_wait_for_a_superior(acme, filled, few):
    """T16.3: the twin with fewer rows goes at once."""
    job = taken_at_once(acme, "east_rep", filters="q=华东")
    assert job.status == "waiting"
    job = taken_at_once(acme, "east_rep")
    assert (job.status, job.total) == ("asked", 3)
    line = AuditLine.objects.filter(verb="files.export").latest("seq")
    assert (line.after["rows"], line.after["asked"]) == (3, True)
    for who in ("east_rep", "secretary", "finance", "admin"):
        with pytest.raises(Forbidden):
            actions.consent(job, by=getattr(acme, who))
    assert client_of(acme.west_manager).post(f"/files/exports/{job.pk}/consent/").status_code == 404
    supervisor = client_of(acme.east_supervisor)
    page = supervisor.get(f"/files/exports/{job.pk}/").content.decode()
    assert f"/files/exports/{job.pk}/consent/" in page
    assert supervisor.post(f"/files/exports/{job.pk}/consent/").status_code == 302
    assert supervisor.post(f"/files/exports/{job.pk}/consent/").status_code == 403
    job.refresh_from_db()
    assert (job.status, job.decided_by) == ("waiting", acme.east_supervisor)
    assert AuditLine.objects.get(verb="files.consent").actor_name == "acme.east_supervisor"


def taken_at_once(acme, who, **asked):
    given = {"kind": "customers.customer", "form": "csv"} | asked
    return actions.export(by=acme.anew(who), **given)


def test_numbers_wait_and_a_refusal_says_why(acme, filled):
    reason = "给客户寄新年卡"
    job = taken_at_once(acme, "east_rep", with_contacts=True, reason=reason)
    assert job.status == "asked"
    assert not Outbox.objects.filter(topic="files.export").exists()
    client, page = client_of(acme.east_supervisor), f"/files/exports/{job.pk}/"
    assert reason in client.get(page).content.decode()
    assert client.post(f"{page}decline/", {"reason": ""}).status_code == 409
    assert client.post(f"{page}decline/", {"reason": "名单请先核对"}).status_code == 302
    own = client_of(acme.east_rep)
    assert "名单请先核对" in own.get(page).content.decode()
    assert own.get(f"{page}download/").status_code == 403
    assert own.post(f"{page}consent/").status_code == 403


def test_who_has_nobody_above_goes_on(acme, filled, few):
    Post.objects.filter(member=acme.management).update(ends_on=date(2025, 1, 1))
    assert taken_at_once(acme, "director").status == "waiting"
    assert taken_at_once(acme, "secretary").status == "asked"


def test_a_list_that_has_grown_is_not_written(acme, filled, few):
    job = taken_at_once(acme, "east_rep2")
    assert job.status == "waiting"
    for name in ("无锡精工机械", "南京远航设备"):
        customers.create(by=acme.east_rep2, name=name)
    assert work(acme)
    job.refresh_from_db()
    assert job.status == "failed"


LOST = {
    "handed over": lambda acme: hand_over(
        [Customer.objects.filter(owner=acme.east_rep).first()], to=acme.west_rep,
        reason="区域调整交接", by=acme.director,
    ),
    "the post is over": lambda acme: end_post(
        acme.east_supervisor.posts.get(), by=acme.admin,
        ends_on=timezone.localdate() - timedelta(days=1),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ["customers.customer", "figures"])
@pytest.mark.parametrize("lost", LOST)
def test_a_file_is_given_out_only_while_all_of_it_is_seen(acme, filled, kind, lost):
    """T16.4: what was handed over, or the post's own, is not taken away afterwards."""
    job = taken(acme, "east_supervisor", kind=kind)
    client, address = client_of(acme.east_supervisor), f"/files/exports/{job.pk}/download/"

    def status():
        answer = client.get(address)
        assert not answer.streaming or b"".join(answer.streaming_content) == content(job)
        return answer.status_code

    assert status() == 200
    LOST[lost](acme)
    is_sum = kind == "figures" and lost == "handed over"
    assert status() == (200 if is_sum else 403)
    if not is_sum:
        assert address not in client.get(f"/files/exports/{job.pk}/").text

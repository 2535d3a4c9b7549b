"""What programs do beside the main job: lend and pass on, take in and away, look after people."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from contracts.models import Contract
from customers.models import Customer, CustomerShare, Note
from figures.totals import figures
from files.models import ExportJob, ImportJob
from tenancy.actions import run
from tenancy.models import Outbox
from tests.access import samples
from tests.conftest import client_of

pytestmark = pytest.mark.django_db
ROOT = "/api/v1"


@pytest.fixture
def made(acme, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return {model.__name__: obj for model, obj in samples.build(acme).items()}


def send(client, path, body=None, method="post", **headers):
    return getattr(client, method)(
        f"{ROOT}{path}", body or {}, content_type="application/json", headers=headers
    )


def work(acme, topic):
    """What the worker does once the sweep has seen the row."""
    row = Outbox.objects.get(topic=topic, sent_at=None)
    run(acme.company.pk, row.pk, row.tries)


def upload(client, path, name, data, **more):
    return client.post(f"{ROOT}{path}", {"file": SimpleUploadedFile(name, data), **more})


def test_a_customer_is_lent_passed_on_and_noted(acme, made):
    rep, boss = client_of(acme.east_rep), client_of(acme.east_supervisor)
    path = f"/customers/{made['Customer'].pk}"
    day = f"{timezone.localdate() + timedelta(9)}"
    lent = send(rep, f"{path}/share/", {"member": acme.bare_rep.pk, "until": day})
    assert lent.status_code == 201
    assert client_of(acme.bare_rep).get(f"{ROOT}{path}/").status_code == 200
    assert send(boss, f"{path}/share/", {"member": acme.bare_rep.pk, "until": "x"}).json()[
        "errors"
    ].keys() == {"until"}
    ended = send(rep, f"{path}/end_share/", {"share": lent.json()["id"]})
    assert (ended.status_code, CustomerShare.objects.count()) == (200, 0)
    assert client_of(acme.bare_rep).get(f"{ROOT}{path}/").status_code == 404
    noted = send(rep, f"{path}/add_note/", {"kind": "call", "text": "电话 13800138000 确认"})
    assert noted.status_code == 201
    assert rep.get(f"{ROOT}{path}/notes/").json()["results"][0]["text"] == noted.json()["text"]
    masked = boss.get(f"{ROOT}{path}/notes/").json()["results"][0]["text"]
    assert "13800138000" not in masked
    assert Note.objects.count() == 2
    pick = made["Customer"].pk
    following = boss.get(f"{ROOT}/customers/following/?pick={pick}")
    assert following.status_code == 200
    words = {"customers": [pick], "to": acme.east_rep2.pk, "reason": "调整负责区域"}
    assert send(rep, "/customers/hand_over/", words).status_code == 403
    one_unknown = words | {"customers": [pick, 99_999]}
    assert send(boss, "/customers/hand_over/", one_unknown).status_code == 400
    assert Customer.objects.get(pk=pick).owner == acme.east_rep
    assert send(boss, "/customers/hand_over/", words).json() == {"number": 1}
    assert Customer.objects.get(pk=pick).owner == acme.east_rep2


def test_numbers_are_told_once_and_kept_by_nobody(acme, made):
    boss = client_of(acme.east_supervisor)
    path = f"/contacts/{made['Contact'].pk}/reveal/"
    first = send(boss, path, **{"Idempotency-Key": "r-1"})
    assert first.json()["mobile"] == "13800138000"
    again = send(boss, path, **{"Idempotency-Key": "r-1"})
    assert (again.status_code, b"13800138000" in again.content) == (302, False)
    assert again["Location"] == f"{ROOT}/contacts/{made['Contact'].pk}/"


def test_papers_go_up_and_come_down(acme, made):
    rep = client_of(acme.east_rep)
    path = f"/customers/{made['Customer'].pk}/attach/"
    paper = upload(rep, path, "说明.txt", "付款说明".encode())
    assert paper.status_code == 201
    place = f"{ROOT}/attachments/{paper.json()['id']}/"
    got = rep.get(f"{place}download/")
    assert (got.content.decode(), got["Content-Security-Policy"][:7]) == ("付款说明", "sandbox")
    assert client_of(acme.west_rep).get(f"{place}download/").status_code == 404
    assert upload(rep, path, "a.exe", b"MZ\x90").status_code == 409
    assert rep.post(f"{place}remove/").json()["archived_at"]
    assert rep.post(f"{place}restore/").json()["archived_at"] is None
    key = {"Idempotency-Key": "p-1"}
    body = {"file": SimpleUploadedFile("b.txt", b"b")}
    one = rep.post(f"{ROOT}{path}", body, headers=key)
    two = rep.post(f"{ROOT}{path}", {"file": SimpleUploadedFile("b.txt", b"b")}, headers=key)
    assert (one.status_code, one.json()) == (201, two.json())
    assert two["Idempotent-Replay"] == "true"


def test_a_table_comes_in_with_what_is_wrong_by_row_and_column(acme, made):
    rep = client_of(acme.east_rep)
    data = "客户名称,电话\n成都蜀锦食品有限公司,028-88886666\n,1\n".encode()
    job = upload(rep, "/imports/upload/", "a.csv", data, kind="customers.customer")
    assert (job.status_code, job.json()["status"]) == (201, "uploaded")
    place = f"{ROOT}/imports/{job.json()['id']}/"
    work(acme, "files.check")
    assert rep.get(place).json()["status"] == "checked"
    bad = rep.get(f"{place}rows/").json()["results"]
    assert [row["row_no"] for row in bad] == [3]
    assert bad[0]["messages"][0]["column"] in {"name", "phone"}
    assert client_of(acme.east_rep2).get(f"{place}rows/").status_code == 404
    assert rep.post(f"{place}commit/").json()["status"] == "committing"
    work(acme, "files.commit")
    assert rep.get(place).json()["status"] == "done"
    assert Customer.objects.filter(name="成都蜀锦食品有限公司").exists()
    assert rep.post(f"{place}undo/").json()["status"] == "undone"
    wrong = upload(rep, "/imports/upload/", "a.csv", data, kind="no.such")
    assert (wrong.status_code, set(wrong.json()["errors"])) == (400, {"kind"})
    assert ImportJob.objects.count() == 2


def test_a_table_is_taken_away(acme, made):
    rep = client_of(acme.east_rep)
    job = send(rep, "/exports/", {"kind": "customers.customer", "form": "csv"})
    assert (job.status_code, job.json()["status"]) == (201, "waiting")
    place = f"{ROOT}/exports/{job.json()['id']}/"
    assert rep.get(f"{place}download/").status_code == 403
    work(acme, "files.export")
    got = rep.get(f"{place}download/")
    assert made["Customer"].name in b"".join(got.streaming_content).decode("utf-8-sig")
    assert client_of(acme.east_supervisor).get(f"{place}download/").status_code == 403
    assert send(rep, "/exports/", {"kind": "nothing"}).status_code == 400
    assert ExportJob.objects.filter(status="done").count() == 1


def test_the_administrator_looks_after_people_and_units(acme, made):
    admin, boss = client_of(acme.admin), client_of(acme.east_supervisor)
    team = acme.unit("east_one").pk
    guest = {"name": "新人", "login": "13700137000", "unit": team, "role": "rep"}
    assert send(boss, "/members/invite/", guest).status_code == 403
    invited = send(admin, "/members/invite/", guest, **{"Idempotency-Key": "i-1"})
    assert invited.status_code == 201
    assert "/org/enter/" in invited.json()["address"]
    again = send(admin, "/members/invite/", guest, **{"Idempotency-Key": "i-1"})
    assert again["Location"] == f"{ROOT}/members/{invited.json()['member']}/"
    person = admin.get(again["Location"]).json()
    assert (person["is_active"], person["posts"][0]["role"]) == (False, "rep")
    unit = send(admin, "/units/", {"parent": acme.unit("east").pk, "name": "新组", "kind": "team"})
    assert unit.status_code == 201
    place = f"/units/{unit.json()['id']}"
    assert send(admin, f"{place}/", {"name": "三组"}, "patch").json()["name"] == "三组"
    moved = send(admin, f"{place}/move/", {"target": acme.unit("west").pk})
    assert (moved.status_code, moved.json()["state"]) == (201, "done")
    assert send(admin, f"{place}/switch_off/").json()["is_active"] is False
    tomorrow = f"{timezone.localdate() + timedelta(1)}"
    value = {"key": "contracts.discount_floor", "value": "85", "starts": tomorrow, "reason": "决议"}
    assert send(admin, "/params/set/", value).status_code == 201
    assert send(admin, "/params/set/", value | {"value": "x"}).json()["errors"].keys() == {"value"}
    assert send(admin, "/params/set/", value | {"key": "none"}).status_code == 404
    rows = {row["key"]: row for row in admin.get(f"{ROOT}/params/").json()}
    assert rows["contracts.discount_floor"]["rows"][0]["first"] == tomorrow
    head = send(admin, "/company/change/", {"address": "浦东"}).json()
    assert (head["address"], head["name"]) == ("浦东", acme.company.name)
    gone = send(admin, f"/members/{acme.west_rep.pk}/disable/").json()
    assert gone["is_active"] is False
    assert admin.get(f"{ROOT}/members/{acme.east_rep.pk}/estate/").json()[0]["label"]


def test_totals_and_hits_are_those_of_the_pages(acme, made):
    first, last = timezone.localdate().replace(day=1), timezone.localdate()
    asked = f"{ROOT}/figures/?from={first}&to={last}&by=member&measure=new_customers"
    for name in ("east_rep", "east_supervisor", "director", "west_rep"):
        rows = client_of(getattr(acme, name)).get(asked).json()
        own = figures(acme.anew(name), ["new_customers"], first, last, by="member")
        assert [(row["key"], row["values"]["new_customers"]) for row in rows] == [
            (str(row.key), str(row.values["new_customers"])) for row in own
        ]
    rep = client_of(acme.east_rep)
    assert rep.get(f"{ROOT}/figures/?from=x&to={last}").status_code == 400
    assert rep.get(f"{ROOT}/figures/?from=1999-01-01&to={last}").status_code == 400
    assert client_of(acme.admin).get(asked).status_code == 403
    found = rep.get(f"{ROOT}/search/?q=hdjm").json()
    assert made["Customer"].name in str(found)
    assert client_of(acme.west_rep).get(f"{ROOT}/search/?q=hdjm").json() == []


def test_notices_are_read_and_chosen(acme, made):
    rep = client_of(acme.east_rep)
    place = f"/notices/{made['Notice'].pk}"
    listed = rep.get(f"{ROOT}/notices/?unread=true").json()["results"]
    assert listed[0]["text"]
    assert send(rep, f"{place}/read/").json()["read_at"]
    assert send(rep, f"{place}/unread/").json()["read_at"] is None
    read = send(rep, "/notices/read_all/").json()
    assert read["number"] >= 1
    assert send(rep, "/notices/unread_all/", {"at": read["at"]}).json()["number"] == read["number"]
    off = {"choices": [{"topic": "files.exported", "is_on": False}]}
    rows = send(rep, "/notice_choices/set/", off).json()
    chosen = {(row["topic"], row["channel"]): row["is_on"] for row in rows}
    assert chosen["files.exported", "page"] is False
    assert chosen["files.exported", "mail"] is True
    bad = {"choices": [{"topic": "nothing", "is_on": False}]}
    assert send(rep, "/notice_choices/set/", bad).status_code == 400
    assert client_of(acme.east_rep2).get(f"{ROOT}{place}/").status_code == 404


def test_a_contract_is_copied_printed_and_kept(acme, made):
    rep = client_of(acme.east_rep)
    place = f"/contracts/{made['Contract'].pk}"
    pdf = rep.get(f"{ROOT}{place}/pdf/")
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")
    assert client_of(acme.west_rep).get(f"{ROOT}{place}/pdf/").status_code == 404
    assert send(rep, f"{place}/archive/", {"place": "3 柜"}).status_code == 403
    assert send(rep, f"{place}/copy/").status_code == 403
    assert Contract.objects.count() == 1
    keeper, product = client_of(acme.secretary), {"name": "机床", "code": "N-1", "list_price": "1"}
    assert send(keeper, "/products/", product).status_code == 201
    assert set(send(keeper, "/products/", product).json()["errors"]) == {"code"}
    assert send(rep, "/products/", product | {"code": "N-2"}).status_code == 403

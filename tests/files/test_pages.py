"""The import as people meet it: upload, progress, result, decision, failed rows."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from customers.models import Customer
from files.models import ImportJob
from tenancy.actions import run
from tenancy.models import Outbox
from tests.conftest import client_of

TABLE = (
    "客户名称,手机号,联系人\n甲方机械,13800138000,王芳\n=cmd|' /C calc'!A0,123,李\n甲方 机械,,\n"
)


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def upload(client, owner, text=TABLE, name="客户.csv", **more):
    file = SimpleUploadedFile(name, text.encode())
    data = {"kind": "customers.customer", "file": file, "owner": owner.pk, **more}
    return client.post("/files/imports/new/", data)


def work(acme):
    for row in Outbox.objects.filter(topic__startswith="files.", sent_at=None):
        assert run(acme.company.pk, row.pk, row.tries)


def test_the_whole_way_of_an_import(acme):
    client = client_of(acme.secretary)
    answer = upload(client, acme.east_rep)
    assert answer.status_code == 302
    page = answer["Location"]
    waiting = client.get(page).content.decode()
    assert 'hx-trigger="load delay:1s"' in waiting
    assert "refresh" in waiting
    work(acme)
    fragment = client.get(page, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "hx-trigger" not in fragment
    assert "第 3 行" in fragment
    assert "第 2 行已有同一客户" in fragment
    assert client.post(f"{page}commit/").status_code == 302
    work(acme)
    made = Customer.objects.get()
    assert (made.name, made.owner, made.unit) == ("甲方机械", acme.east_rep, acme.unit("east_one"))
    assert made.contacts.get().mobile == "13800138000"
    assert "已为 acme.east_rep" in client.get(page).content.decode()


def test_failed_rows_come_back_with_reason_and_without_formula(acme):
    client = client_of(acme.secretary)
    page = upload(client, acme.secretary)["Location"]
    work(acme)
    answer = client.get(f"{page}failed/")
    assert answer["X-Content-Type-Options"] == "nosniff"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:2] == ["行号", "客户名称"]
    assert [row[0] for row in rows[1:]] == ["3", "4"]
    assert rows[1][1].startswith("'=cmd")
    assert "手机" in rows[1][-1]


def test_the_template_can_be_filled_in_and_brought(acme):
    client = client_of(acme.east_rep)
    text = client.get("/files/imports/template/customers.customer/").content.decode("utf-8-sig")
    assert upload(client, acme.east_rep, text)["Location"]
    work(acme)
    job = ImportJob.objects.get()
    assert (job.status, job.ok_count) == ("checked", 1)
    assert client.get("/files/imports/template/nothing/").status_code == 404


@pytest.mark.parametrize(
    ("who", "owner", "unit", "field"),
    [
        ("east_rep", "east_rep2", "", "owner"),
        ("east_rep", "east_rep", "east_two", "unit"),
        ("east_manager", "east_rep", "west_one", "unit"),
        ("secretary", "east_rep", "west_one", "unit"),
    ],
)
def test_a_foreign_target_is_refused_beside_its_field(acme, who, owner, unit, field):
    unit_id = acme.unit(unit).pk if unit else ""
    client = client_of(getattr(acme, who))
    answer = upload(client, getattr(acme, owner), unit=unit_id)
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize("name", ["x.exe", "x.svg", "x", "x.xlsm"])
def test_other_kinds_of_file_are_refused(acme, name):
    answer = upload(client_of(acme.secretary), acme.secretary, name=name)
    assert answer.status_code == 422
    assert not ImportJob.objects.exists()


def test_others_neither_decide_nor_take_the_rows(acme):
    page = upload(client_of(acme.secretary), acme.east_rep)["Location"]
    work(acme)
    director, rep = client_of(acme.director), client_of(acme.east_rep2)
    assert director.get(page).status_code == 200
    assert "导入 1 行" not in director.get(page).content.decode()
    for verb in ("commit", "cancel"):
        assert director.post(f"{page}{verb}/").status_code == 403
        assert rep.post(f"{page}{verb}/").status_code == 404
    assert director.get(f"{page}failed/").status_code == 403
    assert rep.get(page).status_code == 404
    assert ImportJob.objects.get().status == "checked"


def test_an_import_is_decided_once(acme):
    client = client_of(acme.secretary)
    page = upload(client, acme.secretary)["Location"]
    work(acme)
    assert client.post(f"{page}cancel/").status_code == 302
    assert client.post(f"{page}commit/").status_code == 409
    assert client.post(f"{page}cancel/").status_code == 409
    assert Customer.objects.count() == 0


def test_the_list_shows_what_one_sees(acme):
    upload(client_of(acme.secretary), acme.east_rep)
    for who, seen in (("secretary", 1), ("director", 1), ("east_supervisor", 1), ("west_rep", 0)):
        text = client_of(getattr(acme, who)).get("/files/imports/").content.decode()
        assert text.count("客户.csv") == seen, who

"""An import from the upload to the rows: all of the accepted ones, or none."""

import io
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection

from audit.models import AuditLine
from customers.models import Customer
from files import actions
from files.access import Target
from files.models import ImportJob, ImportRow
from kit.because import Forbidden, Refused
from tenancy.actions import Turn, run
from tenancy.models import Outbox


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def brought(acme, content, name="table.csv", member="secretary", **target):
    data = content.encode() if isinstance(content, str) else content
    member = getattr(acme, member)
    return actions.upload(
        SimpleUploadedFile(name, data),
        kind="customers.customer",
        unit=target.get("unit", acme.unit("root")),
        owner=target.get("owner", member),
        by=member,
    )


def work(acme, topic="files.check"):
    """What the worker does once the sweep has seen the row."""
    row = Outbox.objects.get(topic=topic, sent_at=None)
    return run(acme.company.pk, row.pk, row.tries)


def checked(acme, content, name="table.csv", **how):
    job = brought(acme, content, name, **how)
    work(acme)
    job.refresh_from_db()
    return job


HEAD = "客户名称,手机号,联系人\n"


def test_accepted_rows_are_imported_for_the_owner_at_the_unit(acme):
    rep, unit = acme.east_rep, acme.unit("east_one")
    job = checked(acme, HEAD + "甲方机械,13800138000,王芳\n乙方电子,,\n", owner=rep, unit=unit)
    assert (job.status, job.total, job.ok_count, job.failed_count) == ("checked", 2, 2, 0)
    assert Customer.objects.count() == 0
    actions.commit(job, by=acme.secretary)
    assert work(acme, "files.commit")
    made = Customer.objects.order_by("name").values_list("name", "owner", "unit")
    assert list(made) == [("乙方电子", rep.pk, unit.pk), ("甲方机械", rep.pk, unit.pk)]
    job.refresh_from_db()
    assert job.status == "done"
    verbs = AuditLine.objects.order_by("seq").values_list("verb", flat=True)
    assert list(verbs)[-4:] == [
        "files.upload",
        "files.commit",
        "customers.add_many",
        "files.import",
    ]


def test_duplicates_are_marked_and_the_first_wins(acme):
    job = checked(acme, HEAD + "明远集团有限公司,,\n  明远 (集团) 有限公司,,\n丙方,,\n")
    assert (job.ok_count, job.duplicate_count, job.failed_count) == (2, 1, 0)
    row = job.rows.get(state="duplicate")
    assert row.row_no == 3
    assert row.messages == [{"column": "name", "text": "第 2 行已有同一客户。"}]


def test_a_customer_of_the_company_is_not_imported_twice(acme):
    from customers.actions import create

    create(by=acme.east_rep, name="上海明远科技有限公司")
    job = checked(acme, HEAD + "上海市明远科技,,\n")
    assert job.duplicate_count == 1
    assert "上海明远科技有限公司" in job.rows.get().messages[0]["text"]


def test_a_colleagues_customer_is_not_named_to_who_does_not_see_it(acme):
    from customers.actions import create

    create(by=acme.west_rep, name="上海明远科技有限公司")
    unit = acme.unit("east_one")
    job = checked(acme, HEAD + "上海市明远科技,,\n", member="east_rep", unit=unit)
    assert job.duplicate_count == 1
    assert "明远" not in job.rows.get().messages[0]["text"]


def test_failed_rows_say_row_and_column(acme):
    content = HEAD + f"{'长' * 121},,\n,13800138000,王\n丁方,123,李\n"
    job = checked(acme, content)
    assert (job.ok_count, job.failed_count) == (0, 3)
    said = {row.row_no: [m["column"] for m in row.messages] for row in job.rows.all()}
    assert said == {2: ["name"], 3: ["name"], 4: ["contact_mobile"]}
    with pytest.raises(Refused, match="没有"):
        actions.commit(job, by=acme.secretary)


def test_a_dead_worker_is_followed_by_another_that_starts_from_scratch(acme):
    job = brought(acme, HEAD + "甲方机械,,\n")
    row = Outbox.objects.get(topic="files.check")
    dead = Turn(acme.company.pk, row.pk, 1)
    Outbox.objects.filter(pk=row.pk).update(tries=1)
    with dead.step():
        ImportRow.objects.create(job=job, row_no=2, data={"name": "half"})
        ImportJob.objects.filter(pk=job.pk).update(status="checking", ok_count=1, done_rows=1)
    assert run(acme.company.pk, row.pk, 1)
    job.refresh_from_db()
    assert (job.status, job.ok_count, job.done_rows, job.rows.count()) == ("checked", 1, 1, 1)


def test_a_second_worker_for_the_same_row_does_nothing(acme):
    job = checked(acme, HEAD + "甲方机械,,\n")
    actions.commit(job, by=acme.secretary)
    row = Outbox.objects.get(topic="files.commit")
    assert run(acme.company.pk, row.pk, row.tries)
    assert not run(acme.company.pk, row.pk, row.tries)
    Outbox.objects.filter(pk=row.pk).update(sent_at=None)
    assert run(acme.company.pk, row.pk, row.tries + 1)
    assert Customer.objects.count() == 1


def test_a_file_that_kills_every_worker_is_given_up(acme):
    job = brought(acme, HEAD + "甲方机械,,\n")
    row = Outbox.objects.get(topic="files.check")
    Outbox.objects.filter(pk=row.pk).update(tries=3)
    run(acme.company.pk, row.pk, 3)
    job.refresh_from_db()
    assert (job.status, job.rows.count()) == ("failed", 0)
    assert job.message


def test_cancelling_forgets_rows_and_bytes(acme, settings, django_capture_on_commit_callbacks):
    job = checked(acme, HEAD + "甲方机械,,\n")
    with django_capture_on_commit_callbacks(execute=True):
        actions.cancel(job, by=acme.secretary)
    assert (job.rows.count(), list(Path(settings.MEDIA_ROOT, "imports").iterdir())) == (0, [])
    with pytest.raises(Refused):
        actions.commit(job, by=acme.secretary)


def test_stored_bytes_have_a_random_name_and_are_ours_alone(acme, settings):
    job = brought(acme, HEAD, name="..\\..\\坏\u202e名.csv")
    (file,) = Path(settings.MEDIA_ROOT, "imports").iterdir()
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.name == job.stored
    assert job.filename == "坏名.csv"


@pytest.mark.parametrize(
    ("who", "unit", "owner", "allowed"),
    [
        ("secretary", "root", "east_rep", True),
        ("secretary", "west", "east_rep", False),
        ("east_manager", "east_one", "east_rep", True),
        ("east_manager", "west_one", "west_rep", False),
        ("east_rep", "east_one", "east_rep", True),
        ("east_rep", "east_one", "east_rep2", False),
        ("east_rep", "east_two", "east_rep", False),
        ("finance", "root", "finance", False),
        ("admin", "root", "admin", False),
    ],
)
def test_who_may_import_for_whom(acme, who, unit, owner, allowed):
    target = Target(acme.unit(unit), getattr(acme, owner))
    assert bool(getattr(acme, who).may("files.upload", target)) is allowed


def test_only_who_brought_it_decides(acme):
    job = checked(acme, HEAD + "甲方机械,,\n")
    with pytest.raises(Forbidden):
        actions.commit(job, by=acme.director)


# --- F1: files that are not what they say ---------------------------------------------------------


HEAD_XML = '<?xml version="1.0"?>'
FORMATS = "http://schemas.openxmlformats.org"
TYPE = "application/vnd.openxmlformats"
PARTS = {
    "[Content_Types].xml": f"""{HEAD_XML}<Types xmlns="{FORMATS}/package/2006/content-types">
        <Default Extension="xml" ContentType="application/xml"/>
        <Default Extension="rels" ContentType="{TYPE}-package.relationships+xml"/>
        <Override PartName="/xl/workbook.xml"
            ContentType="{TYPE}-officedocument.spreadsheetml.sheet.main+xml"/>
        <Override PartName="/xl/worksheets/sheet1.xml"
            ContentType="{TYPE}-officedocument.spreadsheetml.worksheet+xml"/></Types>""",
    "_rels/.rels": f"""{HEAD_XML}<Relationships
        xmlns="{FORMATS}/package/2006/relationships"><Relationship Id="r1"
            Type="{FORMATS}/officeDocument/2006/relationships/officeDocument"
            Target="xl/workbook.xml"/></Relationships>""",
    "xl/workbook.xml": f"""{HEAD_XML}<workbook xmlns="{FORMATS}/spreadsheetml/2006/main"
        xmlns:r="{FORMATS}/officeDocument/2006/relationships">
        <sheets><sheet name="a" sheetId="1" r:id="r1"/></sheets></workbook>""",
    "xl/_rels/workbook.xml.rels": f"""{HEAD_XML}<Relationships
        xmlns="{FORMATS}/package/2006/relationships"><Relationship Id="r1"
            Type="{FORMATS}/officeDocument/2006/relationships/worksheet"
            Target="worksheets/sheet1.xml"/></Relationships>""",
}


def workbook(sheet):
    parts = PARTS | {"xl/worksheets/sheet1.xml": sheet}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def sheet(rows):
    return (
        f'{HEAD_XML}<worksheet xmlns="{FORMATS}/spreadsheetml/2006/main">'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )


def cell(place, text):
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


GOOD_XLSX = workbook(
    sheet(f'<row r="1">{cell("A1", "客户名称")}</row><row r="2">{cell("A2", "甲方")}</row>')
)
BOMB = workbook(sheet("<row/>" + " " * 30_000_000))
MALFORMED = {
    "empty.csv": b"",
    "blank.csv": b"\n\n , \n",
    "header only.csv": HEAD.encode(),
    "wrong header.csv": "颜色,重量\n红,1\n".encode(),
    "twice.csv": "客户名称,客户名称\n甲方,乙方\n".encode(),
    "gap.csv": "客户名称,,手机号\n甲方,x,\n".encode(),
    "too wide.csv": "客户名称\n甲方机械\n乙方,x,y\n".encode(),
    "nul.csv": "客户名称\n甲\0方\n".encode(),
    "open quote.csv": '客户名称\n甲方\n"乙方\n'.encode(),
    "cut gbk.csv": "客户名称\n甲方机械".encode("gb18030")[:-1],
    "utf-16 without mark.csv": "客户名称\n甲方\n".encode("utf-16-le"),
    "cut utf-8.csv": "\ufeff客户名称\n甲方".encode()[:-1],
    "endless cell.csv": ("客户名称\n甲方\n" + "长" * 2_500_000).encode(),
    "many columns.csv": (",".join(f"c{n}" for n in range(200_000)) + "\n").encode(),
    "many rows.csv": ("客户名称\n" + "甲方\n" * 50_002).encode(),
    "bell.csv": "客户名称\n甲\x07方\n".encode(),
    "picture.xlsx": b"\x89PNG\r\n\x1a\n" + bytes(200),
    "cut.xlsx": GOOD_XLSX[:-60],
    "half.xlsx": GOOD_XLSX[: len(GOOD_XLSX) // 2],
    "bomb.xlsx": BOMB,
    "broken xml.xlsx": workbook("<worksheet><sheetData><row"),
    "no sheet.xlsx": workbook(""),
    "far cell.xlsx": workbook(sheet(f'<row r="1048576">{cell("XFD1048576", "客户名称")}</row>')),
    "entities.xlsx": workbook(
        '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;&b;">]>'
        "<worksheet>&c;</worksheet>"
    ),
    "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "empty.xlsx": workbook(sheet("")),
    "no name column.xlsx": workbook(sheet(f'<row r="1">{cell("A1", "城市")}</row>')),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_file_leaves_a_sentence_and_no_row(acme, name):
    job = checked(acme, MALFORMED[name], name)
    assert job.status == "failed"
    assert any("\u4e00" <= letter <= "\u9fff" for letter in job.message), job.message
    assert ImportRow.objects.count() == 0
    assert Customer.objects.count() == 0
    assert not Outbox.objects.filter(sent_at=None, topic__startswith="files.").exists()


@pytest.mark.parametrize(
    ("content", "place"),
    [
        ("客户名称\n甲方机械\n乙方,x,y\n", "第 3 行第 2 列"),
        ("客户名称,城市\n甲方,\n乙方,\x07\n", "第 3 行第 2 列"),
        ("客户名称\n甲方\n" + "长" * 3000, "第 3 行第 1 列"),
    ],
)
def test_the_sentence_names_row_and_column(acme, content, place):
    job = checked(acme, content)
    assert place in job.message.replace("，", "").replace("、", "")


@pytest.mark.parametrize(
    "value", ["-5", "NaN", "1e308", "0", "=1+1", "@x", "2958465", "1900-01-00"]
)
def test_odd_cells_are_text_and_harmless(acme, value):
    job = checked(acme, f"客户名称,城市,手机号\n甲方,{value},\n")
    assert job.total == 1
    assert job.rows.get().data["city"] == value


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_usual_encodings_are_read(acme, encoding):
    job = checked(acme, "客户名称\r\n富尚𠮷\r\n".encode(encoding))
    assert job.rows.get().data["name"] == "富尚𠮷"


def test_too_large_a_file_is_refused_at_once(acme):
    with pytest.raises(Refused, match="10 MB"):
        brought(acme, b"x" * (10 * 2**20 + 1))


def test_ten_thousand_rows_take_few_statements(acme, django_assert_max_num_queries):
    content = "客户名称\n" + "".join(f"甲方{n}号机械\n" for n in range(3000))
    job = brought(acme, content)
    with django_assert_max_num_queries(60):
        work(acme)
    job.refresh_from_db()
    assert job.ok_count == 3000
    assert connection.in_atomic_block

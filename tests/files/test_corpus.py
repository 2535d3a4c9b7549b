"""F1: 300 malformed tables through the whole import: in words, whole or not at all, in time."""

import random
import resource
import time

import pytest

from customers import imports
from customers.models import Contact, Customer
from files import actions
from files.models import ImportJob, ImportRow
from kit.because import Refused
from tests.files.test_actions import HEAD, MALFORMED, brought, work
from tests.kit.test_sheets import BAD, GOOD, SIMPLE

COLUMNS = (
    "客户名称", "统一社会信用代码", "客户等级", "所属行业", "省份", "城市", "详细地址",
    "电话", "联系人", "职务", "手机号", "客户需求", "备注",
)  # fmt: skip
ODD = (
    "-5", "NaN", "1e308", "1900-01-00", "2958465", "=HYPERLINK(1)", "长" * 4001, "\u202etxt.exe",
)  # fmt: skip
ENCODINGS = ("utf-8", "utf-8-sig", "gb18030", "utf-16")
KEYS = {column.key for column in imports.COLUMNS}
SECONDS, MEGABYTES = 10, 200


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def spoiled(seed):
    """A table of good rows that something happened to: bytes, cut ends, other separators."""
    dice = random.Random(seed)
    rows = "".join(f"第{n}机械厂,1380013{n:04},王芳\n" for n in range(40))
    data = bytearray((HEAD + rows).encode(dice.choice(ENCODINGS)))
    for _n in range(dice.randint(1, 20)):
        data[dice.randrange(len(data))] = dice.choice([0, 7, 10, 34, 44, 128, 255])
    return bytes(data[: dice.randint(len(data) // 2, len(data))])


def corpus():
    """(name, bytes): unreadable files, readable ones with odd cells, and damaged ones."""
    yield from BAD
    yield from MALFORMED.items()
    for column in COLUMNS:
        for value in ODD:
            head = column if column == "客户名称" else f"客户名称,{column}"
            row = f'"{value}"' if column == "客户名称" else f'甲方机械,"{value}"'
            yield f"{column}.csv", f"{head}\n{row}\n".encode()
    for seed in range(60):
        yield f"spoiled {seed}.csv", spoiled(seed)
    for cut in range(1, 60):
        yield f"cut {cut}.xlsx", GOOD[: len(GOOD) * cut // 60]
    yield from (
        ("other ids.csv", b"id,company_id,owner_id,name\n1,2,3,x\n"),
        ("protected.csv", "客户名称,公司,负责人,状态\n甲方机械,2,3,archived\n".encode()),
        ("twice.csv", "客户名称\n甲方机械\n甲方机械\n".encode()),
        ("script.csv", "客户名称\n<script>alert(1)</script>\n".encode()),
        ("simple as xlsx.xlsx", SIMPLE.encode()),
    )


CORPUS = list(corpus())


def memory():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def outcome(acme, name, data):
    """'refused', 'failed' or 'done', after asking all that must hold whatever it is."""
    before = set(Customer.objects.values_list("pk", flat=True))
    try:
        job = brought(acme, data, name)
    except Refused:
        return "refused"
    work(acme)
    job.refresh_from_db()
    assert set(Customer.objects.values_list("pk", flat=True)) == before, name
    if job.status == "failed":
        assert any("\u4e00" <= letter <= "\u9fff" for letter in job.message), (name, job.message)
        assert not ImportRow.objects.filter(job=job).exists(), name
        return "failed"
    assert job.status == "checked", name
    for row in job.rows.exclude(state="ok"):
        assert all(said["column"] in KEYS and said["text"] for said in row.messages), name
        assert row.messages, name
    if not job.ok_count:
        return "failed"
    actions.commit(job, by=acme.secretary)
    work(acme, "files.commit")
    job.refresh_from_db()
    assert job.status == "done", (name, job.message)
    added = Customer.objects.exclude(pk__in=before)
    assert added.count() == job.ok_count, name
    assert set(added.values_list("owner", "company")) == {(acme.secretary.pk, acme.company.pk)}
    assert not added.exclude(archived_at=None).exists()
    # so that the next file meets no duplicates
    Contact.objects.filter(customer__in=added).delete()
    added.update(name="x", name_key="", bare_key="", credit_code="", phone="")
    return "done"


def test_three_hundred_malformed_tables(acme):
    assert len(CORPUS) >= 300
    ends, slow, start = {}, [], memory()
    for name, data in CORPUS:
        begun = time.monotonic()
        end = outcome(acme, name, data)
        ends[end] = ends.get(end, 0) + 1
        if time.monotonic() - begun > SECONDS:
            slow.append(name)
    assert slow == []
    assert memory() - start < MEGABYTES
    assert ends["failed"] > 100
    assert ends["done"] > 50
    assert not ImportJob.objects.filter(status__in=("checking", "committing")).exists()

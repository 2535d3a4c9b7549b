"""F4: papers on records: taken, refused, served sealed, removed, put back."""

from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from audit.models import AuditLine
from customers import actions as customers
from files import actions
from files.models import Attachment
from files.sniffing import SIDE, look, small_picture
from kit.because import Forbidden, Refused
from tenancy.actions import deliver
from tenancy.models import Param
from tests.conftest import client_of, inside
from tests.files.hostile import GOOD, REFUSED, TAMED, located, pdf, picture

ACTIVE = ("text/html", "image/svg", "script", "xml+", "xhtml")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path


@pytest.fixture
def customer(acme):
    return customers.create(by=acme.east_rep, name="华东精密机械有限公司")


def file(name="说明.txt", data=b"hello"):
    made = SimpleUploadedFile("x", data)
    made._name = name  # as a hostile client could have sent it: not cleaned by Django
    return made


def attach(customer, by, name="说明.txt", data=b"hello"):
    return actions.attach(customer, file(name, data), by=by)


def url(name, paper):
    return reverse(f"files:{name}", args=[paper.pk])


# --- what is taken --------------------------------------------------------------------------------


@pytest.mark.parametrize("odd", GOOD)
def test_an_honest_file_is_taken(acme, customer, odd):
    name, data = GOOD[odd]
    paper = attach(customer, acme.east_rep, name, data)
    assert paper.name == name
    assert actions.is_intact(paper)


@pytest.mark.parametrize("odd", REFUSED)
def test_a_hostile_file_is_refused_and_leaves_nothing(acme, customer, media, odd):
    with pytest.raises(Refused) as refused:
        attach(customer, acme.east_rep, *REFUSED[odd])
    assert refused.value.code == "unwanted"
    assert refused.value.errors["file"]
    assert not Attachment.objects.exists()
    assert [path for path in media.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("odd", [*TAMED, *GOOD])
def test_what_is_taken_is_served_sealed_and_lies_in_its_folder(acme, customer, media, odd):
    name, data = (TAMED | GOOD)[odd]
    paper = attach(customer, acme.east_rep, name, data)
    answer = client_of(acme.east_rep).get(url("download", paper))
    assert answer.status_code == 200
    assert answer.content == (actions.shelf() / paper.stored).read_bytes()
    assert not any(word in answer["Content-Type"] for word in ACTIVE)
    assert answer["Content-Disposition"].startswith("attachment; filename")
    assert "\n" not in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert "no-store" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer
    found = [path for path in media.rglob("*") if path.is_file()]
    assert found
    assert {path.parent for path in found} == {actions.shelf()}
    assert all(len(path.name) == 40 and path.name.isalnum() for path in found)
    assert all(path.stat().st_mode & 0o077 == 0 for path in found)


def test_names_keep_their_letters_and_lose_their_tricks(acme, customer):
    names = {}
    for place, (odd, (name, _data)) in enumerate(TAMED.items()):
        if name.endswith(".txt"):
            names[odd] = attach(customer, acme.east_rep, name, f"{place}".encode()).name
    assert names["up and away"] == "x.txt"
    assert names["up with backslashes"] == "x.txt"
    assert names["right to left"] == "合同txt.exe.txt"
    assert names["line break in the name"] == "xSet-Cookie: a=b.txt"
    assert names["name with NUL"] == "x.php.txt"
    assert len(names["300 characters"]) == 200
    page = client_of(acme.east_rep).get(f"/customers/{customer.pk}/").content.decode()
    assert "&lt;img src=x onerror" in page
    assert "<img src=x onerror" not in page


def test_a_picture_keeps_its_points_and_loses_all_else():
    raw = located()
    assert b"SECRETPHONE" in raw
    assert b"SECRETCOMMENT" in raw
    with Image.open(io_of(raw)) as image:
        assert image.getexif().get_ifd(0x8825)
    kept = look(raw, "x.jpg").data
    assert b"SECRET" not in kept
    with Image.open(io_of(kept)) as image:
        assert dict(image.getexif()) == {}
        assert image.size == (40, 30)
    for odd in ("picture with a page behind it", "picture with a package behind it"):
        name, data = TAMED[odd]
        kept = look(data, name).data
        assert b"script" not in kept
        assert b"PK\x03\x04" not in kept


def io_of(data):
    import io

    return io.BytesIO(data)


def test_small_pictures_are_drawn_by_the_worker(acme, customer):
    papers = [
        attach(customer, acme.east_rep, "a.pdf", pdf()),
        attach(customer, acme.east_rep, "b.png", picture(size=(2000, 500))),
        attach(customer, acme.east_rep, "c.txt"),
    ]
    client = client_of(acme.east_rep)
    assert client.get(url("preview", papers[0])).status_code == 404
    deliver()
    for paper in papers[:2]:
        answer = client.get(url("preview", paper))
        assert answer["Content-Type"] == "image/jpeg"
        assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
        with Image.open(io_of(answer.content)) as image:
            assert max(image.size) == SIDE
    assert client.get(url("preview", papers[2])).status_code == 404


def test_a_damaged_book_has_no_small_picture():
    assert small_picture(b"%PDF-1.4 startxref", "pdf") is None
    assert small_picture(b"\x89PNG", "png") is None


def test_a_file_above_the_companys_limit_is_refused(acme, customer):
    Param.objects.create(key="files.most_megabytes", value=1, during=("2020-01-01", None))
    attach(customer, acme.east_rep, data=b"a" * 2**20)
    from tenancy.context import memo

    memo().clear()
    with pytest.raises(Refused, match="1 MB"):
        attach(customer, acme.east_rep, data=b"a" * (2**20 + 1))


def test_the_same_file_twice_is_refused(acme, customer):
    attach(customer, acme.east_rep)
    with pytest.raises(Refused) as refused:
        attach(customer, acme.east_rep, "other.txt")
    assert refused.value.code == "twice"


# --- who ------------------------------------------------------------------------------------------


def test_whoever_keeps_the_customer_attaches_and_others_do_not(acme, customer):
    for place, who in enumerate(("east_rep", "east_supervisor", "secretary")):
        attach(customer, getattr(acme, who), data=f"{place}".encode())
    for who in ("finance", "east_rep2", "west_manager"):
        with pytest.raises(Forbidden):
            attach(customer, getattr(acme, who), data=b"other")


def test_whoever_sees_the_customer_reads_its_papers(acme, rival, customer):
    paper = attach(customer, acme.east_rep)
    for who, status in (
        ("east_rep", 200), ("east_supervisor", 200), ("finance", 200), ("director", 200),
        ("east_rep2", 404), ("west_manager", 404), ("admin", 404),
    ):  # fmt: skip
        member = getattr(acme, who)
        assert client_of(member).get(url("download", paper)).status_code == status, who
        seen = Attachment.objects.visible_to(member).filter(pk=paper.pk).exists()
        assert seen == (status == 200), who
    with inside(rival):
        stranger = client_of(rival.director)
    assert stranger.get(url("download", paper)).status_code == 404
    actions.remove(paper, by=acme.east_rep)
    assert client_of(acme.finance).get(url("download", paper)).status_code == 403
    assert client_of(acme.east_rep).get(url("download", paper)).status_code == 200


def test_removing_keeps_the_file_and_can_be_undone(acme, customer):
    paper = attach(customer, acme.east_rep)
    client = client_of(acme.east_rep)
    assert client.post(url("remove", paper)).status_code == 302
    page = client.get(f"/customers/{customer.pk}/").content.decode()
    assert url("restore", paper) in page
    assert f'href="{url("download", paper)}"' not in page
    assert Path(actions.shelf() / paper.stored).exists()
    assert client_of(acme.finance).post(url("restore", paper)).status_code == 403
    assert client.post(url("restore", paper)).status_code == 302
    assert url("download", paper) in client.get(f"/customers/{customer.pk}/").content.decode()
    verbs = AuditLine.objects.filter(object_id=customer.pk).values_list("verb", flat=True)
    assert {
        "customers.attach", "customers.remove_attachment", "customers.restore_attachment"
    } <= set(verbs)  # fmt: skip


# --- pages ----------------------------------------------------------------------------------------


def test_the_page_takes_a_file_and_names_what_is_wrong_with_another(acme, customer):
    client = client_of(acme.east_rep)
    page = f"/customers/{customer.pk}/attach/"
    assert client.get(page).status_code == 200
    answer = client.post(page, {"file": SimpleUploadedFile("x.svg", b"<svg/>")})
    assert answer.status_code == 422
    assert "只接受" in answer.content.decode()
    assert client.post(page, {}).status_code == 422
    good = SimpleUploadedFile("说明.txt", "你好".encode())
    assert client.post(page, {"file": good})["Location"] == f"/customers/{customer.pk}/"
    assert "说明.txt" in client.get(f"/customers/{customer.pk}/").content.decode()
    assert client_of(acme.finance).get(page).status_code == 403


def test_an_archived_customer_gets_no_files(acme, customer):
    paper = attach(customer, acme.east_rep)
    customers.archive(customer, by=acme.east_rep)
    with pytest.raises(Forbidden):
        attach(customer, acme.east_rep, data=b"later")
    with pytest.raises(Forbidden):
        actions.remove(paper, by=acme.east_rep)

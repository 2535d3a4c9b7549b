"""T23: the company's logo and seal: what is taken, who sees it, on which papers it stands."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from docx import Document
from PIL import Image
from pypdf import PdfReader

from audit.models import AuditLine
from contracts import prints
from files import actions
from files.models import CompanyPicture
from kit.because import Forbidden, Refused
from tests.conftest import client_of, inside
from tests.contracts.conftest import customer, make_contract, rates
from tests.contracts.steps import through

__all__ = ["customer", "rates"]


def picture(colour="navy", size=(300, 200), form="PNG", name="logo.png"):
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, form)
    return SimpleUploadedFile(name, out.getvalue())


def pictures_in(data):
    return sum(len(page.images) for page in PdfReader(io.BytesIO(data)).pages)


def in_word(data):
    return len(Document(io.BytesIO(data)).inline_shapes)


def test_the_administrator_uploads_replaces_and_removes(acme):
    client = client_of(acme.admin)
    assert client.get("/files/pictures/logo/set/").status_code == 200
    sent = client.post("/files/pictures/logo/set/", {"file": picture()})
    assert (sent.status_code, sent.url) == (302, "/org/company/")
    first = CompanyPicture.objects.in_force().get()
    shown = client.get(f"/files/pictures/{first.pk}/")
    assert shown.headers["Content-Security-Policy"].startswith("sandbox")
    assert Image.open(io.BytesIO(shown.content)).size == (300, 200)
    client.post("/files/pictures/logo/set/", {"file": picture("teal")})
    second = CompanyPicture.objects.in_force().get()
    first.refresh_from_db()
    assert first.until == second.since
    assert client.post(f"/files/pictures/{second.pk}/remove/").status_code == 302
    assert not CompanyPicture.objects.in_force().exists()
    assert client.post(f"/files/pictures/{second.pk}/remove/").status_code == 409
    verbs = AuditLine.objects.filter(verb__startswith="files.").values_list("verb", flat=True)
    assert list(verbs.order_by("seq")) == [
        "files.set_picture", "files.set_picture", "files.remove_picture",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        SimpleUploadedFile("logo.png", b"<svg onload=alert(1)>"),
        SimpleUploadedFile("logo.svg", b"<svg></svg>"),
        SimpleUploadedFile("logo.txt", b"words"),
        SimpleUploadedFile("logo.png", b""),
        SimpleUploadedFile("logo.png", b"\x89PNG\r\n\x1a\n" + b"0" * (2 * 2**20)),
        picture(size=(40, 400)),
        picture(form="JPEG"),  # under the name of a png
    ],
    ids=["script", "svg", "text", "empty", "large", "small", "misnamed"],
)
def test_anything_else_comes_back_with_its_reason(acme, wrong):
    answer = client_of(acme.admin).post("/files/pictures/logo/set/", {"file": wrong})
    assert answer.status_code == 422
    assert not CompanyPicture.objects.exists()


def test_a_large_picture_is_made_smaller_and_the_white_of_a_seal_goes(acme):
    made = actions.set_picture(
        picture("white", (3000, 1500), "JPEG", "seal.jpg"), kind="seal", by=acme.admin
    )
    assert (made.width, made.height) == (1200, 600)
    assert Image.open(io.BytesIO(actions.bytes_of(made))).getpixel((5, 5))[3] < 8
    with pytest.raises(Refused):
        actions.set_picture(
            picture("white", (3000, 1500), "JPEG", "seal.jpg"), kind="seal", by=acme.admin
        )


def test_only_the_administrator_keeps_them_and_looks_at_a_bare_seal(acme, rival):
    seal = actions.set_picture(picture("red"), kind="seal", by=acme.admin)
    logo = actions.set_picture(picture(), kind="logo", by=acme.admin)
    for who in (acme.director, acme.finance, acme.east_rep):
        client = client_of(who)
        assert client.get(f"/files/pictures/{logo.pk}/").status_code == 200
        assert client.get(f"/files/pictures/{seal.pk}/").status_code == 403
        assert client.post("/files/pictures/logo/set/", {"file": picture()}).status_code == 403
        with pytest.raises(Forbidden):
            actions.set_picture(picture("red"), kind="seal", by=who)
    assert client_of(acme.admin).get(f"/files/pictures/{seal.pk}/").status_code == 200
    with inside(rival):
        stranger = client_of(rival.admin)
    assert stranger.get(f"/files/pictures/{logo.pk}/").status_code == 404


@pytest.mark.parametrize(("way", "count"), [(prints.pdf, pictures_in), (prints.docx, in_word)])
def test_the_seal_stands_only_on_what_is_approved(acme, rates, customer, way, count):
    contract = make_contract(acme.east_rep, customer)
    assert count(way(contract)) == 0
    actions.set_picture(picture(), kind="logo", by=acme.admin)
    actions.set_picture(picture("red"), kind="seal", by=acme.admin)
    assert count(way(contract)) == 1
    assert count(way(through(acme, contract, acme.east_supervisor))) == 1
    assert count(way(through(acme, contract, acme.east_manager, acme.finance))) == 2

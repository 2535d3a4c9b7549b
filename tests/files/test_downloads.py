"""F4: every address that takes a file, and every one that hands one out."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from files.models import Attachment, ImportJob, ImportRow
from files.views import SEALED
from salesops.management.commands.list_endpoints import methods_of
from tenancy.actions import run
from tenancy.models import Outbox
from tests.access import world
from tests.access.test_matrix import interesting, path_of
from tests.conftest import client_of
from tests.files.hostile import REFUSED

ACTIVE = ("html", "svg", "xml", "javascript", "xhtml", "octet-stream; charset")
ROWS = {"ImportJob": "job", "Attachment": "paper", "Contract": "contract"}


@pytest.fixture
def stage(acme, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"
    made = world.build(acme)
    return made


def exported(stage):
    """An export that the worker has written."""
    from files import actions

    job = actions.export(kind="customers.customer", form="csv", by=stage.cast.east_rep)
    row = Outbox.objects.get(topic="files.export", sent_at=None)
    assert run(stage.cast.company.pk, row.pk, row.tries)
    return job


def downloads(stage):
    """(address, answer) of everything that is no page of ours."""
    client = client_of(stage.cast.east_rep)
    numbers = {
        name: getattr(stage, attribute).pk for name, attribute in ROWS.items()
    } | {"ExportJob": exported(stage).pk}  # fmt: skip
    for text, view in interesting():
        if text.startswith("api/") or "GET" not in methods_of(view):
            continue
        model = getattr(getattr(view, "guard", None), "model", None)
        if model is not None and model.__name__ not in numbers:
            continue
        answer = client.get(path_of(text, numbers[model.__name__] if model else 0))
        kind = answer.headers.get("Content-Type", "text/html")
        if answer.streaming:
            b"".join(answer.streaming_content)  # which closes the file
        if answer.status_code == 200 and not kind.startswith("text/html"):
            yield text, answer


def test_every_download_is_sealed(stage):
    found = dict(downloads(stage))
    assert found.keys() >= {
        "files/exports/<int:pk>/download/", "files/imports/<int:pk>/failed/",
        "files/imports/template/<str:kind>/", "files/attachments/<int:pk>/",
        "files/attachments/<int:pk>/preview/", "contracts/<int:pk>/pdf/",
        "contracts/<int:pk>/docx/",
    }  # fmt: skip
    for text, answer in found.items():
        for name, value in SEALED.items():
            assert answer.headers.get(name) == value, (text, name)
        kind = answer.headers["Content-Type"]
        assert not any(word in kind for word in ACTIVE if "openxml" not in kind), (text, kind)
        if not kind.startswith("image/jpeg"):
            assert answer.headers["Content-Disposition"].startswith("attachment; filename"), text


UPLOADS = [
    ("east_rep", "/customers/{}/attach/", "customer"),
    ("east_rep", "/customers/visits/{}/attach/", "visit"),
    ("east_rep", "/contracts/{}/attach/", "draft"),
    ("east_rep", "/applications/{}/attach/", "blank"),
    ("east_rep", "/contracts/{}/signed_copy/", "signed"),
    ("admin", "/files/pictures/logo/set/", "customer"),
    ("admin", "/files/pictures/seal/set/", "customer"),
]


def test_the_list_of_uploads_is_whole():
    taking = {
        name.removeprefix("POST ")
        for name, write in world.WRITES.items()
        if write.body in {world.one_file, world.upload, world.logo}
    }
    named = {path.format("<int:pk>") for _who, path, _record in UPLOADS}
    assert taking == named | {"/files/imports/new/"}


@pytest.mark.parametrize(("who", "path", "record"), UPLOADS)
def test_every_hostile_file_is_refused_in_words(stage, settings, who, path, record):
    client = client_of(getattr(stage.cast, who))
    address = path.format(getattr(stage, record).pk)

    def kept():
        files = {p for p in settings.MEDIA_ROOT.parent.rglob("*") if p.is_file()}
        return files, Attachment.objects.count()

    before = kept()
    assert len(REFUSED) >= 50
    for odd, (name, data) in REFUSED.items():
        answer = client.post(address, {"file": SimpleUploadedFile(name, data)})
        assert answer.status_code == 422, (odd, answer.status_code)
        assert "so-field-errors" in answer.content.decode(), odd
    assert kept() == before


def test_every_hostile_file_is_no_table(stage):
    """An import looks inside in the worker: refused at once, or failed in words, or plain text."""
    boss = stage.cast.east_supervisor
    client, rows = client_of(boss), ImportRow.objects.count()
    Outbox.objects.filter(sent_at=None).delete()
    for odd, (name, data) in REFUSED.items():
        body = world.upload(stage) | {"file": SimpleUploadedFile(name, data)}
        answer = client.post("/files/imports/new/", body)
        assert answer.status_code in {302, 422}, odd
        if answer.status_code == 302:
            row = Outbox.objects.get(topic="files.check", sent_at=None)
            run(stage.cast.company.pk, row.pk, row.tries)
            job = ImportJob.objects.latest("pk")
            assert job.status == "failed", odd
            assert job.message, odd
    assert ImportRow.objects.count() == rows

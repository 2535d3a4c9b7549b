"""The verbs of imports (take a file, check it, commit, cancel) and of attached papers."""

import hashlib
import secrets
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from audit.actions import record
from files.access import Target
from files.importers import Context, Importer, Said, importers, match
from files.models import ImportJob, ImportOutcome, ImportRow, ImportState
from kit.because import Refused
from kit.sheets import SheetError, read_table
from org.access import check
from org.models import Member, Unit
from tenancy.actions import Turn, post, tell

MOST_BYTES = 10 * 2**20
CHUNK = 1000
MOST_TURNS = 3
MOST_NAMED = 20


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "imports"


def upload(file: UploadedFile, *, kind: str, unit: Unit, owner: Member, by: Member) -> ImportJob:
    """T17: keep the bytes under a random name and leave the checking to a worker."""
    check(by, "files.upload", Target(unit, owner))
    check(by, importers[kind].rule)
    if file.size > MOST_BYTES:
        text = _("The file is larger than 10 MB: split it.")
        raise Refused(text, code="too_large", errors={"file": text})
    stored, sha256 = keep(file)
    job = ImportJob.objects.create(
        owner=by,
        unit=unit,
        org_path=unit.path,
        target_owner=owner,
        kind=kind,
        filename=clean_name(file.name),
        stored=stored,
        sha256=sha256,
        size=file.size,
        language=get_language() or settings.LANGUAGE_CODE,
    )
    post("files.check", job=job.pk)
    record("files.upload", job, by=by, after={"sha256": sha256, "size": file.size, "kind": kind})
    return job


def keep(file: UploadedFile) -> tuple[str, str]:
    """(random name, SHA-256) of the stored bytes; nobody but us can read them."""
    folder().mkdir(parents=True, exist_ok=True)
    name, digest = secrets.token_hex(20), hashlib.sha256()
    path = folder() / name
    path.touch(mode=0o600)
    with path.open("wb") as out:
        for chunk in file.chunks():
            digest.update(chunk)
            out.write(chunk)
    return name, digest.hexdigest()


def clean_name(name: str) -> str:
    """What is shown of a file's name: no folders, nothing invisible, not endless."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(filter(str.isprintable, last))[-200:] or "-"


def forget(job: ImportJob) -> None:
    """The bytes go once nobody needs them."""
    transaction.on_commit(lambda: (folder() / job.stored).unlink(missing_ok=True))


# --- checking -------------------------------------------------------------------------------------


class Stopped(Exception):
    """Somebody cancelled meanwhile."""


def check_file(payload: dict[str, Any], turn: Turn) -> None:
    """Receiver of files.check: reads the file twice, first for its form, then row by row.

    Starts from scratch each time, so a worker that died leaves nothing behind.
    """
    with turn.step():
        ready = (ImportState.UPLOADED, ImportState.CHECKING)
        job = ImportJob.objects.select_related("unit", "owner", "target_owner").get(
            pk=payload["job"]
        )
        if not move(job, ready, ImportState.CHECKING, done_rows=0, total=0):
            return
        ImportRow.objects.filter(job=job).delete()
    with override(job.language):
        if turn.number > MOST_TURNS:
            fail(job, turn, _("The file could not be processed. Please tell your administrator."))
            return
        try:
            _check_rows(job, turn)
        except SheetError as error:
            fail(job, turn, str(error))
        except Stopped:
            return


def _check_rows(job: ImportJob, turn: Turn) -> None:
    importer = importers[job.kind]
    total = sum(1 for _row in parse(job, importer)[1])
    if not total:
        raise SheetError(_("There are no rows below the heading."))
    context = Context(by=job.owner, unit=job.unit, owner=job.target_owner)
    columns, rows = parse(job, importer)
    for chunk in chunks(rows):
        with turn.step():
            found = [(number, cells_of(columns, cells)) for number, cells in chunk]
            said = importer.check(found, context)
            add_rows(job, found, said, total)
    with turn.step():
        if not move(job, (ImportState.CHECKING,), ImportState.CHECKED):
            raise Stopped
        told(job, N_("The import “%(name)s” is checked: you decide whether its rows come in"))


def chunks(rows: Iterator[tuple[int, list[str]]]) -> Iterator[list[tuple[int, list[str]]]]:
    while part := list(islice(rows, CHUNK)):
        yield part


def parse(
    job: ImportJob, importer: Importer
) -> tuple[dict[int, str], Iterator[tuple[int, list[str]]]]:
    """The known columns by position and the rows; SheetError when a needed column is missing."""
    data = (folder() / job.stored).read_bytes()
    table = read_table(data, job.filename)
    columns = match(importer, table.header, headings(importer))
    missing = [c.label for c in importer.columns if c.required and c.key not in columns.values()]
    if missing:
        text = _("The column “%(name)s” is missing. Take the template and fill it in.")
        raise SheetError(text % {"name": gettext(missing[0])}, 1)
    return columns, table.rows


def headings(importer: Importer) -> dict[str, str]:
    """Every language's heading of each column."""
    found: dict[str, list[str]] = {column.key: [] for column in importer.columns}
    for language, _name in settings.LANGUAGES:
        with override(language):
            for column in importer.columns:
                found[column.key].append(gettext(column.label))
    return {key: "\n".join(names) for key, names in found.items()}


def cells_of(columns: dict[int, str], cells: Sequence[str]) -> dict[str, str]:
    return {key: cells[place] for place, key in columns.items()}


def add_rows(
    job: ImportJob,
    found: Sequence[tuple[int, dict[str, str]]],
    said: Iterable[Sequence[Said]],
    total: int,
) -> None:
    """One chunk and its counts, or Stopped when the import is no longer being checked."""
    rows = [
        ImportRow(
            job=job,
            row_no=number,
            data=data,
            state=state_of(words),
            messages=[{"column": word.column, "text": str(word.text)} for word in words],
        )
        for (number, data), words in zip(found, said, strict=True)
    ]
    ImportRow.objects.bulk_create(rows)
    states = [row.state for row in rows]
    if not move(
        job,
        (ImportState.CHECKING,),
        ImportState.CHECKING,
        total=total,
        done_rows=F("done_rows") + len(rows),
        ok_count=F("ok_count") + states.count(ImportRow.State.OK),
        failed_count=F("failed_count") + states.count(ImportRow.State.FAILED),
        duplicate_count=F("duplicate_count") + states.count(ImportRow.State.DUPLICATE),
    ):
        raise Stopped


def state_of(words: Sequence[Said]) -> str:
    if not words:
        return ImportRow.State.OK
    only_twice = all(word.is_duplicate for word in words)
    return ImportRow.State.DUPLICATE if only_twice else ImportRow.State.FAILED


def move(job: ImportJob, old: Iterable[str], new: str, **fields: Any) -> bool:
    """The conditional update that is the lock."""
    rows = ImportJob.objects.filter(pk=job.pk, status__in=list(old))
    if new == ImportState.CHECKING and fields.get("done_rows") == 0:
        fields |= {"ok_count": 0, "failed_count": 0, "duplicate_count": 0}
    return bool(rows.update(status=new, updated_at=timezone.now(), **fields))


def fail(job: ImportJob, turn: Turn, message: str) -> None:
    """End it with a sentence and without a single row."""
    with turn.step():
        running = (ImportState.CHECKING, ImportState.COMMITTING)
        now = timezone.now()
        if move(job, running, ImportState.FAILED, message=message, finished_at=now):
            ImportRow.objects.filter(job=job).delete()
            forget(job)
            record("files.fail", job, by=None, note=message[:500])
            told(job, N_("The import “%(name)s” failed"))


def told(job: ImportJob, text: str) -> None:
    """Who brought the file has gone on with other work."""
    owner = [job.owner_id]
    tell("files.imported", to=owner, text=text, kind="files.importjob", target=job.pk)


# --- deciding -------------------------------------------------------------------------------------


def commit(job: ImportJob, *, by: Member) -> ImportJob:
    """Let the accepted rows in; a worker writes them all at once."""
    check(by, "files.commit", job)
    checked = (ImportState.CHECKED,)
    if not job.ok_count:
        raise Refused(_("No row was accepted."), code="empty")
    if not move(job, checked, ImportState.COMMITTING, message=""):
        raise Refused(_("This import was decided already."), code="moved")
    post("files.commit", job=job.pk)
    record("files.commit", job, by=by, after={"rows": job.ok_count})
    return job


def cancel(job: ImportJob, *, by: Member) -> ImportJob:
    """Nothing is imported; the rows are forgotten."""
    check(by, "files.cancel", job)
    open_ = (ImportState.UPLOADED, ImportState.CHECKING, ImportState.CHECKED)
    if not move(job, open_, ImportState.CANCELLED, finished_at=timezone.now()):
        raise Refused(_("This import was decided already."), code="moved")
    ImportRow.objects.filter(job=job).delete()
    forget(job)
    record("files.cancel", job, by=by, after={"status": ImportState.CANCELLED})
    return job


def commit_rows(payload: dict[str, Any], turn: Turn) -> None:
    """Receiver of files.commit: state and rows change in one transaction, so never twice."""
    job = None
    try:
        with turn.step():
            job = ImportJob.objects.select_related("unit", "owner", "target_owner").get(
                pk=payload["job"]
            )
            with override(job.language):
                _commit(job, turn)
    except Refused as refused:
        with override(job.language):
            fail(job, turn, refused.detail)


def _commit(job: ImportJob, turn: Turn) -> None:
    if not move(job, (ImportState.COMMITTING,), ImportState.DONE, finished_at=timezone.now()):
        return
    if turn.number > MOST_TURNS:
        raise Refused(_("The file could not be processed. Please tell your administrator."))
    rows = ImportRow.objects.filter(job=job, state=ImportRow.State.OK).order_by("row_no")
    importer = importers[job.kind]
    ids = importer.commit(
        list(rows.values_list("data", flat=True)),
        unit=job.unit,
        owner=job.target_owner,
        by=job.owner,
    )
    ImportOutcome.objects.create(job=job, ids=list(ids))
    rows.delete()
    forget(job)
    record("files.import", job, by=job.owner, after={"rows": len(ids), "sha256": job.sha256})
    told(job, N_("The rows of “%(name)s” are in"))


def undo(job: ImportJob, *, by: Member) -> int:
    """T17: within a day, archive exactly what the import made and nobody has touched since."""
    check(by, "files.undo", job)
    outcome = ImportOutcome.objects.select_for_update(no_key=True).filter(job=job).first()
    if outcome is None or not move(job, (ImportState.DONE,), ImportState.UNDONE):
        raise Refused(_("This import was taken back already."), code="moved")
    archived, left = importers[job.kind].undo(outcome.ids, by=by)
    said = ""
    if left:
        text = _("%(number)s rows were left, for somebody has worked with them since: %(names)s")
        named = [name for name in left if name][:MOST_NAMED]
        names = "、".join(named) + ("…" if len(left) > len(named) else "")
        said = text % {"number": len(left), "names": names}
    ImportJob.objects.filter(pk=job.pk).update(message=said)
    job.message, job.status = said, ImportState.UNDONE
    after = {"archived": archived, "left": len(left), "sha256": job.sha256}
    record("files.undo", job, by=by, after=after)
    return archived

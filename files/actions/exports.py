"""The verbs of an export: ask for it, write it in the background, let it die after a day."""

import hashlib
import secrets
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import get_language, gettext, override
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from audit.actions import record
from files.access import may_contacts, nearest, needs_consent, superiors
from files.exporters import Exporter, exporters
from files.models import ExportJob, ExportState
from kit.because import Forbidden, Refused
from kit.sheets import write_csv, write_xlsx
from org.access import check
from org.mark import mark_of
from org.models import Member
from tenancy.actions import Turn, post, tell
from tenancy.models import Outbox

CHUNK = 1000
MOST_TURNS = 3
LIFE = timedelta(hours=24)


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "exports"


def export(
    *,
    kind: str,
    form: str,
    by: Member,
    filters: str = "",
    with_contacts: bool = False,
    reason: str = "",
) -> ExportJob:
    """T16: the rows of one's own list as a file; a worker writes it, at once or after consent."""
    check(by, "files.export")
    check(by, exporters[kind].rule)
    if with_contacts and not (verdict := may_contacts(by, kind)):
        raise Forbidden(verdict)
    if by.scope.home is None:
        raise Refused(_("Only members with a post take tables away."), code="no_post")
    home = by.scope.home
    rows = len(exporters[kind].ids(by, QueryDict(filters)))
    waits = needs_consent(by, rows, with_contacts)
    job = ExportJob.objects.create(
        owner=by,
        unit_id=home.unit_id,
        org_path=home.path,
        kind=kind,
        form=form,
        filters=filters,
        with_contacts=with_contacts,
        reason=reason.strip(),
        total=rows,
        status=ExportState.ASKED if waits else ExportState.WAITING,
        language=get_language() or settings.LANGUAGE_CODE,
    )
    if not waits:
        post("files.export", job=job.pk)
    after = {"kind": kind, "form": form, "filters": filters, "contacts": with_contacts}
    after |= {"rows": rows, "asked": waits}
    record("files.export", job, by=by, after=after, note=job.reason)
    if waits:
        text = N_("%(who)s asks you to agree to the export “%(name)s”")
        near = nearest(superiors(by))
        tell("files.asked", to=near, text=text, kind="files.exportjob", target=job.pk, who=by.name)
    return job


def consent(job: ExportJob, *, by: Member) -> ExportJob:
    """T16.3: the superior lets it go; a worker writes it with the rights of that moment."""
    check(by, "files.consent", job)
    decide(job, by, ExportState.WAITING)
    post("files.export", job=job.pk)
    record("files.consent", job, by=by, after={"rows": job.total, "contacts": job.with_contacts})
    return job


def decline(job: ExportJob, *, by: Member, reason: str) -> ExportJob:
    """T16.3: the superior does not; the one who asked reads why."""
    check(by, "files.consent", job)
    if len(reason := reason.strip()[:300]) < 2:
        message = _("Please say why.")
        raise Refused(message, code="incomplete", errors={"reason": message})
    decide(job, by, ExportState.REFUSED)
    told(job, N_("The export “%(name)s” was not agreed to"))
    record("files.decline", job, by=by, after={"status": ExportState.REFUSED}, note=reason)
    return job


def decide(job: ExportJob, by: Member, state: str) -> None:
    now = timezone.now()
    if not move(job, (ExportState.ASKED,), state, decided_by=by, decided_at=now):
        raise Refused(_("This export was decided already."), code="moved")
    job.refresh_from_db()


def move(job: ExportJob, old: tuple[str, ...], new: str, **fields: Any) -> bool:
    """The conditional update that is the lock."""
    rows = ExportJob.objects.filter(pk=job.pk, status__in=old)
    return bool(rows.update(status=new, updated_at=timezone.now(), **fields))


def write_export(payload: dict[str, Any], turn: Turn) -> None:
    """Receiver of files.export: rights and sight are those of the moment, asked at every step.

    Starts from scratch each time, so a worker that died leaves nothing but its own file.
    """
    job = ExportJob(pk=payload["job"])
    with turn.step():
        job.refresh_from_db()
        mark = mark_of(job.owner)
        exporter, waiting = exporters[job.kind], (ExportState.WAITING, ExportState.RUNNING)
        if turn.number > MOST_TURNS or not (owner := owner_of(job)):
            move(job, waiting, ExportState.FAILED, finished_at=timezone.now())
            record("files.fail_export", job, by=None)
            told(job, N_("The export “%(name)s” could not be written"))
            return
        ids = list(exporter.ids(owner, QueryDict(job.filters)))
        if job.decided_by_id is None and needs_consent(owner, len(ids), job.with_contacts):
            # the list has grown since it was asked for
            move(job, waiting, ExportState.FAILED, finished_at=timezone.now())
            record("files.fail_export", job, by=None)
            told(job, N_("The export “%(name)s” could not be written"))
            return
        if not move(job, waiting, ExportState.RUNNING, total=len(ids), done_rows=0):
            return
    table: list[Any] = []
    given = [] if exporter.model else exporter.seen(owner)
    filters = QueryDict(job.filters)
    for start in range(0, len(ids), CHUNK):
        with turn.step():
            if owner := owner_of(job):
                part = ids[start : start + CHUNK]
                given += exporter.seen(owner, part) if exporter.model else []
                table += exporter.rows(owner, part, contacts_of(job, owner), filters)
            move(job, (ExportState.RUNNING,), ExportState.RUNNING, done_rows=start + len(part))
    content = with_header(job, exporter, table, mark)
    name = keep(content)
    with turn.step():
        finish(job, name, content, len(table), given)


def owner_of(job: ExportJob) -> Member | None:
    """Read anew: somebody disabled or moved meanwhile takes nothing, or less."""
    owner = Member.objects.filter(pk=job.owner_id, is_active=True).first()
    return owner if owner and owner.may(exporters[job.kind].rule) else None


def contacts_of(job: ExportJob, owner: Member) -> bool:
    return job.with_contacts and bool(may_contacts(owner, job.kind))


def with_header(job: ExportJob, exporter: Exporter, table: list[Any], mark: str) -> bytes:
    """Between the transactions: here nothing may be asked of the database."""
    with override(job.language):
        header = exporter.header(job.with_contacts)
        if job.form == ExportJob.Form.CSV:
            return write_csv(header, table)
        return write_xlsx(header, table, sheet=gettext(exporter.label), watermark=mark)


def keep(content: bytes) -> str:
    """The random name of the stored bytes; nobody but us can read them."""
    folder().mkdir(parents=True, exist_ok=True)
    name = secrets.token_hex(20)
    path = folder() / name
    path.touch(mode=0o600)
    path.write_bytes(content)
    return name


def finish(job: ExportJob, name: str, content: bytes, rows: int, given: list[Any]) -> None:
    """T16: the log says who took what: the filter, the number of rows and the hash."""
    now = timezone.now()
    facts = {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    done = move(
        job,
        (ExportState.RUNNING,),
        ExportState.DONE,
        stored=name,
        done_rows=rows,
        rests_on=given,
        finished_at=now,
        expires_at=now + LIFE,
        **facts,
    )
    if not done:
        (folder() / name).unlink(missing_ok=True)
        return
    news = post("files.expire", job=job.pk)
    Outbox.objects.filter(pk=news.pk).update(due_at=now + LIFE)
    after = {"filters": job.filters, "rows": rows, "contacts": job.with_contacts, **facts}
    record("files.write_export", job, by=job.owner, after=after)
    told(job, N_("The export “%(name)s” is ready for 24 hours"))


def told(job: ExportJob, text: str) -> None:
    """Who asked for it has gone on with other work."""
    owner = [job.owner_id]
    tell("files.exported", to=owner, text=text, kind="files.exportjob", target=job.pk)


def expire_export(payload: dict[str, Any]) -> None:
    """Receiver of files.expire: the bytes go; the line of who took what stays."""
    job = ExportJob.objects.get(pk=payload["job"])
    if move(job, (ExportState.DONE,), ExportState.GONE, rests_on=[]):
        transaction.on_commit(lambda: (folder() / job.stored).unlink(missing_ok=True))


def name_of_export(job: ExportJob) -> str:
    """What was taken away, in the reader's language."""
    return gettext(exporters[job.kind].label) if job.kind in exporters else job.kind

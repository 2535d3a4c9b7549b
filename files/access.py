"""Who may bring in a table, for which unit and owner; who reads and removes papers."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop as N_

from audit.models import AuditLine
from files.exporters import exporters
from files.holders import holders
from files.importers import importers
from files.models import (
    Attachment,
    CompanyPicture,
    ExportJob,
    ExportState,
    ImportJob,
    ImportState,
    PictureKind,
)
from kit.because import Because, Line, all_of, any_of, no, yes
from org.access import after, covers, everybody, holds, owns, rule, sees
from org.models import Member, Post, Role, Unit
from org.roles import LADDER, SELLING
from tenancy.params import param

UNDO = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Target:
    """Where the rows are to go."""

    unit: Unit
    owner: Member


@rule("files.imports")
def imports(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)


@rule("files.upload", clauses="CUS-2.2", label=N_("Import records from a table"))
def upload(member: Member, target: Target | None = None) -> Because:
    """For oneself at one's own unit; for others where one leads or assists."""
    sells = holds(member, *sorted(SELLING), Role.SALES_OPS)
    if not sells or target is None:
        return sells
    home = member.scope.home
    if target.owner.pk == member.pk and home and target.unit.pk == home.unit_id:
        return yes("upload", Line("rule", ok=True, text=N_("they will be yours, at your own unit")))
    reach = any_of("upload", (covers(member, name, target.unit) for name in ("lead", "assist")))
    if not reach or target.owner.pk == member.pk or has_post(target):
        return reach
    return no("upload", Line("fact", ok=False, text=N_("the owner has no post at this unit")))


def has_post(target: Target) -> bool:
    """Whether the owner's post stands at the unit, below it or above it."""
    posts = Post.objects.in_force().filter(member_id=target.owner.pk)
    below = posts.filter(unit__path__gte=target.unit.path, unit__path__lt=after(target.unit.path))
    return below.exists() or posts.filter(unit_id__in=target.unit.ancestor_ids).exists()


@rule("files.template", clauses="ORG-1.6", label=N_("Take the empty table of an import"))
def template(member: Member, obj: Any = None) -> Because:
    return upload(member)


@rule("files.open", clauses="ORG-1.6", label=N_("Open an import"))
def open_(member: Member, job: ImportJob) -> Because:
    return sees(member, job)


@rule("files.commit", clauses="ORG-1.6", label=N_("Take over the accepted rows of an import"))
def commit(member: Member, job: ImportJob) -> Because:
    """Who brought it decides; what the rows need is asked again."""
    own = owns(member, job)
    return member.may(importers[job.kind].rule) if own else own


@rule("files.cancel", clauses="ORG-1.6", label=N_("Cancel an import"))
def cancel(member: Member, job: ImportJob) -> Because:
    return owns(member, job)


@rule("files.undo", clauses="ORG-1.6", label=N_("Take an import back within its time"))
def undo(member: Member, job: ImportJob) -> Because:
    """T17: who brought it, for a day."""
    own = owns(member, job)
    if not own:
        return own
    fresh = (
        job.status == ImportState.DONE
        and importers[job.kind].undo is not None
        and timezone.now() - job.finished_at <= UNDO
    )
    text = N_("an import can be taken back for 24 hours")
    return Because("undo", fresh, (Line("clock", ok=fresh, text=text),))


@rule("files.exports")
def exports(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)


@rule(
    "files.export",
    clauses="CUS-2.3",
    label=N_("Take one's own list away as a table"),
    strength="shows",
)
def export(member: Member, obj: Any = None) -> Because:
    """Everybody may take away what he may list; each list asks its own rule as well."""
    return everybody(member, obj)


def needs_consent(member: Member, rows: int, with_contacts: bool) -> bool:
    """T16.3: many rows, or telephone numbers, leave with a superior's consent, if there is one."""
    if not with_contacts and rows <= param("files.rows_without_consent"):
        return False
    return superiors(member).exists()


def superiors(member: Member) -> Any:
    """Posts of others who lead where the member stands, or above."""
    home = Unit.objects.get(pk=member.scope.home.unit_id)
    leaders = Post.objects.in_force().filter(role__in=LADDER, member__is_active=True)
    return leaders.filter(unit_id__in=home.ancestor_ids).exclude(member_id=member.pk)


def nearest(posts: Any) -> list[int]:
    """The members at the lowest of the units, who are told; all the others may decide as well."""
    rows = list(posts.order_by("-unit__path").values_list("unit__path", "member_id"))
    return list({pk for path, pk in rows if path == rows[0][0]})


@rule("files.consent", clauses="CUS-2.3 ORG-1.3", label=N_("Agree to an export"))
def consent(member: Member, job: ExportJob) -> Because:
    """T16.3: whoever leads where the one who asks stands, and nobody for himself."""
    asked = job.status == ExportState.ASKED
    other = job.owner_id != member.pk
    waits = Line("fact", ok=asked, text=N_("the export waits for consent"))
    lines = (waits, Line("rule", ok=other, text=N_("it is somebody else's"), clause="ORG-1.3"))
    reasons = (Because("asked", asked, lines[:1]), Because("other", other, lines[1:]))
    return all_of("consent", (*reasons, covers(member, "lead", job)))


@rule("files.open_export", clauses="ORG-1.6", label=N_("Open an export"))
def open_export(member: Member, job: ExportJob) -> Because:
    return sees(member, job)


@rule(
    "files.download_export",
    clauses="ORG-1.6",
    label=N_("Download an export while one still has the right"),
)
def download_export(member: Member, job: ExportJob) -> Because:
    """T16: one downloader, for a day, and with the rights of the moment."""
    asked = [owns(member, job), is_there(job), member.may(exporters[job.kind].rule)]
    if all(asked):
        asked.append(is_all_seen(member, job))
    if job.with_contacts:
        asked.append(may_contacts(member, job.kind))
    return all_of("download_export", asked)


def may_contacts(member: Member, kind: str) -> Because:
    """Whether telephone numbers of this list may go along at all."""
    if name := exporters[kind].contacts_rule:
        return member.may(name)
    text = N_("this list holds no telephone numbers")
    return no("may_contacts", Line("fact", ok=False, text=text))


def is_there(job: ExportJob) -> Because:
    ok = job.state == ExportState.DONE
    text = N_("the file is kept for 24 hours")
    return Because("is_there", ok, (Line("clock", ok=ok, text=text),))


def is_all_seen(member: Member, job: ExportJob) -> Because:
    """T16.4: nothing in the file has gone out of sight since it was written."""
    exporter, ok = exporters[job.kind], member.scope.sees_all()
    if not ok and exporter.model:
        ok = set(job.rests_on) <= set(exporter.seen(member, job.rests_on))
    elif not ok:
        ok = all(path.startswith(tuple(exporter.seen(member))) for path in job.rests_on)
    text = N_("you no longer see everything that is in the file: ask for it anew")
    if ok:
        text = N_("you still see everything that is in the file")
    return Because("is_all_seen", ok, (Line("fact", ok=ok, text=text, clause="ORG-1.6"),))


@rule("files.failed_rows", clauses="ORG-1.6", label=N_("Take the rows that were not accepted"))
def failed_rows(member: Member, job: ImportJob) -> Because:
    return owns(member, job)


def target_of(attachment: Attachment) -> Any:
    """The record a paper hangs on."""
    return holders[attachment.kind].model.objects.get(pk=attachment.target_id)


def keeps_it(member: Member, attachment: Attachment) -> Because:
    """Whoever may add such a paper may also take it away."""
    rule_name = holders[attachment.kind].rules[attachment.purpose]
    return member.may(rule_name, target_of(attachment))


def is_kept(attachment: Attachment) -> Because:
    if attachment.archived_at is None:
        return yes("is_kept", Line("fact", ok=True, text=N_("the file is attached")))
    return no("is_kept", Line("fact", ok=False, text=N_("the file was removed")))


@rule("files.papers")
def papers(member: Member, obj: Any = None) -> Because:
    """The list of papers holds those of the records one sees."""
    return everybody(member, obj)


@rule("files.download", clauses="ORG-1.6", label=N_("Download a paper of a record one sees"))
def download(member: Member, attachment: Attachment) -> Because:
    """Whoever sees the record; a removed paper only by whoever may put it back."""
    seen = sees(member, target_of(attachment))
    if not seen or attachment.archived_at is None:
        return seen
    return any_of("download", (is_kept(attachment), keeps_it(member, attachment)))


@rule("files.preview", clauses="ORG-1.6", label=N_("Look at a paper of a record one sees"))
def preview(member: Member, attachment: Attachment) -> Because:
    return download(member, attachment)


@rule("files.remove", clauses="ORG-1.6", label=N_("Remove a paper"))
def remove(member: Member, attachment: Attachment) -> Because:
    return all_of("remove", (is_kept(attachment), keeps_it(member, attachment)))


@rule("files.restore", clauses="ORG-1.6", label=N_("Put a removed paper back"))
def restore(member: Member, attachment: Attachment) -> Because:
    if attachment.archived_at is None:
        return no("restore", *is_kept(attachment).lines)
    return keeps_it(member, attachment)


@rule("files.set_picture", clauses="ORG-1.3", label=N_("Set the company's logo and seal"))
def set_picture(member: Member, obj: Any = None) -> Because:
    """Logo and seal stand on the company's papers: its administrator's to keep."""
    return member.may("org.administer")


@rule("files.view_picture", clauses="CTR-1.4", label=N_("See the company's logo and seal"))
def view_picture(member: Member, picture: CompanyPicture) -> Because:
    """A logo is public; a bare seal could be put under anything, so only who keeps it sees it."""
    asked = everybody if picture.kind == PictureKind.LOGO else set_picture
    return asked(member, picture)


def why_not(job: ExportJob) -> str:
    """What the superior said; the log is where reasons are kept."""
    if job.status != ExportState.REFUSED:
        return ""
    lines = AuditLine.objects.filter(object_kind="files.exportjob", object_id=job.pk)
    return lines.filter(verb="files.decline").values_list("note", flat=True).first() or ""

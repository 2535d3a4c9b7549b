"""Papers on records: hung up, previewed, taken off and put back, each by the record's own rule."""

import hashlib
import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record
from files.access import target_of
from files.actions.imports import clean_name
from files.holders import holders
from files.models import Attachment, Purpose
from files.sniffing import PICTURED, Unwanted, look, small_picture
from kit.because import Refused
from org.access import check
from org.models import Member
from tenancy.actions import post
from tenancy.params import param


def shelf() -> Path:
    return Path(settings.MEDIA_ROOT) / "attachments"


def shelve(data: bytes) -> str:
    """The random name under which the bytes lie; nobody but us can read them."""
    shelf().mkdir(parents=True, exist_ok=True)
    name = secrets.token_hex(20)
    path = shelf() / name
    path.touch(mode=0o600)
    path.write_bytes(data)
    return name


def attach(
    obj: Model, file: UploadedFile, *, by: Member, purpose: str = Purpose.PAPER
) -> Attachment:
    """CTR-1.1, CTR-1.5: hang a paper on a record; its rule is asked under the record's lock.

    Errors: Forbidden, Refused("too_large" | "unwanted" | "twice", errors={"file": …}).
    """
    holder = holders[obj._meta.label_lower]
    obj = holder.model.objects.select_for_update(no_key=True, of=("self",)).get(pk=obj.pk)
    check(by, holder.rules[purpose], obj)
    most = param("files.most_megabytes")
    if file.size > most * 2**20:
        _refuse(_("The file is larger than %(most)s MB.") % {"most": most}, "too_large")
    name = clean_name(file.name)
    try:
        found = look(file.read(), name)
    except Unwanted as unwanted:
        _refuse(str(unwanted.message), "unwanted")
    sha256 = hashlib.sha256(found.data).hexdigest()
    there = Attachment.objects.of(obj).kept()
    if there.filter(sha256=sha256, purpose=purpose).exists():
        _refuse(_("This file is attached already."), "twice")
    _check_one_signed(there, purpose)
    made = Attachment.objects.create(
        kind=holder.kind,
        target_id=obj.pk,
        purpose=purpose,
        name=name,
        ext=found.kind,
        stored=shelve(found.data),
        sha256=sha256,
        size=len(found.data),
        added_by=by,
    )
    if found.kind in PICTURED:
        post("files.preview", attachment=made.pk)
    said = {"file": name, "sha256": sha256, "size": made.size}
    record(holder.rules[purpose], obj, by=by, after=said, note=name)
    return made


def _check_one_signed(there: Any, purpose: str) -> None:
    if purpose == Purpose.SIGNED_COPY and there.filter(purpose=purpose).exists():
        _refuse(_("There is a signed copy already. Remove it first."), "twice")


def _refuse(text: str, code: str) -> None:
    raise Refused(text, code=code, errors={"file": text})


def draw_preview(payload: dict[str, Any]) -> None:
    """Receiver of files.preview: a small picture beside the paper, or none."""
    paper = Attachment.objects.get(pk=payload["attachment"])
    if small := small_picture((shelf() / paper.stored).read_bytes(), paper.ext):
        Attachment.objects.filter(pk=paper.pk, preview="").update(preview=shelve(small))


def is_intact(paper: Attachment) -> bool:
    """Whether the bytes are still those that were attached."""
    path = shelf() / paper.stored
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == paper.sha256


def remove(paper: Attachment, *, by: Member) -> Attachment:
    """Off the record's page; nothing is lost, whoever added it may put it back."""
    return _set_archived(paper, by, "remove", timezone.now())


def restore(paper: Attachment, *, by: Member) -> Attachment:
    """Undo of `remove`."""
    return _set_archived(paper, by, "restore", None)


def _set_archived(paper: Attachment, by: Member, verb: str, moment: Any) -> Attachment:
    target = target_of(paper)
    target = type(target).objects.select_for_update(no_key=True, of=("self",)).get(pk=target.pk)
    paper.refresh_from_db()
    check(by, f"files.{verb}", paper)
    if moment is None:
        _check_one_signed(Attachment.objects.of(target).kept(), paper.purpose)
    paper.archived_at = moment
    paper.save(update_fields=["archived_at"])
    name = f"{target._meta.app_label}.{verb}_attachment"
    said = {"file": paper.name, "sha256": paper.sha256}
    record(name, target, by=by, after=said, note=paper.name)
    return paper

"""T23: the company's logo and seal, kept with the days they were in force."""

import hashlib
import io

from django.core.files.uploadedfile import UploadedFile
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageChops

from audit.actions import record
from files.actions.imports import clean_name
from files.actions.papers import shelf, shelve
from files.models import CompanyPicture, PictureKind
from files.sniffing import Unwanted, look
from kit.because import Refused
from org.access import check
from org.models import Member

MOST_MEGABYTES = 2
LEAST_SIDE, MOST_SIDE = 64, 1200  # in points; 40 mm of paper need no more
PICTURES = frozenset({"png", "jpg"})


def set_picture(file: UploadedFile, *, kind: str, by: Member) -> CompanyPicture:
    """The picture on papers from now on; the one before stays with the papers of its time.

    Errors: Forbidden, Refused("too_large" | "unwanted" | "twice", errors for "file").
    """
    check(by, "files.set_picture")
    if file.size > MOST_MEGABYTES * 2**20:
        text = _("The picture is larger than %(most)s MB.") % {"most": MOST_MEGABYTES}
        _refuse(text, "too_large")
    data, size = drawn(file.read(), clean_name(file.name), PictureKind(kind))
    sha256 = hashlib.sha256(data).hexdigest()
    now, there = timezone.now(), CompanyPicture.objects.in_force().filter(kind=kind)
    old = there.select_for_update(no_key=True).first()
    if old and old.sha256 == sha256:
        _refuse(_("This picture is in use already."), "twice")
    there.update(until=now)
    made = CompanyPicture(
        kind=kind, stored=shelve(data), sha256=sha256, width=size[0], height=size[1],
        added_by=by, since=now,
    )  # fmt: skip
    made.validate_constraints()
    made.save()
    before = {"sha256": old.sha256} if old else {}
    record("files.set_picture", made, by=by, before=before, after={"kind": kind, "sha256": sha256})
    return made


def drawn(data: bytes, name: str, kind: PictureKind) -> tuple[bytes, tuple[int, int]]:
    """A PNG of our own drawing and its size; a seal lets the text below shine through."""
    try:
        found = look(data, name)
    except Unwanted as unwanted:
        _refuse(str(unwanted.message), "unwanted")
    if found.kind not in PICTURES:
        _refuse(_("Only png and jpg pictures are taken."), "unwanted")
    image = Image.open(io.BytesIO(found.data)).convert("RGBA")
    if min(image.size) < LEAST_SIDE:
        text = _("The picture is too small: each side needs %(least)s points at least.")
        _refuse(text % {"least": LEAST_SIDE}, "unwanted")
    image.thumbnail((MOST_SIDE, MOST_SIDE))
    if kind == PictureKind.SEAL:
        image = without_ground(image)
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True)
    return out.getvalue(), image.size


def without_ground(image: Image.Image) -> Image.Image:
    """The lighter a point, the more of the paper shows through: white becomes nothing."""
    red, green, blue, solid = image.split()
    ink = ImageChops.invert(ImageChops.darker(ImageChops.darker(red, green), blue))
    image.putalpha(ImageChops.darker(ink, solid))
    return image


def remove_picture(picture: CompanyPicture, *, by: Member) -> CompanyPicture:
    """Papers from now on go without it."""
    check(by, "files.set_picture")
    now = timezone.now()
    if not CompanyPicture.objects.in_force().filter(pk=picture.pk).update(until=now):
        raise Refused(_("The picture was removed already."), code="gone")
    picture.until = now
    said = {"kind": picture.kind, "sha256": picture.sha256}
    record("files.remove_picture", picture, by=by, before=said)
    return picture


def bytes_of(picture: CompanyPicture) -> bytes:
    return (shelf() / picture.stored).read_bytes()


def _refuse(text: str, code: str) -> None:
    raise Refused(text, code=code, errors={"file": text})

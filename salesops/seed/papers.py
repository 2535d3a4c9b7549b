"""The head, clauses, logo and seal that a company of the demo prints on its contracts."""

import io
from math import cos, pi, sin

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from django.utils.translation import gettext as _
from PIL import Image, ImageDraw

from files import actions as files
from org import actions as org
from org.views.company import PAPER, SAMPLE
from salesops.seed.firm import Firm

SIDE = 480
BLUE, RED = (31, 95, 255), (200, 30, 40)


def furnish(firm: Firm, head: dict[str, str]) -> None:
    """ORG-1.3: what the administrator of a new company fills in first."""
    admin = firm.the("company_admin")
    org.change_company(by=admin, **head)
    with translation.override(PAPER):
        terms = "\n".join(_(clause) for clause in SAMPLE)
    org.change_terms(terms=terms, by=admin)
    for kind, draw in (("logo", logo), ("seal", seal)):
        files.set_picture(draw(), kind=kind, by=admin)


def logo() -> SimpleUploadedFile:
    """Three rising bars."""
    image = Image.new("RGB", (SIDE, SIDE), "white")
    pen = ImageDraw.Draw(image)
    for place, top in enumerate((260, 160, 60)):
        left = 60 + place * 130
        pen.rounded_rectangle((left, top, left + 100, 420), 18, BLUE)
    return picture(image, "logo.png")


def seal() -> SimpleUploadedFile:
    """A ring with a star, as round seals have."""
    image = Image.new("RGB", (SIDE, SIDE), "white")
    pen = ImageDraw.Draw(image)
    pen.ellipse((12, 12, SIDE - 12, SIDE - 12), outline=RED, width=16)
    middle, points = SIDE / 2, []
    for corner in range(10):
        reach = 120 if corner % 2 == 0 else 46
        turn = pi * corner / 5 - pi / 2
        points.append((middle + reach * cos(turn), middle + reach * sin(turn)))
    pen.polygon(points, RED)
    return picture(image, "seal.png")


def picture(image: Image.Image, name: str) -> SimpleUploadedFile:
    out = io.BytesIO()
    image.save(out, "PNG")
    return SimpleUploadedFile(name, out.getvalue(), "image/png")

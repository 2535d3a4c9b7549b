"""Numbers people are given by others: telephone numbers and the unified social credit code."""

import re
import unicodedata
from typing import Literal, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

# No carrier table: published ones disagree and age.
MOBILE = re.compile(r"(?:\+86|0086|86)?(1[3-9]\d{9})")
# The capital, the municipalities and a few large cities have three digits, all others four.
LANDLINE = re.compile(r"(?:\+86|0086)?(010|02\d|0[3-9]\d{2})-?(\d{7,8})(?:-(\d{1,6}))?")
SERVICE = re.compile(r"([48]00)-?(\d{3})-?(\d{4})")

LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100: 31 letters, without I O S V Z
CREDIT = re.compile(rf"[{LETTERS}]{{2}}\d{{6}}[{LETTERS}]{{10}}")
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714


class Problem(NamedTuple):
    """What is wrong with a code: `hard` cannot be stored, `soft` may stand in old data."""

    kind: Literal["hard", "soft"]
    message: str | Promise


def mobile(text: str) -> str:
    """The eleven digits of a mainland mobile number, or ValueError with a sentence for people."""
    found = MOBILE.fullmatch(re.sub(r"[\s-]", "", _plain(text)))
    if not found:
        raise ValueError(_("This is not a mobile number: eleven digits beginning with 13 to 19."))
    return found[1]


def phone(text: str) -> str:
    """A mobile, landline (`021-62345678-801`) or 400/800 number (`400-820-8820`), or ValueError."""
    try:
        return mobile(text)
    except ValueError:
        plain = re.sub(r"[\s(]", "", _plain(text)).replace(")", "-").replace("--", "-")
    if found := LANDLINE.fullmatch(plain):
        return "-".join(filter(None, found.groups()))
    if found := SERVICE.fullmatch(plain):
        return "-".join(found.groups())
    raise ValueError(_("This is not a telephone number: give area code and number, or a mobile."))


def credit_code(text: str) -> tuple[str, list[Problem]]:
    """The code normalised (half-width, upper case, no gaps) and its problems, none for a good one.

    A wrong form is hard and stops the other checks; wrong check characters are soft.
    """
    code = re.sub(r"[\s-]", "", _plain(text)).upper()
    if not CREDIT.fullmatch(code):
        return code, [
            Problem(
                "hard",
                _(
                    "A credit code has 18 characters: digits and capital letters without"
                    " I, O, S, V, Z; the third to the eighth are digits."
                ),
            )
        ]
    problems = []
    if credit_check(code[:17]) != code[17]:
        problems.append(Problem("soft", _("The last character of the credit code does not fit.")))
    if organisation_check(code[8:16]) != code[16]:
        problems.append(Problem("soft", _("The 17th character of the credit code does not fit.")))
    return code, problems


def credit_check(body: str) -> str:
    """GB 32100: the check character of the first 17.

    Values come from the 31-letter table; a popular sample maps letters by ord() − 55 and is wrong.
    """
    total = sum(LETTERS.index(letter) * 3**i for i, letter in enumerate(body))
    return LETTERS[-total % 31]


def organisation_check(body: str) -> str:
    """GB 11714: the check character of an eight-character code; here A is 10 and Z is 35."""
    total = sum(int(c, 36) * w for c, w in zip(body, ORGANISATION_WEIGHTS, strict=True))
    return "0123456789X"[-total % 11]


def _plain(text: str) -> str:
    """Half-width digits and signs; every kind of dash becomes a hyphen."""
    return re.sub(r"[‐-―−]", "-", unicodedata.normalize("NFKC", text)).strip()

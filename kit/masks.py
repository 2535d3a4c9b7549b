"""T16.2: numbers of people as those see them who have no right to the whole of them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

STARS = "****"
# digits in groups, as people type them into notes: mobiles, identity cards, bank cards, landlines
MOBILE = re.compile(r"(?<![\dA-Za-z])(?:(?:\+|00)?86[\s-]?)?1[3-9]\d(?:[\s-]?\d{4}){2}(?!\d)")
IDENTITY = re.compile(r"(?<![\dA-Za-z])\d{6}(?:19|20)\d{9}[\dXx](?![\dA-Za-z])")
ACCOUNT = re.compile(r"(?<![\dA-Za-z-])\d{4}(?:[\s-]?\d{4}){2,3}(?:[\s-]?\d{1,4})?(?![\dA-Za-z-])")
LANDLINE = re.compile(r"(?<![\dA-Za-z-])0\d{2,3}-\d{7,8}(?:-\d{1,6})?(?![\d-])")
MAIL = re.compile(r"[\w.+'-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)


def phone(number: str) -> str:
    """138****8000, 021-****5678: where it is, and its last four digits."""
    digits = re.sub(r"\D", "", number)
    if len(digits) < 7:
        return STARS if number else ""
    area, dash, _rest = number.partition("-")
    head = f"{area}-" if dash and area.isdigit() and len(area) <= 4 else digits[-11:][:3]
    return f"{head}{STARS}{digits[-4:]}"


def mail(address: str) -> str:
    """w***@acme.example: the house, not the person."""
    name, at, house = address.rpartition("@")
    return f"{name[:1]}***@{house}" if at else handle(address)


def account(number: str) -> str:
    """A bank account by its last four digits."""
    digits = re.sub(r"\s", "", number)
    return f"{STARS} {digits[-4:]}" if len(digits) > 8 else (STARS if digits else "")


def identity(number: str) -> str:
    """The region of an identity card and its last two characters."""
    return f"{number[:3]}{STARS}{number[-2:]}" if number else ""


def handle(name: str) -> str:
    """A name in a network of messages, which often is a mobile number."""
    return f"{name[:1]}***" if name else ""


def login(name: str) -> str:
    """A login is a mail address or a mobile number."""
    return mail(name) if "@" in name else phone(name)


WAYS: tuple[tuple[re.Pattern[str], Callable[[str], str]], ...] = (
    (MAIL, mail),
    (IDENTITY, identity),
    (MOBILE, phone),
    (LANDLINE, phone),
    (ACCOUNT, account),
)


def text(words: str) -> str:
    """Free text with every number of a person in it masked."""
    return covered(words)[0]


def covered(words: str) -> tuple[str, list[tuple[str, str]]]:
    """The masked text, and each mask with the number below it."""
    pairs: list[tuple[str, str]] = []
    for pattern, way in WAYS:

        def cover(found: re.Match[str], way: Callable[[str], str] = way) -> str:
            pairs.append((way(found[0]), found[0]))
            return pairs[-1][0]

        words = pattern.sub(cover, words)
    return words, pairs


FIELDS: dict[str, Callable[[str], str]] = {
    "mobile": phone,
    "phone": phone,
    "contact_mobile": phone,
    "email": mail,
    "wechat": handle,
    "bank_account": account,
    "id_number": identity,
    "login": login,
}


def masked(name: str, value: Any) -> Any:
    """The value of a field as it is shown to those without the right; numbers stay numbers."""
    if not isinstance(value, str) or not value:
        return value
    return FIELDS.get(name, text)(value)


def values(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The old or new values of a line of the log, masked."""
    return {name: masked(name, value) for name, value in facts.items()}


def restored(name: str, new: Any, old: Any) -> Any:
    """What somebody sends back who was shown masks: where a mask still stands, the old number."""
    if not (isinstance(new, str) and isinstance(old, str)):
        return new
    if name in FIELDS:
        return old if new == FIELDS[name](old) else new
    for mask, number in covered(old)[1]:
        new = new.replace(mask, number, 1)
    return new

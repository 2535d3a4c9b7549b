"""The company itself: founding it, its head, its parameters and its working days."""

import re
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record
from kit.because import Refused
from kit.codes import credit_code
from org.access import check
from org.models import Member
from tenancy import actions as plumbing
from tenancy.calendar import seed_workdays
from tenancy.context import company, memo
from tenancy.models import Company, Param, WorkDay
from tenancy.params import declared

MOST_CLAUSES = 100
MOST_REASON = 500
HEAD = ("name", "credit_code", "phone", "address", "bank_name", "bank_account")


def found(name: str, *, slug: str) -> Company:
    """A new tenant; its rows come inside `tenancy.context.company(company.pk)`."""
    firm = Company.objects.create(name=name, slug=slug)
    with company(firm.pk):
        record("org.found", firm, by=None, after={"name": name, "slug": slug})
    return firm


def asked(by: Member | None) -> None:
    """ORG-1.3: the company's administrator, or nobody: the operator's commands."""
    if by is not None:
        check(by, "org.administer")


def change_company(*, by: Member, **head: str) -> Company:
    """What stands at the head of the company's papers; papers already frozen keep theirs."""
    asked(by)
    firm = Company.objects.select_for_update(no_key=True).get(pk=by.company_id)
    if code := head.get("credit_code"):
        head["credit_code"], problems = credit_code(code)
        if problems:
            raise Refused(problems[0].message, code="code", errors={"credit_code": ""})
    before = {name: getattr(firm, name) for name in HEAD if name in head}
    after = {name: head[name] for name in before}
    Company.objects.filter(pk=firm.pk).update(**after)
    firm.refresh_from_db()
    record("org.change_company", firm, by=by, before=before, after=after)
    return firm


NUMBERED = re.compile(
    r"^(?:\d{1,3}[.、．)）]|[(（]\d{1,3}[)）]|第[一二三四五六七八九十百\d]{1,4}条|"
    r"[一二三四五六七八九十]{1,3}、)[\s　:：]*"
)


def change_terms(*, terms: str, by: Member) -> Company:
    """T23: the standing clauses of contracts, a paragraph a line; numbers are printed by us.

    What was submitted before keeps the text it was submitted with.
    """
    asked(by)
    lines = (NUMBERED.sub("", line.strip()) for line in terms.splitlines())
    text = "\n".join(line for line in lines if line)
    if text.count("\n") >= MOST_CLAUSES:
        sentence = _("At most %(most)s paragraphs.") % {"most": MOST_CLAUSES}
        raise Refused(sentence, code="long", errors={"terms": sentence})
    firm = Company.objects.select_for_update(no_key=True).get(pk=by.company_id)
    before = firm.terms
    Company.objects.filter(pk=firm.pk).update(terms=text)
    firm.refresh_from_db()
    record("org.change_terms", firm, by=by, before={"terms": before}, after={"terms": text})
    return firm


def set_param(key: str, value: Any, *, starts: date, reason: str, by: Member) -> Param:
    """A new value from a day on, tomorrow at the earliest; what was due before keeps the old."""
    asked(by)
    if key not in declared:
        raise Refused(_("There is no such parameter."), code="unknown")
    if not reason.strip():
        raise Refused(_("Please give the reason."), code="reason", errors={"reason": ""})
    document = reason.strip()[:MOST_REASON]
    return plumbing.set_param(key, value, starts=starts, document=document, by=by)


def record_param(row: Param, before: Any, by: Member | None) -> None:
    """Handed down to the plumbing: no value changes without its line."""
    record(
        "org.set_param",
        row,
        by=by,
        before={"key": row.key, "value": before},
        after={"key": row.key, "value": row.value, "starts": row.during.lower},
        note=row.document,
    )


def mark_day(day: date, *, is_workday: bool, name: str = "", by: Member) -> WorkDay:
    """T11: one day of the company's calendar; deadlines counted from now on follow it."""
    asked(by)
    if day < timezone.localdate():
        raise Refused(_("Days that have passed stay as they were."), code="past")
    old = WorkDay.objects.filter(date=day).first()
    row, _made = WorkDay.objects.update_or_create(
        date=day, defaults={"is_workday": is_workday, "name": name.strip()[:40]}
    )
    memo().clear()
    record(
        "org.mark_day",
        row,
        by=by,
        before={"is_workday": old.is_workday if old else None},
        after={"date": day, "is_workday": is_workday, "name": row.name},
    )
    return row


def load_year(year: int, *, by: Member) -> int:
    """T11: the published holidays and make-up days of a year; days marked by hand stay."""
    asked(by)
    if not (count := seed_workdays(year)):
        raise Refused(
            _("The days of %(year)s are not published yet. You can mark them by hand.")
            % {"year": year},
            code="unpublished",
        )
    memo().clear()
    record("org.load_year", by.company, by=by, after={"year": year, "days": count})
    return count

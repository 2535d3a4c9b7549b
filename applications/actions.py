"""Verbs of applications: fill in, change, submit, copy."""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from applications.declaring import forms
from applications.entry import Entry
from applications.models import Application
from approvals.actions import is_stale
from approvals.actions import submit as send
from approvals.models import OPEN_TO_EDIT
from audit.actions import record
from kit.because import Refused
from org.access import check
from org.models import Member

Answers = Mapping[str, Any]
RECKONED = ("title", "begins_on", "ends_on", "days", "amount")


def blank(form: str, by: Member) -> Application:
    """An application that is not written yet: what an empty form is made of."""
    if form not in forms:
        text = _("There is no such form.")
        raise Refused(text, code="incomplete", errors={"form": text})
    home = by.scope.home
    return Application(kind=form, owner=by, unit_id=home.unit_id, org_path=home.path)


def create(form: str, answers: Answers, *, by: Member) -> Application:
    """A draft of one's own, at one's own unit; no number yet.

    Errors: Forbidden, Refused("incomplete", errors by input).
    """
    check(by, "applications.create")
    application = blank(form, by)
    _fill(application, answers)
    application.save(force_insert=True)
    record("applications.create", application, by=by, after=_shown(application))
    return application


def change(
    application: Application, answers: Answers, *, by: Member, seen: str = ""
) -> Application:
    """Answer anew while it is open; `seen` is the `updated_at` of what the writer started from.

    Errors: Forbidden, Refused("stale" | "incomplete", errors by input).
    """
    rows = Application.objects.select_for_update(no_key=True, of=("self",)).select_related("owner")
    application = rows.get(pk=application.pk)
    check(by, "applications.change", application)
    if seen and seen != application.updated_at.isoformat():
        raise Refused(_("Somebody has changed it since you opened it."), code="stale")
    before = _shown(application)
    _fill(application, answers)
    application.updated_at = timezone.now()
    application.save(update_fields=["answers", *RECKONED, "updated_at"])
    record("applications.change", application, by=by, before=before, after=_shown(application))
    return application


def submit(application: Application, *, by: Member) -> Application:
    """Hand it to whoever decides first; days are counted by the calendar of this moment.

    Errors as in approvals.actions.submit.
    """
    check(by, "applications.submit", application)
    row = Application.objects.filter(pk=application.pk)
    fresh = application.declared.reckoned(row.get().answers)
    fresh["frozen"] = {"by": f"{by.name} {by.employee_no}".strip(), "unit": application.unit.name}
    # by the status in the row: it may have been submitted since it was read
    if not row.filter(status__in=OPEN_TO_EDIT).update(**fresh) and is_stale(row.get()):
        row.update(**fresh)
    case = send(application, by=by)
    application.refresh_from_db()
    application.case = case
    return application


def copy(application: Application, *, by: Member) -> Application:
    """T8: the answers of a finished application as a new draft, still to be looked through."""
    check(by, "applications.copy", application)
    made = blank(application.kind, by)
    made.answers, made.copied_from = application.answers, application
    _reckon(made)
    made.save(force_insert=True)
    record("applications.create", made, by=by, after=_shown(made))
    return made


def _fill(application: Application, answers: Answers) -> None:
    """The answers, asked by the form itself whoever brings them; Refused before anything is set."""
    entry = Entry(application, answers)
    if not entry.is_valid():
        errors = {name: " ".join(map(str, texts)) for name, texts in entry.errors.items()}
        raise Refused(next(iter(errors.values())), code="incomplete", errors=errors)
    application.answers = entry.answers
    _reckon(application)


def _reckon(application: Application) -> None:
    for name, value in application.declared.reckoned(application.answers).items():
        setattr(application, name, value)


def _shown(application: Application) -> dict[str, Any]:
    return {
        "status": application.status,
        "form": application.kind,
        "title": application.title,
        "answers": application.answers,
    }

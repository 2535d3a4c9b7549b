"""The kind of document a declared form becomes: what is shown, asked and counted of it."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_noop as N_

from applications.declaring import APP, Form, forms
from applications.entry import Entry
from applications.models import Application
from approvals import kinds
from approvals.kinds import Facts, Kind
from files.models import Attachment
from tenancy.actions import take_number


def declare(form: Form) -> Form:
    """Make a form known; with that the engine, inbox, delegation, notices and search know it."""
    forms[form.key] = form
    kinds.register(
        Kind(
            name=form.name,
            label=form.label,
            model=Application,
            url=f"{APP}:detail",
            plan=form.plan,
            snapshot=snapshot,
            facts=facts,
            take_number=number_of,
            check=missing,
            on_done=form.on_done,
            points=form.points,
            terms=form.terms,
            has_amount=form.has_amount,
        )
    )
    return form


def snapshot(application: Application) -> dict[str, Any]:
    """B5: everything an approver is shown; labels are msgids, so the hash knows no language."""
    form = application.declared
    said, by = form.said(application.answers), application.frozen
    shown = {
        N_("Number"): application.number,
        N_("Form"): form.label,
        N_("Submitted by"): by.get("by", ""),
        N_("Unit"): by.get("unit", ""),
        **{one.label: one.shown(said[one.key]) for one in form.fields},
    }
    if form.counts_days:
        shown[N_("Working days")] = application.days
    papers = Attachment.objects.of(application).kept().order_by("pk").values_list("name", "sha256")
    if papers:
        shown[N_("Attachments")] = [{N_("File"): name, N_("Checksum"): sha} for name, sha in papers]
    return shown


def facts(application: Application) -> Facts:
    form = application.declared
    said = form.said(application.answers)
    one = next((f for f in form.fields if f.key == form.party), None)
    return Facts(
        title=application.title,
        party=one.text(said[one.key]) if one else application.unit.name,
        amount=application.amount,
        risks=form.risks(said, application),
        values=form.values(said, application.days),
    )


def number_of(application: Application) -> str:
    form = application.declared
    return take_number(form.name, form.number, on=timezone.localdate())


def missing(application: Application) -> dict[str, str]:
    """What keeps it from being submitted: the very questions that were asked while it was typed."""
    entry = Entry(application, application.answers)
    return {name: " ".join(map(str, texts)) for name, texts in entry.errors.items()}

"""CUS-1.8, T1, T2: plans, check-ins and results of visits."""

from datetime import date, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Min
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record
from customers.actions.fields import assign, stored, valid
from customers.models import Customer, Visit
from kit.because import Refused
from org.access import check
from org.models import Member
from tenancy.params import param

RESULT = frozenset({"met", "summary", "rival_news", "next_step", "next_on"})
# the next date is not among them: it has become a plan of its own
CORRECTED = RESULT - {"next_on"}
Status = Visit.Status


def invalid(field: str, sentence: str) -> Refused:
    return Refused(sentence, code="invalid", errors={field: sentence})


def touched(customer: Customer, contact_at: Any = None) -> None:
    """Keep the customer's last contact and next planned day true; the list is ordered by change."""
    planned = Visit.objects.filter(customer=customer.pk, status=Status.PLANNED)
    facts: dict[str, Any] = {
        "next_visit_on": planned.aggregate(first=Min("planned_on"))["first"],
        "updated_at": timezone.now(),
    }
    last = customer.last_contact_at
    if contact_at and (last is None or contact_at > last):
        facts["last_contact_at"] = contact_at
    Customer.objects.filter(pk=customer.pk).update(**facts)
    for name, value in facts.items():
        setattr(customer, name, value)


def new_visit(customer: Customer, owner: Member, **fields: Any) -> Visit:
    return Visit(
        customer=customer,
        owner=owner,
        unit_id=customer.unit_id,
        org_path=customer.org_path,
        **{
            name: value.strip() if isinstance(value, str) else value
            for name, value in fields.items()
        },
    )


def plan_visit(
    customer: Customer,
    *,
    by: Member,
    planned_on: date,
    planned_time: time | None = None,
    kind: str = Visit.Kind.FIELD,
    purpose: str = "",
    owner: Member | None = None,
) -> Visit:
    """CUS-1.8: a visit with date, customer and purpose; `owner` goes if it is not whoever plans."""
    check(by, "customers.plan_visit", customer)
    owner = owner or by
    if owner.pk != by.pk:
        check(owner, "customers.plan_visit", customer)
    visit = new_visit(
        customer,
        owner,
        planned_on=planned_on,
        planned_time=planned_time,
        kind=kind,
        purpose=purpose,
    )
    errors = {}
    if planned_on < timezone.localdate():
        errors["planned_on"] = _("A plan lies today or later.")
    valid(visit, errors)
    visit.save()
    touched(customer)
    after = {"planned_on": planned_on, "kind": kind, "purpose": purpose, "for": owner.name}
    record("customers.plan_visit", visit, by=by, after=after)
    return visit


def check_in(
    customer: Customer,
    *,
    by: Member,
    visit: Visit | None = None,
    kind: str = Visit.Kind.FIELD,
    purpose: str = "",
    lat: Decimal | None = None,
    lng: Decimal | None = None,
    accuracy: Decimal | None = None,
    client_uuid: UUID | None = None,
) -> Visit:
    """T1: begin a visit now, from a plan or directly; the position is optional, the time ours.

    A visit still open is closed as not checked out. A repeated `client_uuid` answers with the
    visit made before.
    """
    check(by, "customers.check_in", customer)
    # one check-in of a person at a time: two phones or a double tap wait here for each other
    Member.objects.select_for_update(no_key=True).get(pk=by.pk)
    if client_uuid and (sent := Visit.objects.filter(client_uuid=client_uuid, owner=by).first()):
        return sent
    now = timezone.now()
    if visit is None:
        day = timezone.localdate(now)
        visit = new_visit(
            customer, by, planned_on=day, is_planned=False, kind=kind, purpose=purpose
        )
    else:
        check(by, "customers.start_visit", visit)
        visit = held(visit)
        check(by, "customers.start_visit", visit)
        if visit.status != Status.PLANNED:
            raise Refused(_("This visit has begun or is over already."), code="moved")
    if (lat is None) != (lng is None):
        lat = lng = accuracy = None
    visit.status, visit.checked_in_at, visit.client_uuid = Status.OPEN, now, client_uuid
    visit.lat, visit.lng, visit.accuracy = rounded(lat, 6), rounded(lng, 6), rounded(accuracy, 1)
    visit.updated_at = now
    visit.customer = customer
    if lat is not None and not (-90 <= lat <= 90 and -180 <= lng <= 180):
        raise invalid("lat", _("This is not a position on the earth."))
    valid(visit)
    left_open = list(Visit.objects.filter(owner=by, status=Status.OPEN).select_related("customer"))
    for old in left_open:
        old.status, old.is_unclosed, old.checked_out_at = Status.DONE, True, now
        old.updated_at = now
        old.save(update_fields=["status", "is_unclosed", "checked_out_at", "updated_at"])
        record("customers.leave_visit_open", old, by=by, after={"is_unclosed": True})
    stored(visit, _("This visit was sent already."), "client_uuid")
    touched(customer, contact_at=now)
    after = {"kind": visit.kind, "at": now.isoformat(), "position": str(visit.position_note)}
    record("customers.check_in", visit, by=by, after=after)
    return visit


def held(visit: Visit) -> Visit:
    """The visit as it is now, locked; its customer before it, as a hand-over locks them."""
    Customer.objects.select_for_update(no_key=True).only("pk").get(pk=visit.customer_id)
    rows = Visit.objects.select_for_update(no_key=True, of=("self",)).select_related("customer")
    return rows.get(pk=visit.pk)


def rounded(value: Decimal | None, places: int) -> Decimal | None:
    return None if value is None else Decimal(value).quantize(Decimal(1).scaleb(-places))


def may_write_result(visit: Visit) -> None:
    """T1.6, T1.11: under way; not checked out but still fresh; or a call that needs no check-in."""
    if visit.status == Status.OPEN:
        return
    if visit.status == Status.PLANNED and visit.kind != Visit.Kind.FIELD:
        return
    if visit.status == Status.PLANNED:
        raise Refused(_("Check in first: a visit on site begins at the customer's."), code="order")
    if not (visit.is_unclosed and not visit.summary):
        raise Refused(_("The result of this visit has been written already."), code="moved")
    hours = param("visits.frozen_after_hours")
    if timezone.now() - visit.checked_out_at > timedelta(hours=hours):
        message = _("The visit is frozen: its result was due within %(hours)s hours.")
        raise Refused(message % {"hours": hours}, code="frozen")


def finish_visit(visit: Visit, *, by: Member, **result: Any) -> Visit:
    """T1.10: the result and the end of the visit; a next date makes the next plan with it."""
    check(by, "customers.finish_visit", visit)
    visit = held(visit)
    may_write_result(visit)
    assign(visit, result, RESULT)
    errors = {}
    if not visit.summary:
        errors["summary"] = _("Say in a sentence what was discussed.")
    if visit.next_on and visit.next_on < timezone.localdate():
        errors["next_on"] = _("The next visit lies today or later.")
    valid(visit, errors)
    now = timezone.now()
    visit.checked_in_at = visit.checked_in_at or now
    if not visit.is_unclosed:
        visit.checked_out_at = now
    visit.status, visit.updated_at = Status.DONE, now
    visit.save()
    customer = visit.customer
    if visit.next_on:
        # not through plan_visit: the next step belongs to this result even if the customer
        # was handed over or archived while the rep stood there
        new_visit(
            customer, by, planned_on=visit.next_on, kind=visit.kind, purpose=visit.next_step
        ).save()
    touched(customer, contact_at=visit.checked_in_at)
    after = {name: getattr(visit, name) for name in sorted(RESULT) if getattr(visit, name)}
    record("customers.finish_visit", visit, by=by, after=after)
    return visit


def correct_visit(visit: Visit, *, by: Member, **result: Any) -> Visit:
    """T1.11: mend the result while it is fresh; what stood there before stays in the log."""
    check(by, "customers.correct_visit", visit)
    visit = held(visit)
    before = assign(visit, result, CORRECTED)
    errors = {} if visit.summary else {"summary": _("Say in a sentence what was discussed.")}
    valid(visit, errors)
    if not before:
        return visit
    visit.updated_at = timezone.now()
    visit.save(update_fields=[*before, "updated_at"])
    after = {name: getattr(visit, name) for name in before}
    record("customers.correct_visit", visit, by=by, before=before, after=after)
    return visit


def cancel_visit(visit: Visit, *, by: Member, reason: str) -> Visit:
    """T2: a plan that will not happen, with the reason."""
    check(by, "customers.cancel_visit", visit)
    reason = reason.strip()
    if len(reason) < 2 or len(reason) > 200:
        raise invalid("reason", _("Give the reason in 2 to 200 characters."))
    held(visit)
    done = Visit.objects.filter(pk=visit.pk, status=Status.PLANNED).update(
        status=Status.CANCELLED, cancel_reason=reason, updated_at=timezone.now()
    )
    if not done:
        raise Refused(_("Only a planned visit can be cancelled."), code="moved")
    visit.status, visit.cancel_reason = Status.CANCELLED, reason
    touched(visit.customer)
    record("customers.cancel_visit", visit, by=by, after={"status": Status.CANCELLED}, note=reason)
    return visit

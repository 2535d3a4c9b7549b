"""CUS-2.1, CUS-3: the customer's file, its tier, its end and its sharing."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from audit.actions import record
from customers.actions.contact import new_contact
from customers.actions.fields import assign, checked_customer, stored, tidy
from customers.actions.search import not_known
from customers.models import Customer, CustomerShare, Tier, TierChange
from customers.numbers import unveiled
from kit.because import Forbidden, Refused
from org.access import check, covers
from org.models import Member, Unit
from tenancy.actions import tell

FIELDS = frozenset(
    {
        "name",
        "credit_code",
        "industry",
        "province",
        "city",
        "address",
        "phone",
        "source",
        "needs",
        "preferences",
        "notes",
        "is_focus",
    }
)
SHORTEST_REASON = 5


def seat_of(owner: Member, unit: Unit | None, by: Member) -> Unit:
    """The unit a new customer stands at; whoever adds it for another covers that unit."""
    if unit is None:
        if owner.scope.home is None:
            message = _("%(name)s holds no post, so the customer has no unit.")
            message %= {"name": owner.name}
            raise Refused(message, code="no_post", errors={"owner": message})
        unit = Unit.objects.get(pk=owner.scope.home.unit_id)
    if owner.pk == by.pk and any(unit.path.startswith(seat.path) for seat in by.scope.seats):
        return unit
    if not covers(by, "assist", unit) and not (verdict := covers(by, "lead", unit)):
        raise Forbidden(verdict)
    return unit


def create(
    *,
    by: Member,
    owner: Member | None = None,
    unit: Unit | None = None,
    tier: str = Tier.D,
    contact: dict[str, Any] | None = None,
    duplicate_reason: str = "",
    **fields: Any,
) -> Customer:
    """CUS-2.1: a new file at the owner's unit (default: the person adding it), with a contact.

    T3: in spite of a hit only with `duplicate_reason`, which is kept.
    """
    check(by, "customers.create")
    owner = owner or by
    unit = seat_of(owner, unit, by)
    customer = Customer(owner=owner, unit=unit, org_path=unit.path, tier=tier)
    assign(customer, fields, FIELDS)
    checked_customer(customer)
    customer.duplicate_reason = not_known(customer, contact, tidy(duplicate_reason))
    stored(customer, _("Another customer has this credit code."), "credit_code")
    if contact and any(contact.values()):
        first_contact(customer, contact)
    after = {name: value for name, value in fields.items() if value} | {"tier": tier}
    record("customers.create", customer, by=by, after=after, note=customer.duplicate_reason)
    return customer


def first_contact(customer: Customer, contact: dict[str, Any]) -> None:
    """The main contact typed with the file; what is wrong with it stands beside its own fields."""
    try:
        new_contact(customer, contact | {"is_primary": True})
    except Refused as refused:
        errors = {f"contact_{name}": sentence for name, sentence in refused.errors.items()}
        raise Refused(refused.detail, code=refused.code, errors=errors) from refused


def locked(customer: Customer) -> Customer:
    """The row as it is now, held until the commit."""
    rows = Customer.objects.select_for_update(no_key=True)
    return rows.select_related("owner", "unit").get(pk=customer.pk)


def change(customer: Customer, *, by: Member, **fields: Any) -> Customer:
    """CUS-2.1: keep the file up to date; old and new values go to the log (T19)."""
    check(by, "customers.change", customer)
    customer = locked(customer)
    before = assign(customer, unveiled(by, customer, fields), FIELDS)
    checked_customer(customer)
    before = {name: old for name, old in before.items() if old != getattr(customer, name)}
    if not before:
        return customer
    customer.updated_at = timezone.now()
    names = [*before, "search", "grams", "name_key", "bare_key", "updated_at"]
    stored(
        customer, _("Another customer has this credit code."), "credit_code", update_fields=names
    )
    after = {name: getattr(customer, name) for name in before}
    record("customers.change", customer, by=by, before=before, after=after)
    return customer


def set_tier(customer: Customer, *, tier: str, reason: str, by: Member) -> Customer:
    """CUS-3.2, CUS-3.8: another tier, with the reason kept in the history."""
    check(by, "customers.set_tier", customer)
    customer, reason, errors = locked(customer), reason.strip(), {}
    if tier not in Tier.values:
        errors["tier"] = _("Choose one of the tiers.")
    elif tier == customer.tier:
        errors["tier"] = _("The customer is of this tier already.")
    if len(reason) < SHORTEST_REASON:
        errors["reason"] = _("Give the reason in at least five characters.")
    elif len(reason) > 300:
        errors["reason"] = _("The reason is too long.")
    if errors:
        raise Refused(_("Please check the fields."), code="invalid", errors=errors)
    old, customer.tier, customer.updated_at = customer.tier, tier, timezone.now()
    customer.save(update_fields=["tier", "updated_at"])
    TierChange.objects.create(customer=customer, old=old, new=tier, reason=reason, by=by)
    record(
        "customers.set_tier",
        customer,
        by=by,
        before={"tier": old},
        after={"tier": tier},
        note=reason,
    )
    return customer


def archive(customer: Customer, *, by: Member) -> Customer:
    """Out of the lists, and its plans with it; `restore` brings both back."""
    check(by, "customers.archive", customer)
    now = timezone.now()
    done = Customer.objects.filter(pk=customer.pk, archived_at=None).update(archived_at=now)
    if not done:
        raise Refused(_("The customer is archived already."), code="moved")
    customer.archived_at = now
    record("customers.archive", customer, by=by, after={"archived_at": now})
    return customer


def restore(customer: Customer, *, by: Member) -> Customer:
    """Back into the lists as it was."""
    check(by, "customers.restore", customer)
    if (
        not Customer.objects.filter(pk=customer.pk)
        .exclude(archived_at=None)
        .update(archived_at=None)
    ):
        raise Refused(_("The customer is in use."), code="moved")
    customer.archived_at = None
    record("customers.restore", customer, by=by, after={"archived_at": None})
    return customer


def end_of(day: date) -> datetime:
    """The first moment after a day: a share lasts to its end."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), time.min))


def share(
    customer: Customer, *, member: Member, by: Member, until: datetime | None = None
) -> CustomerShare:
    """Let a colleague see one customer, perhaps until a moment; sharing again moves that moment."""
    check(by, "customers.share", customer)
    if until is not None and until <= timezone.now():
        message = _("A share must end in the future.")
        raise Refused(message, code="past", errors={"until": message})
    if not member.is_active:
        message = _("This member is disabled.")
        raise Refused(message, code="disabled", errors={"member": message})
    kind = ContentType.objects.get_for_model(Customer)
    share, _is_new = CustomerShare.objects.update_or_create(
        user_id=member.user_id,
        content_object=customer,
        permission=Permission.objects.get(content_type=kind, codename="see_customer"),
        defaults={"valid_until": until, "granted_by": by},
    )
    after = {"member": member.name, "until": until.isoformat() if until else ""}
    record("customers.share", customer, by=by, after=after)
    tell(
        "customers.shared",
        to=[member.pk],
        text=N_("%(who)s lets you see %(name)s"),
        kind="customers.customer",
        target=customer.pk,
        by=by.pk,
        who=by.name,
    )
    return share


def end_share(customer: Customer, *, share: int, by: Member) -> None:
    """The colleague stops seeing the customer at once; the log keeps that it was lent."""
    check(by, "customers.end_share", customer)
    lent = customer.shares.select_for_update(no_key=True).filter(pk=share).first()
    if lent is None:
        raise Refused(_("This share has ended already."), code="moved")
    name = Member.objects.get(user_id=lent.user_id).name
    lent.delete()
    record("customers.end_share", customer, by=by, before={"member": name})

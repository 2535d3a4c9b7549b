"""Many customers at once: the set-based side of the import (T17)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import F
from django.utils import timezone

from audit.actions import record
from audit.models import AuditLine
from customers.actions.customer import seat_of
from customers.actions.fields import named
from customers.models import Contact, Customer, Source, Tier
from org.access import check
from org.models import Member, Unit

BATCH = 2000
ROW_FIELDS = (
    "name",
    "credit_code",
    "industry",
    "province",
    "city",
    "address",
    "phone",
    "needs",
    "preferences",
    "notes",
    "duplicate_reason",
)


def add_many(
    rows: Sequence[Mapping[str, Any]],
    *,
    by: Member,
    owner: Member | None = None,
    unit: Unit | None = None,
) -> list[int]:
    """T17: rows already checked by the dry run, as dicts of ROW_FIELDS, tier, source,
    contact_name, contact_mobile; returns the ids in the order of the rows.

    Set-based statements of 2,000 rows and one line in the log for all of them.
    """
    check(by, "customers.create")
    owner = owner or by
    unit = seat_of(owner, unit, by)
    ids: list[int] = []
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        made = Customer.objects.bulk_create([_customer(row, owner, unit) for row in part])
        people = [
            Contact(
                customer=customer,
                name=row["contact_name"],
                mobile=row.get("contact_mobile", ""),
                title=row.get("contact_title", ""),
                is_primary=True,
            )
            for row, customer in zip(part, made, strict=True)
            if row.get("contact_name")
        ]
        Contact.objects.bulk_create(people)
        ids += [customer.pk for customer in made]
    after = {"rows": len(ids), "first_id": ids[0] if ids else None, "owner": owner.name}
    record("customers.add_many", unit, by=by, after=after)
    return ids


def _customer(row: Mapping[str, Any], owner: Member, unit: Unit) -> Customer:
    facts = {name: row.get(name) or "" for name in ROW_FIELDS}
    now = timezone.now()
    customer = Customer(
        # one moment: whatever moves the second has touched the customer
        created_at=now,
        updated_at=now,
        owner=owner,
        unit=unit,
        org_path=unit.path,
        tier=row.get("tier") or Tier.D,
        source=row.get("source") or Source.IMPORT,
        **facts,
    )
    named(customer)
    return customer


def archive_many(ids: Sequence[int], *, by: Member) -> tuple[int, list[str]]:
    """T17: archive those of an import that nobody has worked with; how many, and who is left.

    Touched means: changed, spoken of in the log, or named by any other record of any floor. What
    has gone out of sight since is left too, and has no name.
    """
    rows = Customer.objects.filter(pk__in=ids, archived_at=None)
    seen = rows.visible_to(by).select_for_update(no_key=True)
    found = dict(seen.order_by("pk").values_list("pk", "name"))
    hidden = rows.exclude(pk__in=found).count()
    same = Customer.objects.filter(pk__in=found, updated_at=F("created_at"))
    kept = found.keys() - set(same.values_list("pk", flat=True))
    told = AuditLine.objects.filter(object_kind="customers.customer", object_id__in=list(found))
    kept |= set(told.values_list("object_id", flat=True))
    for link in Customer._meta.get_fields(include_hidden=True):
        if link.one_to_many and link.related_model is not Contact:
            name = link.field.name
            named = link.related_model.objects.filter(**{f"{name}__in": list(found)})
            kept |= set(named.values_list(name, flat=True))
    free = sorted(found.keys() - kept)
    Customer.objects.filter(pk__in=free).update(archived_at=timezone.now())
    after = {"rows": len(free), "first_id": free[0] if free else None, "left": len(kept) + hidden}
    record("customers.archive_many", by, by=by, after=after)
    return len(free), [found[pk] for pk in sorted(kept)] + [""] * hidden

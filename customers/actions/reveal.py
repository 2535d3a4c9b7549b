"""T16.2: a masked number shown for once: logged, and so many a day."""

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.actions import record
from audit.models import AuditLine
from customers.models import Contact, Customer
from kit.because import Refused
from org.access import check
from org.models import Member
from tenancy.params import param


def reveal(obj: Customer | Contact, *, by: Member) -> Customer | Contact:
    """The numbers of a customer or of one person there; refused when the day's share is used."""
    check(by, "customers.reveal", obj)
    # one of a person at a time, so that the limit counts them all
    Member.objects.select_for_update(no_key=True).get(pk=by.pk)
    most = param("customers.reveals_per_day")
    if shown_today(by) >= most:
        message = _("You have had %(most)s numbers shown today; tomorrow you may again.")
        raise Refused(message % {"most": most}, code="limit")
    is_person = isinstance(obj, Contact)
    whose = {"shown": "numbers"} | (
        {"contact": obj.name, "contact_id": obj.pk} if is_person else {}
    )
    record("customers.reveal", obj.customer if is_person else obj, by=by, after=whose)
    return obj


def shown_today(member: Member) -> int:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    lines = AuditLine.objects.filter(actor_id=member.pk, at__gte=midnight)
    return lines.filter(verb="customers.reveal").count()

"""The end of a service: everything in a person's name passes to a successor, in one go."""

from typing import Any

from django.utils.translation import gettext as _

from audit.actions import record
from kit.because import Refused
from org.access import check
from org.models import Member
from org.succession import batch, count, moving
from tenancy.actions import Turn, post
from tenancy.models import Outbox

MOST_AT_ONCE = 1000
LEAST, MOST = 5, 300
TOPIC = "org.hand_over_all"


def hand_over_all(member: Member, *, to: Member, reason: str, by: Member) -> int:
    """How many records went at once; 0 when there are so many that the worker does it.

    Each app's part is asked in its own words whether the successor may take it.
    """
    check(by, "org.administer")
    # one hand-over of a person at a time
    member = Member.objects.select_for_update(no_key=True).get(pk=member.pk)
    reason = reason.strip()
    if not LEAST <= len(reason) <= MOST:
        text = _("Give the reason in 5 to 300 characters.")
        raise Refused(text, code="invalid", errors={"reason": text})
    if to.pk == member.pk or not to.is_active:
        text = _("The successor has to be another, active member.")
        raise Refused(text, code="invalid", errors={"to": text})
    if is_under_way(member):
        raise Refused(_("The records of this person are being handed over just now."), code="busy")
    total = count(member)
    if not total:
        raise Refused(_("There is nothing left to hand over."), code="nothing")
    said = {"to": to.name, "records": total}
    if total > MOST_AT_ONCE:
        post(TOPIC, member=member.pk, to=to.pk, reason=reason, by=by.pk)
        record("org.plan_hand_over_all", member, by=by, after=said, note=reason)
        return 0
    for estate in moving():
        while pks := batch(estate, member):
            passed(estate.pass_on(pks, to=to, reason=reason, by=by))
    record(TOPIC, member, by=by, after=said, note=reason)
    return total


def passed(number: int) -> None:
    """A part that takes nothing out of the name would be asked for ever."""
    if not number:
        raise RuntimeError("a part of the hand-over moved nothing")


def is_under_way(member: Member) -> bool:
    """Whether the worker has yet to finish."""
    return Outbox.objects.filter(topic=TOPIC, payload__member=member.pk, sent_at=None).exists()


def hand_over_later(payload: dict[str, Any], turn: Turn) -> None:
    """Receiver of org.hand_over_all: 200 records a transaction; a second run does what is left."""
    for estate in moving():
        while True:
            with turn.step():
                people = Member.objects.in_bulk([payload[key] for key in ("member", "to", "by")])
                member, by = people[payload["member"]], people[payload["by"]]
                pks = batch(estate, member)
                if not pks:
                    break
                to = people[payload["to"]]
                try:
                    check(by, "org.administer")
                    passed(estate.pass_on(pks, to=to, reason=payload["reason"], by=by))
                except Refused as refused:
                    record("org.stop_hand_over_all", member, by=by, note=refused.detail[:300])
                    return
    with turn.step():
        people = Member.objects.in_bulk([payload[key] for key in ("member", "to", "by")])
        record(
            TOPIC,
            people[payload["member"]],
            by=people[payload["by"]],
            after={"to": people[payload["to"]].name},
            note=payload["reason"],
        )

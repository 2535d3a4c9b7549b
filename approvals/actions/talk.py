"""T8 催办, 抄送 and 评论: words that change no state."""

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from approvals.actions.decision import lock
from approvals.actions.document import add_decision
from approvals.kinds import kinds
from approvals.models import Case, Copy, Decision
from audit.actions import record
from kit.because import Refused, yes
from org.access import check
from org.models import Member
from tenancy.actions import post
from tenancy.params import param


def remind(case: Case, *, by: Member) -> Decision:
    """T8: the submitter reminds whoever is asked; once in four hours, three times a day."""
    check(by, "approvals.remind", case)
    case = lock(case)
    now = timezone.now()
    said = Decision.objects.filter(case=case, verb="remind")
    pause = int(param("approvals.remind_pause"))
    if last := said.filter(at__gt=now - timedelta(hours=pause)).order_by("-at").first():
        at = timezone.localtime(last.at + timedelta(hours=pause))
        text = _("You have reminded already; again from %(at)s.")
        raise Refused(text % {"at": f"{at:%m-%d %H:%M}"}, code="soon")
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    if said.filter(at__gte=midnight).count() >= int(param("approvals.reminds_a_day")):
        raise Refused(_("No more reminders for this document today."), code="many")
    asked = case.tasks.filter(round=case.round, state="open").exclude(member=None)
    people = [{"id": task.member_id, "name": task.member.name}
              for task in asked.select_related("member")]  # fmt: skip
    return _say(case, "remind", by, "", people)


def comment(case: Case, *, text: str, by: Member, mentions: Iterable[Member] = ()) -> Decision:
    """T8: whoever sees the case may say something; only those who see it can be mentioned."""
    check(by, "approvals.comment", case)
    text = text.strip()
    if not text:
        sentence = _("Please write something.")
        raise Refused(sentence, code="empty", errors={"text": sentence})
    people = []
    for member in mentions:
        if not member.may("approvals.comment", case):
            sentence = _("%(name)s does not see this document.") % {"name": member.name}
            raise Refused(sentence, code="unseen", errors={"mentions": sentence})
        people.append({"id": member.pk, "name": member.name})
    return _say(case, "comment", by, text[:2000], people)


def copy_to(case: Case, *, to: Member, by: Member, comment: str = "") -> Copy:
    """T8: read only, no right to decide; stays in sight when the case is over."""
    check(by, "approvals.copy", case)
    if not to.is_active or to.company_id != case.company_id:
        sentence = _("This member is switched off.")
        raise Refused(sentence, code="disabled", errors={"to": sentence})
    row, is_new = Copy.objects.get_or_create(case=case, member=to, defaults={"by": by})
    if not is_new:
        sentence = _("%(name)s has a copy already.") % {"name": to.name}
        raise Refused(sentence, code="twice", errors={"to": sentence})
    _say(case, "copy", by, comment.strip()[:2000], [{"id": to.pk, "name": to.name}])
    return row


def _say(case: Case, verb: str, by: Member, text: str, people: list[dict[str, object]]) -> Decision:
    row = add_decision(case, verb, by, comment=text, because=yes(verb), people=people)
    document = kinds[case.kind].model.objects.get(pk=case.object_id)
    names = "、".join(str(one["name"]) for one in people)
    record(f"approvals.{verb}", document, by=by, after={"people": names}, note=text)
    post(f"approvals.{verb}", case=case.pk, decision=row.pk)
    return row

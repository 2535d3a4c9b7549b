"""Why a rule decides as it does: the rules of a record, asked by the very function that guards."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.http import Http404
from django.utils.translation import gettext as _

from approvals.board import risks_of, steps_of
from approvals.models import Document
from kit.because import Because
from kit.forms import number
from kit.pages import guards
from org.access import check, labels, load, may, rules, sees
from org.models import Member

SEES = "sees"


@dataclass(frozen=True, slots=True)
class Question:
    """Who is asked about, which rule, and about which record, if about one."""

    member: Member
    rule: str
    record: Any = None

    @property
    def because(self) -> Because:
        """What the page would answer: out of sight comes before not allowed."""
        if self.record is None:
            return may(self.member, self.rule)
        seen = sees(self.member, self.record)
        return seen if self.rule == SEES or not seen else may(self.member, self.rule, self.record)

    @property
    def label(self) -> str:
        return _("See this record") if self.rule == SEES else said(self.rule)


def said(rule: str) -> str:
    """A rule in words."""
    return _(labels[rule]) if labels.get(rule) else rule


def kinds() -> dict[str, type[Model]]:
    """The models whose records stand behind a rule, by their label."""
    return {
        guard.model._meta.label_lower: guard.model
        for guard in guards().values()
        if guard.model is not None and hasattr(guard.model, "reach")
    }


def rules_of(model: type[Model] | None) -> list[str]:
    """The rules that guard pages of a kind of record; None: those of pages without a record."""
    return sorted(
        {g.rule for g in guards().values() if g.model is model and g.rule in rules},
        key=list(rules).index,
    )


def asked(
    by: Member, *, kind: str = "", record: Any = "", rule: str = "", member: Any = ""
) -> Question:
    """The question behind an address, or 404. Others are asked about by the administrator alone;
    he asks about sight, which is no right to read: other rules only where he sees the record.
    """
    person = by
    if member and number(member) != by.pk:
        check(by, "org.administer")
        person = Member.objects.filter(pk=number(member)).first()
        if person is None:
            raise Http404
    if not kind:
        if rule not in rules_of(None):
            raise Http404
        return Question(person, rule)
    model = kinds().get(kind)
    if model is None or (rule or SEES) not in (SEES, *rules_of(model)):
        raise Http404
    if person == by or rule not in {"", SEES}:
        found = load(model, by, number(record))
    else:
        found = model.objects.filter(pk=number(record)).first()
    if found is None:
        raise Http404
    return Question(person, rule or SEES, found)


def answers(by: Member, record: Any) -> list[Question]:
    """Everything the rules say to one person about one record that is seen."""
    return [Question(by, rule, record) for rule in (SEES, *rules_of(type(record)))]


def route(record: Any) -> dict[str, Any]:
    """Who was asked and why, who comes next, and what the approvers are warned of."""
    case = record.case if isinstance(record, Document) else None
    if case is None:
        return {"steps": [], "risks": []}
    steps = [
        {
            "name": _(step.name),
            "state": step.state,
            "who": step.who,
            "clause": step.clause,
            "because": step.because.as_json() if step.because is not None else None,
        }
        for step in steps_of(case)
    ]
    return {"steps": steps, "risks": [line.as_json() | {"text_shown": str(line)}
                                      for line in risks_of(case)]}  # fmt: skip

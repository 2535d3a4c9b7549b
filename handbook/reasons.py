"""Why a rule decides as it does: the rules of a record, asked by the very function that guards."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.http import Http404
from django.utils.translation import gettext as _

from approvals.board import StepShown, foreseen, risks_of, steps_of
from approvals.models import Document
from kit.because import Because
from kit.forms import number
from kit.pages import guards
from org.access import check, labels, load, may, rules, sees
from org.models import Member
from tenancy.params import declared, param

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
    person = person_of(by, member)
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


def person_of(by: Member, member: Any) -> Member:
    """Oneself, or whoever the administrator asks about; 404 for nobody."""
    if not member or number(member) == by.pk:
        return by
    check(by, "org.administer")
    found = Member.objects.filter(pk=number(member)).first()
    if found is None:
        raise Http404
    return found


def answers(person: Member, record: Any) -> list[Question]:
    """Everything the rules say to one person about one record that is seen."""
    return [Question(person, rule, record) for rule in (SEES, *rules_of(type(record)))]


def general(person: Member) -> list[Question]:
    """What the rules say to one person without any record: what the posts allow."""
    return [Question(person, rule) for rule in rules_of(None) if labels.get(rule)]


def steps_shown(record: Any) -> list[StepShown]:
    """Who was asked, or before a submission who would be, by the routing that submission uses."""
    if not isinstance(record, Document):
        return []
    if record.case is not None and not record.is_open_to_edit:
        return steps_of(record.case)
    return foreseen(record, record.owner)


def risks(record: Any) -> list[dict[str, Any]]:
    """What the approvers are warned of, with the parameter behind each warning as it is today."""
    if not isinstance(record, Document) or record.case is None:
        return []
    return [
        {"line": line, "param": params_of(line.ref)} for line in risks_of(record.case)
    ]


def params_of(key: str) -> dict[str, Any] | None:
    known = declared.get(key)
    if known is None:
        return None
    return {
        "key": key,
        "label": _(known.label),
        "value": param(key),
        "unit": _(known.unit) if known.unit else "",
    }


def route(record: Any) -> dict[str, Any]:
    """Who is asked and why, who comes next, and what the approvers are warned of."""
    steps = [
        {
            "name": _(step.name),
            "state": step.state,
            "who": step.who,
            "clause": step.clause,
            "because": step.because.as_json() if step.because is not None else None,
        }
        for step in steps_shown(record)
    ]
    warned = [
        row["line"].as_json() | {"text_shown": str(row["line"]), "param": row["param"]}
        for row in risks(record)
    ]
    return {"steps": steps, "risks": warned}

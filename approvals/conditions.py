"""Whether a step is asked for a document: a pure function of the frozen facts, with its reason."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_noop as N_

from approvals.kinds import AMOUNT, CATEGORY
from approvals.models import Step
from kit.because import Because, Line, no, yes

OPS = {
    "eq": N_("is"),
    "ne": N_("is not"),
    "ge": N_("at least"),
    "lt": N_("below"),
    "in": N_("one of"),
}
TYPE_OPS = {"choice": ("eq", "ne", "in"), "yes_no": ("eq",), "number": ("ge", "lt", "eq", "ne")}


def holds(op: str, found: Any, wanted: Any) -> bool:
    """One comparison; what is not known never spares anybody."""
    if found is None or found == "":
        return True
    match op:
        case "eq":
            return found == wanted
        case "ne":
            return found != wanted
        case "ge":
            return found >= wanted
        case "lt":
            return found < wanted
        case "in":
            return found in wanted
    raise ValueError(f"no such comparison: {op}")


def applies(step: Step, facts: Mapping[str, Any]) -> Because:
    """T8 bands, category, conditions: all of them must hold for the step to be asked.

    The sentences name no limit: whoever submits must not learn how to stay below it.
    """
    amount = facts.get(AMOUNT)
    if step.amount_from is not None and not holds("ge", amount, step.amount_from):
        return _not(step, N_("its amount does not call for this step"))
    if step.amount_below is not None and not holds("lt", amount, step.amount_below):
        return _not(step, N_("its amount does not call for this step"))
    if step.categories and not holds("in", facts.get(CATEGORY), step.categories):
        return _not(step, N_("its category does not call for this step"))
    for one in step.conditions:
        found = facts.get(one["fact"])
        if not holds(one["op"], found, wanted(one["value"], found)):
            return _not(step, N_("what it says does not call for this step"))
    return yes("applies")


def wanted(value: Any, found: Any) -> Any:
    """A value of the stored condition in the type of the fact."""
    if isinstance(found, bool) or not isinstance(value, str):
        return value
    return type(found)(value) if found is not None else value


def is_conditional(step: Step) -> bool:
    bands = step.amount_from is not None or step.amount_below is not None
    return bands or bool(step.categories or step.conditions)


def _not(step: Step, text: str) -> Because:
    return no("applies", Line("band", ok=False, text=text, clause=step.clause))

"""The steps of a chain as typed: what they may be, in one place, and how two versions differ."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

from approvals.conditions import OPS, TYPE_OPS
from approvals.kinds import CATEGORY, Kind, StepPlan, Term
from approvals.models import Chain, Step
from kit.because import Refused
from org.models import Role
from org.roles import LADDER

Row = dict[str, Any]
LEAST_HOURS, MOST_HOURS, MOST_ADDED, MOST_CONDITIONS = 1, 80, 10, 5
MOST = Decimal("999999999999.99")
MODES = ("any", "all", "in_order", "upward")
# who may be asked by a step of the company's own: not those who submit, look on or administer
ROLES = (
    *LADDER, Role.FINANCE, Role.SALES_OPS, Role.MARKETING, Role.PRODUCTION, Role.LOGISTICS,
    Role.SERVICE, Role.HR,
)  # fmt: skip
LABELS = {
    "name": N_("Name"),
    "role": N_("Role"),
    "mode": N_("How many decide"),
    "hours": N_("Working hours"),
    "position": N_("Place"),
    "amount_from": N_("Amount from"),
    "amount_below": N_("Amount below"),
    "categories": N_("Categories"),
    "conditions": N_("Conditions"),
    "checklist": N_("Check points"),
}
YES, NO = N_("yes"), N_("no")
FIELDS = ("key", "clause", "is_fixed", *LABELS)


def row_of(step: Step | StepPlan) -> Row:
    """A step, of a chain or of the manual, as one row of a proposal."""
    row = {name: getattr(step, name, None) for name in FIELDS}
    for name in ("amount_from", "amount_below"):
        row[name] = None if row[name] is None else f"{row[name]:.2f}"
    for name in ("categories", "conditions", "checklist"):
        row[name] = list(row[name] or ())
    return row | {"role": str(row["role"]), "mode": str(row["mode"])}


def rows_of(chain: Chain) -> list[Row]:
    return [row_of(step) for step in chain.steps.all()]


def step_from(row: Row, chain: Chain | None = None) -> Step:
    """The row as a step: of a new chain, or for a preview."""
    said = {name: row[name] for name in FIELDS}
    for name in ("amount_from", "amount_below"):
        said[name] = None if said[name] is None else Decimal(said[name])
    return Step(chain=chain, **said)


def typed(rows: Sequence[Row]) -> list[Row]:
    """Stored rows as they would be typed: beside, not by place."""
    places = [0, *(row["position"] for row in rows)]
    return [row | {"beside": row["position"] == places[n]} for n, row in enumerate(rows)]


def checked(kind: Kind, rows: Sequence[Mapping[str, Any]], base: Iterable[Row] = ()) -> list[Row]:
    """The proposal in its one form, or Refused with a sentence for each field that is wrong.

    `rows` stand in the order of the chain; one with `beside` runs beside the one before it. A fixed
    step is named by its key and gives its hours, nothing else. Errors: `steps-0-hours`.
    """
    errors: dict[str, str] = {}
    plans = {plan.key: plan for plan in kind.plan if plan.is_fixed}
    known = {row["key"] for row in base if not row["is_fixed"]}
    found: list[Row] = []
    position = 0
    for index, said in enumerate(rows):
        if not found or not said.get("beside"):
            position += 1
        used = {row["key"] for row in found}
        key = str(said.get("key") or "")
        if key in plans:
            row, wrong = _fixed(plans[key], said)
            if key in used:
                wrong["key"] = _("This step stands there twice.")
        else:
            row, wrong = _own(kind, said)
            row["key"] = key if key in known - used else _new_key(known | used)
        found.append(row | {"position": position})
        errors |= {f"steps-{index}-{name}": text for name, text in wrong.items()}
    if whole := _as_fixed(kind, found):
        errors["steps"] = whole
    if sum(not row["is_fixed"] for row in found) > MOST_ADDED:
        errors["steps"] = _("At most %(n)s steps can be added.") % {"n": MOST_ADDED}
    if errors:
        raise Refused(next(iter(errors.values())), code="incomplete", errors=errors)
    return found


def _as_fixed(kind: Kind, rows: Iterable[Row]) -> str:
    """ORG-1.3: every step of the manual, in its order; what runs side by side stays so."""
    stages: dict[int, set[str]] = {}
    for row in rows:
        if row["is_fixed"]:
            stages.setdefault(row["position"], set()).add(row["key"])
    wanted = [{plan.key for plan in stage} for stage in kind.stages]
    if [stages[place] for place in sorted(stages)] == wanted:
        return ""
    return _("The steps the manual fixes stay, all of them and in their order.")


def _new_key(used: Iterable[str]) -> str:
    numbers = [int(key[4:]) for key in used if key.startswith("own_") and key[4:].isdecimal()]
    return f"own_{max(numbers, default=0) + 1}"


def _fixed(plan: StepPlan, said: Mapping[str, Any]) -> tuple[Row, dict[str, str]]:
    row, wrong = row_of(plan), {}
    row["hours"], wrong = _hours(said, plan.hours)
    for name in set(said) & set(FIELDS) - {"key", "hours", "position"}:
        if said[name] not in (row[name], None, "") and str(said[name]) != str(row[name]):
            wrong[name] = _("The manual fixes this step; only its hours can be changed.")
    return row, wrong


def _hours(said: Mapping[str, Any], default: int = 24) -> tuple[int, dict[str, str]]:
    value = said.get("hours", default)
    if str(value).isdecimal() and LEAST_HOURS <= int(value) <= MOST_HOURS:
        return int(value), {}
    text = _("Between %(low)s and %(high)s working hours.")
    return default, {"hours": text % {"low": LEAST_HOURS, "high": MOST_HOURS}}


def _own(kind: Kind, said: Mapping[str, Any]) -> tuple[Row, dict[str, str]]:
    hours, wrong = _hours(said)
    row: Row = {"clause": "", "is_fixed": False, "hours": hours}
    row["name"] = " ".join(str(said.get("name") or "").split())[:60]
    if not row["name"]:
        wrong["name"] = _("Please give the step a name.")
    row["role"] = str(said.get("role") or "")
    if row["role"] not in ROLES:
        wrong["role"] = _("Choose a role that decides.")
    row["mode"] = str(said.get("mode") or "any")
    if row["mode"] not in MODES:
        wrong["mode"] = _("Choose how many decide.")
    elif row["mode"] == "upward" and row["role"] not in LADDER:
        wrong["mode"] = _("Superiors follow one another only up to a role of the line.")
    for name in ("amount_from", "amount_below"):
        row[name], text = _amount(kind, said.get(name))
        if text:
            wrong[name] = text
    low, high = row["amount_from"], row["amount_below"]
    if low is not None and high is not None and Decimal(low) >= Decimal(high):
        wrong["amount_below"] = _("The upper end lies above the lower one.")
    row["categories"] = sorted({str(one) for one in said.get("categories") or ()})
    term = kind.term(CATEGORY)
    if set(row["categories"]) - set(term.choices if term else ()):
        wrong["categories"] = _("This kind of document has no such category.")
    row["checklist"] = [str(one) for one in dict.fromkeys(said.get("checklist") or ())]
    if set(row["checklist"]) - set(kind.points):
        wrong["checklist"] = _("This kind of document has no such check point.")
    row["conditions"], text = _conditions(kind, said.get("conditions") or ())
    if text:
        wrong["conditions"] = text
    return row, wrong


def _amount(kind: Kind, value: Any) -> tuple[str | None, str]:
    if value in (None, ""):
        return None, ""
    if not kind.has_amount:
        return None, _("This kind of document has no amount.")
    found = _number(value)
    if found is None or not 0 < found <= MOST or found != round(found, 2):
        return None, _("An amount above zero, with at most two decimals.")
    return f"{found:.2f}", ""


def _number(value: Any) -> Decimal | None:
    try:
        found = Decimal(str(value).strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) <= MOST else None


def _conditions(kind: Kind, rows: Iterable[Any]) -> tuple[list[Row], str]:
    found: list[Row] = []
    for one in rows:
        term = kind.term(str(one.get("fact"))) if isinstance(one, Mapping) else None
        if term is None or term.key == CATEGORY:
            return [], _("This kind of document knows no such fact.")
        op, value = str(one.get("op")), one.get("value")
        if op not in TYPE_OPS[term.type]:
            return [], _("This comparison does not fit the fact.")
        value = _value(term, op, value)
        if value is None:
            return [], _("Please give “%(fact)s” a value that fits.") % {"fact": _(term.label)}
        found.append({"fact": term.key, "op": op, "value": value})
    if len(found) > MOST_CONDITIONS:
        return [], _("At most %(n)s conditions for a step.") % {"n": MOST_CONDITIONS}
    return found, ""


def _value(term: Term, op: str, value: Any) -> Any:
    """The value in the type of the term, or None."""
    if term.type == "yes_no":
        return value if isinstance(value, bool) else None
    if term.type == "number":
        found = _number(value)
        return None if found is None else f"{found.normalize():f}"
    if op == "in":
        several = [str(one) for one in value] if isinstance(value, list) else []
        return several if several and set(several) <= set(term.choices) else None
    return str(value) if str(value) in term.choices else None


def difference(old: Iterable[Row], new: Iterable[Row]) -> list[dict[str, Any]]:
    """Step by step: added, removed, changed with the fields that differ; the same is left out."""
    before, after = ({row["key"]: row for row in rows} for rows in (old, new))
    ranks = [_ranks(before.values()), _ranks(after.values())]
    found = []
    for key in {**after, **before}:
        one, two = before.get(key), after.get(key)
        if one is None or two is None:
            found.append({"key": key, "what": "added" if one is None else "removed",
                          "row": two or one, "fields": []})  # fmt: skip
            continue
        names = [name for name in LABELS if name != "position" and one[name] != two[name]]
        # a fixed step has not moved because something stands before it now
        if not two["is_fixed"] and ranks[0][key] != ranks[1][key]:
            names.append("position")
        if names:
            found.append({"key": key, "what": "changed", "row": two, "old": one, "fields": names})
    return found


def _ranks(rows: Iterable[Row]) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Where a step stands: the fixed steps before it and those beside it."""
    rows = list(rows)
    fixed = [(row["position"], row["key"]) for row in rows if row["is_fixed"]]
    return {
        row["key"]: (
            tuple(sorted(key for place, key in fixed if place < row["position"])),
            tuple(sorted(key for place, key in fixed if place == row["position"])),
        )
        for row in rows
    }


def spoken(kind: Kind, row: Row, *, shows_bands: bool = True) -> list[str]:
    """When a step is asked, in words; who may not know the limits reads that there are some."""
    found = []
    low, high = row["amount_from"], row["amount_below"]
    if not shows_bands:
        if low or high:
            found.append(_("depending on the amount"))
        if row["categories"]:
            found.append(_("depending on the category"))
        return found + ([_("depending on the content")] if row["conditions"] else [])
    if low:
        found.append(_("amount from ¥%(low)s") % {"low": f"{Decimal(low):,.2f}"})
    if high:
        found.append(_("amount below ¥%(high)s") % {"high": f"{Decimal(high):,.2f}"})
    if row["categories"] and (term := kind.term(CATEGORY)):
        names = "、".join(_(term.choices.get(one, one)) for one in row["categories"])
        found.append(f"{_(term.label)}: {names}")
    return found + [said(kind, one) for one in row["conditions"]]


def said(kind: Kind, one: Row) -> str:
    """A condition in words: fact, comparison, value."""
    term = kind.term(one["fact"])
    if term is None:
        return str(one["fact"])
    if term.type == "yes_no":
        return f"{_(term.label)}: {_(YES if one['value'] else NO)}"
    values = one["value"] if isinstance(one["value"], list) else [one["value"]]
    names = "、".join(
        _(term.choices[value]) if value in term.choices else value for value in values
    )
    return f"{_(term.label)} {_(OPS[one['op']])} {names}"

"""Who sees, drafts, submits and signs contracts, and who keeps the catalogue."""

from typing import Any

from django.utils.translation import gettext_noop as N_

from approvals.models import Status
from contracts.models import KEEPERS, Contract, Product
from customers.access import stands
from customers.models import Customer
from kit.because import Because, Line, all_of, msgid, no, yes
from org.access import everybody, holds, owns, owns_or, rule, sees
from org.models import Member
from org.roles import SELLING

FINISHED = (Status.REJECTED, Status.SIGNED, Status.ARCHIVED)


def in_state(contract: Contract, *wanted: str, clause: str = "") -> Because:
    """Whether the contract stands in one of the states; the sentence names the present one."""
    text = N_("the contract is now “%(state_label)s”")
    values = {"state_label": msgid(contract.state.label)}
    is_ok = contract.status in wanted
    line = Line("fact", ok=is_ok, text=text, values=values, clause=clause)
    return yes("state", line) if is_ok else no("state", line)


@rule("contracts.list")
def list_(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)


@rule("contracts.view", clauses="ORG-1.1", label=N_("Open a contract"))
def view(member: Member, contract: Contract) -> Because:
    return sees(member, contract)


@rule("contracts.create", clauses="CTR-1.1 OPP-1.5", label=N_("Draft a contract for a customer"))
def create(member: Member, customer: Customer | None = None) -> Because:
    """A selling post; for a given customer its owner or whoever leads there."""
    role = holds(member, *SELLING)
    if customer is None or not role:
        return role
    return all_of(
        "create", (sees(member, customer), stands(customer), owns_or(member, customer, "lead"))
    )


@rule("contracts.change", clauses="CTR-1.1", label=N_("Change a draft"))
def change(member: Member, contract: Contract) -> Because:
    states = (Status.DRAFT, Status.RETURNED, Status.WITHDRAWN)
    return all_of("change", (owns(member, contract), in_state(contract, *states)))


@rule("contracts.submit", clauses="CTR-1.1", label=N_("Submit a contract for approval"))
def submit(member: Member, contract: Contract) -> Because:
    """The state is the engine's question: it answers 409 with a sentence."""
    return owns(member, contract)


@rule(
    "contracts.sign", clauses="CTR-1.4", label=N_("Sign a contract after every level has approved")
)
def sign(member: Member, contract: Contract) -> Because:
    """CTR-1.4: only after every level has passed."""
    state = in_state(contract, Status.APPROVED, clause="CTR-1.4")
    return all_of("sign", (owns(member, contract), state))


@rule("contracts.attach", clauses="CTR-1.1", label=N_("Attach papers to a draft"))
def attach(member: Member, contract: Contract) -> Because:
    """Papers are part of what is approved, so they change only while the text may."""
    return change(member, contract)


@rule("contracts.attach_signed_copy", clauses="CTR-1.5", label=N_("Attach the signed copy"))
def attach_signed_copy(member: Member, contract: Contract) -> Because:
    """After the signature and before the archive, by the owner or the sales secretaries."""
    state = in_state(contract, Status.SIGNED, clause="CTR-1.5")
    return all_of("attach_signed_copy", (owns_or(member, contract, "assist"), state))


@rule("contracts.archive", clauses="CTR-1.5", label=N_("Archive a signed contract"))
def archive(member: Member, contract: Contract) -> Because:
    """CTR-1.5: only what is signed, by the owner or the sales secretaries."""
    state = in_state(contract, Status.SIGNED, clause="CTR-1.5")
    return all_of("archive", (owns_or(member, contract, "assist"), state))


@rule(
    "contracts.copy",
    clauses="CTR-1.6",
    label=N_("Begin anew with the content of a finished contract"),
)
def copy(member: Member, contract: Contract) -> Because:
    """T8: a rejected contract stays as it is; its content begins anew as a draft."""
    parts = (owns(member, contract), in_state(contract, *FINISHED), create(member))
    return all_of("copy", parts)


@rule("contracts.products")
def products(member: Member, obj: Any = None) -> Because:
    return everybody(member, obj)


@rule("contracts.view_product")
def view_product(member: Member, product: Product) -> Because:
    return everybody(member, product)


@rule("contracts.keep_products", clauses="CTR-5.1", label=N_("Keep the catalogue of products"))
def keep_products(member: Member, product: Product | None = None) -> Because:
    return holds(member, *sorted(KEEPERS))

"""CTR: what the words around contracts and their figures mean."""

from django.utils.translation import gettext_noop as N_

from contracts.models import Instalment, PriceMode
from contracts.terms import Term
from kit.terms import explain, term

TERMS = {
    "in_force": N_("Signed, begun and not over; without days it is in force from the start."),
    "30": N_("Signed and ending within the next 30 days: time to renew."),
    "60": N_("Signed and ending within the next 60 days."),
    "90": N_("Signed and ending within the next 90 days."),
    "ended": N_("Its last day has passed; it stays in the records."),
    "later": N_("Signed, but its first day is still to come."),
}
BASES = {
    "signing": N_("Payable once the contract is signed."),
    "delivery": N_("Payable once the goods are delivered."),
    "acceptance": N_("Payable once the customer has accepted the goods."),
    "warranty": N_("Held back and payable when the warranty is over."),
}
MODES = {
    "gross": N_("Typed prices contain the tax; it is taken out of them."),
    "net": N_("Typed prices are without the tax; it is added to them."),
}


def ready() -> None:
    group = N_("Contracts")
    explain(group, "term", Term, TERMS, "CTR-1.5")
    explain(group, "basis", Instalment.Basis, BASES, "CTR-1.3")
    explain(group, "price_mode", PriceMode, MODES)
    for key, label, sentence, clause in WORDS:
        term(group, key, label, sentence, clause)


WORDS = (
    (
        "signed_amount",
        N_("Signed amount"),
        N_("The gross sum of contracts signed in the period, archived ones too, by signing day."),
        "CTR-1.4",
    ),
    (
        "signed_contracts",
        N_("Signed contracts"),
        N_("How many contracts were signed in the period; drafts and reviews do not count."),
        "CTR-1.4",
    ),
    (
        "archiving",
        N_("Archiving a contract"),
        N_("Number, place and checksum of the signed copy are kept; nothing changes afterwards."),
        "CTR-1.5",
    ),
    (
        "discount",
        N_("Discount"),
        N_("What share of the list price is asked: 90 % means ten per cent off."),
        "CTR-1.3",
    ),
    (
        "credit_days",
        N_("Credit days"),
        N_("Days after delivery until the customer pays; more than the tier's days is a risk."),
        "CTR-1.3",
    ),
)

"""CUS: what tiers, visits and the words around customers mean."""

from django.utils.translation import gettext_noop as N_

from customers.models import Note, Source, Tier, Visit
from kit.terms import explain, term

TIERS = {
    "A": N_("An important large customer: named contacts at the top, contact every week."),
    "B": N_("A main customer: bought much and steadily; contact every two weeks."),
    "C": N_("An ordinary customer: has bought, at a smaller scale; contact every month."),
    "D": N_("A potential customer: never bought; followed up by its intention and buying power."),
}
VISITS = {
    "planned": N_("Set for a day with a purpose; overdue when that day has passed."),
    "open": N_("Checked in and not yet finished; a person has one at a time."),
    "done": N_("Finished with a written result; it counts as contact and in the figures."),
    "cancelled": N_("Called off with a reason; it counts nowhere."),
}
KINDS = {
    "field": N_("At the customer's place, with a check-in."),
    "phone": N_("A talk by telephone with a purpose and a result."),
    "wechat": N_("A talk by WeChat with a purpose and a result."),
    "video": N_("A talk by video with a purpose and a result."),
}
NOTES = {
    "call": N_("A telephone call noted without a visit; it counts as contact."),
    "wechat": N_("A WeChat message noted without a visit; it counts as contact."),
    "mail": N_("An e-mail noted without a visit; it counts as contact."),
    "other": N_("Another contact noted without a visit; it counts as contact."),
}
SOURCES = {
    "phone": N_("Won by a call."),
    "visit": N_("Won by a visit."),
    "web": N_("Came through the web site or a platform."),
    "event": N_("Met at a fair or an event."),
    "referral": N_("Recommended by another customer or partner."),
    "import": N_("Came with a table that was imported."),
    "other": N_("Won in another way."),
}


def ready() -> None:
    group = N_("Customers")
    explain(group, "tier", Tier, TIERS, "CUS-3.2")
    explain(group, "visit", Visit.Status, VISITS, "CUS-1.8")
    explain(group, "visit_kind", Visit.Kind, KINDS, "CUS-1.8")
    explain(group, "note", Note.Kind, NOTES, "CUS-1.9")
    explain(group, "source", Source, SOURCES, "CUS-1.1")
    for key, label, sentence, clause in WORDS:
        term(group, key, label, sentence, clause)


WORDS = (
    (
        "tier",
        N_("Tier"),
        N_("How much a customer matters, A to D; it sets how often contact is owed."),
        "CUS-3.2",
    ),
    (
        "customer.overdue",
        N_("Contact overdue"),
        N_("The planned day, or the tier's time since the last contact, has passed."),
        "CUS-1.9",
    ),
    (
        "customer.new",
        N_("Not contacted yet"),
        N_("Nobody has noted a visit, call or message with this customer so far."),
        "CUS-1.9",
    ),
    (
        "customer.active",
        N_("In contact"),
        N_("The last contact is recent enough for the customer's tier."),
        "CUS-1.9",
    ),
    (
        "customer.archived",
        N_("Archived customer"),
        N_("Out of all lists and plans; nothing is lost and it can be restored."),
        "",
    ),
    (
        "focus",
        N_("Key follow-up"),
        N_("A prospect on the short list that is followed up first."),
        "CUS-1.6",
    ),
    (
        "registration",
        N_("Registering a prospect"),
        N_("Search the company, then add the file: from then on the customer is known as yours."),
        "CUS-2.1",
    ),
    (
        "share",
        N_("Share"),
        N_("A colleague sees this one customer and its numbers until a day you choose."),
        "ORG-1.6",
    ),
    (
        "hand_over",
        N_("Hand over"),
        N_("The customer gets a new owner, with plans, visits and notes; both are told."),
        "CUS-1.10",
    ),
    (
        "effective_visit",
        N_("Effective visit"),
        N_("A visit with a check-in and a written result; plans and open visits do not count."),
        "CUS-1.9",
    ),
    (
        "visits",
        N_("Visits"),
        N_("Finished visits by the day of the check-in, whoever owns the customer."),
        "CUS-1.9",
    ),
    (
        "new_customers",
        N_("New customers"),
        N_("Files added in the period and still in use, whether bought or not."),
        "CUS-1.1",
    ),
)

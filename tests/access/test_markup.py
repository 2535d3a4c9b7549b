"""Stored script: what people write is never markup of the page."""

from html.parser import HTMLParser

from django.db import transaction
from django.utils import timezone

from contracts import actions as contracts
from contracts.models import Product
from customers import actions as customers
from tests.access import samples, world
from tests.conftest import client_of

PAYLOADS = [
    "<script>alert(1)</script>", '"><script>alert(1)</script>', "<img src=x onerror=alert(1)>",
    "'\"--></style></script><svg onload=alert(1)>", "</textarea><script>x</script>",
    "</title><b id=xss>", "<a href=javascript:alert(1)>x</a>", '" onmouseover="alert(1)',
    "' autofocus onfocus='alert(1)", "{{7*7}}{% debug %}", "<iframe srcdoc='<p>'>",
    "<form action=//evil.example><input name=csrfmiddlewaretoken>", "<base href=//evil.example>",
    '<math><mtext></form><form><mglyph><svg><textarea><path id="</textarea><img onerror=1>">',
    "\u2028<!--<script>\x85", "%3Cscript%3E&lt;script&gt;&#60;script&#62;",
    "<x hx-get=/ hx-trigger=load>",
]  # fmt: skip


class Bones(HTMLParser):
    """The page's tags and attribute names; what people wrote must add none."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found = []

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, tuple(sorted(name for name, _value in attrs))))


def bones(page):
    parser = Bones()
    parser.feed(page)
    return parser.found


def test_what_people_write_is_never_markup(acme, settings, tmp_path):
    """The same pages with plain words and with each payload have the same tags."""

    contracts.seed_vat_rates()
    rep = acme.east_rep
    clients = {n: client_of(getattr(acme, n)) for n in ("east_rep", "east_supervisor")}

    def drawn(text):
        with transaction.atomic():
            customer = customers.create(
                by=rep, name=f"甲方{text}"[:120], notes=text, needs=text, city=text[:40],
                address=text[:200], industry=text[:40], preferences=text,
            )  # fmt: skip
            customers.set_tier(customer, by=rep, tier="B", reason=f"原因原因{text}")
            customers.change(customer, by=rep, notes=f"{text}2")
            contact = customers.add_contact(
                customer, by=rep, name=text[:60], title=text[:60], notes=text[:200],
                wechat=text[:40], is_primary=True,
            )  # fmt: skip
            visit = customers.plan_visit(
                customer, by=rep, planned_on=timezone.localdate(), kind="phone", purpose=text
            )
            customers.finish_visit(
                visit, by=rep, summary=text, met=text, rival_news=text, next_step=text
            )
            product = contracts.save_product(
                Product(name=text[:120], code=text[:40], specification=text[:120],
                                  list_price=5, unit=text[:10]), by=acme.secretary,
            )  # fmt: skip
            contract = samples.draft(
                acme, customer, product, title=text[:120], buyer=text[:120], liability=text,
                other_terms=text, payment_terms=text,
            )  # fmt: skip
            contracts.submit(contract, by=rep)
            contract.refresh_from_db()
            world.decided(contract, "reject", acme.east_supervisor)
            found = {}
            shown_to = {
                "east_rep": (
                    f"/customers/{customer.pk}/change/",
                    f"/customers/contacts/{contact.pk}/change/",
                    f"/contracts/new/?customer={customer.pk}", "/contracts/products/",
                    "/contracts/products/lookup/", "/",
                ),
                "east_supervisor": (
                    "/customers/", f"/customers/{customer.pk}/", f"/customers/visits/{visit.pk}/",
                    "/customers/visits/?box=all&who=all", "/customers/lookup/",
                    f"/contracts/{contract.pk}/", "/contracts/", "/approvals/?box=done",
                ),
            }  # fmt: skip
            for name, paths in shown_to.items():
                for path in paths:
                    found[name, path] = clients[name].get(path).content.decode()
            transaction.set_rollback(True)
        return found

    world.spread_ids()
    plain = [bones(page) for page in drawn("普通的文字").values()]
    shown = 0
    for payload in PAYLOADS:
        pages_ = drawn(payload)
        for (key, page), wanted in zip(pages_.items(), plain, strict=True):
            assert bones(page) == wanted, (payload, key, set(bones(page)) ^ set(wanted))
            shown += "&lt;script&gt;" in page
    assert shown > 20


def test_the_twin_markup_in_a_page_would_be_found():
    assert bones("<p>a</p>") != bones("<p><script>a</script></p>")

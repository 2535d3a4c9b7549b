"""The manual's pages: chapters, search, a clause with what keeps it, the chips that lead there."""

import datetime as dt
import re

from django.urls import reverse
from django.utils import timezone

from approvals.models import Status
from org import actions
from tests.access import samples
from tests.conftest import client_of


def drafted(acme):
    """A second contract beside the one of the samples that is in review."""
    made = samples.build(acme)
    contracts = {model._meta.label_lower: record for model, record in made.items()}
    first = contracts["contracts.contract"]
    return samples.draft(acme, first.customer, contracts["contracts.product"])


def page(client, path, **headers):
    answer = client.get(path, headers={"Accept-Language": "zh-hans"} | headers)
    assert answer.status_code == 200, path
    return answer.content.decode()


def test_the_chapters_say_how_far_the_product_is(acme):
    html = page(client_of(acme.east_rep), "/handbook/")
    assert html.count("so-rowcard-title") == 15
    assert "销售合同管理" in html


def test_a_search_without_script_gives_a_whole_page_and_with_it_the_rows(acme):
    client = client_of(acme.east_rep)
    whole = page(client, "/handbook/?q=qcht")
    rows = page(client, "/handbook/?q=qcht", **{"HX-Request": "true"})
    assert "<html" in whole
    assert "<html" not in rows
    assert "CTR-1.1" in whole
    assert "CTR-1.1" in rows


def test_states_part_the_clauses(acme):
    client = client_of(acme.east_rep)
    kept = page(client, "/handbook/?state=enforced&chapter=CTR")
    still = page(client, "/handbook/?state=open&chapter=CTR")
    link = 'href="/handbook/CTR-{}/"'
    assert link.format("1.4") in kept
    assert link.format("4.1") not in kept
    assert link.format("4.1") in still
    assert link.format("1.4") not in still


def test_nothing_found_is_said_in_words(acme):
    assert "没有符合的条款" in page(client_of(acme.east_rep), "/handbook/?q=独角兽喷火")


def test_a_clause_shows_what_keeps_it_and_its_neighbours(acme):
    html = page(client_of(acme.east_rep), "/handbook/CTR-1.3/")
    assert "区域经理审批" in html  # the step
    assert "不触发提示的最低折扣" in html  # the parameter
    assert 'href="/handbook/CTR-1.2/"' in html
    assert 'href="/handbook/CTR-1.4/"' in html


def test_a_small_letter_finds_the_clause_and_an_unknown_one_is_not_found(acme):
    client = client_of(acme.east_rep)
    assert client.get("/handbook/ctr-1.3/").status_code == 200
    assert client.get("/handbook/CTR-99.9/").status_code == 404


def test_the_numbers_are_the_companys_own_and_only_the_admin_is_led_to_change_them(acme):
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    actions.set_param("contracts.discount_floor", 85, starts=tomorrow, reason="试行", by=acme.admin)
    href = reverse("org:set_param")
    rep, admin = (page(client_of(m), "/handbook/CTR-1.3/") for m in (acme.east_rep, acme.admin))
    assert "<b>90</b>" in rep  # tomorrow's value is not in force
    assert href not in rep
    assert f"{href}?key=contracts.discount_floor" in admin


def test_every_clause_has_a_page(acme):
    from kit.registry import manual

    client = client_of(acme.east_rep)
    assert {client.get(f"/handbook/{code}/").status_code for code in manual} == {200}


def test_a_chip_leads_to_its_clause_and_says_its_first_sentence(acme):
    html = page(client_of(acme.admin), "/org/params/")
    assert '<a class="so-clause" href="/handbook/CTR-1.3/" title="区域销售经理审批：' in html


def test_a_button_behind_a_rule_carries_its_clause(acme):
    contract = drafted(acme)
    html = page(client_of(acme.east_rep), f"/contracts/{contract.pk}/")
    form = re.search(r'<form[^>]*id="submit".*?</form>', html, re.DOTALL)[0]
    assert "/handbook/CTR-1.1/" in form


def test_a_page_names_the_clauses_of_its_rule(acme):
    html = page(client_of(acme.east_rep), "/customers/create/")
    foot = html[html.index("so-ruled") :]
    assert "/handbook/CUS-1.1/" in foot


def test_a_refusal_carries_its_clause_on_the_page_and_in_the_api(acme):
    contract = drafted(acme)
    assert contract.status == Status.DRAFT
    client = client_of(acme.east_rep)
    refused = client.post(f"/contracts/{contract.pk}/sign/")
    assert refused.status_code == 403
    assert "/handbook/CTR-1.4/" in refused.content.decode()
    said = client.post(f"/api/v1/contracts/{contract.pk}/sign/", content_type="application/json")
    assert said.status_code == 403
    assert said.json()["because"]["clauses"] == ["CTR-1.4"]


def test_a_refusal_of_an_action_without_reasons_names_the_clause_of_its_page(acme):
    """CTR-1.6: a late withdrawal is refused in words, and with the clause."""
    from kit.because import Refused

    refused = Refused("zu spät", code="late").citing("CTR-1.6")
    assert refused.because.clauses == ("CTR-1.6",)
    assert str(refused.because) == "zu spät"
    assert Refused("zu spät").citing("").because is None

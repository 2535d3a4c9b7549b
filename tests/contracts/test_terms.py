"""T14: filters by term on page and API, and everything that happened to a contract."""

import io
from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from contracts import actions
from contracts.models import Contract
from contracts.terms import Term, in_term
from files import actions as files
from tests.conftest import client_of
from tests.contracts.conftest import make_contract, make_customer
from tests.contracts.steps import through

TODAY = timezone.localdate
NAMES = {"signatory_ours": "陈晓", "signatory_theirs": "王总"}


@pytest.fixture
def terms(acme, rates):
    """name -> (first day, last day) from today, of signed contracts; and a draft."""
    customer, made = make_customer(acme.east_rep), {}
    for name, first, last in (
        ("open", None, None), ("long", -10, 200), ("month", -10, 30), ("two", -10, 31),
        ("three", -10, 61), ("today", -10, 0), ("over", -30, -1), ("later", 1, 20),
        ("draft", -10, 20),
    ):  # fmt: skip
        contract = make_contract(acme.east_rep, customer, title=name)
        days = [None if n is None else TODAY() + timedelta(days=n) for n in (first, last)]
        made[name] = (contract, *days)
    through_all(acme, made)
    return made


def through_all(acme, made):
    """One real signature; the others take its case, for the term is what is looked at."""
    contract, *_days = made["open"]
    through(acme, contract)
    for place, (name, (other, first, last)) in enumerate(made.items()):
        if name == "draft":
            continue
        Contract.objects.filter(pk=other.pk).update(
            status="signed", signed_on=TODAY(), case=contract.case, number=f"N-{place}",
            starts_on=first, ends_on=last,
        )  # fmt: skip


WANTED = {
    Term.IN_FORCE: {"open", "long", "month", "two", "three", "today"},
    Term.IN_30: {"month", "today"},
    Term.IN_60: {"month", "two", "today"},
    Term.IN_90: {"month", "two", "three", "today"},
    Term.ENDED: {"over"},
    Term.LATER: {"later"},
}


def test_every_term_on_page_and_api(acme, terms):
    client = client_of(acme.east_rep)
    for term, names in WANTED.items():
        assert set(in_term(Contract.objects.all(), term, TODAY()).values_list("title", flat=True)) \
            == names, term  # fmt: skip
        page = client.get(f"/contracts/?term={term}")
        assert {contract.title for contract in page.context["page"]} == names
        found = client.get(f"/api/v1/contracts/?term={term}").json()["results"]
        assert {row["title"] for row in found} == names
    both = client.get("/contracts/?term=in_force&status=archived").context["page"].rows
    assert not both
    assert 'aria-current="true"' in client.get("/contracts/?term=30").content.decode()
    assert client.get("/contracts/?term=nonsense").status_code == 200


def test_everything_that_happened_stands_on_the_page(acme, rates):
    contract = make_contract(acme.east_rep, make_customer(acme.east_rep))
    picture = io.BytesIO()
    Image.new("RGB", (4, 4), "teal").save(picture, "PNG")
    file = SimpleUploadedFile("a.png", picture.getvalue())
    paper = files.attach(contract, file, by=acme.east_rep)
    files.remove(paper, by=acme.east_rep)
    through(acme, contract)
    actions.sign(contract, by=acme.east_rep, signed_on=TODAY(), **NAMES)
    Contract.objects.filter(pk=contract.pk).update(
        starts_on=date(2025, 1, 1), ends_on=TODAY() - timedelta(days=1)
    )
    page = client_of(acme.director).get(f"/contracts/{contract.pk}/")
    told = [event.text for event in page.context["events"]]
    for text in ("起草合同", "已上传附件", "附件已移除", "提交审批", "通过一步审批", "已签订"):
        assert text in told, told
    assert any("到期" in text for text in told)
    assert any("生效" in text for text in told)
    ats = [event.at for event in page.context["events"]]
    assert ats == sorted(ats, reverse=True)

"""B5, B6: every field of a contract and what its hash covers; no side door shortens its chain."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone

from approvals.actions import approve_many, decide
from approvals.models import Case, Decision, Document, Status, Task
from contracts import actions, chain
from contracts.models import Contract, Instalment, Line
from customers.models import Customer
from files import actions as files
from files.importers import importers
from files.models import Attachment
from kit.because import Forbidden, Refused
from kit.texthash import digest
from tenancy.models import Company
from tests.conftest import client_of
from tests.contracts.steps import approve, through
from tests.contracts.test_chain import another

ENGINE = "the engine's own: no content, and only it writes them (tests/house/test_status_writes.py)"
LATER = "written by verbs after the last approval, under their own rules (CTR-1.4, CTR-1.5)"
TREE = "whom it belongs to and where it stands since; who drafted it where is frozen and covered"
ROW = "the row itself: what hangs on another contract is missing here, and that is covered"
CLOCK = "moments of the row, no content"
# everything the hash does not cover, with the reason
OUTSIDE = {
    Contract: {
        "id": ROW, "company": ROW, "status": ENGINE, "case": ENGINE, "owner": TREE, "unit": TREE,
        "org_path": TREE, "created_at": CLOCK, "updated_at": CLOCK, "signed_on": LATER,
        "signatory_ours": LATER, "signatory_theirs": LATER, "archive_number": LATER,
        "archive_place": LATER, "archive_sha256": LATER, "archived_at": LATER,
        "copied_from": "where a draft began; its content is its own",
        "lowest_discount": "computed from the lines, which are covered",
    },
    Line: {"id": ROW, "company": ROW, "contract": ROW},
    Instalment: {"id": ROW, "company": ROW, "contract": ROW},
    Customer: {
        **dict.fromkeys(
            (f.name for f in Customer._meta.fields),
            "the customer's file is no part of the contract and stays open to its owner; what an "
            "approver judges by (name, credit code, tier) is covered",
        ),
    },
    Attachment: dict.fromkeys(
        (f.name for f in Attachment._meta.fields),
        "a paper is its name and its checksum; the rest says where it is kept and how it looks",
    ),
}  # fmt: skip
for name in ("name", "credit_code", "tier"):
    del OUTSIDE[Customer][name]
for name in ("name", "sha256", "purpose", "archived_at"):
    del OUTSIDE[Attachment][name]
FROZEN = {"head": {"name": "别的公司"}, "terms": ["别的条款"], "drafted_by": "别人", "unit": "别处"}


@pytest.fixture
def paper(acme, contract, settings, tmp_path):
    """In review after the first approval, with a paper on it and standing clauses in it."""
    settings.MEDIA_ROOT = tmp_path
    Company.objects.filter(pk=contract.company_id).update(terms="第一款\n第二款")
    files.attach(contract, SimpleUploadedFile("附件.txt", b"one"), by=acme.east_rep)
    actions.submit(contract, by=acme.east_rep)
    approve(contract, acme.east_supervisor)
    contract.refresh_from_db()
    return contract


def fresh(contract):
    return digest(chain.snapshot(Contract.objects.get(pk=contract.pk)))


def values_of(acme, obj, name):
    """Another value of the field, with what the database wants beside it."""
    if name == "frozen":
        return {}
    if name == "purpose":
        return {name: "signed_copy"}
    if name == "archived_at":
        return {name: timezone.now()}
    values = {name: another(acme, obj, name)}
    if name == "ends_on":
        values["starts_on"] = None
    parts = {"net": "gross", "tax": "gross", "gross": "net"}
    sums = parts | {f"{k}_amount": f"{v}_amount" for k, v in parts.items()}
    if name in sums:
        values[sums[name]] = getattr(obj, sums[name]) + Decimal("0.01")
    if name == "sha256":
        values[name] = "f" * 64
    return values


def test_every_field_is_under_the_hash_or_stands_outside_with_its_reason(acme, paper):
    """B5: introspected, so that a field to come has to be placed too."""
    rows = [paper, paper.lines.first(), paper.instalments.first(), paper.customer,
            Attachment.objects.of(paper).get()]  # fmt: skip
    before, wrong, covered = fresh(paper), [], 0
    assert before == paper.case.content_hash
    for obj in rows:
        model = type(obj)
        names = {field.name for field in model._meta.concrete_fields}
        assert OUTSIDE[model].keys() <= names
        for name in sorted(names - OUTSIDE[model].keys()):
            changes = [values_of(acme, obj, name)]
            if name == "frozen":
                changes = [{name: paper.frozen | {key: value}} for key, value in FROZEN.items()]
            for change in changes:
                with transaction.atomic():
                    model.objects.filter(pk=obj.pk).update(**change)
                    wrong += [(model.__name__, name)] if fresh(paper) == before else []
                    covered += 1
                    transaction.set_rollback(True)
    assert wrong == []
    assert covered >= 50
    assert fresh(paper) == before


CHANGES = {
    "a line more": lambda p: Line.objects.create(
        contract=p, position=9, name="x", list_price=1, unit_price=1
    ),
    "a line less": lambda p: p.lines.all().delete(),
    "an instalment more": lambda p: Instalment.objects.create(contract=p, position=9, amount=1),
    "an instalment less": lambda p: p.instalments.filter(position=2).delete(),
    "a paper less": lambda p: Attachment.objects.of(p).update(archived_at=timezone.now()),
    "a paper changed": lambda p: Attachment.objects.of(p).update(sha256="f" * 64),
    "clauses behind the engine": lambda p: Contract.objects.filter(pk=p.pk).update(
        frozen=p.frozen | {"terms": ["别的"]}
    ),
    "the customer's tier": lambda p: Customer.objects.filter(pk=p.customer_id).update(tier="D"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changed_in_between_makes_the_approvals_void(acme, paper, change):
    """B5: 409 for every kind of decision; only a new submission goes on, from the first step."""
    change(paper)
    seen = paper.case.content_hash
    for verb in ("approve", "return", "reject"):
        with pytest.raises(Refused) as refused:
            decide(paper.case, verb=verb, by=acme.east_manager, seen=seen, comment="请再核对条款")
        assert (refused.value.status, refused.value.code) == (409, "stale")
    assert Decision.objects.filter(verb="approve").count() == 1
    # in the list too, where several are approved at once
    assert all(row.refusal for row in approve_many([(paper.case, seen)], by=acme.east_manager))


def test_what_stands_outside_voids_nothing(acme, paper):
    """The twin: words of the company and of the customer that are no part of what was approved."""
    Company.objects.filter(pk=paper.company_id).update(terms="新的条款", bank_name="新银行")
    Customer.objects.filter(pk=paper.customer_id).update(notes="备注", industry="化工")
    assert fresh(paper) == paper.case.content_hash
    approve(paper, acme.east_manager)
    approve(paper, acme.finance)
    paper.refresh_from_db()
    assert paper.status == Status.APPROVED


# --- B6: no way round -----------------------------------------------------------------------------

SIGNED = {"signatory_ours": "王总", "signatory_theirs": "李总"}


def sign(acme, contract):
    contract = Contract.objects.get(pk=contract.pk)
    return actions.sign(contract, by=contract.owner, signed_on=timezone.localdate(), **SIGNED)


RAW = {
    "the document alone": lambda p: Contract.objects.filter(pk=p.pk).update(status="approved"),
    "document and case": lambda p: (
        Contract.objects.filter(pk=p.pk).update(status="approved"),
        Case.objects.filter(pk=p.case_id).update(state="approved", decided_at=timezone.now()),
    ),
    "with its tasks closed": lambda p: (
        Contract.objects.filter(pk=p.pk).update(status="approved"),
        Case.objects.filter(pk=p.case_id).update(state="approved", decided_at=timezone.now()),
        Task.objects.filter(case=p.case_id, state="open").update(state="done"),
    ),
    "with its tasks void": lambda p: (
        Contract.objects.filter(pk=p.pk).update(status="approved"),
        Case.objects.filter(pk=p.case_id).update(state="approved", decided_at=timezone.now()),
        Task.objects.filter(case=p.case_id, state="open").update(state="void"),
    ),
}


@pytest.mark.parametrize("write", RAW.values(), ids=RAW)
def test_a_status_written_by_hand_is_no_approval(acme, paper, write):
    """CTR-1.4: the signature asks the votes of every step, whatever the tables call the state."""
    write(paper)
    with pytest.raises(Refused) as refused:
        sign(acme, paper)
    assert refused.value.code == "unpassed"
    assert Contract.objects.get(pk=paper.pk).signed_on is None


def test_the_twin_with_every_vote_it_is_signed(acme, paper):
    through(acme, paper, acme.east_manager, acme.finance)
    assert sign(acme, paper).status == Status.SIGNED


def test_no_body_no_import_and_no_batch_writes_a_status(acme, paper, contract):
    """API, form and batch take no status; no kind of document can be imported."""
    client = client_of(acme.east_rep)
    before = Case.objects.values("state", "position", "round").get(pk=paper.case_id)
    raw = {"status": "approved", "state": "approved", "case": None, "notes": "x"}
    for path in (f"/api/v1/contracts/{paper.pk}/", f"/api/v1/cases/{paper.case_id}/"):
        answer = client.patch(path, raw, content_type="application/json")
        assert answer.status_code in {403, 405, 409}
    assert client.post(f"/contracts/{paper.pk}/change/", {**raw, "case": ""}).status_code == 403
    many = {"pick": [f"{paper.case_id}:{paper.case.content_hash}"], "verb": "reject"}
    for who in (acme.east_rep, acme.admin, acme.secretary, acme.director):
        client_of(who).post("/approvals/approve/", many)
    assert Case.objects.values("state", "position", "round").get(pk=paper.case_id) == before
    assert Contract.objects.get(pk=paper.pk).status == Status.IN_REVIEW
    documents = {model._meta.label_lower for model in Document.__subclasses__()}
    assert documents
    assert not documents & importers.keys()


def test_an_edit_after_the_first_step_begins_anew(acme, paper):
    """Locked while it runs; after the return a changed text asks every step again."""
    with pytest.raises(Forbidden):
        actions.change(paper, by=acme.east_rep, header={"notes": "改"})
    words = {"seen": paper.case.content_hash, "comment": "请改付款条款"}
    decide(paper.case, verb="return", by=acme.east_manager, **words)
    day = paper.delivery_on + timedelta(1)
    actions.change(paper, by=acme.east_rep, header={"delivery_on": day})
    done = through(acme, Contract.objects.get(pk=paper.pk))
    assert done.status == Status.APPROVED
    votes = Decision.objects.filter(case=done.case, round=2, verb="approve")
    assert set(votes.values_list("by__employee_no", flat=True)) == {
        "east_supervisor", "east_manager", "finance",
    }  # fmt: skip

"""CTR-1.1, CTR-1.5: papers of a contract, its archive, and the days before its end."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.utils import timezone

from approvals.actions import decide, is_stale
from approvals.models import Status
from contracts import actions
from contracts.chain import snapshot
from contracts.models import Contract, Instalment, Line
from contracts.terms import ending_of
from files import actions as files
from files.models import Attachment, Purpose
from kit.because import Forbidden, Refused
from tests.conftest import client_of
from tests.contracts.conftest import make_contract
from tests.contracts.steps import approve, points_of, through
from tests.files.hostile import pdf


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def attach(contract, by, data=b"terms", purpose=Purpose.PAPER, name="附件.txt"):
    return files.attach(contract, SimpleUploadedFile(name, data), by=by, purpose=purpose)


def signed(acme, contract):
    contract = through(acme, contract)
    return actions.sign(
        contract,
        by=acme.east_rep,
        signed_on=timezone.localdate(),
        signatory_ours="陈晓",
        signatory_theirs="王工",
    )


def attach_copy(contract, by, data=None):
    return attach(contract, by, data or pdf(), Purpose.SIGNED_COPY, "签署件.pdf")


def archived(acme, contract):
    contract = signed(acme, contract)
    attach_copy(contract, acme.east_rep)
    return actions.archive(contract, by=acme.secretary, place="档案室 3 柜 2 层")


# --- papers are part of what is approved ----------------------------------------------------------


def test_the_owner_attaches_while_the_text_is_open_and_nobody_after(acme, contract):
    attach(contract, acme.east_rep)
    with pytest.raises(Forbidden):
        attach(contract, acme.east_supervisor, b"other")
    actions.submit(contract, by=acme.east_rep)
    contract.refresh_from_db()
    paper = Attachment.objects.get()
    with pytest.raises(Forbidden):
        attach(contract, acme.east_rep, b"late")
    with pytest.raises(Forbidden):
        files.remove(paper, by=acme.east_rep)


def test_approvers_are_shown_the_papers_by_name_and_checksum(acme, contract):
    assert "Attachments" not in snapshot(contract)
    paper = attach(contract, acme.east_rep)
    assert snapshot(contract)["Attachments"] == [{"File": "附件.txt", "Checksum": paper.sha256}]


def test_a_changed_paper_makes_the_approvals_stale(acme, contract):
    paper = attach(contract, acme.east_rep)
    actions.submit(contract, by=acme.east_rep)
    approve(contract, acme.east_supervisor)
    contract.refresh_from_db()
    assert not is_stale(contract)
    Attachment.objects.filter(pk=paper.pk).update(sha256="0" * 64)
    assert is_stale(contract)
    with pytest.raises(Refused) as refused:
        decide(
            contract.case, verb="approve", by=acme.east_manager,
            seen=contract.case.content_hash, checklist=points_of(contract, acme.east_manager),
        )  # fmt: skip
    assert refused.value.code == "stale"


def test_a_paper_changed_after_a_return_begins_the_chain_anew(acme, contract):
    paper = attach(contract, acme.east_rep)
    actions.submit(contract, by=acme.east_rep)
    approve(contract, acme.east_supervisor)
    contract.refresh_from_db()
    first = contract.case.content_hash
    decide(contract.case, verb="return", by=acme.east_manager, seen=first, comment="请更换技术附件")
    contract.refresh_from_db()
    files.remove(paper, by=acme.east_rep)
    attach(contract, acme.east_rep, b"better")
    case = actions.submit(contract, by=acme.east_rep).case
    assert case.content_hash != first
    assert case.round == 2
    assert case.tasks.filter(round=2, state="open").get().member == acme.east_supervisor


# --- the signed copy and the archive --------------------------------------------------------------


def test_the_signed_copy_comes_after_the_signature_and_once(acme, contract):
    with pytest.raises(Forbidden):
        attach_copy(contract, acme.east_rep)
    contract = signed(acme, contract)
    with pytest.raises(Forbidden):
        attach_copy(contract, acme.east_supervisor)
    first = attach_copy(contract, acme.east_rep)
    with pytest.raises(Refused) as refused:
        attach_copy(contract, acme.secretary, pdf(b"other"))
    assert refused.value.code == "twice"
    files.remove(first, by=acme.secretary)
    attach_copy(contract, acme.secretary, pdf(b"other"))
    with pytest.raises(Refused):
        files.restore(first, by=acme.secretary)


def test_archiving_needs_the_signature_the_copy_and_a_place(acme, contract):
    """CTR-1.5: complete and traceable."""
    with pytest.raises(Forbidden):
        actions.archive(contract, by=acme.east_rep, place="档案室")
    contract = signed(acme, contract)
    with pytest.raises(Refused) as refused:
        actions.archive(contract, by=acme.east_rep, place="档案室")
    assert "signed_copy" in refused.value.errors
    copy = attach_copy(contract, acme.east_rep)
    with pytest.raises(Refused) as refused:
        actions.archive(contract, by=acme.east_rep, place=" ")
    assert "place" in refused.value.errors
    with pytest.raises(Forbidden):
        actions.archive(contract, by=acme.finance, place="档案室")
    made = actions.archive(contract, by=acme.east_rep, place="档案室")
    assert made.status == Status.ARCHIVED
    assert made.archive_number == f"AR-{timezone.localdate():%Y%m}-0001"
    assert made.archive_sha256 == copy.sha256
    assert made.archive_place == "档案室"
    assert list(made.case.decisions.values_list("verb", flat=True))[-1] == "archive"


def test_a_copy_whose_bytes_were_swapped_is_not_archived(acme, contract):
    contract = signed(acme, contract)
    copy = attach_copy(contract, acme.east_rep)
    (files.shelf() / copy.stored).write_bytes(pdf(b"forged"))
    with pytest.raises(Refused) as refused:
        actions.archive(contract, by=acme.east_rep, place="档案室")
    assert refused.value.code == "damaged"


def test_archive_numbers_count_on(acme, customer):
    numbers = []
    for place in range(2):
        contract = signed(acme, make_contract(acme.east_rep, customer, title=f"合同{place}"))
        attach_copy(contract, acme.east_rep, pdf(str(place).encode()))
        numbers.append(actions.archive(contract, by=acme.secretary, place="柜").archive_number)
    assert [number[-4:] for number in numbers] == ["0001", "0002"]


CHANGES = {
    "title": lambda c: Contract.objects.filter(pk=c.pk).update(title="别的"),
    "status": lambda c: Contract.objects.filter(pk=c.pk).update(status="signed"),
    "checksum": lambda c: Contract.objects.filter(pk=c.pk).update(archive_sha256="0" * 64),
    "unarchived": lambda c: Contract.objects.filter(pk=c.pk).update(archived_at=None),
    "line": lambda c: Line.objects.filter(contract=c).update(name="别的"),
    "line gone": lambda c: Line.objects.filter(contract=c).delete(),
    "instalment": lambda c: Instalment.objects.filter(contract=c).update(note="别的"),
    "new line": lambda c: Line.objects.create(
        contract=c, position=9, name="x", list_price=1, unit_price=1
    ),
    "paper": lambda c: Attachment.objects.filter(target_id=c.pk).update(sha256="0" * 64),
    "paper removed": lambda c: Attachment.objects.filter(target_id=c.pk).update(
        archived_at=timezone.now()
    ),
    "paper gone": lambda c: Attachment.objects.filter(target_id=c.pk).delete(),
}


@pytest.mark.parametrize("what", CHANGES)
def test_the_database_lets_nothing_of_an_archive_change(acme, contract, what):
    contract = archived(acme, contract)
    with pytest.raises(DatabaseError, match="archived contract"), transaction.atomic():
        CHANGES[what](contract)


@pytest.mark.parametrize("what", sorted(set(CHANGES) - {"checksum", "unarchived", "status"}))
def test_before_the_archive_the_same_writes_pass(acme, contract, what):
    contract = signed(acme, contract)
    attach_copy(contract, acme.east_rep)
    with transaction.atomic():
        CHANGES[what](contract)
        transaction.set_rollback(True)


def test_an_archive_may_be_handed_on_and_its_picture_drawn(acme, contract):
    contract = archived(acme, contract)
    rows = Contract.objects.filter(pk=contract.pk)
    assert rows.update(owner=acme.east_rep2, org_path=contract.org_path) == 1
    files.draw_preview({"attachment": Attachment.objects.get().pk})
    assert Attachment.objects.get().preview


def test_nobody_removes_a_paper_of_an_archive(acme, contract):
    contract = archived(acme, contract)
    for who in (acme.east_rep, acme.secretary, acme.management):
        with pytest.raises(Forbidden):
            files.remove(Attachment.objects.get(), by=who)
    with pytest.raises(Forbidden):
        actions.archive(contract, by=acme.secretary, place="again")


def test_the_way_to_the_archive_in_the_pages(acme, contract):
    contract = signed(acme, contract)
    client = client_of(acme.east_rep)
    home = f"/contracts/{contract.pk}/"
    page = client.get(home).content.decode()
    assert f"{home}signed_copy/" in page
    assert f"{home}archive/" not in page
    assert "还没有上传签署件" in client.get(f"{home}archive/").content.decode()
    assert client.post(f"{home}archive/", {"place": "柜"}).status_code == 422
    file = SimpleUploadedFile("签署件.pdf", pdf())
    assert client.post(f"{home}signed_copy/", {"file": file})["Location"] == home
    assert f"{home}archive/" in client.get(home).content.decode()
    assert client.post(f"{home}archive/", {"place": ""}).status_code == 422
    assert client.post(f"{home}archive/", {"place": "3 柜"})["Location"] == home
    page = client.get(home).content.decode()
    contract.refresh_from_db()
    assert contract.archive_number in page
    assert contract.archive_sha256 in page
    assert "3 柜" in page
    assert f"{home}archive/" not in page
    found = client.get(f"/contracts/?q={contract.archive_number}").content.decode()
    assert home in found
    assert home in client.get("/contracts/?status=archived").content.decode()
    assert client_of(acme.finance).get(f"{home}archive/").status_code == 403


# --- the days before the end ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "colour"),
    [(31, None), (30, "info"), (16, "info"), (15, "amber"), (8, "amber"), (7, "red"), (0, "red"),
     (-1, None)],
)  # fmt: skip
def test_a_binding_contract_is_marked_before_it_ends(acme, contract, days, colour):
    contract = signed(acme, contract)
    contract.ends_on = timezone.localdate() + timedelta(days)
    contract.save(update_fields=["ends_on"])
    mark = ending_of(contract)
    assert (mark and mark.colour) == colour
    found = client_of(acme.east_rep).get("/contracts/?ending=true").content.decode()
    assert (f"/contracts/{contract.pk}/" in found) == (colour is not None)


def test_a_draft_does_not_end(acme, contract):
    contract.ends_on = timezone.localdate()
    contract.save(update_fields=["ends_on"])
    assert ending_of(contract) is None
    found = client_of(acme.east_rep).get("/contracts/?ending=true").content.decode()
    assert f"/contracts/{contract.pk}/" not in found

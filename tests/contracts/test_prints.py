"""T14, T23: the contract on paper: every letter and number, as A4 pages and as a Word file."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone, translation
from docx import Document
from pypdf import PdfReader

from approvals.actions import decide
from approvals.models import Task
from contracts import actions, prints
from contracts.models import Contract
from kit.because import Refused
from org import actions as org
from tests.conftest import client_of
from tests.contracts.conftest import make_contract
from tests.contracts.steps import through

HOSTILE = '#panic("x") $x$ *b* `c` {{7*7}} {% load %} #read("/etc/passwd") \\u{41} <b>'


def text_of(data):
    book = PdfReader(io.BytesIO(data))
    return "\n".join(page.extract_text() for page in book.pages)


def words_of(data):
    word = Document(io.BytesIO(data))
    found = [paragraph.text for paragraph in word.paragraphs]
    for table in word.tables:
        found += [cell.text for row in table.rows for cell in row.cells]
    found += [paragraph.text for paragraph in word.sections[0].footer.paragraphs]
    return "\n".join(found)


def squeezed(text):
    return "".join(text.split())


@pytest.fixture
def rich(acme, customer):
    return actions.create_draft(
        customer,
        by=acme.east_rep,
        header={
            "title": "年度设备采购合同", "delivery_on": timezone.localdate() + timedelta(40),
            "delivery_place": "苏州工业园区", "payment_terms": "30% 预付，70% 货到付款",
            "other_terms": "质保期十二个月。", "starts_on": timezone.localdate(),
            "ends_on": timezone.localdate() + timedelta(400),
        },
        lines=[
            {"name": "五轴加工中心", "specification": "VMC-850", "unit": "台",
             "quantity": Decimal(2), "list_price": Decimal(580000), "discount": Decimal(90)},
            {"name": "刀具包𠮷", "quantity": Decimal("0.5"), "list_price": Decimal("3000.04"),
             "discount": Decimal(100)},
        ],
        instalments=[
            {"basis": "signing", "percent": Decimal(30), "due_on": timezone.localdate()},
            {"basis": "delivery", "percent": Decimal(70), "days_after": 30},
        ],
    )  # fmt: skip


def sign(acme, contract):
    if contract.is_open_to_edit:
        contract = through(acme, contract)
    return actions.sign(
        contract, by=acme.east_rep, signed_on=timezone.localdate(),
        signatory_ours="陈晓", signatory_theirs="王工",
    )  # fmt: skip


GOLDEN = [
    "年度设备采购合同", "合同双方", "买方（甲方）", "华东精密机械有限公司", "Acme 工业有限公司",
    "苏州工业园区", "五轴加工中心", "VMC-850", "2 台", "¥522,000.00", "¥1,044,000.00", "0.5",
    "¥3,000.04", "¥1,500.02", "13%", "金额大写", "人民币壹佰零肆万伍仟伍佰元零贰分",
    "¥1,045,500.02", "30% 预付，70% 货到付款", "30%", "¥313,650.01", "¥731,850.01", "30 天内",
    "违约责任", "质保期十二个月。", "签字：",
]  # fmt: skip


@pytest.mark.parametrize("way", [prints.pdf, prints.docx])
def test_every_letter_and_number_stands_on_the_paper(acme, rich, way):
    shown = squeezed((text_of if way is prints.pdf else words_of)(way(rich)))
    rich.refresh_from_db()
    net = f"¥{rich.net_amount:,.2f}"
    assert [part for part in [*GOLDEN, net] if squeezed(part) not in shown] == []


@pytest.mark.parametrize("way", [prints.pdf, prints.docx])
def test_the_mark_not_signed_stands_until_the_signature(acme, rich, way):
    read = text_of if way is prints.pdf else words_of
    assert "未签订" in read(way(rich))
    contract = through(acme, rich)
    assert "未签订" in read(way(contract))
    assert "未签订" not in read(way(sign(acme, contract)))


@pytest.mark.parametrize("way", [prints.pdf, prints.docx])
def test_approvals_with_names_times_and_the_checksum(acme, rich, way):
    read = text_of if way is prints.pdf else words_of
    assert "本文本尚无审批记录" in read(way(rich))
    contract = sign(acme, rich)
    shown = squeezed(read(way(contract)))
    assert squeezed(contract.case.content_hash) in shown
    assert contract.number in shown
    for step, who in (
        ("主管审核", acme.east_supervisor), ("区域经理审批", acme.east_manager),
        ("财务审核付款条款", acme.finance),
    ):  # fmt: skip
        at = Task.objects.get(case=contract.case, member=who, state="done").closed_at
        when = f"{timezone.localtime(at):%Y-%m-%d%H:%M}"
        assert f"{step}{who.name}已批准{when}" in shown
    assert "王工" in shown
    assert "陈晓" in shown


def test_approvals_of_another_text_are_not_printed(acme, rich):
    contract = through(acme, rich, acme.east_supervisor)
    assert "主管审核" in text_of(prints.pdf(contract))
    Contract.objects.filter(pk=contract.pk).update(title="改过的合同")
    contract.refresh_from_db()
    shown = text_of(prints.pdf(contract))
    assert "主管审核" not in shown
    assert "本文本尚无审批记录" in shown
    assert contract.case.content_hash not in squeezed(shown)


def test_pages_are_a4_and_numbered(acme, rates, customer):
    contract = make_contract(acme.east_rep, customer)
    rows = [{"name": f"设备{n:03}", "quantity": Decimal(1), "list_price": Decimal(100)}
            for n in range(100)]  # fmt: skip
    contract = actions.change(contract, by=acme.east_rep, lines=rows, instalments=[])
    book = PdfReader(io.BytesIO(prints.pdf(contract)))
    total = len(book.pages)
    assert total > 2
    for number, page in enumerate(book.pages, 1):
        assert [round(float(side)) for side in page.mediabox[2:]] == [595, 842]
        assert f"第{number}页/共{total}页" in squeezed(page.extract_text())
    shown = squeezed(text_of(prints.pdf(contract)))
    assert [n for n in range(100) if f"设备{n:03}" not in shown] == []


def test_what_people_type_is_never_layout(acme, rates, customer):
    """H6: the same letters come out, and nothing is evaluated."""
    contract = make_contract(acme.east_rep, customer, title=HOSTILE)
    header = {"liability": f"{HOSTILE}\n\n第二行", "other_terms": "“引号” ¥ % & _ ^ ~ @ref"}
    contract = actions.change(contract, by=acme.east_rep, header=header)
    for shown in (text_of(prints.pdf(contract)), words_of(prints.docx(contract))):
        assert squeezed(HOSTILE) in squeezed(shown)
        assert "第二行" in shown
        assert squeezed("“引号” ¥ % & _ ^ ~ @ref") in squeezed(shown)
        assert "root:" not in shown


def test_the_paper_is_chinese_for_every_reader(acme, contract):
    with translation.override("en"):
        assert "合同双方" in text_of(prints.pdf(contract))


def test_without_a_chinese_font_a_sentence_says_so(acme, contract, monkeypatch):
    monkeypatch.setattr(prints, "FONTS", ("No Such Font",))
    with pytest.raises(Refused, match="fonts-noto-cjk"):
        prints.pdf(contract)
    answer = client_of(acme.east_rep).get(f"/contracts/{contract.pk}/pdf/")
    assert answer.status_code == 409
    assert "fonts-noto-cjk" in answer.content.decode()


def test_whoever_sees_the_contract_takes_its_paper(acme, contract):
    for kind in ("pdf", "docx"):
        page = f"/contracts/{contract.pk}/{kind}/"
        for who, status in (("east_rep", 200), ("finance", 200), ("east_rep2", 404)):
            assert client_of(getattr(acme, who)).get(page).status_code == status
        answer = client_of(acme.east_rep).get(page)
        assert answer["Content-Disposition"].startswith("attachment; filename")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"]


CLAUSES = "1. 质量按国家标准。\n\n第二条 货到七日内验收。\n三、争议由法院解决。"


@pytest.mark.parametrize("way", [prints.pdf, prints.docx])
def test_the_head_and_clauses_of_the_company_are_frozen_by_the_submission(acme, rich, way):
    def read():
        return squeezed((text_of if way is prints.pdf else words_of)(way(rich)))

    org.change_terms(terms=CLAUSES, by=acme.admin)
    org.change_company(address="浦东大道 1 号", bank_name="工商银行", by=acme.admin)
    assert "通用条款1.质量按国家标准。2.货到七日内验收。3.争议由法院解决。" in read()
    through(acme, rich, acme.east_supervisor)
    org.change_terms(terms="新的条款。", by=acme.admin)
    org.change_company(name="改名有限公司", address="浦西", by=acme.admin)
    rich.refresh_from_db()
    for finish in (lambda: None, lambda: finish_it(acme, rich)):
        finish()
        rich.refresh_from_db()
        shown = read()
        assert [part for part in FROZEN if part not in shown] == []
        assert "新的条款" not in shown


FROZEN = ("2.货到七日内验收。", "浦东大道1号", "工商银行", "主管审核")  # the approvals still stand


def finish_it(acme, contract):
    sign(acme, through(acme, contract, acme.east_manager, acme.finance))


def test_a_returned_contract_takes_the_present_clauses_and_starts_anew(acme, rich):
    org.change_terms(terms="旧的条款。", by=acme.admin)
    through(acme, rich, acme.east_supervisor)
    decide(
        rich.case, verb="return", by=acme.east_manager, seen=rich.case.content_hash,
        comment="请改交货日期", checklist={},
    )  # fmt: skip
    org.change_terms(terms="新的条款。", by=acme.admin)
    rich.refresh_from_db()
    assert "新的条款" in text_of(prints.pdf(rich))
    actions.submit(rich, by=acme.east_rep)
    rich.refresh_from_db()
    assert rich.frozen["terms"] == ["新的条款。"]
    assert Task.objects.filter(case=rich.case, state="open", member=acme.east_supervisor).exists()


def test_a_late_second_submission_freezes_nothing_again(acme, rich):
    actions.submit(rich, by=acme.east_rep)
    org.change_terms(terms="新的条款。", by=acme.admin)
    with pytest.raises(Refused):
        actions.submit(rich, by=acme.east_rep)
    assert "terms" not in Contract.objects.get(pk=rich.pk).frozen


def test_the_page_of_a_contract_shows_the_clauses_and_who_will_be_asked(acme, rich):
    org.change_terms(terms=CLAUSES, by=acme.admin)
    page = client_of(acme.east_rep).get(f"/contracts/{rich.pk}/").content.decode()
    assert "货到七日内验收。" in page
    for who in (acme.east_supervisor, acme.east_manager, acme.finance):
        assert who.name in page
    others = client_of(acme.east_supervisor).get(f"/contracts/{rich.pk}/").content.decode()
    assert acme.east_manager.name not in others

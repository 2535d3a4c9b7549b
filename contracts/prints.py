"""A contract on paper: its content once as plain text, laid out as A4 pages or as a Word file."""

import io
import json
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from docx import Document as Word
from docx.document import Document as WordDocument
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from approvals.actions import is_stale
from approvals.board import decisions_of
from contracts import letterhead
from contracts.chain import snapshot
from contracts.models import Contract, Instalment, Line
from files.actions import bytes_of
from files.models import Attachment, CompanyPicture, PictureKind, Purpose
from kit.because import Refused
from kit.money import in_words, show
from kit.texthash import digest

LAYOUT = Path(__file__).with_name("paper.typ")
LANGUAGE = "zh-hans"  # the law's text is Chinese, whatever language the reader's page has
FONTS = ("Noto Sans CJK SC", "Noto Serif CJK SC", "Source Han Sans SC", "Source Han Serif SC")
NOTHING = "—"
Content = dict[str, Any]


def content_of(contract: Contract, reader: str = "") -> Content:
    """Everything that stands on the paper, as text; numbers are already written out.

    `reader` is the mark of who took it (T16.1); the signed contract itself bears none.
    """
    with translation.override(LANGUAGE):
        return _content(contract) | {"reader": "" if contract.is_binding else reader}


def _content(contract: Contract) -> Content:
    case, taken = contract.case, letterhead.taken(contract)
    if contract.is_open_to_edit:
        contract.frozen = taken  # the checksum printed is that of the text printed
    head = taken["head"]
    is_frozen = case is not None and not contract.is_open_to_edit and not is_stale(contract)
    dates = _days(contract.starts_on, contract.ends_on)
    return {
        "company": head["name"],
        "company_code": letterhead.labelled(_("Credit code"), head.get("credit_code")),
        "company_place": letterhead.place(head),
        "title": contract.title,
        "under_title": " ".join((_("Number"), contract.number or _("no number yet"))),
        "watermark": "" if contract.is_binding else _("Not signed"),
        "number_label": _("Number"),
        "number": contract.number or NOTHING,
        "hash_label": _("Checksum of the content"),
        "hash": case.content_hash if is_frozen else digest(snapshot(contract)),
        "page_words": _("page {here} of {total}"),
        "parts": {
            "parties": _("Parties"),
            "elements": _("Contract elements"),
            "lines": _("Products and services"),
            "plan": _("Payment plan"),
            "terms": _("Standing clauses"),
            "papers": _("Attachments"),
            "approvals": _("Approvals"),
            "archive": _("Archiving"),
        },
        "parties": [
            [_("Buyer (party A)"), contract.buyer or NOTHING],
            [_("Seller (party B)"), contract.seller or NOTHING],
            *letterhead.bank_rows(head),
        ],
        "elements": [
            [_("Delivery date"), _day(contract.delivery_on)],
            [_("Place of delivery"), contract.delivery_place or NOTHING],
            [_("Validity"), dates],
            [_("Prices"), contract.get_price_mode_display()],
        ],
        "line_heads": [
            _("No."),
            _("Product or service"),
            _("Quantity"),
            _("Unit price"),
            _("Tax rate"),
            _("Amount"),
        ],
        "lines": [_line(place, line) for place, line in enumerate(contract.lines.all(), 1)],
        "totals": [
            [_("Amount without tax"), show(contract.net_amount)],
            [_("Tax"), show(contract.tax_amount)],
            [_("Contract amount"), show(contract.gross_amount)],
            [_("In words"), in_words(contract.gross_amount, prefixed=True)],
        ],
        "plan_heads": [_("Payable"), _("Due"), _("Share"), _("Amount"), _("Note")],
        "plan": [_instalment(row) for row in contract.instalments.all()],
        "clauses": [
            [title, text]
            for title, text in (
                (_("Payment terms"), contract.payment_terms),
                (_("Liability for breach"), contract.liability),
                (_("Other clauses"), contract.other_terms),
            )
            if text
        ],
        "terms": [f"{n}. {text}" for n, text in enumerate(taken.get("terms", ()), 1)],
        "paper_heads": [_("File"), _("Checksum")],
        "papers": [
            [row.name, row.sha256]
            for row in Attachment.objects.of(contract)
            .kept()
            .filter(purpose=Purpose.PAPER)
            .order_by("pk")
        ],
        "approval_heads": [_("Step"), _("Name"), _("Decision"), _("Time"), _("Comment")],
        "approvals": _approvals(contract) if is_frozen else [],
        "no_approvals": _("Nobody has approved this text."),
        "signatures": _signatures(contract),
        "archive": _archive(contract),
    }


def _day(day: date | None) -> str:
    return f"{day:%Y-%m-%d}" if day else NOTHING


def _days(first: date | None, last: date | None) -> str:
    return f"{_day(first)} – {_day(last)}" if first or last else NOTHING


def _moment(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def _plain(value: Decimal) -> str:
    """2.000 as 2, 0.500 as 0.5, 1200 as 1,200."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _line(place: int, line: Line) -> list[str]:
    name = f"{line.name}\n{line.specification}" if line.specification else line.name
    rate = _("exempt") if line.vat_category == "exempt" else f"{_plain(line.vat_percent)}%"
    quantity = f"{_plain(line.quantity)} {line.unit}".strip()
    return [str(place), name, quantity, show(line.unit_price), rate, show(line.gross)]


def _instalment(row: Instalment) -> list[str]:
    if row.due_on:
        due = _day(row.due_on)
    elif row.days_after is not None:
        due = _("within %(n)s days") % {"n": row.days_after}
    else:
        due = NOTHING
    share = NOTHING if row.percent is None else f"{_plain(row.percent)}%"
    return [row.get_basis_display(), due, share, show(row.amount), row.note]


def _approvals(contract: Contract) -> list[list[str]]:
    """The decisions on exactly this text, in the order in which they were taken."""
    rows = [row for row in decisions_of(contract.case) if row["round"] == contract.case.round]
    return [
        [
            _step(row),
            row["people"],
            row["label"],
            _moment(row["at"]),
            row["comment"],
        ]
        for row in reversed(rows)
    ]


def _step(row: dict[str, Any]) -> str:
    name = row["step"]
    return _(name) if name else NOTHING


def _signatures(contract: Contract) -> list[dict[str, Any]]:
    day = _day(contract.signed_on) if contract.signed_on else ""
    sides = (
        (_("Party A (seal)"), contract.buyer, contract.signatory_theirs, False),
        (_("Party B (seal)"), contract.seller, contract.signatory_ours, True),
    )
    return [
        {
            "title": f"{title} {party}".strip(),
            "rows": [[_("Signed by: "), person], [_("Date: "), day]],
            "is_ours": is_ours,
        }
        for title, party, person, is_ours in sides
    ]


def _archive(contract: Contract) -> list[list[str]]:
    if not contract.archived_at:
        return []
    return [
        [_("Archive number"), contract.archive_number],
        [_("Kept at"), contract.archive_place],
        [_("Archived on"), _moment(contract.archived_at)],
        [_("Signed copy"), f"SHA-256 {contract.archive_sha256}"],
    ]


# --- A4 pages -------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def fonts() -> typst.Fonts:
    return typst.Fonts(include_embedded_fonts=False)


def chinese_fonts() -> list[str]:
    """Those of FONTS that the system has, or Refused: pages of empty boxes help nobody."""
    there = set(fonts().families())
    if found := [name for name in FONTS if name in there]:
        return found
    text = _("The server has no Chinese font for the pages. Please have fonts-noto-cjk installed.")
    raise Refused(text, code="no_font")


def pdf(contract: Contract, reader: str = "") -> bytes:
    """CTR-1.4, T23: the contract as A4 pages. Errors: Refused("no_font")."""
    found = letterhead.pictures_of(contract)
    pictures = {kind: letterhead.drawn(picture) for kind, picture in found.items()}
    content = content_of(contract, reader) | {"fonts": chinese_fonts(), "pictures": pictures}
    return typst.compile(
        str(LAYOUT),
        root=str(LAYOUT.parent),
        font_paths=fonts(),
        format="pdf",
        sys_inputs={"data": json.dumps(content, ensure_ascii=False)},
        timestamp=contract.updated_at.replace(microsecond=0),
    )


# --- Word -----------------------------------------------------------------------------------------


def docx(contract: Contract, reader: str = "") -> bytes:
    """The same text as a Word file."""
    content, pictures = content_of(contract, reader), letterhead.pictures_of(contract)
    word = _blank()
    _letterhead(word, content, pictures.get(PictureKind.LOGO))
    _centred(word, content["title"], size=18)
    _centred(word, content["under_title"], size=9, grey=True)
    parts = content["parts"]
    _pairs(word, parts["parties"], content["parties"])
    _pairs(word, parts["elements"], content["elements"])
    _table(word, parts["lines"], content["line_heads"], content["lines"])
    _pairs(word, "", content["totals"])
    _table(word, parts["plan"], content["plan_heads"], content["plan"])
    for title, text in content["clauses"]:
        _heading(word, title)
        word.add_paragraph(text)
    if content["terms"]:
        _heading(word, parts["terms"])
        for text in content["terms"]:
            word.add_paragraph(text)
    if content["papers"]:
        _table(word, parts["papers"], content["paper_heads"], content["papers"])
    if content["approvals"]:
        _table(word, parts["approvals"], content["approval_heads"], content["approvals"])
    else:
        _heading(word, parts["approvals"])
        word.add_paragraph(content["no_approvals"])
    _signing(word, content, pictures.get(PictureKind.SEAL))
    if content["archive"]:
        _pairs(word, parts["archive"], content["archive"])
    _footer(word, content)
    out = io.BytesIO()
    word.save(out)
    return out.getvalue()


def _letterhead(word: WordDocument, content: Content, logo: CompanyPicture | None) -> None:
    if logo:
        word.add_paragraph().add_run().add_picture(io.BytesIO(bytes_of(logo)), height=Mm(14))
    if content["watermark"]:
        _centred(word, f"【{content['watermark']}】", size=16, grey=True)
    _centred(word, content["company"], size=12)
    for text in (content["company_code"], content["company_place"]):
        if text:
            _centred(word, text, size=8, grey=True)


def _signing(word: WordDocument, content: Content, seal: CompanyPicture | None) -> None:
    for side in content["signatures"]:
        _heading(word, side["title"])
        for label, value in side["rows"]:
            word.add_paragraph(f"{label}{value}")
        if side["is_ours"] and seal:
            word.add_paragraph().add_run().add_picture(io.BytesIO(bytes_of(seal)), width=Mm(40))


def _blank() -> WordDocument:
    word = Word()
    word.core_properties.author = ""
    section = word.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm(20)
    normal = word.styles["Normal"]
    normal.font.name, normal.font.size = "Arial", Pt(10)
    # Word keeps a font of its own for Chinese letters
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "Noto Sans CJK SC")
    return word


def _centred(word: WordDocument, text: str, *, size: int, grey: bool = False) -> None:
    paragraph = word.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), not grey
    if grey:
        run.font.color.rgb = RGBColor(0x80, 0x80, 0x80)


def _heading(word: WordDocument, text: str) -> None:
    run = word.add_paragraph().add_run(text)
    run.bold, run.font.size = True, Pt(11.5)


def _pairs(word: WordDocument, title: str, rows: list[list[str]]) -> None:
    if title:
        _heading(word, title)
    table = word.add_table(rows=0, cols=2)
    for label, value in rows:
        cells = table.add_row().cells
        cells[0].width, cells[1].width = Mm(40), Mm(130)
        cells[0].text, cells[1].text = label, value
    word.add_paragraph()


def _table(word: WordDocument, title: str, heads: list[str], rows: list[list[str]]) -> None:
    _heading(word, title)
    table = word.add_table(rows=1, cols=len(heads), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, text in zip(table.rows[0].cells, heads, strict=True):
        cell.text = text
        cell.paragraphs[0].runs[0].bold = True
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    word.add_paragraph()


def _footer(word: WordDocument, content: Content) -> None:
    """Number, checksum and the page's number, which Word fills in."""
    paragraph = word.sections[0].footer.paragraphs[0]
    before, _here, rest = content["page_words"].partition("{here}")
    between, _total, after = rest.partition("{total}")
    paragraph.add_run(f"{content['number_label']} {content['number']}  {before}")
    _field(paragraph, "PAGE")
    paragraph.add_run(between)
    _field(paragraph, "NUMPAGES")
    paragraph.add_run(f"{after}\n{content['hash_label']} {content['hash']}")
    if content["reader"]:
        paragraph.add_run(f"\n{content['reader']}")
    for run in paragraph.runs:
        run.font.size = Pt(7.5)


def _field(paragraph: Any, name: str) -> None:
    run = paragraph.add_run()
    for kind, text in (("begin", ""), ("", name), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run.element.append(part)

"""H4, H6: whatever is written into a contract stands on its paper as letters, and does nothing."""

import io
import zipfile

import pytest
from pypdf import PdfReader

from contracts import prints
from contracts.models import Contract
from tests.access import samples
from tests.access.payloads import SCRIPTS, Inside, fill
from tests.contracts.test_prints import squeezed, text_of, words_of

ACTIVE = ("/JS", "/JavaScript", "/OpenAction", "/AA", "/Launch", "/EmbeddedFiles", "/URI")


@pytest.fixture
def contract(acme, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made = samples.build(acme)[Contract]
    fill(Inside(), SCRIPTS, turn=3)
    return Contract.objects.get(pk=made.pk)


def test_the_words_stand_on_the_pdf_and_none_is_active(contract):
    data = prints.pdf(contract)
    shown = squeezed(text_of(data))
    assert "onerror=alert(1)" in shown
    assert sum(squeezed(text) in shown for text in SCRIPTS) > 30
    book = PdfReader(io.BytesIO(data))
    objects = [book.get_object(number) for number in range(1, book.trailer["/Size"])]
    everything = repr(objects)
    assert "/Font" in everything
    assert not [word for word in ACTIVE if word in repr(book.trailer["/Root"])]
    assert not [word for word in ("/JavaScript", "/Launch", "/URI") if word in everything]


def test_the_words_stand_in_the_word_file_and_link_nowhere(contract):
    data = prints.docx(contract)
    shown = squeezed(words_of(data))
    assert sum(squeezed(text) in shown for text in SCRIPTS) > 30
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    links = b"".join(part for name, part in parts.items() if name.endswith(".rels"))
    assert b"External" not in links
    assert not [name for name in parts if "vba" in name.lower() or "embeddings" in name]
    assert b"<script" not in parts["word/document.xml"]
    assert b"<w:fldSimple" not in parts["word/document.xml"]

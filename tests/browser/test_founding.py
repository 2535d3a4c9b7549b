"""A company from nothing: founded, staffed by links, its first contract signed and archived."""

import io
import os
import re
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils.timezone import localdate
from docx import Document
from PIL import Image
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.browser.conftest import DESK, PHONE, Person
from tests.browser.test_day import POINTS, press, visible
from tests.org.test_company import good_code
from tests.serving import run

pytestmark = pytest.mark.browser
FIRM, SECRET = "启明精密设备有限公司", "zq-mountain-77-zq"
SHOTS = os.environ.get("SHOTS")
OPERATOR = f"""
from accounts.models import User
User.objects.create_superuser("boss@operator.example", {SECRET!r}, name="平台")
result = True
"""
PEOPLE = {
    "周总监": ("director", FIRM, DESK),
    "钱经理": ("regional_manager", "华北大区", DESK),
    "孙主管": ("supervisor", "北京一组", DESK),
    "李财务": ("finance", FIRM, DESK),
    "吴代表": ("rep", "北京一组", PHONE),
    "郑代表": ("rep", "北京一组", PHONE),
}


class Town:
    """Everybody keeps a browser of their own, as people do; links go from hand to hand."""

    def __init__(self, chromium, address):
        self.chromium, self.address, self.people = chromium, address, {}

    def person(self, name, size=DESK):
        if name not in self.people:
            context = self.chromium.new_context(
                viewport=size, locale="zh-CN", has_touch=size == PHONE, accept_downloads=True
            )
            context.set_default_timeout(10_000)
            self.people[name] = Person(context.new_page(), self.address)
        return self.people[name]

    def enters(self, name, link, size=DESK):
        """By the one-use link: a password, and in."""
        person = self.person(name, size)
        person.page.goto(link)
        person.page.fill("[name=password]", SECRET)
        person.page.fill("[name=again]", SECRET)
        person.page.click("main form button.btn-primary")
        person.page.wait_for_url(self.address + "/")
        shot(person, f"{name}-first-page")
        return person


@pytest.fixture
def town(chromium, stage):
    clone, address, _ids = stage
    run(clone, OPERATOR)
    town = Town(chromium, address)
    yield town
    wrong = {name: person.wrong for name, person in town.people.items() if person.wrong}
    for person in town.people.values():
        person.page.context.close()
    assert wrong == {}


def shot(person, name):
    assert person.is_within_the_screen(), name
    if SHOTS:
        Path(SHOTS).mkdir(parents=True, exist_ok=True)
        person.page.screenshot(path=Path(SHOTS) / f"founding-{name}.png", full_page=True)


def save(page):
    page.click("main form:has(.so-form-foot) button.btn-primary")


def test_a_company_from_nothing(town):
    admin = town.enters("沈管理", founded(town.person("平台")))
    expect(admin.page.locator("#beginning")).to_contain_text("0 / 6")
    fills_the_profile(admin)
    builds_the_tree(admin)
    links = {name: invites(admin, name, role, unit) for name, (role, unit, _) in PEOPLE.items()}
    for name, link in links.items():
        town.enters(name, link, PEOPLE[name][2])
    adds_a_product(admin)
    rep = town.person("吴代表")
    customer = enters_a_customer(rep)
    other = town.person("郑代表")
    assert "404" in other.open(customer).locator("main").inner_text()
    admin.open("/")
    expect(admin.page.locator("#beginning")).to_have_count(0)
    contract = drafts(rep, customer)
    for name in ("孙主管", "钱经理", "李财务"):
        decides(town.person(name), name)
    signs_and_archives(rep, contract)
    reads_the_paper(rep, contract)
    director = town.person("周总监")
    expect(director.open("/figures/").locator("main")).to_contain_text("华北大区")
    expect(director.open(contract).locator("main")).to_contain_text("已归档")
    shot(director, "director-contract")


def founded(operator):
    """The operator founds the company and gets the link for its first administrator."""
    page = operator.open("/accounts/login/?next=/operator/tenancy/company/add/")
    page.fill("[name=login]", "boss@operator.example")
    page.fill("[name=password]", SECRET)
    page.click("form:has([name=password]) button")
    page.fill("[name=name]", FIRM)
    page.fill("[name=slug]", "qiming")
    page.fill("[name=admin_name]", "沈管理")
    page.fill("[name=admin_login]", "13900000001")
    page.click("[name=_save]")
    return page.locator("#link").input_value()


def fills_the_profile(admin):
    page = admin.page
    page.click("#beginning a:has-text('填写公司资料')")
    for name, value in {
        "credit_code": good_code(), "phone": "010-58881234", "address": "北京市海淀区知春路 1 号",
        "bank_name": "工商银行北京分行", "bank_account": "6222 0210 0001",
    }.items():  # fmt: skip
        page.fill(f"[name={name}]", value)
    save(page)
    for kind, colour in (("logo", "navy"), ("seal", "red")):
        admin.open(f"/files/pictures/{kind}/set/")
        drawn = io.BytesIO()
        Image.new("RGB", (240, 120), colour).save(drawn, "PNG")
        page.set_input_files(
            "[name=file]",
            {"name": f"{kind}.png", "mimeType": "image/png", "buffer": drawn.getvalue()},
        )
        save(page)
        expect(page.locator("#pictures img")).to_have_count(1 if kind == "logo" else 2)
    page.click("a:has-text('用示范条款起草')")
    save(page)
    expect(page.locator(".so-clauses li")).to_have_count(9)
    shot(admin, "company")


def builds_the_tree(admin):
    page = admin.page
    for parent, name, kind, code in (
        (FIRM, "华北大区", "region", "HB"), ("华北大区", "北京一组", "team", "HB1"),
    ):  # fmt: skip
        admin.open("/org/tree/")
        page.click(f".so-tree a[href*='/add/']:has-text('{parent}')")
        page.fill("[name=name]", name)
        page.select_option("[name=kind]", kind)
        page.fill("[name=code]", code)
        save(page)
    expect(page.locator("main")).to_contain_text("北京一组")
    shot(admin, "tree")


def invites(admin, name, role, unit):
    page = admin.open("/org/members/invite/")
    page.fill("[name=name]", name)
    page.fill("[name=login]", f"139000001{len(name)}{list(PEOPLE).index(name)}")
    page.select_option("[name=role]", role)
    option = page.locator("[name=unit] option", has_text=unit).first.get_attribute("value")
    page.select_option("[name=unit]", option)
    save(page)
    return page.locator("#link").input_value()


def adds_a_product(admin):
    page = admin.open("/contracts/products/")
    visible(page, "main a.btn-primary").click()
    for name, value in {
        "name": "五轴加工中心", "code": "VMC-850", "unit": "台", "list_price": "500000",
    }.items():  # fmt: skip
        page.fill(f"[name={name}]", value)
    save(page)


def enters_a_customer(rep):
    page = rep.open("/customers/")
    shot(rep, "customers-empty")
    rep.open("/customers/create/")
    page.fill("main [name=q]", "北方重工有限公司")
    save(page)
    page.click("a.btn-primary:has-text('添加客户')")
    page.fill("[name=address]", "沈阳市铁西区北一路 8 号")
    save(page)
    page.wait_for_url(re.compile(r"/customers/\d+/$"))
    shot(rep, "customer")
    return re.search(r"/customers/\d+/$", page.url)[0]


def drafts(rep, customer):
    page, soon = rep.page, localdate() + timedelta(days=20)
    rep.open(f"/contracts/new/?customer={re.search(r'[0-9]+', customer)[0]}")
    page.fill("[name=title]", "首台设备采购合同")
    page.fill("[name=delivery_on]", (soon + timedelta(days=30)).isoformat())
    for field, value in {
        "name": "五轴加工中心", "quantity": "1", "unit": "台", "list_price": "500000",
        "discount": "95",
    }.items():  # fmt: skip
        page.fill(f"[name=lines-0-{field}]", value)
    page.fill("[name=plan-0-percent]", "100")
    page.fill("[name=plan-0-due_on]", soon.isoformat())
    page.keyboard.press("Tab")
    expect(page.locator("#totals")).to_contain_text("475,000.00")
    press(page, "保存草稿")
    page.wait_for_url(re.compile(r"/contracts/\d+/$"))
    for who in ("孙主管", "钱经理", "李财务"):
        expect(page.locator("#coming")).to_contain_text(who)
    shot(rep, "draft")
    press(page, "提交审核")
    expect(page.locator("main")).to_contain_text("HT-HB-")
    return re.search(r"/contracts/\d+/", page.url)[0]


def decides(approver, name):
    page = approver.open("/approvals/")
    page.click("a:has-text('首台设备采购合同')")
    points = {"孙主管": POINTS, "李财务": ("payment_terms",)}.get(name, ())
    for key in points:
        page.check(f"[name=check_{key}]")
    page.fill("#decide textarea[name=comment]", "条款齐全，同意。")
    page.click("#decide button.btn-primary")
    page.wait_for_url("**/approvals/")
    expect(page.locator("main")).not_to_contain_text("首台设备采购合同")


def signs_and_archives(rep, contract):
    page = rep.open(contract)
    press(page, "签订")
    page.fill("[name=signatory_ours]", "沈管理")
    page.fill("[name=signatory_theirs]", "王建国")
    save(page)
    page.wait_for_url(re.compile(r"/contracts/\d+/$"))
    rep.open(f"{contract}signed_copy/")
    scan = io.BytesIO()
    Image.new("RGB", (600, 800), "white").save(scan, "PNG")
    page.set_input_files(
        "[name=file]",
        {"name": "签署件.png", "mimeType": "image/png", "buffer": scan.getvalue()},
    )
    save(page)
    press(page, "归档")
    page.fill("[name=place]", "一号柜 3 层")
    save(page)
    expect(page.locator("main")).to_contain_text("AR-")
    shot(rep, "archived")


def reads_the_paper(rep, contract):
    """PDF and Word carry the same: head, sums, clauses, who approved, where it is kept."""
    with taken(rep, f"{contract}pdf/") as data:
        book = PdfReader(io.BytesIO(data))
        pdf = "".join("".join(page.extract_text().split()) for page in book.pages)
        assert sum(len(page.images) for page in book.pages) == 2
    with taken(rep, f"{contract}docx/") as data:
        word = Document(io.BytesIO(data))
        parts = [paragraph.text for paragraph in word.paragraphs]
        parts += [cell.text for table in word.tables for row in table.rows for cell in row.cells]
        assert len(word.inline_shapes) == 2
    for text in (pdf, "".join("".join(parts).split())):
        for part in (
            FIRM, "北方重工有限公司", "首台设备采购合同", "475,000.00", "肆拾柒万伍仟元整",
            "知春路1号", "工商银行北京分行", "6.一方因不可抗力", "孙主管", "钱经理", "李财务",
            "王建国", "AR-", "一号柜3层",
        ):  # fmt: skip
            assert part in text, part
        assert "未签订" not in text


@contextmanager
def taken(rep, path):
    answer = rep.page.context.request.get(rep.address + path)
    assert answer.ok, path
    yield answer.body()

"""The company's head, parameters, calendar, roles in words and the why of others."""

from datetime import timedelta

import pytest
from django.utils import timezone

from audit.models import AuditLine
from customers.models import Customer
from kit.because import Forbidden, Refused
from kit.codes import credit_check, organisation_check
from org import actions
from org.models import Role
from org.views.why import explained
from tenancy import actions as plumbing
from tenancy.calendar import work_table
from tenancy.models import Company, Param, WorkDay
from tenancy.params import declare, declared, param
from tests.access import samples
from tests.conftest import client_of

KEY = "contracts.discount_floor"


def good_code():
    body = "91310000" + "MA1FL0L5" + organisation_check("MA1FL0L5")
    return body + credit_check(body)


def head(**more):
    return {"name": "新名有限公司", "credit_code": good_code(), "phone": "021-58881234",
            "address": "浦东", "bank_name": "工商银行", "bank_account": "6222", **more}  # fmt: skip


def test_the_head_of_the_company(acme, rival):
    client = client_of(acme.admin)
    assert client.post("/org/company/", head()).status_code == 302
    firm = Company.objects.get(pk=acme.company.pk)
    assert (firm.name, firm.credit_code) == ("新名有限公司", good_code())
    assert firm.bank_name == "工商银行"
    assert Company.objects.get(pk=rival.company.pk).name == rival.company.name
    assert AuditLine.objects.get(verb="org.change_company").after["address"] == "浦东"


def test_the_standing_clauses_lose_numbers_of_their_own(acme):
    client = client_of(acme.admin)
    assert "风险" in client.get("/org/company/terms/?sample=1").content.decode()
    said = {"terms": "1. 第一款\n\n（2）第二款\n第三条 第三款\n12 台设备"}
    assert client.post("/org/company/terms/", said).status_code == 302
    firm = Company.objects.get(pk=acme.company.pk)
    assert firm.terms.splitlines() == ["第一款", "第二款", "第三款", "12 台设备"]
    assert AuditLine.objects.get(verb="org.change_terms").after["terms"] == firm.terms
    assert "第三款" in client.get("/org/company/").content.decode()
    assert client.post("/org/company/terms/", {"terms": "条\n" * 101}).status_code == 422


@pytest.mark.parametrize(
    "wrong", [{"credit_code": "91310000MA1FL0L5XX"}, {"phone": "12"}, {"bank_account": "<b>"}]
)
def test_a_wrong_head_comes_back(acme, wrong):
    assert client_of(acme.admin).post("/org/company/", head(**wrong)).status_code == 422
    assert Company.objects.get(pk=acme.company.pk).address == ""


def test_a_parameter_gets_a_new_value_with_its_reason(acme):
    client, day = client_of(acme.admin), timezone.localdate()
    said = {"key": KEY, "value": "85", "starts": f"{day + timedelta(days=1)}", "reason": "决议 7"}
    old = param(KEY)
    assert client.post("/org/params/set/", said).status_code == 302
    assert param(KEY) == old
    assert param(KEY, on=day + timedelta(days=1)) == 85
    page = client.get("/org/params/").content.decode()
    assert "决议 7" in page
    line = AuditLine.objects.get(verb="org.set_param")
    assert (line.note, line.after["key"]) == ("决议 7", KEY)


@pytest.mark.parametrize("wrong", [{"value": "101"}, {"value": "x"}, {"starts": ""},
                                   {"starts": "2020-01-01"}, {"reason": ""}])  # fmt: skip
def test_a_parameter_out_of_bounds_too_early_or_without_reason_is_refused(acme, wrong):
    starts = f"{timezone.localdate() + timedelta(days=1)}"
    said = {"key": KEY, "value": "85", "starts": starts, "reason": "x"} | wrong
    assert client_of(acme.admin).post("/org/params/set/", said).status_code == 422
    assert not Param.objects.filter(key=KEY).exists()


def test_an_unknown_parameter_is_not_found(acme):
    assert client_of(acme.admin).get("/org/params/set/?key=nothing").status_code == 404


def test_a_day_is_marked_and_the_past_is_kept(acme):
    day = timezone.localdate() + timedelta(days=3)
    actions.mark_day(day, is_workday=False, name="厂庆", by=acme.admin)
    assert work_table()[day] is False
    client = client_of(acme.admin)
    assert "厂庆" in client.get(f"/org/calendar/?day={day}").content.decode()
    with pytest.raises(Refused):
        actions.mark_day(timezone.localdate() - timedelta(days=1), is_workday=True, by=acme.admin)


def test_a_published_year_is_loaded_and_marks_by_hand_stay(acme):
    client = client_of(acme.admin)
    assert "尚未载入" in client.get("/org/calendar/").content.decode()
    assert client.post("/org/calendar/load/", {"year": "2026"}).status_code == 302
    assert WorkDay.objects.filter(date__year=2026).count() > 10
    assert client.post("/org/calendar/load/", {"year": "2049"}).status_code == 409
    assert client.post("/org/calendar/load/", {"year": "x"}).status_code == 404


def test_only_the_administrator_changes_these(acme):
    for who in (acme.director, acme.management, acme.east_rep):
        client = client_of(who)
        for path in ("/org/company/", "/org/params/", "/org/calendar/", "/org/why/"):
            assert client.get(path).status_code == 403
    with pytest.raises(Forbidden):
        actions.load_year(2026, by=acme.director)


def test_every_role_is_explained_from_the_table_and_the_rules(acme):
    page = client_of(acme.east_rep).get("/org/roles/").content.decode()
    assert all(str(role.label) in page for role in Role)
    assert "contracts.sign" in page
    root = acme.unit("root")
    assert "成员" in str(explained(Role.COMPANY_ADMIN, root)["pages"])
    admins = set(map(str, explained(Role.COMPANY_ADMIN, root)["pages"]))
    reps = set(map(str, explained(Role.REP, root)["pages"]))
    assert "参数" in admins - reps


def test_the_administrator_asks_why_without_reading_the_record(acme):
    customer = samples.build(acme)[Customer]
    client = client_of(acme.admin)

    def ask(who, record):
        return client.get("/org/why/", {"member": who.pk, "customer": record}).content.decode()

    seen = ask(acme.east_manager, customer.pk)
    assert "看得到" in seen
    assert "华东大区" in seen
    assert customer.name not in seen
    assert "看不到" in ask(acme.west_manager, customer.pk)
    assert "没有这条记录" in ask(acme.west_manager, 999999)


@pytest.fixture
def switch():
    declare("tests.switch", True, "Switch")
    declare("tests.words", "甲", "Words")
    yield
    for name in ("tests.switch", "tests.words"):
        del declared[name]


@pytest.mark.parametrize(
    ("key", "typed", "kept"), [("tests.switch", "False", False), ("tests.words", "乙", "乙")]
)
def test_switches_and_words_are_parameters_too(acme, switch, key, typed, kept):
    client, day = client_of(acme.admin), timezone.localdate() + timedelta(days=1)
    assert client.get(f"/org/params/set/?key={key}").status_code == 200
    reason = "决议" * 250
    said = {"key": key, "value": typed, "starts": f"{day}", "reason": reason}
    assert client.post("/org/params/set/", said).status_code == 302
    assert param(key, on=day) == kept
    assert Param.objects.get(key=key).document == reason
    assert client.get("/org/params/").status_code == 200


def test_whoever_sets_a_value_gives_a_right_or_founds_a_company_leaves_a_line(acme):
    plumbing.set_param(KEY, 80, document="迁移")
    line = AuditLine.objects.get(verb="org.set_param")
    assert (line.after["value"], line.note, line.actor_name) == ("80", "迁移", "")
    actions.grant(acme.east_rep, permission="see", unit=acme.unit("west"))
    line = AuditLine.objects.filter(verb="org.grant").latest("seq")
    assert line.after["member"] == acme.east_rep.name
    assert AuditLine.objects.filter(verb="org.found").count() == 1


def test_members_stand_in_the_order_of_their_sound(acme):
    people = ((acme.east_rep, "张三"), (acme.east_rep2, "安一"), (acme.west_rep, "李四"))
    for person, name in people:
        actions.change_member(person, name=name, employee_no=person.employee_no, by=acme.admin)
    page = client_of(acme.director).get("/org/members/").content.decode()
    assert page.index("安一") < page.index("李四") < page.index("张三")


def test_an_empty_inbox_is_no_entry_for_reps_and_one_company_is_no_choice(acme):
    rep = client_of(acme.east_rep).get("/org/me/").content.decode()
    boss = client_of(acme.east_supervisor).get("/org/me/").content.decode()
    assert "待我审批" not in rep
    assert "待我审批" in boss
    assert "切换公司" not in rep

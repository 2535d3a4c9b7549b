"""Valid requests of programs for the twins of what pages do."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.access import bodies
from tests.access.write import ONE, Write

ADMIN, REP, BOSS = "admin", "east_rep", "east_supervisor"


def same(body):
    return lambda _world: dict(body)


def one_file(_world):
    return {"file": SimpleUploadedFile("说明.txt", "付款说明".encode())}


def table(world):
    content = "客户名称\n新客户有限公司\n".encode()
    member, unit = world.cast.east_supervisor, world.cast.unit("east_one")
    return {
        "kind": "customers.customer", "owner": member.pk, "unit": unit.pk,
        "file": SimpleUploadedFile("a.csv", content),
    }  # fmt: skip


def passing(world):
    said = {name: value for name, value in bodies.pass_on(world).items() if name != "pick"}
    return said | {"customers": [world.customer.pk]}


def seat(world):
    return bodies.post_of(world) | {"is_acting": True}


def passed_on(world):
    return {"to": world.cast.east_rep2.pk, "reason": "离职交接工作"}


def product(code):
    return {
        "name": "新机床", "code": code, "specification": "大", "unit": "台",
        "list_price": "100.00", "vat_category": "standard", "is_active": True,
    }  # fmt: skip


HEAD = {
    "name": "新名有限公司", "credit_code": "", "phone": "021-58881234", "address": "浦东",
    "bank_name": "工商银行", "bank_account": "6222 0000",
}  # fmt: skip
EXPORT = {
    "kind": "customers.customer", "filters": "tier=A", "form": "csv", "with_contacts": True,
    "reason": "月度回访",
}  # fmt: skip
PERSON = {"name": "改名", "employee_no": "E77"}
UNIT = {"name": "改名组", "code": "G2"}
ALL = {
    f"POST customers/{ONE}/share/": Write(REP, "customer", bodies.lend),
    f"POST customers/{ONE}/end_share/": Write(
        REP, "customer", lambda world: {"share": world.share.pk}
    ),
    "POST customers/hand_over/": Write(BOSS, "", passing, {"customers.0": "customer"}),
    f"POST customers/{ONE}/add_note/": Write(
        REP, "customer", same({"kind": "wechat", "text": "微信确认"})
    ),
    f"POST customers/{ONE}/attach/": Write(REP, "customer", one_file),
    f"POST contacts/{ONE}/archive/": Write(REP, "contact"),
    f"POST visits/{ONE}/correct/": Write(REP, "done", bodies.mended),
    f"POST visits/{ONE}/attach/": Write(REP, "visit", one_file),
    f"POST contracts/{ONE}/archive/": Write(REP, "scanned", same({"place": "3 柜"})),
    f"POST contracts/{ONE}/attach/": Write(REP, "draft", one_file),
    f"POST contracts/{ONE}/signed_copy/": Write(REP, "signed", one_file),
    f"POST contracts/{ONE}/copy/": Write(REP, "rejected"),
    f"POST applications/{ONE}/copy/": Write(REP, "refused"),
    f"POST applications/{ONE}/attach/": Write(REP, "blank", one_file),
    f"POST reopenings/{ONE}/submit/": Write(
        "finance", "asked_month", same({"reason": "漏记两份合同"})
    ),
    "POST products/": Write("secretary", "", same(product("NEW-2"))),
    f"PUT products/{ONE}/": Write("secretary", "product", same(product("NEW-3"))),
    f"PATCH products/{ONE}/": Write("secretary", "product", same(product("NEW-3"))),
    f"POST attachments/{ONE}/remove/": Write(REP, "paper"),
    f"POST attachments/{ONE}/restore/": Write(REP, "removed"),
    "POST imports/upload/": Write(BOSS, "", table, {"owner": "member", "unit": "unit"}),
    f"POST imports/{ONE}/commit/": Write(REP, "job"),
    f"POST imports/{ONE}/cancel/": Write(REP, "new_job"),
    f"POST imports/{ONE}/undo/": Write(REP, "done_job"),
    "POST exports/": Write(BOSS, "", same(EXPORT)),
    f"POST exports/{ONE}/consent/": Write(BOSS, "asked"),
    f"POST exports/{ONE}/decline/": Write(BOSS, "asked", same({"reason": "名单太大"})),
    f"POST notices/{ONE}/read/": Write(REP, "notice"),
    f"POST notices/{ONE}/unread/": Write(REP, "read_notice"),
    "POST notices/read_all/": Write(REP, ""),
    "POST notices/unread_all/": Write(REP, "", lambda w: {"at": w.read_at.isoformat()}),
    "POST notice_choices/set/": Write(
        REP, "", same({"choices": [{"topic": "files.exported", "is_on": False}]})
    ),
    "POST members/invite/": Write(ADMIN, "", bodies.guest),
    f"PUT members/{ONE}/": Write(ADMIN, "member", same(PERSON)),
    f"PATCH members/{ONE}/": Write(ADMIN, "member", same(PERSON)),
    f"POST members/{ONE}/invite_again/": Write(ADMIN, "invited"),
    f"POST members/{ONE}/reset/": Write(ADMIN, "member"),
    f"POST members/{ONE}/remove_factors/": Write(ADMIN, "guarded"),
    f"POST members/{ONE}/disable/": Write(ADMIN, "member"),
    f"POST members/{ONE}/enable/": Write(ADMIN, "off"),
    f"POST members/{ONE}/start_post/": Write(ADMIN, "member", seat),
    f"POST members/{ONE}/hand_over_all/": Write(ADMIN, "leaver", passed_on),
    "POST units/": Write(
        ADMIN, "",
        lambda w: {"parent": w.unit.pk, "name": "新组", "kind": "team", "code": "N1"},
    ),
    f"PUT units/{ONE}/": Write(ADMIN, "unit", same(UNIT)),
    f"PATCH units/{ONE}/": Write(ADMIN, "unit", same(UNIT)),
    f"POST units/{ONE}/move/": Write(
        ADMIN, "unit", lambda w: {"target": w.cast.unit("west").pk}
    ),
    f"POST units/{ONE}/switch_off/": Write(ADMIN, "empty_unit"),
    f"POST units/{ONE}/switch_on/": Write(ADMIN, "off_unit"),
    f"POST posts/{ONE}/end/": Write(ADMIN, "post", lambda w: {"ends_on": f"{w.day}"}),
    "POST company/change/": Write(ADMIN, "", same(HEAD)),
    "POST company/change_terms/": Write(ADMIN, "", same({"terms": "第一款\n第二款"})),
    "POST params/set/": Write(ADMIN, "", bodies.new_value),
    "POST jobs/run/": Write(ADMIN, "", same({"job": "notices.tidy"})),
    "POST calendar/mark/": Write(
        ADMIN, "",
        lambda w: {"day": f"{w.day + timedelta(1)}", "is_workday": True, "name": "调休"},
    ),
    "POST calendar/load_year/": Write(ADMIN, "", same({"year": 2026})),
}  # fmt: skip


def full(name):
    method, path = name.split(" ", 1)
    return f"{method} /api/v1/^{path}$"


PROGRAMS = {full(name): row for name, row in ALL.items()}

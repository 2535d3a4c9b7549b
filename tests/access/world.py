"""A company in full work, and a valid request for every address that writes.

`WRITES` is asked for its row by tests/access/test_bodies.py whenever an address appears; an address
whose POST only shows a page stands in `READS`.
"""

import json
from types import SimpleNamespace

import psycopg
from allauth.mfa.models import Authenticator
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone

from accounts.models import User
from applications import actions as applications
from approvals import actions as approvals
from approvals.models import Case, Task
from contracts import actions as contracts
from customers import actions as customers
from files import actions as files
from files.models import ExportJob, ImportJob, ImportOutcome, ImportRow
from notices.actions.choice import TIMES
from notices.models import Notice
from org import actions as org
from org.models import Member, Unit
from salesops import services
from tests.access import samples
from tests.access.bodies import (
    api_picked,
    chain_body,
    chain_form,
    change_body,
    change_form,
    guest,
    lend,
    marked,
    mended,
    new_value,
    pass_on,
    picked,
    post_of,
    result,
    said_to,
    signer,
    stand_in,
)
from tests.access.changes import tables
from tests.access.programs import PROGRAMS
from tests.access.reads import READS
from tests.access.write import ONE, Write

__all__ = ["READS"]

WEST = "CANARY-WEST-51c0"
MISSING = 999_999_999


def points_of(contract, who):
    task = Task.objects.waiting_for(who).filter(case=contract.case).select_related("step").first()
    return {key: {"ok": True} for key in task.step.checklist} if task else {}


def decided(contract, verb, *people):
    for who in people:
        contract.refresh_from_db()
        approvals.decide(
            contract.case, verb=verb, by=who, seen=contract.case.content_hash,
            comment="条款合规，同意。", checklist=points_of(contract, who),
        )  # fmt: skip
    contract.refresh_from_db()
    return contract


def signed_paper(cast, customer, product):
    contract = samples.draft(cast, customer, product)
    contracts.submit(contract, by=cast.east_rep)
    leaders = (cast.east_supervisor, cast.east_manager, cast.finance)
    return contracts.sign(
        decided(contract, "approve", *leaders), by=cast.east_rep, signed_on=timezone.localdate(),
        signatory_ours="陈晓", signatory_theirs="王工",
    )  # fmt: skip


def at_manager(cast, customer, product):
    """Waiting at a step without points, below the limit for approving several at once."""
    contract = samples.draft(cast, customer, product)
    contracts.submit(contract, by=cast.east_rep)
    decided(contract, "approve", cast.east_supervisor)
    Case.objects.filter(pk=contract.case_id).update(amount=1000)
    return contract


def spread_ids():
    """Numbers of one table are never those of another, so that a number says what it names."""
    address = services.database_url("owner", connection.settings_dict["NAME"])
    with psycopg.connect(address, autocommit=True) as server:
        for place, name in enumerate(tables()):
            # units keep theirs: six digits of a path
            if name not in {"org_unit", "accounts_user", "tenancy_company"}:
                server.execute(
                    "SELECT setval(pg_get_serial_sequence(%s, 'id'), %s) WHERE "
                    "nextval(pg_get_serial_sequence(%s, 'id')) < 1000000",
                    [name, 3_000_000 + place * 100_000, name],
                )


def build(cast):
    """Records of every state; the east's belong to east_rep, the west's to west_rep."""
    spread_ids()
    made = {model.__name__: obj for model, obj in samples.build(cast).items()}
    rep, day = cast.east_rep, timezone.localdate()
    customer, product = made["Customer"], made["Product"]
    world = SimpleNamespace(cast=cast, day=day, product=product, customer=customer)
    world.contact, world.visit, world.case = made["Contact"], made["Visit"], made["Case"]
    for name in ("Delegation", "Change", "Chain"):
        setattr(world, name.lower(), made["ChainChange" if name == "Change" else name])
    world.contract, world.export = made["Contract"], made["ExportJob"]
    world.asked = ExportJob.objects.create(
        owner=rep, unit=customer.unit, org_path=customer.org_path, kind="customers.customer",
        status="asked", total=900,
    )  # fmt: skip
    world.archived = customers.create(by=rep, name="已归档客户有限公司")
    customers.archive(world.archived, by=rep)
    world.call = customers.plan_visit(customer, by=rep, planned_on=day, kind="phone")
    begun = customers.check_in(customer, by=rep)
    world.done = customers.finish_visit(begun, by=rep, summary="确认交期")
    world.share = customers.share(customer, member=cast.bare_rep, by=rep)
    world.draft = samples.draft(cast, customer, product)
    world.approved, world.rejected = (samples.draft(cast, customer, product) for _n in "ab")
    for contract in (world.approved, world.rejected):
        contracts.submit(contract, by=rep)
    leaders = (cast.east_supervisor, cast.east_manager, cast.finance)
    decided(world.approved, "approve", *leaders)
    decided(world.rejected, "reject", cast.east_supervisor)
    world.ready = at_manager(cast, customer, product)
    world.signed, world.scanned = (signed_paper(cast, customer, product) for _n in "ab")
    copy = SimpleUploadedFile("签署件.txt", b"both have signed")
    files.attach(world.scanned, copy, by=rep, purpose="signed_copy")
    world.paper, world.seal = made["Attachment"], made["CompanyPicture"]
    world.operator, guest = (
        User.objects.create_user(f"{name}@operator.example", is_staff=True) for name in "ab"
    )
    world.support = org.grant_support(user=guest, hours=4, reason="导出故障排查", by=cast.admin)
    world.removed = files.attach(customer, SimpleUploadedFile("b.txt", b"b"), by=rep)
    files.remove(world.removed, by=rep)
    build_people(cast, world, made)
    world.application = made["Application"]
    build_leaves(cast, world)
    build_notices(world, made)
    world.job, world.new_job = (
        ImportJob.objects.create(
            owner=rep, unit=customer.unit, org_path=customer.org_path, target_owner=rep,
            kind="customers.customer", filename="a.csv", stored=f"nothing{n}", sha256="0" * 64,
            size=1, status=status, total=1, done_rows=1, ok_count=1,
        )
        for n, status in enumerate(("checked", "uploaded"))
    )  # fmt: skip
    world.done_job = ImportJob.objects.create(
        owner=rep, unit=customer.unit, org_path=customer.org_path, target_owner=rep,
        kind="customers.customer", filename="b.csv", stored="nothing", sha256="0" * 64,
        size=1, status="done", total=1, ok_count=1, finished_at=timezone.now(),
    )  # fmt: skip
    rows = customers.add_many([{"name": "新导入机械厂"}], by=rep)
    ImportOutcome.objects.create(job=world.done_job, ids=rows)
    ImportRow.objects.create(job=world.job, row_no=2, data={"name": "新客户有限公司"})
    west = cast.west_rep
    world.west = SimpleNamespace(
        customer=customers.create(by=west, name=f"西北{WEST}客户", notes=WEST, tier="A")
    )
    world.west.contact = customers.add_contact(
        world.west.customer, by=west, name="李工", notes=WEST
    )
    world.west.visit = customers.plan_visit(
        world.west.customer, by=west, planned_on=day, purpose=WEST
    )
    world.west.contract = samples.draft(cast, world.west.customer, product, by=west, title=WEST)
    contracts.submit(world.west.contract, by=west)
    world.west.contract.refresh_from_db()
    world.west.case = world.west.contract.case
    world.west.application = applications.create("leave", samples.answers(WEST), by=west)
    world.west.member, world.west.unit = west, Unit.objects.get(pk=world.west.customer.unit_id)
    return world


def build_months(world, made):
    world.period, world.review = made["Period"], made["Review"]
    world.asked_month = made["Reopening"]
    world.frozen = world.asked_month.period


def build_notices(world, made):
    """One that is new and one that was read."""
    world.notice, world.read_at = made["Notice"], timezone.now()
    told = {"member": world.cast.east_rep, "topic": "customers.shared", "text": "x"}
    world.read_notice = Notice.objects.create(**told, event="read", read_at=world.read_at)


def build_leaves(cast, world):
    """A draft, and one that was rejected."""
    world.blank, world.refused = (
        applications.create("leave", samples.answers("探亲", day), by=cast.east_rep)
        for day in ("2030-02-11", "2030-03-11")
    )
    applications.submit(world.refused, by=cast.east_rep)
    decided(world.refused, "reject", cast.east_supervisor)


def build_people(cast, world, made):
    """Members and units in every state the administrator meets."""
    build_months(world, made)
    world.member, world.post = made["Member"], made["Post"]
    world.unit, world.move = made["Unit"], made["UnitMove"]
    world.empty_unit, world.off_unit = (
        org.add_unit(name, parent=cast.unit("west"), kind=Unit.Kind.TEAM)
        for name in ("空组", "旧组")
    )
    org.switch_off_unit(world.off_unit, by=cast.admin)
    world.off, world.leaver = cast.disabled, cast.east_rep
    world.guarded = cast.west_supervisor
    Authenticator.objects.create(user=world.guarded.user, type="totp", data={"secret": "none"})
    # a new login would get a random unusable password, different with every attempt
    world.stranger = User.objects.create_user("stranger@elsewhere.example", "a long enough secret")
    world.invited, _token = org.invite(
        name="新人", login="13700137000", unit=world.unit, role="rep", by=cast.admin
    )


# --- valid requests -------------------------------------------------------------------------------


CUSTOMER = {
    "name": "北方重工有限公司", "credit_code": "", "industry": "机械", "province": "31",
    "city": "上海", "address": "浦东", "phone": "021-58881234", "source": "visit",
    "needs": "需求", "preferences": "偏好", "notes": "备注", "is_focus": "on",
}  # fmt: skip
CONTACT = {
    "name": "赵工", "title": "厂长", "mobile": "13900139000", "phone": "021-58881234",
    "email": "z@x.example", "wechat": "zhao", "is_primary": "on", "notes": "备注",
}  # fmt: skip
CHECK_IN = {
    "kind": "field", "purpose": "回访", "lat": "31.2", "lng": "121.5", "accuracy": "20",
    "client_uuid": "11111111-1111-4111-8111-111111111111",
}  # fmt: skip
SIGNED = {"signatory_ours": "王总", "signatory_theirs": "李总"}
PRODUCT = {
    "name": "新机床", "code": "NEW-1", "specification": "大", "unit": "台",
    "list_price": "100.00", "vat_category": "standard", "is_active": "on",
}  # fmt: skip


def header(world):
    return {
        "title": "合同", "buyer": "买方", "seller": "卖方", "delivery_on": f"{world.day}",
        "delivery_place": "苏州", "payment_terms": "预付", "liability": "标准",
        "other_terms": "无", "starts_on": f"{world.day}", "ends_on": f"{world.day}",
        "price_mode": "gross", "notes": "备注",
    }  # fmt: skip


def paper(world):
    return header(world) | {
        "lines-TOTAL_FORMS": "1", "lines-INITIAL_FORMS": "0", "lines-0-name": "备件",
        "lines-0-product": str(world.product.pk), "lines-0-filled": str(world.product.pk),
        "lines-0-specification": "小", "lines-0-quantity": "1", "lines-0-unit": "套",
        "lines-0-list_price": "100", "lines-0-discount": "90", "lines-0-unit_price": "",
        "lines-0-vat_category": "standard", "plan-TOTAL_FORMS": "1", "plan-INITIAL_FORMS": "0",
        "plan-0-basis": "signing", "plan-0-percent": "100", "plan-0-amount": "",
        "plan-0-due_on": "", "plan-0-days_after": "0", "plan-0-note": "",
    }  # fmt: skip


def new_paper(world):
    return paper(world) | {"customer": str(world.customer.pk)}


def api_paper(world):
    line = {
        "product": world.product.pk, "name": "备件", "specification": "小", "quantity": "1",
        "unit": "套", "list_price": "100", "discount": "90", "unit_price": None,
        "vat_category": "standard",
    }  # fmt: skip
    payment = {
        "basis": "signing", "percent": "100", "amount": None, "due_on": None, "days_after": 0,
        "note": "",
    }  # fmt: skip
    rows = {"lines": [line], "instalments": [payment]}
    return header(world) | {"customer": world.customer.pk} | rows


def decision(world):
    points = points_of(world.contract, world.cast.east_supervisor)
    ticks = {f"check_{name}": "1" for name in points}
    words = {"content_hash": world.case.content_hash, "comment": "条款合规，同意。"}
    return words | ticks


def api_decision(world):
    points = points_of(world.contract, world.cast.east_supervisor)
    return {
        "content_hash": world.case.content_hash, "comment": "条款合规，同意。", "checklist": points,
    }  # fmt: skip


def with_json_bools(body):
    return {k: True if v == "on" else v for k, v in body.items()}


def plan(world):
    return {
        "planned_on": f"{world.day}", "planned_time": "09:00", "kind": "phone", "purpose": "回访",
    }  # fmt: skip


def upload(world):
    table = SimpleUploadedFile("a.csv", "客户名称\n新客户有限公司\n".encode())
    member, unit = world.cast.east_supervisor, world.cast.unit("east_one")
    return {"kind": "customers.customer", "file": table, "owner": member.pk, "unit": unit.pk}


def one_file(world):
    return {"file": SimpleUploadedFile("说明.txt", "付款说明".encode())}


def leave(world):
    """Colleagues are known to everybody: whether one stands near enough is the form's to say."""
    return samples.answers("搬家", "2030-04-08", stand_in=world.cast.east_rep2.pk)


def new_leave(world):
    return leave(world) | {"form": "leave"}


def api_leave(world):
    return {"answers": leave(world)}


def logo(world):
    return {"file": samples.picture()}


def passed_on(world):
    return {"to": world.cast.east_rep2.pk, "reason": "离职交接工作"}


def same(body):
    return lambda _world: dict(body)


def signed(world):
    return SIGNED | {"signed_on": f"{world.day}"}


TO_MEMBER = {"to": "member"}
PAPER_REFS = {"customer": "customer", "lines.0.product": "product"}
REP, BOSS = "east_rep", "east_supervisor"
TIER = {"tier": "B", "reason": "采购量下降明显"}
BOOKED = frozenset({"unit_price", "amount"})

HEAD = {
    "name": "新名有限公司", "credit_code": "", "phone": "021-58881234", "address": "浦东",
    "bank_name": "工商银行", "bank_account": "6222 0000",
}  # fmt: skip
ADMIN = "admin"

WRITES = {
    "POST /accounts/sessions/end_others/": Write(REP),
    "POST /org/members/<int:pk>/remove_factors/": Write(ADMIN, "guarded"),
    "POST /org/units/<int:pk>/": Write(ADMIN, "unit", same({"name": "改名组", "code": "G2"})),
    "POST /org/units/<int:pk>/add/": Write(
        ADMIN, "unit", same({"name": "新组", "kind": "team", "code": "N1"})
    ),
    "POST /org/units/<int:pk>/move/": Write(
        ADMIN, "unit", lambda world: {"target": world.cast.unit("west").pk}
    ),
    "POST /org/units/<int:pk>/switch_off/": Write(ADMIN, "empty_unit"),
    "POST /org/units/<int:pk>/switch_on/": Write(ADMIN, "off_unit"),
    "POST /org/members/invite/": Write(ADMIN, "", guest),
    "POST /org/members/<int:pk>/": Write(
        ADMIN, "member", same({"name": "改名", "employee_no": "E77"})
    ),
    "POST /org/members/<int:pk>/disable/": Write(ADMIN, "member"),
    "POST /org/members/<int:pk>/enable/": Write(ADMIN, "off"),
    "POST /org/members/<int:pk>/invite/": Write(ADMIN, "invited"),
    "POST /org/members/<int:pk>/reset/": Write(ADMIN, "member"),
    "POST /org/members/<int:pk>/start_post/": Write(ADMIN, "member", post_of),
    "POST /org/posts/<int:pk>/end/": Write(
        ADMIN, "post", lambda world: {"ends_on": f"{world.day}"}
    ),
    "POST /org/company/": Write(ADMIN, "", same(HEAD)),
    "POST /org/company/terms/": Write(ADMIN, "", same({"terms": "第一款\n第二款"})),
    "POST /files/pictures/logo/set/": Write(ADMIN, "", logo),
    "POST /files/pictures/seal/set/": Write(ADMIN, "", logo),
    "POST /files/pictures/<int:pk>/remove/": Write(ADMIN, "seal"),
    "POST /org/support/": Write(
        ADMIN, "", lambda w: {"user": w.operator.pk, "hours": "8", "reason": "导出故障排查"}
    ),
    "POST /org/support/<int:pk>/end/": Write(ADMIN, "support"),
    "POST /org/params/set/": Write(ADMIN, "", new_value),
    "POST /org/jobs/run/": Write(ADMIN, "", same({"job": "notices.tidy"})),
    "POST /org/calendar/": Write(ADMIN, "", marked),
    "POST /org/calendar/load/": Write(ADMIN, "", same({"year": "2026"})),
    "POST /notices/<int:pk>/read/": Write(REP, "notice"),
    "POST /notices/<int:pk>/unread/": Write(REP, "read_notice"),
    "POST /notices/read_all/": Write(REP, ""),
    "POST /notices/unread_all/": Write(REP, "", lambda world: {"at": world.read_at.isoformat()}),
    "POST /notices/choices/": Write(
        REP, "", same({"files.exported": "on"}), takes=frozenset({*TIMES, "is_daily"})
    ),
    "POST /approvals/<int:pk>/approve/": Write(BOSS, "case", decision),
    "POST /approvals/<int:pk>/return/": Write(BOSS, "case", decision),
    "POST /approvals/<int:pk>/reject/": Write(BOSS, "case", decision),
    "POST /approvals/<int:pk>/withdraw/": Write(REP, "case"),
    "POST /approvals/approve/": Write("east_manager", "", picked),
    "POST /approvals/<int:pk>/transfer/": Write(
        BOSS, "case", lambda world: {"to": world.cast.director.pk, "comment": "请代审"}
    ),
    "POST /approvals/<int:pk>/add_signer/": Write(BOSS, "case", signer),
    "POST /approvals/<int:pk>/copy/": Write(
        BOSS, "case", lambda world: {"to": world.cast.secretary.pk, "comment": "请阅"}
    ),
    "POST /approvals/<int:pk>/comment/": Write(REP, "case", said_to),
    "POST /approvals/<int:pk>/remind/": Write(REP, "case"),
    "POST /approvals/delegations/new/": Write(
        BOSS, "", stand_in, {"principal": "member", "stand_in": "member"}
    ),
    "POST /approvals/delegations/<int:pk>/end/": Write("finance", "delegation"),
    "POST /approvals/chains/<str:document>/change/": Write(ADMIN, "", chain_form),
    "POST /approvals/chains/changes/<int:pk>/edit/": Write(ADMIN, "change", change_form),
    "POST /approvals/chains/changes/<int:pk>/submit/": Write(ADMIN, "change"),
    "POST /approvals/chains/changes/<int:pk>/discard/": Write(ADMIN, "change"),
    "POST /files/imports/new/": Write(BOSS, "", upload, {"owner": "member", "unit": "unit"}),
    "POST /files/imports/<int:pk>/commit/": Write(REP, "job"),
    "POST /files/imports/<int:pk>/cancel/": Write(REP, "new_job"),
    "POST /files/attachments/<int:pk>/remove/": Write(REP, "paper"),
    "POST /files/attachments/<int:pk>/restore/": Write(REP, "removed"),
    "POST /customers/<int:pk>/attach/": Write(REP, "customer", one_file),
    "POST /customers/visits/<int:pk>/attach/": Write(REP, "visit", one_file),
    "POST /customers/<int:pk>/reveal/": Write(BOSS, "customer"),
    "POST /customers/contacts/<int:pk>/reveal/": Write(BOSS, "contact"),
    f"POST /api/v1/^customers/{ONE}/reveal/$": Write(BOSS, "customer"),
    f"POST /api/v1/^contacts/{ONE}/reveal/$": Write(BOSS, "contact"),
    # the administrator chooses among all members
    "POST /org/members/<int:pk>/hand_over_all/": Write(ADMIN, "leaver", passed_on),
    "POST /applications/new/": Write(REP, "", new_leave),
    "POST /applications/<int:pk>/change/": Write(REP, "blank", leave),
    "POST /applications/<int:pk>/submit/": Write(REP, "blank"),
    "POST /applications/<int:pk>/attach/": Write(REP, "blank", one_file),
    "POST /applications/<int:pk>/copy/": Write(REP, "refused"),
    "POST /api/v1/^applications/$": Write(
        REP, "", lambda world: api_leave(world) | {"form": "leave"}
    ),
    f"PUT /api/v1/^applications/{ONE}/$": Write(REP, "blank", api_leave),
    f"POST /api/v1/^applications/{ONE}/submit/$": Write(REP, "blank"),
    "POST /contracts/<int:pk>/attach/": Write(REP, "draft", one_file),
    "POST /contracts/<int:pk>/signed_copy/": Write(REP, "signed", one_file),
    "POST /contracts/<int:pk>/archive/": Write(REP, "scanned", same({"place": "3 柜"})),
    "POST /files/imports/<int:pk>/undo/": Write(REP, "done_job"),
    "POST /files/exports/<int:pk>/consent/": Write(BOSS, "asked"),
    "POST /files/exports/<int:pk>/decline/": Write(
        BOSS, "asked", lambda _w: {"reason": "名单太大"}
    ),
    "POST /files/exports/new/": Write(
        BOSS, "",
        same({"kind": "customers.customer", "filters": "tier=A", "form": "csv",
              "with_contacts": "on", "reason": "月度回访"}),
    ),
    "POST /customers/create/": Write(
        BOSS,
        "",
        lambda world: CUSTOMER
        | {"contact_name": "", "contact_title": "", "contact_mobile": ""}
        | {"owner": world.cast.east_rep.pk},
        {"owner": "member"},
    ),
    "POST /customers/search/": Write(REP, "", same({"q": "华东"})),
    "POST /customers/<int:pk>/change/": Write(REP, "customer", same(CUSTOMER)),
    "POST /customers/<int:pk>/set_tier/": Write(REP, "customer", same(TIER)),
    "POST /customers/<int:pk>/archive/": Write(REP, "customer"),
    "POST /customers/<int:pk>/restore/": Write(REP, "archived"),
    "POST /customers/<int:pk>/add_contact/": Write(REP, "customer", same(CONTACT)),
    "POST /customers/<int:pk>/add_note/": Write(
        REP, "customer", same({"kind": "wechat", "text": "微信确认"})
    ),
    "POST /customers/<int:pk>/share/": Write(REP, "customer", lend),
    "POST /customers/<int:pk>/end_share/": Write(
        REP, "customer", lambda world: {"share": world.share.pk}
    ),
    "POST /customers/hand_over/": Write(
        BOSS, "", pass_on, {"pick": "customer", "to": "member"}
    ),
    "POST /customers/visits/<int:pk>/correct/": Write(REP, "done", mended),
    "POST /customers/<int:pk>/plan_visit/": Write(REP, "customer", plan),
    "POST /customers/<int:pk>/check_in/": Write(REP, "customer", same(CHECK_IN)),
    "POST /customers/contacts/<int:pk>/change/": Write(REP, "contact", same(CONTACT)),
    "POST /customers/contacts/<int:pk>/archive/": Write(REP, "contact"),
    "POST /customers/visits/<int:pk>/start/": Write(REP, "visit", same(CHECK_IN)),
    "POST /customers/visits/<int:pk>/finish/": Write(REP, "call", result),
    "POST /customers/visits/<int:pk>/cancel/": Write(REP, "visit", same({"reason": "客户出差"})),
    "POST /contracts/new/": Write(
        REP, "", new_paper, {"customer": "customer", "lines-0-product": "product"}
    ),
    "POST /contracts/<int:pk>/change/": Write(REP, "draft", paper, {"lines-0-product": "product"}),
    "POST /contracts/<int:pk>/submit/": Write(REP, "draft"),
    "POST /contracts/<int:pk>/sign/": Write(REP, "approved", signed),
    "POST /contracts/<int:pk>/copy/": Write(REP, "rejected"),
    "POST /contracts/products/new/": Write("secretary", "", same(PRODUCT)),
    "POST /contracts/products/<int:pk>/": Write("secretary", "product", same(PRODUCT)),
    f"POST /api/v1/^cases/{ONE}/approve/$": Write(BOSS, "case", api_decision),
    f"POST /api/v1/^cases/{ONE}/reject/$": Write(BOSS, "case", api_decision),
    f"POST /api/v1/^cases/{ONE}/return/$": Write(BOSS, "case", api_decision),
    f"POST /api/v1/^cases/{ONE}/withdraw/$": Write(REP, "case"),
    "POST /api/v1/^cases/approve_many/$": Write("east_manager", "", api_picked),
    f"POST /api/v1/^cases/{ONE}/transfer/$": Write(
        BOSS, "case", lambda world: {"to": world.cast.director.pk, "comment": "请代审"}
    ),
    f"POST /api/v1/^cases/{ONE}/add_signer/$": Write(BOSS, "case", signer),
    f"POST /api/v1/^cases/{ONE}/copy/$": Write(
        BOSS, "case", lambda world: {"to": world.cast.secretary.pk, "comment": "请阅"}
    ),
    f"POST /api/v1/^cases/{ONE}/comment/$": Write(REP, "case", said_to),
    f"POST /api/v1/^cases/{ONE}/remind/$": Write(REP, "case"),
    # colleagues are known to everybody: whether one will do is the action's to say
    "POST /api/v1/^chain-changes/$": Write(ADMIN, "", chain_body),
    f"PUT /api/v1/^chain-changes/{ONE}/$": Write(ADMIN, "change", change_body),
    f"POST /api/v1/^chain-changes/{ONE}/submit/$": Write(ADMIN, "change"),
    f"POST /api/v1/^chain-changes/{ONE}/discard/$": Write(ADMIN, "change"),
    "POST /api/v1/^delegations/$": Write(BOSS, "", stand_in),
    f"POST /api/v1/^delegations/{ONE}/end/$": Write("finance", "delegation"),
    "POST /api/v1/^customers/$": Write(
        REP, "", same(with_json_bools(CUSTOMER)), {}, frozenset({"owner"})
    ),
    "POST /api/v1/^customers/search/$": Write(REP, "", same({"q": "华东"})),
    f"PUT /api/v1/^customers/{ONE}/$": Write(REP, "customer", same(with_json_bools(CUSTOMER))),
    f"PATCH /api/v1/^customers/{ONE}/$": Write(REP, "customer", same(with_json_bools(CUSTOMER))),
    f"POST /api/v1/^customers/{ONE}/archive/$": Write(REP, "customer"),
    f"POST /api/v1/^customers/{ONE}/restore/$": Write(REP, "archived"),
    f"POST /api/v1/^customers/{ONE}/set_tier/$": Write(REP, "customer", same(TIER)),
    "POST /api/v1/^contacts/$": Write(
        REP,
        "",
        lambda world: with_json_bools(CONTACT) | {"customer": world.customer.pk},
        {"customer": "customer"},
    ),
    f"PUT /api/v1/^contacts/{ONE}/$": Write(REP, "contact", same(with_json_bools(CONTACT))),
    f"PATCH /api/v1/^contacts/{ONE}/$": Write(REP, "contact", same(with_json_bools(CONTACT))),
    "POST /api/v1/^visits/check_in/$": Write(
        REP,
        "",
        lambda world: CHECK_IN | {"customer": world.customer.pk},
        {"customer": "customer", "visit": "visit"},
    ),
    "POST /api/v1/^visits/plan/$": Write(
        REP, "", lambda world: plan(world) | {"customer": world.customer.pk},
        {"customer": "customer"},
    ),
    f"POST /api/v1/^visits/{ONE}/cancel/$": Write(REP, "visit", same({"reason": "客户出差"})),
    f"POST /api/v1/^visits/{ONE}/finish/$": Write(REP, "call", result),
    "POST /api/v1/^contracts/$": Write(REP, "", api_paper, PAPER_REFS),
    f"PUT /api/v1/^contracts/{ONE}/$": Write(REP, "draft", api_paper, PAPER_REFS),
    f"PATCH /api/v1/^contracts/{ONE}/$": Write(REP, "draft", api_paper, PAPER_REFS),
    f"POST /api/v1/^contracts/{ONE}/sign/$": Write(REP, "approved", signed),
    f"POST /api/v1/^contracts/{ONE}/submit/$": Write(REP, "draft"),
    "POST /kpi/<int:pk>/freeze/": Write("director", "period"),
    "POST /kpi/<int:pk>/reopen/": Write("finance", "frozen", same({"reason": "漏记两份合同"})),
    "POST /kpi/reviews/<int:pk>/comment/": Write(BOSS, "review", same({"text": "做得好"})),
    "POST /kpi/reopenings/<int:pk>/submit/": Write(
        "finance", "asked_month", same({"reason": "漏记两份合同"})
    ),
    f"POST /api/v1/^periods/{ONE}/freeze/$": Write("director", "period"),
    f"POST /api/v1/^reviews/{ONE}/comment/$": Write(BOSS, "review", same({"text": "做得好"})),
    "POST /api/v1/^reopenings/$": Write(
        "finance", "", lambda world: {"period": world.frozen.pk, "reason": "漏记两份合同"}
    ),
} | PROGRAMS  # fmt: skip


def send(client, method, path, body):
    if path.startswith("/api/") and "file" not in body:
        return client.generic(method, path, json.dumps(body), content_type="application/json")
    return client.post(path, body)


def someone(name):
    return Member.objects.get(employee_no=name)

"""One record of every model that an address may name, belonging to a rep of the east."""

import io
from datetime import date, timedelta
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from accounts.models import User
from applications import actions as applications
from applications.models import Application
from approvals import actions as approvals
from approvals.chain import KIND as CHANGE
from approvals.models import Case, Chain, ChainChange, Delegation
from contracts import actions as contracts
from contracts.models import Contract, Product
from customers import actions as customers
from customers.models import Contact, Customer, Note, Visit
from files import actions as files
from files.models import Attachment, CompanyPicture, ExportJob, ImportJob
from kit.calendar import shifted
from kpi.models import Comment, Freeze, Period, Reopening, Review
from notices.models import Notice
from org import actions as org
from org.models import Member, Post, SupportAccess, Unit, UnitMove


def build(cast):
    """model -> record; the owner is east_rep, the canary stands in free text."""
    rep = cast.east_rep
    customer = customers.create(by=rep, name="华东精密机械有限公司", notes=cast.canary, tier="A")
    contact = customers.add_contact(
        customer, by=rep, name="王工", mobile="13800138000", notes=cast.canary
    )
    visit = customers.plan_visit(
        customer, by=rep, planned_on=timezone.localdate(), purpose=cast.canary
    )
    note = customers.add_note(customer, by=rep, text=cast.canary)
    product = Product.objects.create(
        name="五轴加工中心", code="VMC-850", specification=cast.canary, unit="台",
        list_price=Decimal("580000.00"),
    )  # fmt: skip
    contracts.seed_vat_rates()
    contract = draft(cast, customer, product)
    contracts.submit(contract, by=rep)
    contract.refresh_from_db()
    job = ImportJob.objects.create(
        owner=rep, unit=customer.unit, org_path=customer.org_path, target_owner=rep,
        kind="customers.customer", filename=f"{cast.canary}.csv", sha256="0" * 64, size=1,
    )  # fmt: skip
    png = io.BytesIO()
    Image.new("RGB", (4, 4), "teal").save(png, "PNG")
    file = SimpleUploadedFile(f"{cast.canary}.png", png.getvalue())
    paper = files.attach(customer, file, by=rep)
    files.draw_preview({"attachment": paper.pk})
    paper.refresh_from_db()
    day = timezone.localdate()
    lent = approvals.delegate(
        cast.finance, stand_in=cast.finance2, starts_on=day, ends_on=day + timedelta(days=9),
        reason=cast.canary, by=cast.finance,
    )  # fmt: skip
    leave = applications.create("leave", answers(cast.canary), by=rep)
    taken = ExportJob.objects.create(
        owner=rep, unit=customer.unit, org_path=customer.org_path, kind="customers.customer",
    )  # fmt: skip
    notice = Notice.objects.create(
        member=rep, topic="customers.shared", text="%(name)s", event="sample",
        kind="customers.customer", target_id=customer.pk,
    )  # fmt: skip
    return {
        Customer: customer,
        Notice: notice,
        Attachment: paper,
        Contact: contact,
        Visit: visit,
        Note: note,
        Product: product,
        Contract: contract,
        Application: leave,
        Case: contract.case,
        Chain: approvals.chain_of(CHANGE),
        ChainChange: slower(cast),
        Delegation: lent,
        ImportJob: job,
        Member: cast.east_rep2,
        Post: cast.east_rep2.posts.get(),
        Unit: cast.unit("east_two"),
        UnitMove: moved(cast),
        ExportJob: taken,
        SupportAccess: let_in(cast),
        **months(cast, customer),
        CompanyPicture: files.set_picture(picture("red"), kind="seal", by=cast.admin),
    }


def slower(cast):
    """A drafted change: the director has less time for chains."""
    return approvals.draft_change(
        CHANGE, by=cast.admin, starts_on=timezone.localdate() + timedelta(2), reason=cast.canary,
        steps=[{"key": "director", "hours": 8}],
    )  # fmt: skip


def answers(reason, first="2030-01-07", **more):
    """A leave of two days; 7 January 2030 is a Monday."""
    day = date.fromisoformat(first)
    return {
        "kind": "annual", "days_first": first, "days_from": "noon",
        "days_last": f"{day + timedelta(days=1)}", "days_until": "evening", "reason": reason,
        "stand_in": "", **more,
    }  # fmt: skip


def picture(colour="teal"):
    out = io.BytesIO()
    Image.new("RGB", (80, 80), colour).save(out, "PNG")
    return SimpleUploadedFile("picture.png", out.getvalue())


def let_in(cast):
    """Somebody of the operator who was let in and out again."""
    user, _made = User.objects.get_or_create(
        login="support@operator.example", defaults={"name": "支持一号", "is_staff": True}
    )
    access = org.grant_support(user=user, hours=4, reason="查看导出故障", by=cast.admin)
    return org.end_support(access, by=cast.admin)


def moved(cast):
    """A move that was done: the east's second team came from the west."""
    return UnitMove.objects.create(
        unit=cast.unit("east_two"), origin=cast.unit("west"), target=cast.unit("east"),
        state="done", made_by=cast.admin,
    )  # fmt: skip


def draft(cast, customer, product, by=None, **header):
    """A complete draft of east_rep: two machines at 90 %, half now, half at delivery."""
    day = timezone.localdate()
    return contracts.create_draft(
        customer,
        by=by or cast.east_rep,
        header={
            "title": "年度设备采购合同", "delivery_on": day + timedelta(days=30),
            "delivery_place": "苏州工业园区", "liability": "逾期按日万分之五。",
            "notes": cast.canary, **header,
        },
        lines=[{"product": product, "name": product.name, "quantity": Decimal(2),
                "discount": Decimal(90)}],
        instalments=[
            {"basis": "signing", "percent": Decimal(50), "due_on": day + timedelta(days=7)},
            {"basis": "delivery", "percent": Decimal(50), "days_after": 30},
        ],
    )  # fmt: skip


def months(cast, customer):
    """A frozen month somebody asked for, and one that collects with the review of east_rep."""
    this = timezone.localdate().replace(day=1)
    frozen = Period.objects.create(month=shifted(this, -2))
    freeze = Freeze.objects.create(period=frozen, version=1, measures=["visits"])
    now = timezone.now()
    Period.objects.filter(pk=frozen.pk).update(
        state="frozen", freeze=freeze, versions=1, frozen_at=now
    )
    period = Period.objects.create(
        month=shifted(this, -1), state="collecting", collects_until=this + timedelta(days=400)
    )
    place = {"owner": cast.east_rep, "unit_id": customer.unit_id, "org_path": customer.org_path}
    review = Review.objects.create(period=period, role="rep", **place)
    Comment.objects.create(review=review, by=cast.east_rep, text=cast.canary)
    home = cast.finance.scope.home
    asked = Reopening.objects.create(
        period=frozen, reason=cast.canary, status="withdrawn", owner=cast.finance,
        unit_id=home.unit_id, org_path=home.path,
    )  # fmt: skip
    return {Period: period, Review: review, Reopening: asked}

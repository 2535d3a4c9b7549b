"""Bodies of requests: what people, approvers and administrators send."""

from datetime import timedelta


def picked(world):
    return {"pick": [f"{world.ready.case_id}:{world.ready.case.content_hash}"]}


def api_picked(world):
    case = world.ready.case
    return {"cases": [{"id": case.pk, "content_hash": case.content_hash}]}


def signer(world):
    return {"to": world.cast.secretary.pk, "way": "before", "comment": "请先看"}


def said_to(world):
    return {"text": "请看付款条款", "mentions": [world.cast.east_supervisor.pk]}


def stand_in(world):
    return {
        "principal": world.cast.east_supervisor.pk, "stand_in": world.cast.west_supervisor.pk,
        "starts_on": f"{world.day}", "ends_on": f"{world.day}", "kinds": ["contracts.contract"],
        "reason": "年假",
    }  # fmt: skip


def chain_form(world):
    """The hours of the manual's steps, and one step more."""
    return {
        "starts_on": f"{world.day + timedelta(3)}", "reason": "大额会签",
        "hours_supervisor": "8", "hours_regional_manager": "24", "hours_finance": "24",
        "own-TOTAL_FORMS": "1", "own-INITIAL_FORMS": "0", "own-0-name": "总监会签",
        "own-0-role": "director", "own-0-place": "4", "own-0-mode": "any",
        "own-0-amount_from": "200000",
    }  # fmt: skip


def change_form(world):
    return {
        "starts_on": f"{world.day + timedelta(3)}", "reason": "再缩短",
        "hours_director": "4", "own-TOTAL_FORMS": "0", "own-INITIAL_FORMS": "0",
    }  # fmt: skip


def chain_body(world):
    three = [{"key": "supervisor", "hours": 8}, {"key": "regional_manager"}]
    return {
        "kind": "contracts.contract", "starts_on": f"{world.day + timedelta(3)}",
        "reason": "缩短", "steps": [*three, {"key": "finance", "beside": True}],
    }  # fmt: skip


def change_body(world):
    return {
        "starts_on": f"{world.day + timedelta(3)}", "reason": "再缩短",
        "steps": [{"key": "director", "hours": 4}],
    }  # fmt: skip


def lend(world):
    return {"member": world.cast.east_rep2.pk, "until": f"{world.day}"}


def pass_on(world):
    return {
        "pick": world.customer.pk, "to": world.cast.east_rep2.pk, "reason": "调整负责区域",
    }  # fmt: skip


def post_of(world):
    return {
        "unit": world.unit.pk, "role": "supervisor", "starts_on": f"{world.day}",
        "ends_on": f"{world.day}", "is_acting": "on",
    }  # fmt: skip


def guest(world):
    return {
        "name": "客人", "login": world.stranger.login, "employee_no": "G1",
        "unit": world.unit.pk, "role": "rep",
    }  # fmt: skip


def new_value(world):
    starts = f"{world.day + timedelta(days=1)}"
    key = "contracts.discount_floor"
    return {"key": key, "value": "85", "starts": starts, "reason": "董事会决议"}


def opened(world):
    return {"user": world.operator.pk, "hours": "8", "reason": "导出故障排查"}


def marked(world):
    return {"day": f"{world.day}", "is_workday": "True", "name": "调休"}


def result(world):
    return {
        "summary": "谈了交期", "met": "赵工", "rival_news": "无", "next_step": "报价",
        "next_on": f"{world.day}",
    }  # fmt: skip


def mended(world):
    return {name: text for name, text in result(world).items() if name != "next_on"}

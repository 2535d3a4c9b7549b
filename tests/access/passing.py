"""What approvers send beside a decision: the bodies of their requests."""


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

"""Use of the seal: what its own check refuses; all the rest is tested for every declared form."""

from applications import actions
from applications.models import Application
from tests.conftest import client_of

ANSWERS = {
    "seal": "contract", "paper": "年度框架合同", "receiver": "华东精密机械有限公司", "copies": "4",
    "amount": "", "is_outside": "on", "back_on": "2026-12-09",
}  # fmt: skip


def test_a_seal_that_leaves_the_house_comes_back(acme):
    client = client_of(acme.east_rep)
    for name, status in {"": 422, "2026-12-09": 302}.items():
        sent = ANSWERS | {"form": "seal", "back_on": name}
        answer = client.post("/applications/new/", sent)
        assert answer.status_code == status
        if status == 422:
            assert set(answer.context["form"].errors) == {"back_on"}
    made = actions.submit(Application.objects.get(), by=acme.east_rep)
    assert made.case.party == "华东精密机械有限公司"
    assert made.number.startswith("YY-")
    actions.create("seal", ANSWERS | {"is_outside": "", "back_on": ""}, by=acme.east_rep)

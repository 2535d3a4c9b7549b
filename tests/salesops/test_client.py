"""A client generated from our own description does the main job."""

import datetime as dt
import importlib
import json
import sys
import warnings
from io import StringIO

import httpx
import pytest
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from openapi_python_client import Config, MetaType, generate
from openapi_python_client.config import ConfigFile

from contracts import actions as contracts
from org import actions as org

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """The folder of the client, importable as `salesops_client`."""
    folder = tmp_path_factory.mktemp("client")
    said = StringIO()
    call_command("spectacular", "--format", "openapi-json", stdout=said)
    source = folder / "schema.json"
    source.write_text(json.dumps(json.loads(said.getvalue())))
    target = folder / "salesops_client"
    settings = Config.from_sources(
        ConfigFile(post_hooks=[]), MetaType.NONE, source, "utf-8", overwrite=True,
        output_path=target,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        problems = generate(config=settings)
    assert [f"{p.header} {p.detail}" for p in problems] == []
    sys.path.insert(0, str(folder))
    yield target
    sys.path.remove(str(folder))


class Wire(httpx.BaseTransport):
    """The product in this process, inside the test's transaction."""

    def handle_request(self, request):
        answer = Client().generic(
            request.method, request.url.raw_path.decode(), request.read(),
            content_type=request.headers.get("Content-Type", ""), headers=dict(request.headers),
        )  # fmt: skip
        return httpx.Response(
            answer.status_code, headers=list(answer.items()), content=answer.content
        )


@pytest.fixture
def speak(made, acme):
    """speak("east_rep") is that person's client; calls are checked for their status."""
    package = importlib.import_module("salesops_client")

    def client(name):
        person = getattr(acme, name)
        token = org.make_token(person, name="client", by=person)
        return package.AuthenticatedClient(
            base_url="http://testserver", token=token, prefix="Token",
            raise_on_unexpected_status=True, httpx_args={"transport": Wire()},
        )  # fmt: skip

    return client


def call(client, module, status=200, *ids, **words):
    function = importlib.import_module(f"salesops_client.api.{module}")
    answer = function.sync_detailed(*ids, client=client, **words)
    assert answer.status_code == status, answer.content.decode()
    return answer.parsed


def test_the_main_job_from_draft_to_signature(acme, speak):
    models = importlib.import_module("salesops_client.models")
    contracts.seed_vat_rates()
    rep, today = speak("east_rep"), timezone.localdate()
    customer = call(
        rep, "customers.customers_create", 201,
        body=models.NewCustomerRequest(name="华东精密机械有限公司", province=models.Province("31")),
        idempotency_key="c-1",
    )  # fmt: skip
    plan = call(
        rep, "visits.visits_plan_create", 201,
        body=models.PlanRequest(customer=customer.id, planned_on=today, purpose="回访"),
    )  # fmt: skip
    call(rep, "visits.visits_check_in_create", 201, body=models.CheckInRequest(visit=plan.id))
    done = call(
        rep, "visits.visits_finish_create", 200, plan.id,
        body=models.ResultRequest(summary="确认交期"),
    )  # fmt: skip
    assert done.status == models.VisitStatus.DONE
    draft = call(
        rep, "contracts.contracts_create", 201,
        body=models.ContractRequest(
            customer=customer.id, title="年度设备采购合同",
            delivery_on=today + dt.timedelta(30), delivery_place="苏州", liability="按日万分之五。",
            lines=[models.LineRequest(name="备件", quantity="1", list_price="1000.00")],
            instalments=[models.InstalmentRequest(
                basis=models.PaymentBasis.SIGNING, percent="100", due_on=today + dt.timedelta(7)
            )],
        ),
        idempotency_key="k-1",
    )  # fmt: skip
    assert draft.gross_amount == "1000.00"
    sent = call(rep, "contracts.contracts_submit_create", 200, draft.id, idempotency_key="k-2")
    again = call(rep, "contracts.contracts_submit_create", 200, draft.id, idempotency_key="k-2")
    assert again.number == sent.number != ""
    for name in ("east_supervisor", "east_manager", "finance"):
        boss = speak(name)
        case = call(boss, "cases.cases_retrieve", 200, sent.case)
        ticks = {point.key: models.PointRequest(ok=True) for point in case.points}
        checklist = models.DecisionRequestChecklist()
        checklist.additional_properties = ticks
        call(
            boss, "cases.cases_approve_create", 200, case.id,
            body=models.DecisionRequest(
                content_hash=case.content_hash, comment="条款合规，同意。", checklist=checklist
            ),
        )  # fmt: skip
    words = models.SignRequest(signed_on=today, signatory_ours="陈晓", signatory_theirs="王工")
    refused = call(speak("finance"), "contracts.contracts_sign_create", 403, draft.id, body=words)
    assert (refused.code, bool(refused.because)) == ("forbidden", True)
    signed = call(rep, "contracts.contracts_sign_create", 200, draft.id, body=words)
    assert signed.status == models.DocumentStatus.SIGNED
    stranger = call(speak("west_rep"), "contracts.contracts_retrieve", 404, draft.id)
    assert stranger.code == "not_found"

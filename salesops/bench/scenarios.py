"""What is measured: each scenario is a name, its goal, and a function that does it once."""

import datetime as dt
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from approvals.models import Case, Task
from contracts import actions as contracts
from customers.models import Customer
from kit.names import query_grams
from org.models import Member
from tenancy.context import company

DEEP = 20
WAITING = 500
NEXT = re.compile(r'rel="next" href="([^"]+)"')
Act = Callable[[], HttpResponse]


@dataclass(frozen=True, slots=True)
class Scenario:
    """`goal` is what CPU may be as a multiple of the limit; `sql` how many statements."""

    name: str
    what: str
    act: Act
    goal: float
    sql: int
    rounds: int = 1


class Stage:
    """The people and records of the large company that the scenarios use."""

    def __init__(self, firm: dict[str, Any]) -> None:
        self.company = firm["id"]
        with company(self.company):
            self.people = {
                row["role"]: Member.objects.select_related("user").get(pk=row["id"])
                for row in reversed(firm["members"])
            }
            self.rep = self.people["rep"]
            mine = Customer.objects.filter(owner=self.rep).order_by("pk")
            self.mine = list(mine[:200])
            self.contract = self.drafted(self.mine[0]).pk
            self.rare = self.mine[0].name[2:7]
            self.two = self.mine[0].name[2:4]
            # the marks of a search text stand before each syllable and each initial
            initials = self.mine[0].search.rsplit(" ", 1)[1].replace("'", "")
            self.initials = initials[2:6]
        # what the hand-written statements ask about
        self.asked = {
            "company": self.company, "customer": self.mine[0].pk, "rep": self.rep.pk,
            "contract": self.contract, "rare": query_grams(self.rare),
        }  # fmt: skip
        self.clients = {role: self.client(member) for role, member in self.people.items()}
        self.anybody = Client()
        self.turn = itertools.count(1)
        self.papers = self.submitted()

    @staticmethod
    def client(member: Member) -> Client:
        client = Client(raise_request_exception=True)
        client.force_login(member.user, backend="accounts.backends.LoginBackend")
        return client

    def stranger(self) -> HttpResponse:
        return self.anybody.get(f"/bench/bare/{self.company}/")

    def get(self, role: str, path: str) -> Act:
        return lambda: self.clients[role].get(path)

    def post(self, role: str, path: str, **body: Any) -> HttpResponse:
        return self.clients[role].post(path, body, content_type="application/json")

    def deep(self, role: str, path: str) -> Act:
        """The page some way down, by its cursor."""
        query = ""
        for _page in range(DEEP):
            text = self.clients[role].get(path + query).content.decode()
            query = unescape(NEXT.search(text)[1])
        return self.get(role, path + query)

    def drafted(self, customer: Customer) -> Any:
        rep = self.people["rep"]
        contracts.seed_vat_rates()
        return contracts.create_draft(
            customer, by=rep,
            header={
                "title": "年度设备采购合同", "payment_terms": "30% 预付，70% 货到付款",
                "delivery_on": timezone.localdate() + dt.timedelta(40), "delivery_place": "苏州",
            },
            lines=[{
                "name": "五轴加工中心", "specification": "VMC-850", "quantity": Decimal(2),
                "unit": "台", "list_price": Decimal(100_000), "discount": Decimal(95),
            }],
            instalments=[
                {"basis": "signing", "percent": Decimal(30), "days_after": 0},
                {"basis": "delivery", "percent": Decimal(70), "days_after": 30},
            ],
        )  # fmt: skip

    def visited(self) -> HttpResponse:
        """S7: check in and write the result, as one act of the measurement each."""
        number = next(self.turn)
        answer = self.post(
            "rep", "/api/v1/visits/check_in/", customer=self.mine[number % len(self.mine)].pk
        )
        visit = answer.json()["id"]
        return self.post("rep", f"/api/v1/visits/{visit}/finish/", summary="客户认可方案")

    def submitted(self) -> Iterator[tuple[int, int, str]]:
        """Contracts ready to be decided, made outside the clock."""
        while True:
            with company(self.company):
                draft = self.drafted(self.mine[next(self.turn) % len(self.mine)])
                draft = contracts.submit(draft, by=self.rep)
                task = Task.objects.filter(case=draft.case, state="open").first()
            # outside: a transaction kept open here would lock out the server that is measured last
            yield draft.case_id, task.member_id, draft.case.content_hash

    def inbox(self, number: int) -> Client:
        """Whoever decides first on the paper just submitted, with so many more of its like waiting.

        They are copies of the case alone: the inbox reads nothing else.
        """
        with company(self.company):
            task = Task.objects.select_related("case").get(
                case=next(self.papers)[0], state=Task.State.OPEN
            )
            case, far = task.case, 10**12
            fields = {f.attname: getattr(case, f.attname) for f in Case._meta.concrete_fields}
            there = Case.objects.filter(object_id__gte=far).count()
            made = Case.objects.bulk_create(
                Case(**fields | {"id": None, "object_id": far + n})
                for n in range(there, number)
            )
            fields = {f.attname: getattr(task, f.attname) for f in Task._meta.concrete_fields}
            Task.objects.bulk_create(Task(**fields | {"id": None, "case_id": c.pk}) for c in made)
        return self.client(member_of(self.company, task.member_id))

    def draft_id(self) -> int:
        with company(self.company):
            return self.drafted(self.mine[next(self.turn) % len(self.mine)]).pk


def prepared(make: Callable[[], Any], act: Callable[[Any], HttpResponse]) -> Act:
    """An act on something made before: `act.ready()` makes it, the call is what is measured."""
    waiting: list[Any] = []

    def do() -> HttpResponse:
        return act(waiting.pop())

    do.ready = lambda: waiting.append(make())
    return do


def scenarios(stage: Stage) -> list[Scenario]:
    get = stage.get
    with company(stage.company):
        case = next(stage.papers)
        task = Task.objects.filter(case=case[0], state="open").select_related("step").first()
        points = {key: {"ok": True} for key in task.step.checklist}
    supervisor = stage.client(member_of(stage.company, case[1]))

    def approve(paper: tuple[int, int, str]) -> HttpResponse:
        body = {"content_hash": paper[2], "comment": "同意，条款合规", "checklist": points}
        path = f"/api/v1/cases/{paper[0]}/approve/"
        return supervisor.post(path, body, content_type="application/json")

    submit = prepared(
        stage.draft_id, lambda pk: stage.post("rep", f"/api/v1/contracts/{pk}/submit/")
    )
    one = stage.mine[0].pk
    busy = stage.inbox(WAITING)
    found = [
        Scenario("nothing", "an answer without a page", get("director", "/healthz"), 1, 4),
        Scenario("bare", "25 rows, nobody logged in, no frame", stage.stranger, 1, 1),
        Scenario("limit", "25 rows of one query, in the frame", get("director", "/bench/limit/"),
                 1, 9),
    ]  # fmt: skip
    found += [
        Scenario(f"S1 {role}", "customers", get(role, "/customers/"), 2.5, 10)
        for role in ("director", "regional_manager", "supervisor", "rep", "finance")
    ]
    boss = "regional_manager"
    rare, two, four = (f"/customers/?q={q}" for q in (stage.rare, stage.two, stage.initials))
    found += [
        Scenario("S1 contracts", "contracts, director", get("director", "/contracts/"), 2.5, 10),
        Scenario("S2 director", f"page {DEEP}", stage.deep("director", "/customers/"), 2.5, 10),
        Scenario("S2 manager", f"page {DEEP}", stage.deep(boss, "/customers/"), 2.5, 10),
        Scenario("S3", "a common word", get("director", "/customers/?q=有限公司"), 3, 10),
        Scenario("S4", "a rare name", get("director", rare), 3, 10),
        Scenario("S4 manager", "a rare name", get(boss, rare), 3, 10),
        Scenario("S5", "two characters", get("director", two), 3, 10),
        Scenario("S5 initials", "four initials", get("director", four), 3, 10),
        Scenario("S6 customer", "one customer", get("rep", f"/customers/{one}/"), 3, 15),
        Scenario("S6 contract", "one contract", get("rep", f"/contracts/{stage.contract}/"), 3, 15),
        Scenario("inbox", f"{WAITING} waiting", lambda: busy.get("/approvals/"), 2.5, 10),
        Scenario("S7", "check in and result", stage.visited, 6, 50),
        Scenario("S8 submit", "a contract", submit, 3, 25),
        Scenario("S8 approve", "first step", prepared(lambda: next(stage.papers), approve), 3, 25),
        Scenario("S12", "customers, API", get("director", "/api/v1/customers/"), 2.5, 10),
    ]
    found += [
        Scenario(f"S9 {role}", "figures", get(role, "/figures/"), 4, 12)
        for role in ("director", "regional_manager", "supervisor", "rep")
    ]
    year = get("director", "/figures/?period=year")
    found.append(Scenario("S9 year", "figures of the year", year, 4, 12))
    found.append(Scenario("desk", "the director's day", get("director", "/"), 4, 12))
    return found


def member_of(firm: int, pk: int) -> Member:
    with company(firm):
        return Member.objects.select_related("user").get(pk=pk)

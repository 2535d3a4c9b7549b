"""D1–D4: parts of a running installation are killed; nothing acknowledged is lost or doubled.

The quick cases share one installation; `make nightly` runs the same at full size.
"""

import http.cookiejar
import random
import re
import shutil
import threading
import time
import urllib.parse
import urllib.request
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from tests.delivery.faults import Client, Running, percentile
from tests.delivery.own import Own, folder, measured

PEOPLE = ["east_rep", "east_supervisor", "east_manager", "finance", "secretary"]
DRAFTS = """
from tenancy.context import company
from tests.conftest import cast_of
from tests.access import samples
from org import actions
from customers.models import Customer
from contracts.models import Product
cast = cast_of("acme")
with company(cast.company.pk):
    if not Product.objects.exists():
        samples.build(cast)
    product, customer = Product.objects.first(), Customer.objects.first()
ids = []
for n in range(%d):
    with company(cast.company.pk):
        ids.append(samples.draft(cast, customer, product).pk)
with company(cast.company.pk):
    tokens = {n: actions.make_token(getattr(cast, n), name="t", by=cast.admin) for n in %r}
result = {"ids": ids, "tokens": tokens, "company": cast.company.pk}
"""
LOOK = """
from collections import Counter
from datetime import timedelta
from django.utils import timezone
from tenancy.context import company
from approvals.models import Decision
from audit.models import AuditLine
from audit.verify import verify
from contracts.models import Contract
from figures.actions import reconcile
from tenancy.models import Outbox
ids = %r
with company(%d):
    cases = dict(Contract.objects.filter(pk__in=ids).values_list("case_id", "pk"))
    found = {pk: Counter() for pk in ids}
    for case, verb in Decision.objects.filter(case__in=cases).values_list("case_id", "verb"):
        found[cases[case]]["decision " + verb] += 1
    for pk, verb in AuditLine.objects.filter(
        object_id__in=ids, verb__in=["approvals.submit", "approvals.approve", "contracts.submit"]
    ).values_list("object_id", "verb"):
        found[pk]["audit " + verb.split(".")[1]] += 1
    for topic, payload in Outbox.objects.filter(
        topic__in=["approvals.submit", "approvals.approve"]).values_list("topic", "payload"):
        if payload.get("case") in cases:
            found[cases[payload["case"]]]["news " + topic.split(".")[1]] += 1
    rows = Contract.objects.filter(pk__in=ids).exclude(number="")
    numbers = rows.values_list("number", flat=True)
    result = {
        "found": {str(pk): dict(said) for pk, said in found.items()},
        "numbers": len(numbers) - len(set(numbers)),
        "chain": verify(%d).ok,
        "waiting": Outbox.objects.filter(
            sent_at=None, tries__lt=8, due_at__lt=timezone.now() + timedelta(minutes=5)).count(),
    }
"""
POINTS = {
    key: {"ok": True, "note": ""}
    for key in ("amount", "specification", "delivery", "payment", "liability", "other")
}


class Stage:
    def __init__(self, clone):
        self.root = folder()
        self.own = Own(self.root / "d", clone, fast=False)
        self.own.down()
        self.live = Running(self.own)

    def drafts(self, number):
        return self.own.run(DRAFTS % (number, PEOPLE))

    def look(self, made):
        company = made["company"]
        return self.own.run(LOOK % (made["ids"], company, company))

    def close(self):
        if self.own.inside:
            self.own.inside.communicate()
        self.live.stop()
        self.own.remove()
        shutil.rmtree(self.root, ignore_errors=True)


@pytest.fixture(scope="module")
def place(clone_database):
    made = Stage(clone_database())
    yield made
    made.close()


@pytest.fixture
def stage(place):
    """Each case begins with everything in its place."""
    until_connected(place.own)
    place.live.until_served()
    return place


def submitted_and_approved(client, made, pk):
    tokens = made["tokens"]
    status, body = client.act(f"/api/v1/contracts/{pk}/submit/", tokens["east_rep"])
    assert status == 200, body
    case = client.read(f"/api/v1/contracts/{pk}/", tokens["east_rep"])["case"]
    seen = client.read(f"/api/v1/cases/{case}/", tokens["east_supervisor"])["content_hash"]
    status, body = client.act(
        f"/api/v1/cases/{case}/approve/", tokens["east_supervisor"],
        {"content_hash": seen, "comment": "同意，条款合规。", "checklist": POINTS},
    )  # fmt: skip
    assert status == 200, body


def under_fire(stage, made, fire, clients=8):
    """Every draft is submitted and approved by clients that retry, while `fire(over)` runs."""
    over, client = threading.Event(), Client(stage.live.address)
    gun = threading.Thread(target=fire, args=(over,))
    gun.start()
    try:
        with ThreadPoolExecutor(clients) as pool:
            list(pool.map(lambda pk: submitted_and_approved(client, made, pk), made["ids"]))
    finally:
        over.set()
        gun.join()
    return client


def nothing_lost_or_doubled(stage, made, client):
    seen = stage.look(made)
    once = {"decision submit": 1, "decision approve": 1, "audit approve": 1, "news approve": 1}
    wrong = {pk: said for pk, said in seen["found"].items() if not once.items() <= said.items()}
    assert wrong == {}
    assert (seen["numbers"], seen["chain"]) == (0, True)
    assert len(client.told) == 2 * len(made["ids"])
    for _status, page in client.pages:
        assert "Traceback" not in page
        assert 'File "' not in page


def killing(stage, times, kill, pause):
    def fire(over):
        for _turn in range(times):
            if over.wait(random.uniform(*pause)):
                return
            stage.shots += 1
            kill()

    stage.shots = 0
    return fire


def d1(stage, drafts, times, pause):
    made = stage.drafts(drafts)
    fire = killing(stage, times, lambda: stage.live.kill_child("web"), pause)
    client = under_fire(stage, made, fire)
    nothing_lost_or_doubled(stage, made, client)
    return {"acts": 2 * drafts, "kills": stage.shots, "tries": client.tries,
            "p95_s": percentile(client.took, 0.95)}  # fmt: skip


def test_web_processes_are_killed(stage):
    """D1."""
    assert d1(stage, 8, 3, (0.2, 0.6))["kills"] > 0


JOBS = """
from django.core.files.uploadedfile import SimpleUploadedFile
from tenancy.context import company
from tests.conftest import cast_of
from files import actions
cast = cast_of("acme")
exports, imports = [], []
with company(cast.company.pk):
    people = [cast.east_rep, cast.east_manager, cast.director, cast.secretary]
    unit, rep, secretary = cast.unit("east_one"), cast.east_rep, cast.secretary
for n in range(%(jobs)d):
    with company(cast.company.pk):
        if n %% 5:
            form = "csv" if n %% 2 else "xlsx"
            exports.append(actions.export(
                kind="customers.customer", form=form, by=people[n %% 4]).pk)
        else:
            name = chr(0x4e00 + %(seed)d + n) + chr(0x5000 + n)
            rows = "".join(f"{name}{m}号机械\\n" for m in range(20))
            file = SimpleUploadedFile(f"{n}.csv", ("客户名称\\n" + rows).encode())
            imports.append(actions.upload(file, kind="customers.customer", unit=unit, owner=rep,
                                          by=secretary).pk)
result = {"company": cast.company.pk, "exports": exports, "imports": imports}
"""
DONE = """
from collections import Counter
from tenancy.context import company
from files.models import ExportJob, ImportJob, ImportRow
from files.actions.exports import folder
from audit.models import AuditLine
from audit.verify import verify
from tenancy.models import JobRun, Outbox
with company(%(company)d):
    exports = ExportJob.objects.filter(pk__in=%(exports)r)
    imports = ImportJob.objects.filter(pk__in=%(imports)r)
    result = {
        "exports": dict(Counter(exports.values_list("status", flat=True))),
        "imports": dict(Counter(imports.values_list("status", flat=True))),
        "files": sum((folder() / e.stored).stat().st_size == e.size
                     for e in exports if e.status == "done"),
        "rows": ImportRow.objects.filter(job__in=imports).count(),
        "waiting": Outbox.objects.filter(
            sent_at=None, tries__lt=8, topic__in=["files.export", "files.check"]).count(),
        "given_up": Outbox.objects.filter(sent_at=None, tries__gte=8).count(),
        "chain": verify(%(company)d).ok,
    }
"""


def d2(stage, jobs, times, pause):
    live = stage.live
    made = stage.own.run(JOBS % {"jobs": jobs, "seed": random.randrange(500)})
    kills = [lambda: live.kill_child("worker"), lambda: live.kill("worker"),
             lambda: live.kill("beat")]  # fmt: skip
    shots = Counter()
    for turn in range(times):
        time.sleep(random.uniform(*pause))
        kills[turn % 3]()
        shots[["child", "whole", "beat"][turn % 3]] += 1
    last, end = time.monotonic(), time.monotonic() + 240
    while (seen := stage.own.run(DONE % made))["waiting"] and time.monotonic() < end:
        time.sleep(1)
    took = time.monotonic() - last
    assert seen == {
        "exports": {"done": len(made["exports"])}, "imports": {"checked": len(made["imports"])},
        "files": len(made["exports"]), "rows": 20 * len(made["imports"]),
        "waiting": 0, "given_up": 0, "chain": True,
    }  # fmt: skip
    assert took < 180
    return {"jobs": jobs, "kills": dict(shots), "done_after_s": round(took, 1)}


def test_workers_are_killed(stage):
    """D2: a child; its job comes due again after the lease of 30 s."""
    d2(stage, 10, 1, (0.5, 1.0))


def until_connected(own, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            own.cluster().close()
        except psycopg.OperationalError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError


def d3(stage, drafts, times, pause):
    made, live, back = stage.drafts(drafts), stage.live, []

    def kill():
        live.kill("postgres")
        began = time.monotonic()
        time.sleep(0.2)
        until_connected(stage.own)
        up = time.monotonic()
        live.until_served()
        back.append((round(up - began, 1), round(time.monotonic() - up, 1)))

    client = under_fire(stage, made, killing(stage, times, kill, pause))
    nothing_lost_or_doubled(stage, made, client)
    assert max(after for _up, after in back) < 15
    return {"acts": 2 * drafts, "kills": stage.shots, "tries": client.tries,
            "up_and_then_served_s": back,
            "answers": dict(Counter(status for status, _page in client.pages))}  # fmt: skip


def test_postgres_is_killed(stage):
    """D3."""
    said = d3(stage, 8, 1, (0.3, 0.6))
    assert said["kills"] == 1
    assert set(said["answers"]) <= {503}


def browser():
    """Cookies, and no redirect followed."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_arguments):
            return None

    jar = http.cookiejar.CookieJar()
    return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar), Stay)


def asked(opener, address, data=None, language="zh-hans"):
    request = urllib.request.Request(
        address, urllib.parse.urlencode(data).encode() if data else None,
        {"Accept-Language": language},
    )  # fmt: skip
    began = time.monotonic()
    try:
        with opener.open(request, timeout=60) as answer:
            return answer.status, answer.read().decode(), time.monotonic() - began
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode(), time.monotonic() - began


def log_in(stage, login, password):
    """The whole way in: the page, the form; seconds of the form."""
    opener, address = browser(), stage.live.address + "/accounts/login/"
    _status, page, _took = asked(opener, address)
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    data = {"login": login, "password": password, "csrfmiddlewaretoken": token}
    status, page, took = asked(opener, address, data)
    assert status == 302, page
    return opener, took


PASSWORD = """
from accounts.models import User
from org.models import Member
from tenancy.context import company
from tests.conftest import cast_of
cast = cast_of("acme")
with company(cast.company.pk):
    user = cast.east_rep.user
user.set_password("a-long-pass-phrase-7")
user.save()
result = user.email or user.mobile
"""


def d4(stage, drafts, down, logins):
    """Redis killed, emptied, and kept away; people go on, and afterwards nothing is missing."""
    live, made = stage.live, stage.drafts(drafts)
    login = stage.own.run(PASSWORD)
    opener, _took = log_in(stage, login, "a-long-pass-phrase-7")
    flushed = stage.own.servers(
        "import redis; print(redis.Redis(unix_socket_path=str(services.run_folder()"
        " / 'redis.sock')).flushall())"
    )
    assert "True" in flushed
    live.kill("redis")
    with live.held_down("redis"):
        ends = time.monotonic() + down
        client = under_fire(stage, made, lambda _over: None, clients=2)
        times = [log_in(stage, login, "a-long-pass-phrase-7")[1] for _turn in range(logins)]
        status, _page, _took = asked(opener, live.address + "/")
        assert status == 200  # the session is a row
        time.sleep(max(0, ends - time.monotonic()))
    began, end = time.monotonic(), time.monotonic() + 120
    while (seen := stage.look(made))["waiting"] and time.monotonic() < end:
        time.sleep(0.5)
    assert seen["waiting"] == 0
    nothing_lost_or_doubled(stage, made, client)
    assert not client.pages
    return {"acts": 2 * drafts, "down_s": down, "p95_s": percentile(client.took, 0.95),
            "login_p95_s": percentile(times, 0.95),
            "delivered_after_s": round(time.monotonic() - began, 1)}  # fmt: skip


def test_redis_is_killed_and_emptied(stage):
    """D4."""
    d4(stage, 4, 2, 1)


def test_figures_of_all_web_processes_are_added_up(stage):
    token = (stage.own.data / "secrets" / "metrics").read_text()
    request = urllib.request.Request(
        stage.live.address + "/metrics", headers={"Authorization": f"Bearer {token}"}
    )

    def submits():
        with urllib.request.urlopen(request, timeout=30) as answer:
            text = answer.read().decode()
        return text, sum(
            float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
            if line.startswith("salesops_requests_total") and '"readyz"' in line
        )  # fmt: skip

    before = submits()[1]
    for _turn in range(20):
        stage.live.until_served()
    text, after = submits()
    assert after - before == 20
    assert 'salesops_job_last_success_age_seconds{job="tenancy.sweep"}' in text


@pytest.mark.nightly
def test_web_processes_are_killed_forty_times(stage):
    """D1, full size."""
    measured("D1", **d1(stage, 500, 40, (0.5, 4.0)))


@pytest.mark.nightly
def test_workers_are_killed_twenty_times(stage):
    """D2, full size."""
    measured("D2", **d2(stage, 500, 20, (0.5, 5.0)))


@pytest.mark.nightly
def test_postgres_is_killed_five_times(stage):
    """D3, full size; and the page of the time in between."""
    measured("D3", **d3(stage, 150, 5, (3.0, 8.0)))
    login = stage.own.run(PASSWORD)
    opener, _took = log_in(stage, login, "a-long-pass-phrase-7")
    with stage.live.held_down("postgres"):
        time.sleep(0.5)
        for language, words in (("zh-hans", "请返回上一页"), ("en", "Please go back")):
            status, page, took = asked(
                opener, stage.live.address + "/customers/", language=language
            )
            assert (status, words in page) == (503, True)
            assert "Traceback" not in page
    measured("D3 page", waited_s=round(took, 1), back_s=round(stage.live.until_served(), 1))


@pytest.mark.nightly
def test_redis_is_away_for_a_minute(stage):
    """D4, full size."""
    said = d4(stage, 60, 60, 20)
    measured("D4", **said)
    assert said["p95_s"] < 2

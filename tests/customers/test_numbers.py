"""T16.2, F5: whole numbers for the owner and whom it is shared with, masks for everybody else."""

import logging
from datetime import date

import pytest
from django.utils import timezone

from audit.models import AuditLine
from customers import actions
from customers.models import Contact, Customer, Visit
from kit.because import Forbidden, Refused
from tenancy.models import IdempotencyKey, Param
from tests.access import samples
from tests.access.test_matrix import interesting, methods_of, model_of, path_of
from tests.conftest import client_of

MOBILE, PHONE, MAIL = "13812349876", "021-62340987", "wang.gong@huadong.example"
WECHAT, CARD, BANK = "wanggong_9876", "110101199003078515", "6222021001112223334"
SECRETS = (MOBILE, PHONE, MAIL, WECHAT, CARD, BANK, "138 1234 9876")
WORDS = f"王工 138 1234 9876，身份证 {CARD}，账号 {BANK}"


@pytest.fixture
def customer(acme):
    made = actions.create(
        by=acme.east_rep, name="华东精密机械有限公司", phone=PHONE, notes=WORDS, needs=WORDS
    )
    actions.add_contact(
        made, by=acme.east_rep, name="王工", mobile=MOBILE, email=MAIL, wechat=WECHAT, notes=WORDS
    )
    return made


def leaks(answer):
    text = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return [secret for secret in SECRETS if secret in text.decode("utf-8", "replace")]


def test_the_owner_taps_to_call(acme, customer):
    text = client_of(acme.east_rep).get(f"/customers/{customer.pk}/").content.decode()
    assert f'href="tel:{MOBILE}"' in text
    assert f'href="tel:{PHONE}"' in text
    assert f'href="mailto:{MAIL}"' in text
    assert "reveal/" not in text


def test_whom_it_is_shared_with_calls_as_well(acme, customer):
    page = f"/customers/{customer.pk}/"
    assert client_of(acme.west_rep).get(page).status_code == 404
    actions.share(customer, member=acme.west_rep, by=acme.east_rep)
    text = client_of(acme.anew("west_rep")).get(page).content.decode()
    assert f'href="tel:{MOBILE}"' in text


@pytest.mark.parametrize("who", ["east_supervisor", "director", "secretary", "finance"])
def test_others_see_the_mask_and_ask(acme, customer, who):
    client, page = client_of(getattr(acme, who)), f"/customers/{customer.pk}/"
    answer = client.get(page)
    text = answer.content.decode()
    assert leaks(answer) == []
    assert "138****9876" in text
    assert "021-****0987" in text
    person = customer.contacts.get()
    for address, number in (
        (f"{page}reveal/", PHONE),
        (f"/customers/contacts/{person.pk}/reveal/", MOBILE),
    ):
        assert f'action="{address}"' in text
        whole = client.post(address)
        assert f'href="tel:{number}"' in whole.content.decode()
        assert "<html" in whole.content.decode()
        part = client.post(address, headers={"HX-Request": "true"})
        assert "<html" not in part.content.decode()
        assert f"tel:{number}" in part.content.decode()
        assert part["Cache-Control"] == "no-store"
    lines = AuditLine.objects.filter(verb="customers.reveal")
    assert lines.count() == 4
    assert {line.actor_name for line in lines} == {f"acme.{who}"}
    told = client_of(acme.east_rep).get(page).content.decode()
    assert f"acme.{who}" in told


def test_who_has_no_duty_there_only_sees_the_mask(acme, customer):
    from org import actions as org

    org.end_post(acme.west_rep.posts.get(), ends_on=date(2025, 1, 1), by=None)
    org.start_post(
        acme.west_rep, unit=acme.unit("root"), role="analyst", starts_on=date(2024, 1, 1)
    )
    analyst = acme.anew("west_rep")
    client, page = client_of(analyst), f"/customers/{customer.pk}/"
    answer = client.get(page)
    assert "138****9876" in answer.content.decode()
    assert leaks(answer) == []
    assert "reveal/" not in answer.content.decode()
    assert client.post(f"{page}reveal/").status_code == 403
    with pytest.raises(Forbidden):
        actions.reveal(customer, by=analyst)
    actions.reveal(customer, by=acme.director)


def test_a_day_has_its_share(acme, customer):
    from django.db.backends.postgresql.psycopg_any import DateRange

    always = DateRange(date(2024, 1, 1), None)
    Param.objects.create(key="customers.reveals_per_day", value=2, during=always)
    client = client_of(acme.director)
    for _turn in range(2):
        assert client.post(f"/customers/{customer.pk}/reveal/").status_code == 200
    answer = client.post(f"/customers/{customer.pk}/reveal/")
    assert answer.status_code == 409
    assert leaks(answer) == []
    assert "2" in answer.content.decode()
    assert client_of(acme.finance).post(f"/customers/{customer.pk}/reveal/").status_code == 200
    with pytest.raises(Refused):
        actions.reveal(customer, by=acme.director)


def test_a_repeat_does_not_keep_the_number(acme, customer):
    client, address = client_of(acme.director), f"/customers/{customer.pk}/reveal/"
    assert PHONE in client.post(address, {"idempotency_key": "k-1"}).content.decode()
    assert PHONE not in IdempotencyKey.objects.get(key="k-1").body
    again = client.post(address, {"idempotency_key": "k-1"})
    assert again["Location"] == f"/customers/{customer.pk}/"
    assert AuditLine.objects.filter(verb="customers.reveal").count() == 1


def test_a_leader_changes_the_file_without_seeing_the_numbers(acme, customer):
    client, person = client_of(acme.director), customer.contacts.get()
    page = f"/customers/contacts/{person.pk}/change/"
    answer = client.get(page)
    assert leaks(answer) == []
    typed = {name: field.value() or "" for name, field in
             ((f.name, f) for f in answer.context["form"])}  # fmt: skip
    typed = {name: value for name, value in typed.items() if value is not False}
    assert client.post(page, typed | {"title": "采购经理"}).status_code == 302
    person.refresh_from_db()
    assert (person.mobile, person.email, person.wechat) == (MOBILE, MAIL, WECHAT)
    assert (person.title, person.notes) == ("采购经理", WORDS)
    assert client.post(page, typed | {"mobile": "13700137000"}).status_code == 302
    person.refresh_from_db()
    assert (person.mobile, person.email) == ("13700137000", MAIL)
    form = client.get(f"/customers/{customer.pk}/change/")
    assert leaks(form) == []
    changed = {f.name: f.value() or "" for f in form.context["form"]}
    changed = {name: value for name, value in changed.items() if value is not False}
    changed["notes"] = changed["notes"].replace("王工", "王经理")
    assert client.post(f"/customers/{customer.pk}/change/", changed).status_code == 302
    customer.refresh_from_db()
    assert customer.notes == WORDS.replace("王工", "王经理")
    assert (customer.phone, customer.needs) == (PHONE, WORDS)


def test_programs_see_what_people_see(acme, customer):
    person = customer.contacts.get()
    rep, director = client_of(acme.east_rep), client_of(acme.director)
    one = (f"/api/v1/customers/{customer.pk}/", f"/api/v1/contacts/{person.pk}/")
    for path in (*one, "/api/v1/contacts/", "/api/v1/customers/"):
        assert leaks(rep.get(path)), path
        assert leaks(director.get(path)) == [], path
    as_json = {"content_type": "application/json"}
    answer = director.patch(f"/api/v1/contacts/{person.pk}/", {"title": "厂长"}, **as_json)
    assert answer.status_code == 200
    assert leaks(answer) == []
    body = director.get(f"/api/v1/contacts/{person.pk}/").json()
    assert director.put(f"/api/v1/contacts/{person.pk}/", body, **as_json).status_code == 200
    person.refresh_from_db()
    assert (person.mobile, person.email, person.notes) == (MOBILE, MAIL, WORDS)
    said = director.post(f"/api/v1/contacts/{person.pk}/reveal/").json()
    assert said == {"mobile": MOBILE, "phone": "", "email": MAIL, "wechat": WECHAT}
    assert director.post(f"/api/v1/customers/{customer.pk}/reveal/").json() == {"phone": PHONE}
    assert client_of(acme.west_rep).post(f"/api/v1/contacts/{person.pk}/reveal/").status_code == 404
    assert AuditLine.objects.filter(verb="customers.reveal").count() == 2


def test_history_masks_old_and_new(acme, customer):
    person = customer.contacts.get()
    actions.change_contact(person, by=acme.east_rep, mobile="13900139876")
    visit = actions.plan_visit(
        customer, by=acme.east_rep, planned_on=timezone.localdate(), purpose=WORDS
    )
    actions.add_note(customer, by=acme.east_rep, text=WORDS)
    page = f"/customers/{customer.pk}/"
    text = client_of(acme.director).get(page).content.decode()
    assert "138****9876 → 139****9876" in text
    for secret in (*SECRETS, "13900139876"):
        assert secret not in text
        assert secret not in client_of(acme.director).get(f"/customers/visits/{visit.pk}/").text
    # the record never held them: its owner reads masked numbers of the past as well
    assert "138****9876 → 139****9876" in client_of(acme.east_rep).get(page).content.decode()


def test_the_one_who_wrote_it_reads_his_own_words(acme, customer):
    actions.add_note(customer, by=acme.east_supervisor, text=f"打过 {MOBILE}")
    page = f"/customers/{customer.pk}/"
    assert f"打过 {MOBILE}" in client_of(acme.east_supervisor).get(page).content.decode()
    assert leaks(client_of(acme.east_manager).get(page)) == []


@pytest.mark.parametrize(
    "who",
    [
        "director", "secretary", "admin",
        *(pytest.param(who, marks=pytest.mark.nightly) for who in ("east_supervisor", "finance")),
    ],
)
def test_no_page_and_no_line_of_the_log_file_leaks(acme, who, caplog):
    """F5: canaries over every address of pages and API, for those without the right."""
    made, rep = samples.build(acme), acme.east_rep
    customer, visit = made[Customer], made[Visit]
    actions.change(customer, by=rep, phone=PHONE, notes=WORDS, needs=WORDS)
    person = {"mobile": MOBILE, "email": MAIL, "wechat": WECHAT, "notes": WORDS}
    actions.change_contact(made[Contact], by=rep, **person)
    actions.check_in(customer, by=rep, visit=visit)
    words = {"summary": WORDS, "met": WORDS, "next_step": WORDS, "rival_news": WORDS}
    actions.finish_visit(visit, by=rep, **words)
    visit.refresh_from_db()
    actions.correct_visit(visit, by=rep, **(words | {"summary": f"{WORDS}。"}))
    actions.add_note(customer, by=rep, text=WORDS)
    actions.plan_visit(customer, by=rep, planned_on=timezone.localdate(), purpose=WORDS)
    client, asked = client_of(getattr(acme, who)), 0
    with caplog.at_level(logging.INFO):
        for text, view in interesting():
            if "GET" not in methods_of(view):
                continue
            model = model_of(view)
            path = path_of(text, made[model].pk if "pk" in text else 0)
            for narrow in ("", "?q=王工", "?page_size=100", "?box=all"):
                asked += 1
                assert leaks(client.get(path + narrow)) == [], path + narrow
    assert asked > 150
    assert [secret for secret in SECRETS if secret in caplog.text] == []
    own = client_of(rep).get(f"/customers/{customer.pk}/")
    assert leaks(own), "the same pages show them to whom they belong"

"""Addresses of customers and visits."""

from django.urls import path

from customers.views import customer, newcomer, numbers, ownership, visit

app_name = "customers"
urlpatterns = [
    path("", customer.list_, name="list"),
    path("create/", newcomer.create, name="create"),
    path("search/", newcomer.search, name="search"),
    path("lookup/", customer.lookup, name="lookup"),
    path("<int:pk>/", customer.detail, name="detail"),
    path("<int:pk>/change/", customer.change, name="change"),
    path("<int:pk>/set_tier/", customer.set_tier, name="set_tier"),
    path("<int:pk>/attach/", customer.attach, name="attach"),
    path("<int:pk>/archive/", customer.archive, name="archive"),
    path("<int:pk>/restore/", customer.restore, name="restore"),
    path("<int:pk>/share/", ownership.share, name="share"),
    path("<int:pk>/end_share/", ownership.end_share, name="end_share"),
    path("hand_over/", ownership.hand_over, name="hand_over"),
    path("<int:pk>/reveal/", numbers.reveal, name="reveal"),
    path("contacts/<int:pk>/reveal/", numbers.reveal_contact, name="reveal_contact"),
    path("<int:pk>/add_note/", customer.add_note, name="add_note"),
    path("<int:pk>/add_contact/", customer.add_contact, name="add_contact"),
    path("<int:pk>/plan_visit/", visit.plan_visit, name="plan_visit"),
    path("<int:pk>/check_in/", visit.check_in, name="check_in"),
    path("contacts/<int:pk>/change/", customer.change_contact, name="change_contact"),
    path("contacts/<int:pk>/archive/", customer.archive_contact, name="archive_contact"),
    path("visits/", visit.visits, name="visits"),
    path("visits/today/", visit.today, name="today"),
    path("visits/pick/", visit.pick, name="pick"),
    path("visits/<int:pk>/", visit.visit, name="visit"),
    path("visits/<int:pk>/start/", visit.start_visit, name="start_visit"),
    path("visits/<int:pk>/finish/", visit.finish_visit, name="finish_visit"),
    path("visits/<int:pk>/correct/", visit.correct_visit, name="correct_visit"),
    path("visits/<int:pk>/attach/", visit.attach_visit, name="attach_visit"),
    path("visits/<int:pk>/cancel/", visit.cancel_visit, name="cancel_visit"),
]

"""Addresses of the inbox and its verbs."""

from django.urls import path

from approvals import views

app_name = "approvals"
urlpatterns = [
    path("", views.inbox, name="inbox"),
    path("delegations/", views.delegations, name="delegations"),
    path("delegations/new/", views.delegate, name="delegate"),
    path("delegations/<int:pk>/end/", views.end_delegation, name="end_delegation"),
    path("chains/", views.chains, name="chains"),
    path("chains/<str:document>/", views.chain, name="chain"),
    path("chains/<str:document>/change/", views.draft_change, name="draft_change"),
    path("chains/changes/<int:pk>/", views.see_change, name="change"),
    path("chains/changes/<int:pk>/edit/", views.edit_change, name="edit_change"),
    path("chains/changes/<int:pk>/submit/", views.submit_change, name="submit_change"),
    path("chains/changes/<int:pk>/discard/", views.discard_change, name="discard_change"),
    path("approve/", views.approve_many, name="approve_many"),
    path("<int:pk>/", views.case, name="case"),
    path("<int:pk>/approve/", views.approve, name="approve"),
    path("<int:pk>/return/", views.return_, name="return"),
    path("<int:pk>/reject/", views.reject, name="reject"),
    path("<int:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<int:pk>/transfer/", views.transfer, name="transfer"),
    path("<int:pk>/add_signer/", views.add_signer, name="add_signer"),
    path("<int:pk>/copy/", views.copy, name="copy"),
    path("<int:pk>/comment/", views.comment, name="comment"),
    path("<int:pk>/remind/", views.remind, name="remind"),
]

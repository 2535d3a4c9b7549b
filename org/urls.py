"""Addresses of the organisation."""

from django.urls import path

from org import views

app_name = "org"
urlpatterns = [
    path("tree/", views.tree, name="tree"),
    path("members/", views.members, name="members"),
    path("me/", views.profile, name="profile"),
    path("companies/", views.choose_company, name="choose_company"),
]

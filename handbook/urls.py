"""Addresses of the handbook."""

from django.urls import path

from handbook import views

app_name = "handbook"
urlpatterns = [
    path("", views.list_, name="list"),
    path("why/", views.why, name="why"),
    path("<str:code>/", views.clause, name="clause"),
]

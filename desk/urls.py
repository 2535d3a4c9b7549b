"""Addresses of the desk."""

from django.urls import path

from desk import views

app_name = "desk"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("help/terms/", views.terms, name="terms"),
    path("calendar/<str:token>/salesops.ics", views.calendar, name="calendar"),
    path("figures/", views.figures_, name="figures"),
]

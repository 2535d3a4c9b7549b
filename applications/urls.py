"""Addresses of applications."""

from django.urls import path

from applications import views

app_name = "applications"
urlpatterns = [
    path("", views.list_, name="list"),
    path("new/", views.create, name="create"),
    path("<int:pk>/", views.detail, name="detail"),
    path("<int:pk>/change/", views.change, name="change"),
    path("<int:pk>/submit/", views.submit, name="submit"),
    path("<int:pk>/attach/", views.attach, name="attach"),
    path("<int:pk>/copy/", views.copy, name="copy"),
]

"""Addresses of notices."""

from django.urls import path

from notices import views

app_name = "notices"
urlpatterns = [
    path("", views.list_, name="list"),
    path("choices/", views.choose, name="choices"),
    path("read_all/", views.read_all, name="read_all"),
    path("unread_all/", views.unread_all, name="unread_all"),
    path("stop/<str:token>/", views.stop, name="stop"),
    path("<int:pk>/", views.open_, name="open"),
    path("<int:pk>/read/", views.read, name="read"),
    path("<int:pk>/unread/", views.unread, name="unread"),
]

"""Addresses of months, reviews and re-openings."""

from django.urls import path

from kpi import views

app_name = "kpi"
urlpatterns = [
    path("", views.list_, name="list"),
    path("<int:pk>/", views.period, name="period"),
    path("<int:pk>/freeze/", views.freeze, name="freeze"),
    path("<int:pk>/reopen/", views.reopen, name="reopen"),
    path("reviews/<int:pk>/", views.review, name="review"),
    path("reviews/<int:pk>/comment/", views.comment, name="comment"),
    path("reopenings/<int:pk>/", views.reopening, name="reopening"),
    path("reopenings/<int:pk>/submit/", views.submit, name="submit"),
]

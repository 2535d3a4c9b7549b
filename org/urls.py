"""Addresses of the organisation."""

from django.urls import path

from org import views

app_name = "org"
urlpatterns = [
    path("tree/", views.tree, name="tree"),
    path("units/<int:pk>/", views.unit, name="unit"),
    path("units/<int:pk>/add/", views.add_unit, name="add_unit"),
    path("units/<int:pk>/move/", views.move_unit, name="move_unit"),
    path("units/<int:pk>/switch_off/", views.switch_off_unit, name="switch_off_unit"),
    path("units/<int:pk>/switch_on/", views.switch_on_unit, name="switch_on_unit"),
    path("moves/<int:pk>/", views.move, name="move"),
    path("members/", views.members, name="members"),
    path("members/invite/", views.invite, name="invite"),
    path("members/<int:pk>/", views.member, name="member"),
    path("members/<int:pk>/hand_over_all/", views.hand_over_all, name="hand_over_all"),
    path("members/<int:pk>/disable/", views.disable, name="disable"),
    path("members/<int:pk>/enable/", views.enable, name="enable"),
    path("members/<int:pk>/invite/", views.invite_again, name="invite_again"),
    path("members/<int:pk>/reset/", views.reset, name="reset"),
    path("members/<int:pk>/remove_factors/", views.remove_factors, name="remove_factors"),
    path("members/<int:pk>/start_post/", views.start_post, name="start_post"),
    path("posts/<int:pk>/end/", views.end_post, name="end_post"),
    path("support/", views.supports, name="supports"),
    path("support/<int:pk>/", views.support, name="support"),
    path("support/<int:pk>/end/", views.end_support, name="end_support"),
    path("roles/", views.roles, name="roles"),
    path("why/", views.why, name="why"),
    path("company/", views.change_company, name="company"),
    path("company/terms/", views.change_terms, name="change_terms"),
    path("params/", views.params, name="params"),
    path("params/set/", views.set_param, name="set_param"),
    path("jobs/", views.jobs, name="jobs"),
    path("jobs/run/", views.run_job, name="run_job"),
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/load/", views.load_year, name="load_year"),
    path("me/", views.profile, name="profile"),
    path("tokens/make/", views.make_token, name="make_token"),
    path("tokens/make_feed/", views.make_feed, name="make_feed"),
    path("tokens/revoke/", views.revoke_token, name="revoke_token"),
    path("companies/", views.choose_company, name="choose_company"),
    path("enter/<str:token>/", views.enter, name="enter"),
]

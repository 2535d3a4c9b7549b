"""Addresses of the door and of one's own account."""

from django.urls import path

from accounts import views

app_name = "accounts"
urlpatterns = [
    path("", views.account, name="account"),
    path("login/", views.login, name="login"),
    path("login/second/", views.second, name="second"),
    path("login/passkey/", views.passkey, name="passkey"),
    path("logout/", views.logout, name="logout"),
    path("forgot/", views.forgot, name="forgot"),
    path("forgot/sent/", views.sent, name="sent"),
    path("reset/<str:uid>/<str:token>/", views.reset, name="reset"),
    path("confirm/", views.confirm, name="confirm"),
    path("password/", views.password, name="password"),
    path("totp/add/", views.add_totp, name="add_totp"),
    path("totp/remove/", views.remove_totp, name="remove_totp"),
    path("codes/", views.codes, name="codes"),
    path("codes/renew/", views.renew_codes, name="renew_codes"),
    path("passkeys/add/", views.add_passkey, name="add_passkey"),
    path("passkeys/rename/", views.rename_passkey, name="rename_passkey"),
    path("passkeys/remove/", views.remove_passkey, name="remove_passkey"),
    path("sessions/end/", views.end_session, name="end_session"),
    path("sessions/end_others/", views.end_others, name="end_others"),
]

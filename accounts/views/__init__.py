"""Pages of the door and of one's own account."""

from accounts.views.account import account, end_others, end_session, set_language
from accounts.views.door import let_in, login, logout, passkey, second
from accounts.views.factors import (
    add_passkey,
    add_totp,
    codes,
    remove_passkey,
    remove_totp,
    rename_passkey,
    renew_codes,
)
from accounts.views.password import confirm, forgot, password, reset, sent

__all__ = [
    "account",
    "add_passkey",
    "add_totp",
    "codes",
    "confirm",
    "end_others",
    "end_session",
    "forgot",
    "let_in",
    "login",
    "logout",
    "passkey",
    "password",
    "remove_passkey",
    "remove_totp",
    "rename_passkey",
    "renew_codes",
    "reset",
    "second",
    "sent",
    "set_language",
]

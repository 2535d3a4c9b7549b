"""What happens to a login: attempts, password, second factor, sessions, letters."""

from accounts.actions.attempts import (
    PER_LOGIN,
    Device,
    first_use,
    forget,
    may_ask,
    may_come,
    may_confirm,
    may_show,
    may_try,
)
from accounts.actions.factors import (
    add_passkey,
    add_totp,
    check_code,
    check_passkey,
    remove_factors,
    remove_passkey,
    remove_totp,
    rename_passkey,
    renew_codes,
    who_came,
)
from accounts.actions.letters import send_letters, write
from accounts.actions.password import ask_reset, change_password, reset_password
from accounts.actions.sessions import (
    begin,
    end,
    end_all,
    end_others,
    set_language,
    touch,
)
from accounts.actions.tidy import tidy

__all__ = [
    "PER_LOGIN",
    "Device",
    "add_passkey",
    "add_totp",
    "ask_reset",
    "begin",
    "change_password",
    "check_code",
    "check_passkey",
    "end",
    "end_all",
    "end_others",
    "first_use",
    "forget",
    "may_ask",
    "may_come",
    "may_confirm",
    "may_show",
    "may_try",
    "remove_factors",
    "remove_passkey",
    "remove_totp",
    "rename_passkey",
    "renew_codes",
    "reset_password",
    "send_letters",
    "set_language",
    "tidy",
    "touch",
    "who_came",
    "write",
]

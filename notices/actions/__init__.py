"""Every write on notices: telling, reading, choosing, mailing."""

from notices.actions.choice import begin_again, choose, chosen, stop
from notices.actions.mail import Unreachable, mail_waiting, plan_mail, send_mail, waiting_mail
from notices.actions.notice import (
    read,
    read_all,
    receive,
    remind_of,
    settle,
    tidy,
    unread,
    unread_all,
    write,
)

__all__ = [
    "Unreachable",
    "begin_again",
    "choose",
    "chosen",
    "mail_waiting",
    "plan_mail",
    "read",
    "read_all",
    "receive",
    "remind_of",
    "send_mail",
    "settle",
    "stop",
    "tidy",
    "unread",
    "unread_all",
    "waiting_mail",
    "write",
]

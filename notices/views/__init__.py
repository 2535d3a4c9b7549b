"""Pages of notices."""

from notices.views.mail import stop
from notices.views.page import choose, list_, open_, read, read_all, unread, unread_all

__all__ = ["choose", "list_", "open_", "read", "read_all", "stop", "unread", "unread_all"]

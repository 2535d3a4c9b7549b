"""What upper floors want to know about a login: they hand a function down at start-up."""

from collections.abc import Callable

from accounts.models import User

followers: list[Callable[[User, str], None]] = []


def tell(user: User, verb: str) -> None:
    """Inside the transaction of the act: tokens are revoked and the act is recorded above."""
    for follow in followers:
        follow(user, verb)

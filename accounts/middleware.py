"""When a session was last in use: noted at most every five minutes."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from accounts.actions.sessions import SEEN, touch

PAUSE = 5 * 60


class Seen:
    """Between the login's middleware and the door: outside the transaction of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        seen = request.session.get(SEEN)
        if seen and time.time() - seen > PAUSE and request.user.is_authenticated:
            touch(request)
        return self.get_response(request)

"""Where a request comes from, as far as it can be believed."""

from django.conf import settings
from django.http import HttpRequest


def place(request: HttpRequest) -> str:
    """The caller's address. Behind PROXIES own proxies it is that many from the right of the list.

    What a caller writes into X-Forwarded-For himself stands further left and counts for nothing.
    """
    near = request.META.get("REMOTE_ADDR", "")
    said = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if settings.PROXIES and len(said) >= settings.PROXIES and said[-settings.PROXIES]:
        return said[-settings.PROXIES]
    return near

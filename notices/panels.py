"""The choices of notices as a block of one's own settings."""

from typing import Any

from notices.forms import ChoicesForm
from org.models import Member


def choices(member: Member, _obj: Any = None) -> dict[str, Any]:
    return {"template": "notices/_choices.html", "form": ChoicesForm(member=member)}

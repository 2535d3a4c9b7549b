"""A number beside an earlier one, in words."""

from decimal import Decimal

from django.utils.translation import gettext as _


def growth(value: Decimal, old: Decimal) -> tuple[str, str]:
    """("+12.4%", look); no per cent of nothing."""
    if not old:
        return "", ""
    share = ((value - old) / old * 100).quantize(Decimal("0.1"))
    if not share:
        return _("unchanged"), ""
    return f"{share:+}%", "so-good" if share >= 0 else "so-bad"

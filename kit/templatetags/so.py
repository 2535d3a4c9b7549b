"""Template tags of the design system: icons, amounts, days, badges, bars, fields, query strings."""

from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import quote, urlsplit
from uuid import uuid4

from django import template
from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import Resolver404, resolve, reverse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from kit import masks, terms
from kit import money as amounts
from kit.pages import guards
from kit.registry import clauses_of, manual

register = template.Library()

NOTHING = "—"
COLOURS = frozenset({"grey", "blue", "amber", "red", "green", "info"})
# how each kind of reason is drawn in the "why?" sheet
REASONS = {
    "rule": "#i-gavel",
    "fact": "#i-info-circle",
    "grant": "#i-key",
    "step": "#i-git-commit",
    "band": "#i-arrows-vertical",
    "factor": "#i-adjustments",
    "hold": "#i-lock",
    "clock": "#i-clock",
    "exemption": "#i-shield-check",
    "conflict": "#i-arrows-cross",
}
LEVELS = {
    "success": "#i-circle-check",
    "info": "#i-info-circle",
    "warning": "#i-alert-triangle",
    "error": "#i-alert-circle",
}


# ---------- icons ----------
@cache  # a page shows some seventy of them, the whole product a few hundred different ones
def _icon(anchor: str, size: str = "") -> SafeString:
    return format_html(
        '<svg class="so-icon{}" aria-hidden="true" focusable="false"><use href="{}{}"/></svg>',
        f" so-icon-{size}" if size else "",
        static("dist/icons.svg"),
        anchor,
    )


@register.simple_tag
def icon(name: str, size: str = "") -> SafeString:
    """A Tabler icon by name, "sm" or "lg"; the sprite holds those that some file names."""
    return _icon(f"#i-{name}", size)


@register.simple_tag
def reason_icon(kind: str) -> SafeString:
    return _icon(REASONS[kind])


@register.simple_tag
def level_icon(level: str) -> SafeString:
    return _icon(LEVELS.get(level, LEVELS["info"]))


# ---------- amounts ----------
@register.filter
def money(value: Decimal | None) -> str:
    """¥1,286,000.00"""
    return NOTHING if value is None or value == "" else amounts.show(value)


@register.filter
def money_short(value: Decimal | None) -> str:
    """¥128.6万 in Chinese, ¥1,286,000 elsewhere: for cards, never for documents."""
    if value is None or value == "":
        return NOTHING
    number, unit = amounts.short(value)
    sign, digits = ("-", number[1:]) if number.startswith("-") else ("", number)
    return f"{sign}¥{digits}{unit}"


@register.filter
def short_number(value: Decimal) -> str:
    return amounts.short(value)[0]


@register.filter
def short_unit(value: Decimal) -> str:
    return amounts.short(value)[1]


@register.filter
def grouped(value: Decimal | int) -> str:
    """`1,960`: how many, in cards and tables."""
    return f"{value:,}"


@register.filter
def percent(value: Decimal | None) -> str:
    """A share as people read it: Decimal("0.86") is 86%, one place at most."""
    if value is None or value == "":
        return NOTHING
    return f"{(Decimal(value) * 100).quantize(Decimal('0.1')).normalize():f}%"


# ---------- days and times, in the zone that is active ----------
def _local(value: Any) -> Any:
    if isinstance(value, datetime) and timezone.is_aware(value):
        return timezone.localtime(value)
    return value


@register.filter(expects_localtime=False)
def day(value: date | datetime | None) -> str:
    """2026-11-21"""
    return f"{_local(value):%Y-%m-%d}" if value else NOTHING


@register.filter(expects_localtime=False)
def day_short(value: date | datetime | None) -> str:
    """11-21 in the current year, else with the year."""
    if not value:
        return NOTHING
    local = _local(value)
    return f"{local:%m-%d}" if local.year == timezone.localdate().year else f"{local:%Y-%m-%d}"


@register.filter(expects_localtime=False)
def moment(value: datetime | None) -> str:
    """11-21 16:42 in the current year, else with the year."""
    return f"{day_short(value)} {_local(value):%H:%M}" if value else NOTHING


@register.filter(expects_localtime=False)
def clock(value: datetime | None) -> str:
    """16:42"""
    return f"{_local(value):%H:%M}" if value else NOTHING


def _span(earlier: datetime, later: datetime) -> str:
    """How long, in the one unit that matters."""
    minutes = max(int((later - earlier).total_seconds() // 60), 1)
    if minutes < 60:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    if (hours := minutes // 60) < 48:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    return ngettext("%(n)d day", "%(n)d days", hours // 24) % {"n": hours // 24}


@register.filter(expects_localtime=False)
def since(value: datetime | None) -> str:
    """Like "3 hours ago", with one unit; a day alone counts whole days."""
    if not value:
        return NOTHING
    if not isinstance(value, datetime):
        days = (timezone.localdate() - value).days
        if days == 0:
            return _("today")
        return ngettext("%(days)d day ago", "%(days)d days ago", days) % {"days": days}
    if (timezone.now() - value).total_seconds() < 60:
        return _("just now")
    return _("%(time)s ago") % {"time": _span(value, timezone.now())}


@register.filter(expects_localtime=False)
def left(value: datetime | None) -> str:
    """Like "5 hours left", or by how much the time is over."""
    if not value:
        return ""
    now = timezone.now()
    if value >= now:
        return _("%(time)s left") % {"time": _span(now, value)}
    return _("overdue by %(time)s") % {"time": _span(value, now)}


# ---------- numbers of people ----------
@register.simple_tag
def number(value: str, kind: str, is_open: Any = False) -> SafeString:
    """A telephone number to tap or a mail address, whole when `is_open`, else as its mask."""
    if not value:
        return format_html("{}", NOTHING)
    if not is_open:
        return format_html('<span class="so-masked">{}</span>', masks.masked(kind, value))
    if kind not in {"mobile", "phone", "email"}:
        return format_html("{}", value)
    way = "mailto" if kind == "email" else "tel"
    return format_html('<a href="{}:{}">{}</a>', way, value, value)


@register.filter
def masked_unless(text: Any, is_open: Any) -> Any:
    """Free text; numbers of people in it are masked unless the reader has them whole."""
    return text if is_open or not text else masks.text(str(text))


# ---------- people and badges ----------
@register.filter
def initial(name: Any) -> str:
    """The letter of an avatar: the family name of a Chinese name, the first letter of others."""
    return str(name).strip()[:1].upper()


@register.simple_tag
def pill(state: Any, colour: str = "") -> SafeString:
    """A state with `.label` and `.colour`, or a text with a colour."""
    text = getattr(state, "label", state)
    shade = colour or getattr(state, "colour", "grey")
    if shade not in COLOURS:
        raise ValueError(f"unknown colour of a state: {shade}")
    return format_html('<span class="so-pill so-pill-{}">{}</span>', shade, text)


@register.simple_tag
def tier(letter: str, name: str = "") -> SafeString:
    """The tier's letter; the name is read aloud and shown as a tooltip."""
    if not letter:
        return SafeString("")
    shown = format_html('<span class="visually-hidden">{}</span>', name) if name else ""
    return format_html(
        '<span class="so-tier so-tier-{}"{}><b>{}</b>{}</span>',
        letter.lower(),
        format_html(' title="{}"', name) if name else "",
        letter,
        shown,
    )


@register.filter
def label_of(record: Any) -> str:
    """contracts.contract"""
    return record._meta.label_lower


@register.simple_tag
def clause(code: str) -> SafeString:
    """The chip of a clause: its code, its sentence on hovering, and the way to its page."""
    if not code:
        return SafeString("")
    if code not in manual:
        return format_html('<span class="so-clause">{}</span>', code)
    return _chip(code, str(manual[code]))


@cache
def _chip(code: str, sentence: str) -> SafeString:
    url = reverse("handbook:clause", args=[code])
    return format_html('<a class="so-clause" href="{}" title="{}">{}</a>', url, sentence, code)


@register.simple_tag
def clauses(name: str) -> SafeString:
    """The chips of the rule behind an address, by the address's name or as it was reversed."""
    if name.startswith("/"):
        try:
            name = resolve(name).view_name
        except Resolver404:
            return SafeString("")
    guard = guards().get(name)
    codes = clauses_of("rule", guard.rule) if guard else ()
    return format_html_join(" ", "{}", ((clause(code),) for code in codes))


@register.simple_tag
def term(key: str, value: str = "") -> SafeString:
    """A question mark that unfolds what a word means; works without script and by touch.

    `{% term "tier" %}` for a word, `{% term "tier" customer.tier %}` for a value.
    """
    known = terms.terms[f"{key}.{value}" if value else key]
    more = ""
    if terms.page:
        address = f"{reverse(terms.page)}?q={quote(known.name)}"
        more = format_html('<a href="{}">{}</a>', address, _("All terms"))
    return format_html(
        '<details class="so-term" name="so-term"><summary title="{}">{}<span class="'
        'visually-hidden">{}</span></summary><div class="so-term-sheet"><b>{}</b> {} {}{}</div>'
        "</details>",
        known.meaning,
        _icon("#i-help-circle", "sm"),
        _("What does “%(name)s” mean?") % {"name": known.name},
        known.name,
        clause(known.clause),
        format_html("<p>{}</p>", known.meaning),
        more,
    )


# ---------- progress ----------
def _points(value: Any) -> Decimal:
    """Percentage points, kept between 0 and 100, one place."""
    points = min(max(Decimal(value or 0), Decimal(0)), Decimal(100))
    return points.quantize(Decimal(1) if points == points.to_integral() else Decimal("0.1"))


@register.simple_tag
def bar(value: Any, pace: Any = None, colour: str = "", label: str = "") -> SafeString:
    """A progress bar: `value` and `pace` (time gone by) in percent, 0 to 100.

    Primary when on pace, amber up to 10 points behind, red beyond; `colour` (good, warn, bad) wins.
    """
    share = _points(value)
    mark = None if pace is None or pace == "" else _points(pace)
    if not colour and mark is not None and share < mark:
        colour = "warn" if mark - share <= 10 else "bad"
    if not label:
        label = _("%(share)s%% done") % {"share": share}
        if mark is not None:
            words = _("%(share)s%% done, %(pace)s%% of the time gone")
            label = words % {"share": share, "pace": mark}
    tick = format_html('<rect class="so-bar-tick" x="{}%" width="2" height="12" rx="1"/>', mark)
    return format_html(
        '<svg class="so-bar{}" width="100%" height="12" role="img" aria-label="{}">'
        '<rect class="so-bar-track" y="3" width="100%" height="6" rx="3"/>'
        '<rect class="so-bar-fill" y="3" width="{}%" height="6" rx="3"/>{}</svg>',
        f" so-bar-{colour}" if colour else "",
        label,
        share,
        tick if mark is not None else "",
    )


@register.filter
def heat(value: Decimal | None, most: Decimal) -> str:
    """The class of a province tile: so-heat-0 without a value, then 1 to 9 against the greatest."""
    if not value or not most or value <= 0:
        return "so-heat-0"
    return f"so-heat-{1 + int(min(Decimal(value) / Decimal(most), Decimal(1)) * 8)}"


# ---------- forms and addresses ----------
@register.simple_tag
def field(bound: Any, wide: bool = False, label: str = "", bare: bool = False) -> SafeString:
    """A field with label, help and errors; `wide` spans the form grid, `bare` hides the label."""
    if getattr(bound.field, "empty_label", None) == "---------":  # what Django says for "none yet"
        bound.field.empty_label = _("Please choose")
    context = {"field": bound, "wide": wide, "label": label or bound.label, "bare": bare}
    return bound.render(bound.form.renderer.field_template_name, context)


@register.simple_tag
def formkey() -> SafeString:
    """The key that makes a second send of the same form harmless."""
    return format_html('<input type="hidden" name="idempotency_key" value="{}">', uuid4())


@register.simple_tag
def query(request: HttpRequest, **changes: Any) -> str:
    """The present query string with some keys changed; None or "" takes a key away."""
    params = request.GET.copy()
    for name, value in changes.items():
        if value is None or value == "":
            params.pop(name, None)
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}"


@register.simple_tag(takes_context=True)
def back(context: template.Context) -> str:
    """The page of ours one came from; a form's own page, but never the one that was just read."""
    request = context.get("request")
    meta = request.META if request else {}
    came = urlsplit(meta.get("HTTP_REFERER", ""))
    if came.netloc != meta.get("HTTP_HOST") or not came.path.startswith("/"):
        return ""
    if came.path.startswith("//") or (request.method == "GET" and came.path == request.path):
        return ""
    return f"{came.path}?{came.query}" if came.query else came.path


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    """Light or dark, as this device last showed it."""
    request = context.get("request")
    chosen = request.COOKIES.get("so-theme", "") if request else ""
    return "dark" if chosen in {"dark", "auto-dark"} else "light"

"""Browser and system in words, as far as the browser's own description can be believed."""

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop as N_

BROWSERS = (
    ("MicroMessenger", N_("WeChat")),
    ("DingTalk", N_("DingTalk")),
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
PHONES = frozenset({"iPhone", "iPad", "HarmonyOS", "Android"})


@dataclass(frozen=True, slots=True)
class Device:
    """What is shown of a session."""

    label: str
    is_phone: bool


def device(agent: str) -> Device:
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    parts = [_(browser) if browser else "", system]
    label = " · ".join(part for part in parts if part) or _("Unknown device")
    return Device(label, system in PHONES)

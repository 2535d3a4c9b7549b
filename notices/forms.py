"""What one wants to be told: a box for each topic and channel, and the hours of mail."""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from kit.calendar import CLOSES, OPENS
from kit.registry import topics
from notices.actions import chosen
from notices.actions.choice import TIMES
from notices.hours import company_hours, hours_with
from notices.models import Channel, Letterbox
from org.models import Member

HALF_HOURS = [dt.time(n // 2, 30 * (n % 2)) for n in range(48)]


def name_of(topic: str, way: str) -> str:
    return topic if way == Channel.PAGE else f"{way}-{topic}"


def as_time(text: str) -> dt.time | None:
    return dt.time.fromisoformat(text) if text else None


class ChoicesForm(forms.Form):
    """A field for each topic that an app has handed down and each channel that reaches one."""

    def __init__(self, *args: Any, member: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.member, self.is_on = member, chosen(member)
        self.has_server = settings.HAS_MAIL
        self.has_mail = self.has_server and bool(member.user.email)
        for (key, way), is_on in self.is_on.items():
            if way == Channel.PAGE or self.has_mail:
                label = f"{_(topics[key].label)} · {Channel(way).label}"
                self.fields[name_of(key, way)] = forms.BooleanField(
                    label=label, required=False, initial=is_on
                )
        if self.has_mail:
            self.add_hours()

    def add_hours(self) -> None:
        usual = company_hours()
        box = Letterbox.objects.filter(member=self.member).first()
        self.fields["is_daily"] = forms.BooleanField(
            label=gettext_lazy("One mail a working day with what I have not read"),
            required=False,
            initial=box is None or box.is_daily,
        )
        labels = (_("Daily mail at"), _("No mail from"), _("No mail until"))
        for name, key, label in zip(TIMES, usual, labels, strict=True):
            own = getattr(box, name, None)
            in_day = [at for at in HALF_HOURS if name != "digest_at" or OPENS <= at < CLOSES]
            times = sorted({*in_day, own} - {None})
            company = _("As the company: %(at)s") % {"at": f"{usual[key]:%H:%M}"}
            self.fields[name] = forms.TypedChoiceField(
                label=label,
                required=False,
                coerce=as_time,
                empty_value=None,
                initial=f"{own:%H:%M}" if own else "",
                choices=[("", company), *((f"{at:%H:%M}", f"{at:%H:%M}") for at in times)],
            )

    def clean(self) -> dict[str, Any]:
        """Quiet hours that leave no working hour would silently end the daily mail."""
        data = super().clean()
        if self.has_mail and data.get("is_daily") and not self.errors:
            given = {name: data[name] for name in TIMES}
            hours = hours_with(Letterbox(is_daily=True, **given))
            if hours.opens_on(dt.date.min, dt.UTC) is None:
                sentence = _("These hours leave no time of a working day for the daily mail.")
                self.add_error("quiet_until", sentence)
        return data

    @property
    def rows(self) -> Iterator[dict[str, Any]]:
        """The topics with their boxes, a column for each channel; None where there is none."""
        ways = Channel.values if self.has_mail else [Channel.PAGE]
        for topic in sorted(topics.values(), key=lambda one: one.order):
            names = [name_of(topic.key, way) for way in ways]
            boxes = [self[name] if name in self.fields else None for name in names]
            yield {"label": topic.label, "boxes": boxes}

    @property
    def heads(self) -> list[str]:
        return [str(way.label) for way in Channel] if self.has_mail else [str(Channel.PAGE.label)]

    @property
    def wanted(self) -> dict[tuple[str, str], bool]:
        return {
            (key, way): self.cleaned_data[name_of(key, way)]
            for key, way in self.is_on
            if name_of(key, way) in self.fields
        }

    @property
    def box(self) -> dict[str, Any] | None:
        if not self.has_mail:
            return None
        return {name: self.cleaned_data[name] for name in ("is_daily", *TIMES)}

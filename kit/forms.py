"""How forms look: the renderer that dresses Django's own widgets, and the search-list widget."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.urls import reverse

MOST_DIGITS = 18
NATIVE = {"date.html": "date", "datetime.html": "datetime-local", "time.html": "time"}
CHECKS = ("checkbox", "radio")


class Renderer(TemplatesSetting):
    """FORM_RENDERER: our field template, Bootstrap's classes, native date inputs, for all forms."""

    form_template_name = "parts/form.html"
    field_template_name = "parts/field.html"

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        if widget := context.get("widget"):
            _dress(widget, template_name.rpartition("/")[2])
        return super().render(template_name, context, request)


def number(value: Any) -> int | None:
    """An id as it came in an address or a form; None for anything a row's id cannot be."""
    text = str(value or "")
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def _dress(widget: dict[str, Any], template: str) -> None:
    kind = widget.get("type", "")
    if kind == "hidden":
        return
    if template in NATIVE:
        widget["type"] = NATIVE[template]
    if kind == "number":
        widget["attrs"].setdefault("inputmode", "decimal")
    if template in {"radio.html", "checkbox_select.html"}:
        for _group, options, _index in widget["optgroups"]:
            for option in options:
                option["attrs"]["class"] = "form-check-input"
        return
    for part in widget.get("subwidgets", ()):
        _dress(part, part["template_name"].rpartition("/")[2])
    own = {"select.html": "form-select", "checkbox.html": "form-check-input"}
    given = widget["attrs"].get("class", "")
    widget["attrs"]["class"] = f"{own.get(template, 'form-control')} {given}".strip()


class Lookup(forms.TextInput):
    """A choice out of many: a text input whose list comes from `url_name?q=`, and the id beside it.

    `label(value)` is the text shown for a chosen id. `find(text)` gives the id when the text alone
    arrives (no script in the browser): the id, or None when it is unknown or not unique.
    """

    template_name = "parts/lookup.html"

    def __init__(
        self,
        url_name: str,
        *,
        label: Callable[[Any], str],
        find: Callable[[str], Any] | None = None,
        attrs: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(attrs)
        self.url_name, self.label, self.find = url_name, label, find

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        shown = self.label(value) if value else ""
        context["widget"] |= {"url": reverse(self.url_name), "text": shown}
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = data.get(name)
        text = (data.get(f"{name}_text") or "").strip()
        if not value and text and self.find:
            return self.find(text)
        return value

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return name not in data and f"{name}_text" not in data

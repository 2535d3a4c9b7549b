"""Forms and actions together: what was typed stays on the page when an action refuses."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kit.because import Forbidden, Refused


def tried(request: HttpRequest, form: forms.BaseForm, act: Callable[..., Any]) -> Any:
    """What `act(**typed)` gives, or None with the refusal written beside its fields."""
    if not form.is_valid():
        return None
    try:
        return act(**form.cleaned_data)
    except Forbidden:
        raise
    except ValidationError as error:
        request.refused = Refused(" ".join(error.messages))
        form.add_error(None, error.messages)
    except Refused as refused:
        # the answer is 422: the middleware undoes whatever the action did before it refused
        request.refused = refused
        for name, sentence in (refused.errors or {"": refused.detail}).items():
            is_shown = name in form.fields and not form[name].is_hidden
            form.add_error(name if is_shown else None, sentence or refused.detail)
    return None


def form_page(
    request: HttpRequest, template: str, form: forms.BaseForm, **context: Any
) -> HttpResponse:
    """The page of a form: 200 when it is first shown, 422 when it comes back."""
    status = 422 if form.is_bound else 200
    return render(request, template, {"form": form, **context}, status=status)

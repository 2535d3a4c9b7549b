"""Members and their posts: the list for everybody, all else for the administrator."""

from collections.abc import Iterable
from functools import partial

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions.factors import has_second
from kit.answers import form_page, tried
from kit.lists import capped_counts
from kit.names import pinyin
from kit.registry import panels_of
from org import actions
from org.access import page
from org.forms import EndPostForm, InviteForm, MemberForm, PostForm
from org.models import Member, OneTimeLink, Post, owned_models

MOST = 500


@page("org.members")
def members(request: HttpRequest) -> HttpResponse:
    found = Member.objects.order_by("-is_active", "name", "id")
    if q := request.GET.get("q", "").strip()[:60]:
        found = found.filter(name__icontains=q)
    posts: dict[int, list[Post]] = {}
    for post in Post.objects.in_force().select_related("unit"):
        posts.setdefault(post.member_id, []).append(post)
    rows = [
        {"member": member, "posts": posts.get(member.pk, []), "state": state_of(member)}
        for member in by_name(found.prefetch_related("links")[:MOST])
    ]
    context = {"rows": rows, "q": q, "may": request.member.may("org.administer")}
    return render(request, "org/members.html", context)


def by_name(people: Iterable[Member]) -> list[Member]:
    """T23: the active first, in the order of a Chinese list of names: by sound."""
    return sorted(people, key=lambda one: (not one.is_active, pinyin(one.name), one.name, one.pk))


def state_of(member: Member) -> dict[str, str]:
    """What a badge says: active, invited and not yet in, or disabled."""
    if member.is_active:
        return {"label": _("Active"), "colour": "green"}
    invitations = [x for x in member.links.all() if x.purpose == OneTimeLink.Purpose.INVITE]
    if not invitations or any(x.used_at for x in invitations):
        return {"label": _("Disabled"), "colour": "grey"}
    if any(x.expires_at > timezone.now() for x in invitations):
        return {"label": _("Invited"), "colour": "blue"}
    return {"label": _("Invitation over"), "colour": "amber"}


@require_http_methods(["GET", "POST"])
@page("org.administer", Member)
def member(request: HttpRequest, member: Member) -> HttpResponse:
    """One person: state, posts with their history, and what may be done."""
    form = MemberForm(
        request.POST if request.method == "POST" else None,
        initial={"name": member.name, "employee_no": member.employee_no},
    )
    act = partial(actions.change_member, Member.objects.get(pk=member.pk), by=request.member)
    if form.is_bound and tried(request, form, act):
        messages.success(request, _("Saved."))
        return redirect("org:member", member.pk)
    today = timezone.localdate()
    posts = member.posts.select_related("unit").order_by("-starts_on", "-id")
    return form_page(
        request,
        "org/member.html",
        form,
        person=member,
        state=state_of(member),
        has_to_join=not member.is_active and actions.has_to_join(member),
        no_reset=actions.may_reset(member),
        has_second=member.pk != request.member.pk and has_second(member.user),
        owned=owned_by(member),
        panels=panels_of("org.member", request.member, member),
        posts=[
            {
                "post": p,
                "is_over": bool(p.ends_on and p.ends_on < today),
                "is_ahead": p.starts_on > today,
            }
            for p in posts
        ],
    )


def owned_by(member: Member) -> list[tuple[str, str]]:
    """What stays with a person who is switched off: (kind, how many)."""
    models = list(owned_models())
    counted = capped_counts(*(model.objects.filter(owner=member) for model in models))
    return [
        (str(model._meta.verbose_name_plural), text)
        for model, (number, text) in zip(models, counted, strict=True)
        if number
    ]


@never_cache
@require_http_methods(["GET", "POST"])
@page("org.administer")
def invite(request: HttpRequest) -> HttpResponse:
    form = InviteForm(request.POST if request.method == "POST" else None)
    act = partial(actions.invite, by=request.member)
    if form.is_bound and (made := tried(request, form, act)):
        member, token = made
        return link_page(request, member, token, OneTimeLink.Purpose.INVITE)
    return form_page(request, "org/invite.html", form)


def link_page(request: HttpRequest, member: Member, token: str, purpose: str) -> HttpResponse:
    """The link, shown this one time: only its hash is kept."""
    address = request.build_absolute_uri(reverse("org:enter", args=[token]))
    context = {"person": member, "address": address, "joins": purpose == OneTimeLink.Purpose.INVITE}
    response = render(request, "org/link.html", context)
    response.shown_once = reverse("org:member", args=[member.pk])
    return response


@never_cache
@require_POST
@page("org.administer", Member)
def invite_again(request: HttpRequest, member: Member) -> HttpResponse:
    purpose = OneTimeLink.Purpose.INVITE
    token = actions.issue_link(member, purpose=purpose, by=request.member)
    return link_page(request, member, token, purpose)


@never_cache
@require_POST
@page("org.administer", Member)
def reset(request: HttpRequest, member: Member) -> HttpResponse:
    purpose = OneTimeLink.Purpose.RESET
    token = actions.issue_link(member, purpose=purpose, by=request.member)
    return link_page(request, member, token, purpose)


@require_POST
@page("org.administer", Member)
def remove_factors(request: HttpRequest, member: Member) -> HttpResponse:
    actions.remove_factors(member, by=request.member)
    messages.success(request, _("The second factor is removed."))
    return redirect("org:member", member.pk)


@require_POST
@page("org.administer", Member)
def disable(request: HttpRequest, member: Member) -> HttpResponse:
    actions.disable(member, by=request.member)
    messages.success(request, _("%(name)s is switched off.") % {"name": member.name})
    return redirect("org:member", member.pk)


@require_POST
@page("org.administer", Member)
def enable(request: HttpRequest, member: Member) -> HttpResponse:
    actions.enable(member, by=request.member)
    messages.success(request, _("%(name)s is switched on again.") % {"name": member.name})
    return redirect("org:member", member.pk)


@require_http_methods(["GET", "POST"])
@page("org.administer", Member)
def start_post(request: HttpRequest, member: Member) -> HttpResponse:
    form = PostForm(request.POST if request.method == "POST" else None)
    act = partial(actions.start_post, member, by=request.member)
    if form.is_bound and tried(request, form, act):
        messages.success(request, _("The post was given."))
        return redirect("org:member", member.pk)
    return form_page(request, "org/start_post.html", form, person=member)


@require_http_methods(["GET", "POST"])
@page("org.administer", Post)
def end_post(request: HttpRequest, post: Post) -> HttpResponse:
    form = EndPostForm(
        request.POST if request.method == "POST" else None,
        initial={"ends_on": post.ends_on or timezone.localdate()},
    )
    act = partial(actions.end_post, Post.objects.get(pk=post.pk), by=request.member)
    if form.is_bound and tried(request, form, act):
        messages.success(request, _("The post has its last day."))
        return redirect("org:member", post.member_id)
    return form_page(request, "org/end_post.html", form, post=post)

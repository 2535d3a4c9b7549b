"""Imports: the list, the upload, the page that shows progress and result, the decision."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from files import actions
from files.access import commit as may_commit
from files.forms import UploadForm
from files.importers import importers
from files.models import ImportJob, ImportRow, ImportState
from kit.because import Refused
from kit.lists import page_of
from kit.sheets import write_csv
from org.access import page

SHOWN = 20


@page("files.imports")
def imports(request: HttpRequest) -> HttpResponse:
    """Every import the reader sees, the newest first."""
    jobs = ImportJob.objects.visible_to(request.member).select_related("owner", "target_owner")
    context = {"page": page_of(jobs, request.GET), "may_upload": request.member.may("files.upload")}
    template = "files/_rows.html" if request.htmx else "files/imports.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@page("files.upload")
def upload(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("kind", "")
    initial = {"kind": kind} if kind in importers else {}
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = UploadForm(request.member, data, files, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            job = actions.upload(
                given["file"],
                kind=given["kind"],
                unit=given["unit"],
                owner=given["owner"],
                by=request.member,
            )
        except Refused as refused:
            form.add_error("file" if "file" in refused.errors else None, refused.detail)
        else:
            return redirect("files:open", pk=job.pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "kinds": form.fields["kind"].choices}
    return render(request, "files/upload.html", context, status=status)


@page("files.template")
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty table with the headings and one example row."""
    if kind not in importers:
        raise Http404
    columns = importers[kind].columns
    rows = [[_(column.example) if column.example else "" for column in columns]]
    content = write_csv([_(column.label) for column in columns], rows)
    return as_csv(content, f"{kind.replace('.', '-')}-template.csv")


@page("files.open", ImportJob)
def open_(request: HttpRequest, job: ImportJob) -> HttpResponse:
    """Progress while it runs, then what was found; the same block is what htmx asks for."""
    importer = importers[job.kind]
    rows = job.rows.exclude(state=ImportRow.State.OK)
    is_own = job.owner_id == request.member.pk
    is_shown = is_own and not job.is_running
    context = {
        "job": job,
        "kind_label": _(importer.label),
        "is_own": is_own,
        "may_commit": is_own
        and job.status == ImportState.CHECKED
        and job.ok_count
        and may_commit(request.member, job),
        "may_cancel": is_own
        and job.status in {ImportState.UPLOADED, ImportState.CHECKING, ImportState.CHECKED},
        "bad": [shown(row, importer) for row in rows[: SHOWN if is_shown else 0]],
        "list_url": reverse(importer.url) if importer.url else "",
    }
    template = "files/_job.html" if request.htmx else "files/open.html"
    return render(request, template, context)


def shown(row, importer):
    """A row as the page lists it: its number, its first cell, and the sentences by column."""
    labels = {column.key: _(column.label) for column in importer.columns}
    first = next((row.data.get(column.key) for column in importer.columns), "") or ""
    words = [{"column": labels.get(m["column"], ""), "text": m["text"]} for m in row.messages]
    return {"row": row, "first": first, "words": words}


@require_POST
@page("files.commit", ImportJob)
def commit(request: HttpRequest, job: ImportJob) -> HttpResponse:
    actions.commit(job, by=request.member)
    return redirect("files:open", pk=job.pk)


@require_POST
@page("files.cancel", ImportJob)
def cancel(request: HttpRequest, job: ImportJob) -> HttpResponse:
    actions.cancel(job, by=request.member)
    messages.success(request, _("Nothing was imported."))
    return redirect("files:imports")


@page("files.failed_rows", ImportJob)
def failed_rows(request: HttpRequest, job: ImportJob) -> HttpResponse:
    """What was not accepted, with the reason, ready to be mended and brought again."""
    columns = importers[job.kind].columns
    header = [_("Row"), *(_(column.label) for column in columns), _("Reason")]
    rows = (
        [
            row.row_no,
            *(row.data.get(column.key, "") for column in columns),
            " ".join(said["text"] for said in row.messages),
        ]
        for row in job.rows.exclude(state=ImportRow.State.OK).iterator()
    )
    return as_csv(write_csv(header, rows), f"import-{job.pk}-failed.csv")


def as_csv(content, name):
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response

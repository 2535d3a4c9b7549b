"""Imports from the upload to the decision; papers: added, read, removed, put back."""

from functools import partial
from typing import Any

from django.contrib import messages
from django.db.models import Model
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from files import actions
from files.access import commit as may_commit
from files.access import target_of, why_not
from files.exporters import exporters
from files.forms import AttachForm, ExportForm, PictureForm, UploadForm
from files.holders import holders
from files.importers import importers
from files.models import (
    Attachment,
    CompanyPicture,
    ExportJob,
    ImportJob,
    ImportRow,
    ImportState,
    PictureKind,
    Purpose,
)
from files.sniffing import TYPES
from kit.answers import form_page, tried
from kit.because import Forbidden, Refused
from kit.lists import page_of
from kit.sheets import write_csv
from org.access import page
from tenancy.params import param

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
        "may_undo": is_own
        and job.status == ImportState.DONE
        and request.member.may("files.undo", job),
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


@require_POST
@page("files.undo", ImportJob)
def undo(request: HttpRequest, job: ImportJob) -> HttpResponse:
    """T17: take the import back; what was left is said on its page."""
    archived = actions.undo(job, by=request.member)
    messages.success(request, _("%(number)s rows were archived.") % {"number": archived})
    return redirect("files:open", pk=job.pk)


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
    return sealed(response)


# --- papers on records ----------------------------------------------------------------------------

SEALED = {
    # whatever a file holds, it is no page of ours: nothing in it may run or ask for anything
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}


def sealed(response: HttpResponse) -> HttpResponse:
    for name, value in SEALED.items():
        response.headers[name] = value
    return response


def as_download(data: bytes, content_type: str, name: str) -> HttpResponse:
    """Never opened in the page: saved under its name, sealed all the same."""
    response = HttpResponse(data, content_type=content_type)
    header = content_disposition_header(as_attachment=True, filename=name)
    response.headers["Content-Disposition"] = header
    return sealed(response)


def attach_page(request: HttpRequest, obj: Model, purpose: str = Purpose.PAPER) -> HttpResponse:
    """The form for one more paper, behind the page of the record it hangs on."""
    back = reverse(holders[obj._meta.label_lower].url, args=[obj.pk])
    data, files = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = AttachForm(data, files)
    if request.method == "POST" and form.is_valid():
        try:
            file = form.cleaned_data["file"]
            paper = actions.attach(obj, file, by=request.member, purpose=purpose)
        except Forbidden:
            raise
        except Refused as refused:
            request.refused = refused
            form.add_error("file", refused.detail)
        else:
            messages.success(request, _("Attached: %(name)s") % {"name": paper.name})
            return redirect(back)
    context = {"form": form, "target": obj, "back": back, "purpose": Purpose(purpose)}
    context["most"] = param("files.most_megabytes")
    return render(request, "files/attach.html", context, status=422 if form.is_bound else 200)


@page("files.download", Attachment)
def download(request: HttpRequest, paper: Attachment) -> HttpResponse:
    data = (actions.shelf() / paper.stored).read_bytes()
    return as_download(data, TYPES[paper.ext], paper.name)


@page("files.preview", Attachment)
def preview(request: HttpRequest, paper: Attachment) -> HttpResponse:
    """A picture drawn by us, never the file itself."""
    if not paper.preview:
        raise Http404
    data = (actions.shelf() / paper.preview).read_bytes()
    return sealed(HttpResponse(data, content_type="image/jpeg"))


@require_POST
@page("files.remove", Attachment)
def remove(request: HttpRequest, paper: Attachment) -> HttpResponse:
    actions.remove(paper, by=request.member)
    messages.success(request, _("Removed. It can be put back on this page."))
    return _back(paper)


@require_POST
@page("files.restore", Attachment)
def restore(request: HttpRequest, paper: Attachment) -> HttpResponse:
    actions.restore(paper, by=request.member)
    messages.success(request, _("Put back."))
    return _back(paper)


def _back(paper: Attachment) -> Any:
    return redirect(holders[paper.kind].url, pk=target_of(paper).pk)


# --- the company's own pictures -------------------------------------------------------------------


@require_http_methods(["GET", "POST"])
@page("files.set_picture")
def set_picture(request: HttpRequest, kind: str) -> HttpResponse:
    """A new logo or seal; what happens to papers is said before."""
    is_sent = request.method == "POST"
    form = PictureForm(request.POST, request.FILES) if is_sent else PictureForm()
    act = partial(actions.set_picture, kind=kind, by=request.member)
    if is_sent and tried(request, form, act):
        messages.success(request, _("Saved."))
        return redirect("org:company")
    most = actions.pictures.MOST_MEGABYTES
    return form_page(request, "files/set_picture.html", form, kind=PictureKind(kind), most=most)


@page("files.view_picture", CompanyPicture)
def view_picture(request: HttpRequest, picture: CompanyPicture) -> HttpResponse:
    return sealed(HttpResponse(actions.bytes_of(picture), content_type="image/png"))


@require_POST
@page("files.set_picture", CompanyPicture)
def remove_picture(request: HttpRequest, picture: CompanyPicture) -> HttpResponse:
    actions.remove_picture(picture, by=request.member)
    messages.success(request, _("Removed. Papers that carry it keep it."))
    return redirect("org:company")


@page("files.exports")
def exports(request: HttpRequest) -> HttpResponse:
    """Every export the reader sees, the newest first."""
    jobs = ExportJob.objects.visible_to(request.member).select_related("owner").defer("rests_on")
    shown = page_of(jobs, request.GET)
    for job in shown.rows:
        job.label = labels()[job.kind]
    return render(request, "files/exports.html", {"page": shown})


def labels() -> dict[str, str]:
    return {kind: _(exporter.label) for kind, exporter in exporters.items()}


@page("files.export")
def export(request: HttpRequest) -> HttpResponse:
    """T16: the format; the rows are those of the list one comes from."""
    kind = request.POST.get("kind", request.GET.get("kind", ""))
    if kind not in exporters:
        raise Http404
    asked = request.GET.copy()
    for name in ("kind", "cursor"):
        asked.pop(name, None)
    initial = {"kind": kind, "filters": asked.urlencode()[:1000]}
    form = ExportForm(request.member, kind, request.POST or None, initial=initial)
    if form.is_valid():
        job = actions.export(by=request.member, **form.cleaned_data)
        return redirect("files:open_export", pk=job.pk)
    filters = QueryDict(form["filters"].value() or "")
    context = {"form": form, "label": labels()[kind], "list_url": reverse(exporters[kind].url)}
    context["number"] = len(exporters[kind].ids(request.member, filters))
    context["most"] = param("files.rows_without_consent")
    return render(request, "files/export.html", context, status=422 if form.is_bound else 200)


@page("files.open_export", ExportJob)
def open_export(request: HttpRequest, job: ExportJob) -> HttpResponse:
    """Progress while it runs, then the file, for its owner."""
    context = {
        "job": job,
        "label": labels()[job.kind],
        "may_download": request.member.may("files.download_export", job),
        "may_consent": request.member.may("files.consent", job),
        "why_not": why_not(job),
    }
    template = "files/_export.html" if request.htmx else "files/open_export.html"
    return render(request, template, context)


@require_POST
@page("files.consent", ExportJob)
def consent(request: HttpRequest, job: ExportJob) -> HttpResponse:
    actions.consent(job, by=request.member)
    messages.success(request, _("Agreed. The file goes to %(name)s.") % {"name": job.owner.name})
    return redirect("files:open_export", pk=job.pk)


@require_POST
@page("files.consent", ExportJob)
def decline(request: HttpRequest, job: ExportJob) -> HttpResponse:
    actions.decline(job, by=request.member, reason=request.POST.get("reason", ""))
    messages.success(request, _("Not agreed to; %(name)s reads why.") % {"name": job.owner.name})
    return redirect("files:open_export", pk=job.pk)


@page("files.download_export", ExportJob)
def download_export(request: HttpRequest, job: ExportJob) -> FileResponse:
    """The rule has been asked this moment: owner, day, and what he may list now."""
    path = actions.exports.folder() / job.stored
    if not path.exists():
        raise Refused(_("The file has gone."), code="gone")
    name = f"{job.kind.replace('.', '-')}-{job.pk}.{job.form}"
    return sealed(FileResponse(path.open("rb"), as_attachment=True, filename=name))

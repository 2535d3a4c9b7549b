"""Files: hands its receivers to the outbox and its page to the navigation."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop as N_

from kit.registry import door, panel, place, topic


class FilesConfig(AppConfig):
    name = "files"

    def ready(self) -> None:
        from files import access, actions, glossary, panels  # noqa: F401
        from tenancy.actions import handle, handle_long
        from tenancy.params import declare

        declare(
            "files.most_megabytes",
            20,
            N_("Largest file that may be attached"),
            unit="MB",
            low=1,
            high=100,
        )
        declare(
            "files.rows_without_consent",
            500,
            N_("Rows a person may take away without the superior's consent"),
            low=0,
            high=100_000,
            clause="CUS-2.3",
        )
        say_what_is_left()
        panel("org.company", 10, panels.pictures)
        glossary.ready()
        handle("files.preview", actions.draw_preview)
        handle_long("files.check", actions.check_file)
        handle_long("files.commit", actions.commit_rows)
        handle_long("files.export", actions.write_export)
        handle("files.expire", actions.expire_export)
        door(
            group=N_("Business"),
            label=N_("Import"),
            url="files:imports",
            icon="file-import",
            rule="files.upload",
            order=40,
        )
        door(
            group=N_("Business"),
            label=N_("Exports"),
            url="files:exports",
            icon="download",
            rule="files.exports",
            order=41,
        )
        place("files.importjob", "files:open")
        place("files.exportjob", "files:open_export", name=actions.name_of_export)
        topic(
            key="files.imported",
            label=N_("My import is checked or finished"),
            gone=N_("An import of yours was finished"),
            icon="file-import",
            order=40,
        )
        topic(
            key="files.asked",
            label=N_("An export waits for my consent"),
            gone=N_("An export waited for your consent"),
            icon="download",
            order=42,
        )
        topic(
            key="files.exported",
            label=N_("My export is ready"),
            gone=N_("An export of yours was finished"),
            icon="download",
            order=41,
        )


def say_what_is_left() -> None:
    """What becomes of imports and exports when a person leaves."""
    from files.models import ExportJob, ImportJob
    from org.succession import leave

    leave(
        model="files.exportjob",
        key="exports",
        fate="itself",
        order=51,
        label=N_("Exported files"),
        text=N_("Gone after a day; nobody else may open them."),
        rows=lambda member: ExportJob.objects.filter(owner=member),
    )
    leave(
        model="files.importjob",
        key="imports",
        fate="stays",
        order=74,
        label=N_("Past imports"),
        text=N_("They say who brought what in."),
        rows=lambda member: ImportJob.objects.filter(owner=member),
    )

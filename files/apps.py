"""Files: hands its receivers to the outbox and its page to the navigation."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop as N_

from kit.registry import door


class FilesConfig(AppConfig):
    name = "files"

    def ready(self) -> None:
        from files import access, actions, glossary
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
            count=access.to_consent,
        )

"""Files: hands its receivers to the outbox and its page to the navigation."""

from django.apps import AppConfig
from django.utils.translation import gettext_noop as N_

from kit.registry import door, panel


class FilesConfig(AppConfig):
    name = "files"

    def ready(self) -> None:
        from files import access, actions, panels  # noqa: F401
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
        panel("org.company", 10, panels.pictures)
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

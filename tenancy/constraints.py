"""Row security and composite keys as Django constraints, so that makemigrations writes them."""

from typing import Any

from django.db import models
from django.db.models.constraints import BaseConstraint


class _Raw(BaseConstraint):
    """A constraint as plain SQL; it runs at the end of its migration, when its target exists."""

    def up(self, model: type[models.Model]) -> list[str]:
        raise NotImplementedError

    def down(self, model: type[models.Model]) -> list[str]:
        raise NotImplementedError

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database answers; a form cannot know."""

    def constraint_sql(self, model: type[models.Model], schema_editor: Any) -> None:
        schema_editor.deferred_sql.extend(self.up(model))

    def create_sql(self, model: type[models.Model], schema_editor: Any) -> None:
        schema_editor.deferred_sql.extend(self.up(model))

    def remove_sql(self, model: type[models.Model], schema_editor: Any) -> str:
        return ";\n".join(self.down(model))

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.deconstruct() == other.deconstruct()

    __hash__ = None


class RowSecurity(_Raw):
    """Only rows of the current company, for everyone; a gated second door for the owner's DDL."""

    def up(self, model: type[models.Model]) -> list[str]:
        table = model._meta.db_table
        return [
            f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
            f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
            f'CREATE POLICY "{self.name}" ON "{table}" USING (company_id = app_company()) '
            "WITH CHECK (company_id = app_company())",
            f'CREATE POLICY "{self.name}_owner" ON "{table}" TO CURRENT_USER '
            "USING (current_setting('app.migrating', true) = 'on') "
            "WITH CHECK (current_setting('app.migrating', true) = 'on')",
        ]

    def down(self, model: type[models.Model]) -> list[str]:
        table = model._meta.db_table
        return [
            f'DROP POLICY "{self.name}_owner" ON "{table}"',
            f'DROP POLICY "{self.name}" ON "{table}"',
            f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY',
            f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY',
        ]


class SameCompany(_Raw):
    """(company, x) points to a row of the same company, by the database's own key."""

    def __init__(self, *, field: str, name: str) -> None:
        self.field = field
        super().__init__(name=name)

    def deconstruct(self) -> tuple[str, tuple[()], dict[str, Any]]:
        path, args, kwargs = super().deconstruct()
        return path, args, kwargs | {"field": self.field}

    def up(self, model: type[models.Model]) -> list[str]:
        field = model._meta.get_field(self.field)
        target = field.remote_field.model._meta.db_table
        return [
            f'ALTER TABLE "{model._meta.db_table}" ADD CONSTRAINT "{self.name}" '
            f'FOREIGN KEY ("company_id", "{field.column}") REFERENCES "{target}" '
            '("company_id", "id") DEFERRABLE INITIALLY DEFERRED'
        ]

    def down(self, model: type[models.Model]) -> list[str]:
        return [f'ALTER TABLE "{model._meta.db_table}" DROP CONSTRAINT "{self.name}"']


class Link(models.ForeignKey):
    """A foreign key inside one company; the database holds only the composite key."""

    def __init__(self, to: Any, on_delete: Any, **kwargs: Any) -> None:
        kwargs["db_constraint"] = False
        super().__init__(to, on_delete, **kwargs)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, path, args, kwargs = super().deconstruct()
        kwargs.pop("db_constraint", None)
        return name, path, args, kwargs


def constrain(sender: type[models.Model], **_: Any) -> None:
    """Give every concrete company model its key, its row security and one key for each Link."""
    meta = sender._meta
    if meta.abstract or meta.proxy or sender.__module__ == "__fake__":
        return
    if not getattr(sender, "is_company_model", False):
        return
    table = meta.db_table
    extra: list[BaseConstraint] = [
        models.UniqueConstraint(fields=["company", "id"], name=f"{table}_co_id"),
        RowSecurity(name=f"{table}_rows"),
    ]
    extra += [
        SameCompany(field=field.name, name=f"{table}_{field.column}_co")
        for field in meta.local_fields
        if isinstance(field, Link)
    ]
    meta.constraints = [*meta.constraints, *extra]
    # without this line ModelState, and so makemigrations, would not see them
    meta.original_attrs["constraints"] = meta.constraints


models.signals.class_prepared.connect(constrain, dispatch_uid="tenancy.constrain")

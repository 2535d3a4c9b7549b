"""The jobs of the clock for programs; apart from org.api, which the framework itself loads."""

from typing import Any, ClassVar

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from org import actions
from org.api.verbs import Verbs, verb
from org.jobs import Standing, standings


class RunSerializer(serializers.Serializer):
    """The latest run."""

    period = serializers.CharField()
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)
    tries = serializers.IntegerField()
    error = serializers.CharField()
    did = serializers.DictField()


class JobSerializer(serializers.Serializer):
    """One job and how it stands; `error` and `fault` say what failed."""

    job = serializers.CharField(source="job.key")
    pace = serializers.CharField(source="job.pace")
    label = serializers.SerializerMethodField()
    rhythm = serializers.CharField()
    next_at = serializers.DateTimeField(allow_null=True)
    fault = serializers.CharField()
    run = RunSerializer(allow_null=True)

    def get_label(self, standing: Standing) -> str:
        return gettext(standing.job.label)


class RunBody(serializers.Serializer):
    """Which job, by its key."""

    job = serializers.CharField(max_length=60)


class RunAskedSerializer(serializers.Serializer):
    """False when it was asked for a moment ago."""

    is_new = serializers.BooleanField()


class JobViewSet(Verbs, viewsets.ViewSet):
    """What the product does by itself for the company, for its administrator."""

    rules: ClassVar[dict[str, str]] = {"list": "org.administer", "run": "org.run_job"}

    @extend_schema(responses=JobSerializer(many=True))
    def list(self, request: Request, **_kwargs: Any) -> Response:
        return Response(JobSerializer(standings(), many=True).data)

    @verb(RunBody, RunAskedSerializer, detail=False)
    def run(self, job: str) -> dict[str, bool]:
        """On demand, by a worker; what it did stands in the list."""
        return {"is_new": actions.run_job(job, by=self.member) is not None}

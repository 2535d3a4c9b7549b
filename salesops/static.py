"""Static files under hashed names, compressed once: at the first start somebody waits for it."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import brotli
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

# pages ask for hashed names; 500.html alone must not ask anybody for a name
WANTED = re.compile(r"dist/ui\.css|(dist|drf_spectacular_sidecar)/.*\.[0-9a-f]{12}\.\w+")


class Storage(CompressedManifestStaticFilesStorage):
    """The operator's pages stay as they are: not worth the wait."""

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        return super().compress_files(filter(WANTED.fullmatch, paths))

    def create_compressor(self, **kwargs: Any) -> Compressor:
        return Quick(**kwargs)


class Quick(Compressor):
    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        """The last tenth of a large file would take thirty times as long."""
        return brotli.compress(data, quality=11 if len(data) < 2**20 else 9)

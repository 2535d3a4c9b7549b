"""The same as everywhere."""

from kit.formats.en.formats import *  # noqa: F403

"""The API's one door; verbs and the organisation's own sets are beside it.

Only the door is loaded here: the framework's settings name it while its views are being loaded.
"""

from org.api.door import (
    DoorAuthentication,
    DoorMixin,
    DoorScheme,
    IsMember,
    NewestFirst,
    errors_as_json,
)

__all__ = [
    "DoorAuthentication",
    "DoorMixin",
    "DoorScheme",
    "IsMember",
    "NewestFirst",
    "errors_as_json",
]

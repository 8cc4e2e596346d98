"""Expected answers, messages and states of BETCORE's feed.

Sources: the pages Feed Integration, Token and SubOnWholeGamesInfo of https://betcore-api-docs.apidog.io.
Codes from 990000 are the sandbox's own, since the vendor's were not seen. Times are in seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

INVALID_REQUEST: Final = 103752
GENERAL_ERROR: Final = 103799
ACCESS_DENIED: Final = 990050
EXPIRED_TOKEN: Final = 990051
UNKNOWN_GAME: Final = 990052
NOT_AN_UPGRADE: Final = 990053

TOKEN_SECONDS: Final = 3600
TOKEN_TYPE: Final = "Bearer"

HANDSHAKE: Final[Mapping[str, object]] = {"protocol": "json", "version": 1}
SUBSCRIBE: Final = "Subscribe"
SUBSCRIPTION: Final = "SubOnWholeGamesInfo"
COUNT: Final = 1

CALL: Final = 1
COMPLETION: Final = 3
ALIVE: Final = 6
CLOSE: Final = 7
"""Values of a message's ``type``."""

LARGEST_MESSAGE: Final = 32 * 1024
"""Bytes."""

STREAM_SECONDS = 0.5
"""Between two messages of the stream; a non-functional requirement, so it is judged with room."""
STREAM_ROOM = (0.5, 2.0)
"""Least and greatest multiple of it."""

KEEP_ALIVE_SECONDS = 15.0
KEEP_ALIVE_ROOM = (0.8, 1.25)

PROMPT_SECONDS = 0.2
"""In which a hub that says something without being asked has said it."""

TIMER_ROOM: Final = 2.0
"""Seconds by which a timer of whole seconds and the kit's own watch may differ."""

MESSAGE_FIELDS: Final = ("sId", "tst", "im", "bt", "wgi")
GAME_FIELDS: Final = ("i", "t", "ge", "lrId", "s", "ps", "cr", "sdt")
WHOLE_FIELDS: Final = ("i", "t", "ge", "lrId", "cr")
"""Of a game: its ids, type and counter."""
REST_FIELDS: Final = ("i", "t", "ge", "s")
"""What a game has at least where a REST method answers it."""

AWAITING: Final = 1
ACTIVE: Final = 2
FINISHED: Final = 3
REVIEW: Final = 4
CANCELLED: Final = 5
STATES: Final = (AWAITING, ACTIVE, FINISHED, REVIEW, CANCELLED)

LATER: Final[Mapping[int, tuple[int, ...]]] = {
    AWAITING: (ACTIVE, FINISHED, REVIEW, CANCELLED),
    ACTIVE: (FINISHED, REVIEW, CANCELLED),
    FINISHED: (REVIEW, CANCELLED),
    REVIEW: (FINISHED, CANCELLED),
    CANCELLED: (),
}
"""State to those that may be seen after it; a state that lasts less than a message's distance is not seen."""

BETTING_TIME: Final = 1
GAME_ACTION: Final = 2
PLAY_STATUSES: Final = (BETTING_TIME, GAME_ACTION)

PLAY: Final[Mapping[int, tuple[int, ...]]] = {
    AWAITING: (BETTING_TIME,),
    ACTIVE: (BETTING_TIME, GAME_ACTION),
    FINISHED: (GAME_ACTION,),
    REVIEW: (GAME_ACTION,),
    CANCELLED: (GAME_ACTION,),
}
"""State to the play statuses that go with it, in their order."""

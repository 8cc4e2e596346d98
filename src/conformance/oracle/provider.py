"""What a game provider's API must do, and what it must send to BETCORE's sessions.

Sources: the pages games and launch and the change table of https://betcore-api-docs.apidog.io; names of
fields and the repeats are those of a game provider's public code. Codes are assumed (BC-ASM-073 to -076).
"""

from __future__ import annotations

from typing import Final

LIST: Final = "listGames"
LAUNCH: Final = "launchGame"

INVALID_REQUEST: Final = 2
UNKNOWN_GAME: Final = 2
OTHER_SESSION: Final = 3
LIMIT: Final = 5
ACCESS_DENIED: Final = 8

CRASH: Final = "crash"

GAME_FIELDS: Final = ("gameId", "name", "gameCategory")
"""Members that every game has in public code."""

CHECKED: Final = ("userId", "sessionId", "currency", "language", "minBet", "maxBet")
"""What the provider checks of a launch, as its page has it."""

REQUIRED: Final = (*CHECKED, "gameMode")
"""Members that a launch can't lack (BC-ASM-075)."""

UNUSABLE: Final = {
    "userId": "",
    "sessionId": "",
    "currency": "EURO",
    "language": "",
    "minBet": "0.01",
    "maxBet": "50000",
    "gameMode": "both",
}
"""Values of them that can't be used: empty, of another form, or of another type."""

OBSERVED_ONLY: Final = ("buttonAmounts", "gameMargin", "maxOdd", "maxWin", "viewType")
"""Members that only public code shows, so that a launch may lack them."""

LAUNCH_FIELDS: Final = (
    *("buttonAmounts", "currency", "gameMargin", "gameMode", "language", "maxBet"),
    *("maxOdd", "maxWin", "minBet", "sessionId", "userId", "viewType"),
)
"""The twelve members, in alphabetical order."""

MODES: Final = ("real", "demo")

LARGEST_BODY: Final = 1024 * 1024

REPEATS_OF_AN_OUTCOME: Final = 1
"""How often a failed payOut is sent again at once; then it waits for the player's next launch."""

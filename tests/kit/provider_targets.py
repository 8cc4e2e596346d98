"""Target files for the small parties between which BETCORE's sessions lie."""

from __future__ import annotations

import small_sessions

SESSIONS = f"""
label = "small sessions"
profiles = ["betcore-sessions"]

[deadlines]
settle_seconds = 0.4

[hooks]
launch = "{{url}}/hooks/launch"
games = "{{url}}/hooks/games"
advance = "{{url}}/hooks/advance"

[betcore-sessions]
counterparty_id = "{small_sessions.COUNTERPARTY}"
secret = "{small_sessions.SECRET}"
session = "{small_sessions.REAL}"
other_session = "{small_sessions.OTHER}"
demo_session = "{small_sessions.DEMO}"
blocked_session = "{small_sessions.BLOCKED}"
launch_player = "553314AA2"
stake = 1
min_bet = 0.01
max_bet = 50000
"""

PROVIDER = f"""
label = "small provider"
profiles = ["betcore-provider"]

[deadlines]
callback_seconds = 0.1

[hooks]
play = "{{url}}/hooks/play"

[betcore-provider]
counterparty_id = "{small_sessions.COUNTERPARTY}"
secret = "{small_sessions.SECRET}"
crash_game = "205"
stake = 1
"""

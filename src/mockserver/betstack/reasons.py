"""What Betstack gives as the reason of a refund, a discard or a rollback, where nobody says another. With
spaces and letters beyond ASCII, which signatures have to survive."""

from __future__ import annotations

NO_ANSWER = "Connection lost · Verbindung abgebrochen, Wettschein ungültig"
REFUSED = "Unsatisfactory result · Buchung abgelehnt, Wettschein ungültig"
GIVEN_UP = "Ticket not processed · Wettschein ungültig"
CANCELLED = "Event cancelled · Spiel fällt aus"
CORRECTED = "Result corrected · Ergebnis geändert"

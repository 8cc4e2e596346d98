"""A tenant's clock: it runs with the server's until it is moved or stopped."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from mockserver.kernel.ports import Clock

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


class OutOfReach(ValueError):
    """A clock can't be put there. The text is one line."""


class VirtualClock:
    """A clock that can be frozen, set and advanced.

    :param base: the clock that it runs with
    """

    def __init__(self, base: Clock) -> None:
        self._base = base
        self._ahead = timedelta(0)
        self._frozen_at: datetime | None = None

    def now(self) -> datetime:
        """The present moment for the tenant, aware, in UTC."""
        return self._frozen_at or self._base.now() + self._ahead

    @property
    def frozen(self) -> bool:
        """Whether it stands."""
        return self._frozen_at is not None

    @property
    def ahead(self) -> timedelta:
        """How far it is ahead of the server's clock, negative if it is behind."""
        return self.now() - self._base.now() if self.frozen else self._ahead

    def freeze(self) -> None:
        """Stop it where it is."""
        self._frozen_at = self.now()

    def resume(self) -> None:
        """Let it run on from where it is."""
        self._ahead = self.ahead
        self._frozen_at = None

    def set(self, moment: datetime) -> None:
        """Put it to a moment, aware; it stands or runs as before.

        :raises OutOfReach: the moment is not between the years 2000 and 2099
        """
        moment = within_reach(moment)
        if self.frozen:
            self._frozen_at = moment
        else:
            self._ahead = moment - self._base.now()

    @property
    def frozen_at(self) -> datetime | None:
        """Where it stands; ``None`` while it runs."""
        return self._frozen_at

    def restore(self, frozen_at: datetime | None, ahead: timedelta) -> None:
        """Put it to where another one stood, or was ahead.

        :raises OutOfReach: that is not between the years 2000 and 2099
        """
        within_reach(frozen_at or self._base.now() + ahead)
        self._frozen_at = frozen_at.astimezone(UTC) if frozen_at else None
        self._ahead = ahead


def within_reach(moment: datetime) -> datetime:
    """The moment, in UTC.

    :raises OutOfReach: it is not between the years 2000 and 2099
    """
    if not EARLIEST <= moment < LATEST:
        raise OutOfReach("a clock goes from the year 2000 to the end of 2099")
    return moment.astimezone(UTC)

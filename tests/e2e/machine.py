"""What the state machines share: their steps are counted, and their runs are the same each time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any

from hypothesis import Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

RUNS = 9
"""For each seed: from the tenth on Hypothesis mostly repeats parts of the runs before."""


class Steps:
    """Rules of one machine, and how often each ran.

    :param after: what happens after every step
    """

    def __init__(self, after: Callable[[Any], None] = lambda _machine: None) -> None:
        self._after = after
        self._taken: Counter[str] = Counter()

    def step(self, **strategies: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Any]:
        """A rule that is counted."""

        def as_rule(act: Callable[..., None]) -> Any:
            self._taken[act.__name__] = 0

            @wraps(act)
            def counted(machine: Any, **drawn: Any) -> None:
                self._taken[act.__name__] += 1
                act(machine, **drawn)
                self._after(machine)

            return rule(**strategies)(counted)

        return as_rule

    def walk(self, machine: Callable[[], RuleBasedStateMachine], *, seeds: int, most_steps: int) -> None:
        """Run a machine, :data:`RUNS` times for each seed.

        :param most_steps: of one run
        """
        for number in range(seeds):
            run_state_machine_as_test(
                seed(number)(machine),
                settings=settings(
                    derandomize=True,
                    max_examples=RUNS,
                    stateful_step_count=most_steps,
                    deadline=None,  # a step is some calls over HTTP
                    # A failing run is shown as it was: to shrink it would take many more runs over HTTP.
                    phases=[Phase.generate],
                ),
            )

    def total(self) -> int:
        """How many steps were taken."""
        return self._taken.total()

    def never(self) -> list[str]:
        """The rules that never ran."""
        return [name for name, count in self._taken.items() if not count]

"""Reports of a run: JSON, JUnit, HTML and Markdown, all rendered from one :class:`RunReport`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from conformance.report import html, json_report, junit, markdown
from conformance.verdict import RunReport

FORMATS: tuple[tuple[str, Callable[[RunReport], str]], ...] = (
    ("report.json", json_report.render),
    ("junit.xml", junit.render),
    ("report.html", html.render),
    ("report.md", markdown.render),
)
"""File name and renderer of each report, in the order in which they are written."""


def write(report: RunReport, directory: Path) -> list[Path]:
    """Write every format into the directory, which is created if need be, and return the files.

    All formats are rendered before the first is written, and each file replaces its predecessor in
    one step, so that a reader never finds half a report. Raises :exc:`OSError` with one line that
    names the directory and the cause.
    """
    texts = [(directory / name, render(report)) for name, render in FORMATS]
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for path, text in texts:
            _replace(path, text)
    except OSError as error:
        cause = error.strerror or str(error)
        raise OSError(f"cannot write the reports to {directory}: {cause}") from error
    return [path for path, _ in texts]


def _replace(path: Path, text: str) -> None:
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".tmp")
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
        # mkstemp makes files that only their owner can read; a CI job uploads as somebody else.
        temporary.chmod(0o644)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise

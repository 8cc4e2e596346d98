"""Runs the curl commands of the documentation without curl, which the machine may lack."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

import httpx

_EXIT_REFUSED = 22  # as curl ends with -f


@dataclass
class Curl:
    """The options of curl that the documentation uses; an unknown one is an error."""

    method: str | None = None
    url: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    output: Path | None = None

    @classmethod
    def parse(cls, words: list[str], standard_input: str, folder: Path) -> Curl:
        """Read a command line; ``-H @-`` takes headers from standard input."""
        command, rest = cls(), iter(words)
        assert next(rest) == "curl"
        for word in rest:
            if word in ("-s", "-sf", "-si"):
                continue
            if word == "-X":
                command.method = next(rest)
            elif word == "-H":
                lines = standard_input.splitlines() if (header := next(rest)) == "@-" else [header]
                command.headers |= dict(line.split(": ", 1) for line in lines)
            elif word == "--data-binary":
                command.body = (folder / next(rest).removeprefix("@")).read_bytes()
            elif word == "-d":
                command.body = next(rest).encode()
            elif word == "-o":
                command.output = folder / next(rest)
            else:
                assert word.startswith("http"), f"unknown option {word}"
                command.url = word
        return command

    def run(self, client: httpx.Client | None = None) -> httpx.Response:
        """Send the request; through a client, so that many do not each make one."""
        method = self.method or ("GET" if self.body is None else "POST")
        send = client.request if client else httpx.request
        answer = send(method, self.url, headers=self.headers, content=self.body, timeout=60)
        if self.output is not None:
            self.output.write_bytes(answer.content)
        return answer


if __name__ == "__main__":
    words = ["curl", *sys.argv[1:]]
    answer = Curl.parse(words, sys.stdin.read() if "@-" in words else "", Path()).run()
    sys.stdout.write(answer.text)
    sys.exit(_EXIT_REFUSED if answer.is_error and "-sf" in words else 0)

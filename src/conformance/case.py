"""What a named case declares about itself, and the list of all of them."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from types import FunctionType, ModuleType
from typing import Any, Final, TypeVar

from conformance import requirements
from conformance.errors import ControlFailed, KitError, Mismatch
from conformance.hooks import HOOKS
from conformance.profiles import of_cases, of_surface
from conformance.requirements import Requirement
from conformance.verdict import ExitCode

SAFETIES: Final = ("read", "creates", "moves-money", "destructive", "load")

CASES_PACKAGE: Final = "conformance.cases"

_DECLARATION: Final = "__conformance__"

Function = TypeVar("Function", bound=Callable[..., None])


@dataclass(frozen=True, slots=True)
class Declaration:
    """What the decorator of a case says."""

    requirements: tuple[str, ...]
    safety: str
    needs: tuple[str, ...]
    hooks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A named case."""

    id: str
    title: str
    profile: str
    requirements: tuple[Requirement, ...]
    safety: str
    needs: tuple[str, ...]
    """Capabilities that a target may declare to lack."""
    hooks: tuple[str, ...] = ()
    """Hooks that the target file must name."""

    @property
    def surface(self) -> str:
        """The surface of its first requirement."""
        return self.requirements[0].surface

    @property
    def operation(self) -> str:
        """The operation of its first requirement."""
        return self.requirements[0].operation

    @property
    def binding(self) -> bool:
        """Whether one of its requirements is a MUST."""
        return any(requirement.binding for requirement in self.requirements)

    def under(self, register: Mapping[str, Requirement]) -> Case:
        """The case with its requirements as a run's register has them."""
        return replace(self, requirements=tuple(register[row.id] for row in self.requirements))


def requirement(
    *ids: str, safety: str, needs: tuple[str, ...] = (), hooks: tuple[str, ...] = ()
) -> Callable[[Function], Function]:
    """Declare the requirements that a case tests, what it does to the target, and what it needs of it.

    ``safety`` is one of :data:`SAFETIES`; ``needs`` names capabilities of :mod:`conformance.target`, and
    ``hooks`` those of :mod:`conformance.hooks` that the case calls.
    """
    if safety not in SAFETIES:
        raise ValueError(f"{safety} is none of {', '.join(SAFETIES)}")
    for hook in hooks:
        if hook not in HOOKS:
            raise ValueError(f"{hook} is none of {', '.join(HOOKS)}")

    def declare(function: Function) -> Function:
        setattr(function, _DECLARATION, Declaration(ids, safety, needs, hooks))
        return function

    return declare


@contextmanager
def control(what: str) -> Iterator[None]:
    """The positive control of a case: a mismatch inside says that the case proves nothing."""
    try:
        yield
    except Mismatch as mismatch:
        raise ControlFailed(
            f"positive control ({what}): {mismatch}", expected=mismatch.expected, actual=mismatch.actual
        ) from mismatch


def describe(module_name: str, name: str, function: Callable[..., Any]) -> Case:
    """The case that ``function`` is.

    Raises :exc:`KitError` for a case without docstring, without a requirement, or with one that is in no
    register.
    """
    subject = module_name.rpartition(".")[2].removeprefix("test_")
    directory = module_name.split(".")[-2]
    case_id = f"{directory.replace('_', '-')}.{subject}.{name.removeprefix('test_')}"
    declaration: Declaration | None = getattr(function, _DECLARATION, None)
    if declaration is None or not declaration.requirements:
        raise KitError(f"{case_id} names no requirement", ExitCode.HARNESS)
    register = _register()
    for requirement_id in declaration.requirements:
        if requirement_id not in register:
            raise KitError(f"{case_id} names {requirement_id}, which is in no register", ExitCode.HARNESS)
    rows = tuple(register[requirement_id] for requirement_id in declaration.requirements)
    profile = of_cases(directory)
    if profile is None or of_surface(rows[0].surface) is None:
        raise KitError(f"{case_id}: no profile covers {rows[0].surface}", ExitCode.HARNESS)
    title = (inspect.getdoc(function) or "").partition("\n")[0]
    if not title:
        raise KitError(f"{case_id} has no docstring to publish as its title", ExitCode.HARNESS)
    return Case(case_id, title, profile.name, rows, declaration.safety, declaration.needs, declaration.hooks)


@cache
def _register() -> Mapping[str, Requirement]:
    return requirements.load()


@cache
def catalogue() -> Mapping[str, Case]:
    """Every packaged case by id, by module and line. Raises :exc:`KitError` as :func:`describe`."""
    found: dict[str, Case] = {}
    for module in _modules():
        for name, function in vars(module).items():
            if name.startswith("test_") and isinstance(function, FunctionType):
                case = describe(module.__name__, name, function)
                found[case.id] = case
    return found


def _modules() -> Iterator[ModuleType]:
    package = importlib.import_module(CASES_PACKAGE)
    names = [info.name for info in pkgutil.walk_packages(package.__path__, f"{CASES_PACKAGE}.")]
    for name in names:
        if name.rpartition(".")[2].startswith("test_"):
            yield importlib.import_module(name)

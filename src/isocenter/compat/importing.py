"""``import pydicom`` that gives this facade: a finder in front of all others.

In: the name of a module, ``pydicom`` or one below it. Out: the module of the same place under
``isocenter.compat``, one object under both names. ``importlib.metadata`` is answered, too.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, DistributionFinder
from importlib.util import find_spec
from types import ModuleType

from isocenter.compat.version import __version__
from isocenter.errors import UsageError

NAME = "pydicom"
_HERE = __package__
_METADATA = (
    f"Metadata-Version: 2.1\nName: {NAME}\nVersion: {__version__}\n"
    "Summary: isocenter.compat, which answers to pydicom's names\n"
)


class _Metadata(Distribution):
    """What ``importlib.metadata`` says of pydicom while the facade stands in for it."""

    def read_text(self, filename: str) -> str | None:
        return _METADATA if filename in {"METADATA", "PKG-INFO"} else None

    def locate_file(self, path: object) -> object:  # type: ignore[override]  # there are no files
        return path


class _Loader(Loader):
    """Gives the facade's module, which stays what it is under its own name."""

    def __init__(self, target: str) -> None:
        self._target = target
        self._own: ModuleSpec | None = None

    def create_module(self, _spec: ModuleSpec) -> ModuleType:
        module = import_module(self._target)
        self._own = module.__spec__
        return module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._own  # the import system has put the one of the other name there


class Facade(MetaPathFinder):
    """Finds ``pydicom`` and what is below it in ``isocenter.compat``."""

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Where a module is; ``None`` for all that is not pydicom's or not covered."""
        if fullname != NAME and not fullname.startswith(f"{NAME}."):
            return None
        target = f"{_HERE}{fullname.removeprefix(NAME)}"
        found = find_spec(target)
        if found is None:
            return None
        is_package = found.submodule_search_locations is not None
        return ModuleSpec(fullname, _Loader(target), origin=found.origin, is_package=is_package)

    def find_distributions(
        self, context: DistributionFinder.Context | None = None
    ) -> Iterable[Distribution]:
        """The metadata, when they are pydicom's that are looked for, or everybody's."""
        name = None if context is None else context.name
        return [_Metadata()] if name in {None, NAME} else []


_FACADE = Facade()


def install() -> None:
    """From now on ``import pydicom`` gives ``isocenter.compat``, in this process.

    Calling it again changes nothing.

    Raises:
        UsageError: the real pydicom was imported before; some modules would hold its classes
            and others ours.
    """
    if _FACADE in sys.meta_path:
        return
    real = next((name for name in _imported() if not _is_ours(sys.modules[name])), None)
    if real is not None:
        raise UsageError(
            f"{real} was imported before isocenter.compat.install(): call it first, before"
            " whatever imports pydicom"
        )
    sys.meta_path.insert(0, _FACADE)


def uninstall() -> None:
    """``import pydicom`` means the real one again; what was imported keeps what it has."""
    if _FACADE in sys.meta_path:
        sys.meta_path.remove(_FACADE)
    for name in _imported():
        if _is_ours(sys.modules[name]):
            del sys.modules[name]


def is_installed() -> bool:
    """Whether ``import pydicom`` gives this facade."""
    return _FACADE in sys.meta_path


def _imported() -> list[str]:
    return sorted(name for name in sys.modules if name == NAME or name.startswith(f"{NAME}."))


def _is_ours(module: ModuleType) -> bool:
    return getattr(module, "__name__", "").startswith(f"{_HERE}")

"""Files of a site, and templates that escape whatever is put into them.

The frame around every page is ``templates/base.html`` here; its looks are
``assets/base.css``, and ``assets/common.js`` runs before all other scripts. Templates of
other packages extend that frame.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from importlib.resources import files

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from isocenter.markup.text import printable

_BLANK_LINES = re.compile("^[ \t]*\n", re.MULTILINE)  # what conditions and macros leave behind
ASSETS = ("base.css", "common.js")
"""What the frame asks for."""


@dataclass(frozen=True, slots=True)
class Page:
    """A file of a site: ``path`` from its root with ``/``, and its bytes."""

    path: str
    content: bytes


def environment(package: str) -> Environment:
    """Templates in a package's folder ``templates``, which may extend ``base.html``.

    Every value they write is escaped, and text is made :func:`printable`.
    """
    return Environment(
        loader=ChoiceLoader([PackageLoader(package), PackageLoader("isocenter.markup")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_shown,
    )


def _shown(value: object) -> object:
    """Every value a template writes, as something UTF-8 and HTML can hold."""
    return value if isinstance(value, Markup) or not isinstance(value, str) else printable(value)


def rendered(templates: Environment, template: str, **values: object) -> bytes:
    """A page without blank lines, as UTF-8."""
    return _BLANK_LINES.sub("", templates.get_template(template).render(values)).encode()


def asset(package: str, name: str) -> Page:
    """A file of a package's folder ``assets``, as a file of a site."""
    return Page(f"assets/{name}", files(package).joinpath("assets", name).read_bytes())

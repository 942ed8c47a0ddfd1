"""A library of files without names, on the command line: clean first, say what was left out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from isocenter.cli.policy import PolicyOptions
from isocenter.deidentify.policy import Profile
from isocenter.deidentify.steps import ANOTHER_FILE
from isocenter.errors import Finding, UsageError
from isocenter.library.cleaned.model import CleanedTree, Cleaning
from isocenter.library.options import BuildOptions
from isocenter.runner import PATIENCE

if TYPE_CHECKING:
    from isocenter.library.cleaned.runs import Progress
    from isocenter.library.scan import Tree


def left_out_lines(left_out: Mapping[str, str]) -> Iterator[str]:
    """What was left out, by the folders of the input.

    Args:
        left_out: paths in the input, in order, and why each was left out.
    """
    for folder, found in groupby(left_out, key=lambda path: path.rpartition("/")[0]):
        paths = list(found)
        what = f"{folder or '.'}: {len(paths):,} files" if len(paths) > 1 else paths[0]
        reasons = dict.fromkeys(left_out[path] for path in paths)
        reasons = {one: None for one in reasons if one != ANOTHER_FILE} or reasons
        yield f"  left out: {what}: {', '.join(reasons)}"


def cleaning_asked(profile: Profile | None, asked: PolicyOptions) -> Cleaning | None:
    """How files are cleaned; ``None`` when they are not.

    Raises:
        UsageError: something was asked for that only de-identifying does, or it cannot be done.
        OSError: the key cannot be read.
    """
    if profile is None:
        if asked != PolicyOptions():
            raise UsageError(
                "an option says how names are removed: --deidentify basic removes them"
            )
        return None
    policy = asked.policy(profile, asked.key())
    return Cleaning(policy, allow_burned_in=asked.allow_burned_in)


@dataclass(frozen=True, slots=True)
class How:
    """How a run goes: on how many processes, whether all is made again, what is shown of it."""

    workers: int = 0
    force: bool = False
    patience: float = PATIENCE
    progress: bool = True
    listed: bool = True
    """Whether the terminal names what was left out."""


def clean_first(
    options: BuildOptions, tree: Tree, cleaning: Cleaning, how: How
) -> tuple[BuildOptions, Tree, CleanedTree]:
    """Clean the files of a library; what to build then."""
    # rich and the codecs: what --help need not wait for
    from isocenter.cli.console import say  # noqa: PLC0415
    from isocenter.library.cleaned.job import check_output, clean, tree_to_build  # noqa: PLC0415
    from isocenter.library.cleaned.runs import Runs  # noqa: PLC0415

    check_output(options)
    runs = Runs(how.workers, patience=how.patience)
    with _reported(tree, how) as report:
        made = clean(options, tree, cleaning, runs, report, force=how.force)
    told = {made.source_of(path): reason for path, reason in made.left_out.items()}
    for line in left_out_lines(told) if how.listed else ():
        say(line)
    return *tree_to_build(options, made), made


def clean_in_place(
    options: BuildOptions, tree: Tree, cleaning: Cleaning, how: How
) -> tuple[BuildOptions, Tree]:
    """Replace the files of a tree by cleaned ones; what to build then."""
    from isocenter.library.cleaned import inplace  # noqa: PLC0415 - see above
    from isocenter.library.cleaned.runs import Runs  # noqa: PLC0415
    from isocenter.library.intake import plan  # noqa: PLC0415

    runs = Runs(how.workers, patience=how.patience)
    with _reported(tree, how) as report:
        found = inplace.clean_in_place(options, tree, cleaning, runs, report)
    again = plan(options)  # sizes and times are others now
    again.findings[:0] = found
    return options, again


@contextmanager
def _reported(tree: Tree, how: How) -> Iterator[Progress]:
    from isocenter.cli.console import progress  # noqa: PLC0415 - see above

    if not how.progress:
        yield lambda _: None
        return
    with progress(len(tree.series), "folders") as advance:
        yield lambda done: advance(1, len(done.files))


def cleaned_before(options: BuildOptions, cleaning: Cleaning) -> BuildOptions:
    """The options for a later stage, whose first one cleaned the files.

    Raises:
        UsageError: it did not, or in another way.
    """
    from isocenter.library.cleaned import inplace, job  # noqa: PLC0415 - see above
    from isocenter.library.cleaned.store import tree_of  # noqa: PLC0415

    module = inplace if options.in_place else job
    if not module.was_made_so(options, cleaning):
        raise UsageError(f"{options.output} was not made with these templates: run --stage 1 first")
    return options if options.in_place else replace(options, source=tree_of(options.output))


def with_sources(
    findings: Iterable[Finding], cleaned: CleanedTree, passed: Iterable[Finding]
) -> tuple[Finding, ...]:
    """Findings of a library as the terminal shows them: with the paths of the input.

    Args:
        findings: of the library, those of the input first.
        cleaned: what it was built from.
        passed: the findings of the input, with its names.
    """
    own = list(findings)[len(cleaned.passed) :]
    return (*passed, *(one.at(cleaned.source_of(one.path)) for one in own))

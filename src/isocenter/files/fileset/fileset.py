"""A File-set: instances under one DICOMDIR, changed in memory and written at once (PS3.10 8).

In: a DICOMDIR, or nothing. Out: instances to look through, and on :meth:`FileSet.write` the
files and the DICOMDIR. Nothing on disk changes before.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from copy import copy, deepcopy
from pathlib import Path
from typing import Any, TypeAlias

from isocenter.core.dataset import Dataset
from isocenter.core.part10 import FileDataset
from isocenter.errors import DicomError, Finding, Level, UsageError
from isocenter.files.fileset import listing
from isocenter.files.fileset.descriptor import Descriptor, new_directory
from isocenter.files.fileset.edition import Editions
from isocenter.files.fileset.fileids import DICOMDIR
from isocenter.files.fileset.filling import placeholder
from isocenter.files.fileset.header import FileId
from isocenter.files.fileset.instance import FileInstance, Stage, fingerprint
from isocenter.files.fileset.linking import RECORDS
from isocenter.files.fileset.loading import loaded
from isocenter.files.fileset.node import RecordNode
from isocenter.files.fileset.placing import kept_plan, standard_plan
from isocenter.files.fileset.querying import matching, values_of
from isocenter.files.fileset.records import RecordCreator, Records, refer
from isocenter.files.fileset.register import Register
from isocenter.files.fileset.resolving import Root
from isocenter.files.fileset.sources import (
    InstanceSource,
    Staging,
    is_same,
    opened_directory,
    opened_instance,
    whole,
)
from isocenter.files.fileset.storing import Intake, Move, Progress, store
from isocenter.files.reading import dcmread
from isocenter.standard.tag import TagLike
from isocenter.standard.uid import EXPLICIT_LITTLE, IMPLICIT_LITTLE, UID

DirectorySource: TypeAlias = FileDataset | str | os.PathLike[str]
IconMaker: TypeAlias = Callable[[FileDataset], Dataset]


class FileSet(Descriptor):
    """SOP Instances under a DICOMDIR.

    Additions, removals and changed names are staged: :meth:`write` makes them. Iterating
    gives a :class:`FileInstance` each.

    Args:
        ds: a DICOMDIR, as a path or as the data set that :func:`isocenter.dcmread` gave;
            ``None`` begins an empty File-set.
        creators: what makes the keys of a record type in place of the rules of PS3.3 F.5.

    Raises:
        UsageError: the data set is not from a file.
        DicomError: it is no DICOMDIR.
        OSError: it cannot be read.
    """

    def __init__(
        self,
        ds: DirectorySource | None = None,
        *,
        creators: Mapping[str, RecordCreator] | None = None,
    ) -> None:
        self.creators: dict[str, RecordCreator] = dict(creators or {})
        self.clear()
        if ds is not None:
            self.load(ds)

    def clear(self) -> None:
        """Begin again with an empty File-set; nothing on disk changes."""
        super().__init__(new_directory())
        self._root: Path | None = None
        self._on_disk: tuple[int, int] | None = None
        self._tree = RecordNode()
        self._instances, self._removed = Register(), Register()
        self._plan: dict[RecordNode, FileId] | None = None
        self._findings: list[Finding] = []
        self._left_out = 0
        self._staging = Staging()

    # --- looking ----------------------------------------------------------------------

    @property
    def path(self) -> str | None:
        """The root, the folder of the DICOMDIR; ``None`` for one that was never written."""
        return None if self._root is None else os.fspath(self._root)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was wrong in the DICOMDIR, and what was met on the way."""
        return tuple(dict.fromkeys((*self.directory.findings, *self._findings)))

    @property
    def root(self) -> RecordNode:
        """The root of the tree of directory records."""
        return self._tree

    def __len__(self) -> int:
        return len(self._instances)

    def __iter__(self) -> Iterator[FileInstance]:
        return iter(list(self._instances))

    def __contains__(self, instance: object) -> bool:
        return isinstance(instance, FileInstance) and (
            self._instances.of(instance.node) is instance
        )

    def find(self, load: bool = False, **wanted: Any) -> list[FileInstance]:  # noqa: FBT001, FBT002 - pydicom's signature
        """The instances whose records have these values, by keyword.

        Args:
            load: whether files are read for what their records do not tell.
            **wanted: values by keyword.

        Raises:
            UsageError: a keyword is none.
            DicomError: with ``load``, a file is no DICOM file.
            OSError: with ``load``, a file cannot be read.
        """
        return list(matching(self._instances, wanted, load=load))

    def find_values(
        self,
        elements: TagLike | list[TagLike],
        instances: Iterable[FileInstance] | None = None,
        load: bool = False,  # noqa: FBT001, FBT002 - pydicom's signature
    ) -> list[Any] | dict[TagLike, list[Any]]:
        """The different values of an element; of several a dict of such lists.

        Args:
            elements: a keyword or tag, or a list of them.
            instances: where to look, if not everywhere.
            load: whether files are read for what their records do not tell.

        Raises:
            UsageError: a keyword is none.
            DicomError: with ``load``, a file is no DICOM file.
            OSError: with ``load``, a file cannot be read.
        """
        among = list(self._instances if instances is None else instances)
        if isinstance(elements, list):
            return {element: values_of(among, element, load=load) for element in elements}
        return values_of(among, elements, load=load)

    def __str__(self) -> str:
        pairs = [
            ("Root directory", self.path),
            ("File-set ID", self.ID),
            ("File-set UID", self.UID),
            ("Descriptor file ID", self.descriptor_file_id),
            ("Descriptor file character set", self.descriptor_character_set),
        ]
        return "\n".join((*listing.facts(pairs, self._changes()), *listing.tree(self._tree)))

    # --- what is staged -----------------------------------------------------------------

    @property
    def is_staged(self) -> bool:
        """Whether a write would change anything; a File-set never written has its DICOMDIR to be."""
        return bool(self._changes())

    def _changes(self) -> list[str]:
        moves = any(one.for_moving for one in self._instances)
        added = sum(one.for_addition for one in self._instances)
        return listing.changes(
            is_new=self._root is None,
            is_renamed=self.changed,
            moves=moves,
            counts={
                "addition": added,
                "removal": len(self._removed),
                "record left out": self._left_out,
            },
        )

    def file_id(self, instance: FileInstance) -> FileId:
        """The File ID that an instance has after the next write, as its parts."""
        if self._plan is None:
            self._plan = standard_plan(self._tree, self._instances)
        return self._plan.get(instance.node) or instance.node.file_id

    def read(self, path: str) -> FileDataset:
        """Read the file of an instance; a kind of File-set may read it otherwise."""
        return dcmread(path)

    # --- changing -----------------------------------------------------------------------

    def add(
        self, ds_or_path: InstanceSource, *, fill: bool = False, icon: IconMaker | None = None
    ) -> FileInstance:
        """Stage an instance for addition; one that is there already is given back.

        A file is taken as it is when the File-set is written, byte for byte.

        Args:
            ds_or_path: the instance, as a path or a data set.
            fill: put placeholders into its records for keys of Type 1 that it does not have;
                a finding tells each one.
            icon: makes the item of an Icon Image Sequence from the instance, for an IMAGE record;
                a finding tells where it cannot.

        Raises:
            MissingKeyError: a directory record needs a value that it does not have.
            DicomError: the file is no DICOM file, or no record is known for its SOP Class.
            OSError: it cannot be read.
        """
        ds, file = opened_instance(ds_or_path)
        known = self._known(ds, file)
        if known is not None:
            return known
        noted: list[Finding] = []
        records = Records(
            self.creators,
            noted.append,
            placeholder if fill else None,
            None if icon is None else lambda: icon(whole(ds, file)),
        )
        where = "" if file is None else os.fspath(file)
        try:
            leaf = records.hang(ds, self._tree)
        except DicomError as error:
            error.path = where or None
            raise
        self._findings += (finding.at(where) for finding in noted)
        return self._added(leaf, ds, file)

    def add_custom(self, ds_or_path: InstanceSource, leaf: RecordNode) -> FileInstance:
        """Stage an instance for addition under records of your own.

        Args:
            ds_or_path: the instance, as a path or a data set.
            leaf: its record, below those above it; PRIVATE records are made in this way.

        Raises:
            DicomError: the file is no DICOM file, or has no SOP Class or Instance UID.
            OSError: it cannot be read.
        """
        ds, file = opened_instance(ds_or_path)
        known = self._known(ds, file)
        if known is not None:
            return known
        refer(leaf.record, ds)
        leaf.hang(leaf.taken_apart(), self._tree)
        return self._added(leaf, ds, file)

    def _known(self, ds: Dataset, file: Path | None) -> FileInstance | None:
        """The instance that is there already; the same one that was to be removed stays."""
        uid = str(ds.get("SOPInstanceUID") or "")
        removed = self._removed.first(uid) if uid else None
        if removed is not None and is_same(removed.path, ds, file):
            self._removed.drop(removed)
            removed.restore(self._tree)
            self._take(removed)
            return removed
        known = self._instances.first(uid) if uid else None
        if known is not None and not is_same(known.path, ds, file):
            message = f"SOP Instance UID {uid} is that of {known.path}; not added"
            where = os.fspath(file or "")
            self._findings.append(Finding(Level.WARNING, "duplicate-instance", message, path=where))
        return known

    def _added(self, leaf: RecordNode, ds: FileDataset, file: Path | None) -> FileInstance:
        path = self._staging.written(ds) if file is None else os.path.abspath(file)
        instance = FileInstance(self, leaf, path, Stage.ADDITION, owned=file is None)
        self._take(instance)
        return instance

    def _take(self, instance: FileInstance) -> None:
        self._instances.add(instance)
        self._plan = None

    def remove(self, instance: FileInstance | Iterable[FileInstance]) -> None:
        """Stage instances for removal.

        Raises:
            UsageError: one is not of this File-set; then none is removed.
        """
        going = [instance] if isinstance(instance, FileInstance) else list(instance)
        stranger = next((one for one in going if one not in self), None)
        if stranger is not None:
            raise UsageError(f"{stranger.path} is not of this File-set")
        for one in dict.fromkeys(going):
            self._instances.drop(one)
            one.detach()
            if one.stage is Stage.KEPT:
                one.stage = Stage.REMOVAL
                self._removed.add(one)
        self._plan = None

    # --- reading and writing --------------------------------------------------------------

    def load(self, ds_or_path: DirectorySource, include_orphans: bool = True) -> None:  # noqa: FBT001, FBT002 - pydicom's signature
        """Begin again with the File-set of a DICOMDIR.

        Args:
            ds_or_path: the DICOMDIR or its folder, as a path, or as it was read from one.
            include_orphans: whether instances are taken whose records nothing leads to; their
                files are read for that.

        Raises:
            UsageError: the data set is not from a file.
            DicomError: it is no DICOMDIR.
            OSError: it cannot be read.
        """
        ds, path = opened_directory(ds_or_path)
        self.clear()
        self._root = path.parent.absolute()
        found = loaded(ds, Root(self._root), orphans=include_orphans)
        self._tree, self._findings, self._left_out = found.tree, found.findings, found.left_out
        for node, file in found.files.items():
            self._instances.add(FileInstance(self, node, file))
        self.directory = _without_records(ds)
        self._on_disk = fingerprint(os.fspath(path))

    def write(
        self,
        path: str | os.PathLike[str] | None = None,
        use_existing: bool = False,  # noqa: FBT001, FBT002 - pydicom's signature
        force_implicit: bool = False,  # noqa: FBT001, FBT002
        *,
        intake: Intake = Intake.COPY,
        progress: Progress = lambda: None,
    ) -> None:
        """Make what is staged: files first, the DICOMDIR last and at once.

        Killed at any moment, it leaves a DICOMDIR whose files are all there.

        Args:
            path: the root, for a File-set that was never written.
            use_existing: keep the names of the files that are there; new ones get names
                beside them.
            force_implicit: write the DICOMDIR in implicit VR, which PS3.10 8.6 forbids.
            intake: whether added files are copied, hard linked or moved.
            progress: called for each instance that has its name.

        Raises:
            UsageError: there is no path, or one though the root is known; a file that is not
                of the File-set has the name of one of its own; or the DICOMDIR was changed
                by another program since it was read.
            DicomError: a file has gone, or one to be added was changed.
            OSError: a file cannot be read or written; nothing is lost, and the next write
                finishes the work.
        """
        root = self._target(path)
        for instance in self._instances:
            instance.check()
        plan = self._planned(root, use_existing=use_existing)
        syntax = IMPLICIT_LITTLE if force_implicit else EXPLICIT_LITTLE
        self.directory.file_meta.TransferSyntaxUID = UID(syntax)
        moves = [self._move(one, plan, intake) for one in self._instances]
        removals = [one.path for one in self._removed]
        editions = Editions(root, self.directory, self._tree, lambda now: self._settle(root, now))
        store(os.fspath(root), moves, removals, editions.prepare, progress)
        self._staging.clean()

    def _target(self, path: str | os.PathLike[str] | None) -> Path:
        if self._root is not None:
            if path is not None and Path(path).absolute() != self._root:
                raise UsageError("the root of a File-set stays; use copy() for another one")
            if fingerprint(os.fspath(self._root / DICOMDIR)) != self._on_disk:
                raise UsageError(
                    f"{self._root / DICOMDIR} was changed since it was read; load it again"
                )
            return self._root
        if path is None:
            raise UsageError("a new File-set needs the path of its root")
        root = Path(path).absolute()
        if os.path.lexists(root / DICOMDIR):
            raise UsageError(f"{root} is a File-set already; load it, or write elsewhere")
        return root

    def _planned(self, root: Path, *, use_existing: bool) -> dict[RecordNode, FileId]:
        if not use_existing:
            return standard_plan(self._tree, self._instances)
        places = {one.node: one.place_in(root) for one in self._instances}
        kept = {node: place for node, place in places.items() if place is not None}
        return kept_plan(
            self._tree,
            self._instances,
            kept,
            lambda place: not os.path.lexists(root.joinpath(*place)),
        )

    def _move(
        self, instance: FileInstance, plan: Mapping[RecordNode, FileId], intake: Intake
    ) -> Move:
        """What is to be done with a file: one of the File-set's own is renamed."""
        own = instance.owned or instance.stage is Stage.KEPT
        how = Intake.MOVE if own else intake
        return Move(instance.node, instance.path, plan[instance.node], how)

    def _settle(self, root: Path, plan: Mapping[RecordNode, FileId]) -> None:
        """A DICOMDIR of these File IDs is on disk."""
        for instance in self._instances:
            instance.settle(os.path.join(root, *plan[instance.node]))
        self._root, self.changed, self._left_out = root, False, 0
        self._on_disk = fingerprint(os.fspath(root / DICOMDIR))
        self._removed.clear()
        self._plan = None

    def copy(
        self,
        path: str | os.PathLike[str],
        force_implicit: bool = False,  # noqa: FBT001, FBT002 - pydicom's signature
        *,
        intake: Intake = Intake.COPY,
    ) -> FileSet:
        """Write this File-set, staged changes included, to another root; this one stays as it is.

        Args:
            path: the other root.
            force_implicit: see :meth:`write`.
            intake: whether files are copied or hard linked.

        Returns:
            The File-set of the other root.

        Raises:
            UsageError: the path is this File-set's own root, or another File-set's; or files
                were to be moved.
            DicomError: a file has gone, or one to be added was changed.
            OSError: a file cannot be read or written.
        """
        if intake is Intake.MOVE:
            raise UsageError("a copy leaves the files of the File-set where they are")
        other = type(self)(creators=self.creators)
        other.directory = _without_records(self.directory)
        nodes = {self._tree: other.root}
        for node in self._tree.walk():
            assert node.parent is not None  # noqa: S101 - walk() gives what is below another
            nodes[node] = RecordNode(copy(node.record))
            nodes[node].parent = nodes[node.parent]
        for instance in self._instances:
            instance.check()
            twin = FileInstance(other, nodes[instance.node], instance.path, Stage.ADDITION)
            other._take(twin)  # noqa: SLF001 - of our own kind
        other.write(path, force_implicit=force_implicit, intake=intake)
        return other


def _without_records(directory: FileDataset) -> FileDataset:
    """A DICOMDIR's data set of its own: what is changed in it changes nothing elsewhere."""
    made = copy(directory)
    made.pop(RECORDS, None)
    return deepcopy(made)

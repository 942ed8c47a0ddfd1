"""Profiles of attributes: walking, whole profiles, merging, and memory, on one core.

The files are series of 100 slices made of the CT (258 elements) and MR (74) headers of pydicom's test
files, with UIDs, positions and times of their own. *Walk* is ours from the file to the bundles of its elements;
the peer is pydicom's ``dcmread(stop_before_pixels=True)`` with ``walk`` over every nested element's value.
*Profile* is a shard from its files to its tables. The published scripts start a process for each file; what
they reach (3.2 to 5.8 files/s) was measured elsewhere and is set beside it.

    python benchmarks/bench_attributes.py            walk, profile, merge
    python benchmarks/bench_attributes.py --memory N  N headers replayed with changed UIDs
"""

from __future__ import annotations

import io
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import pydicom
from pydicom.data import get_testdata_file

from isocenter.attributes import tables
from isocenter.attributes.identity import PUBLIC
from isocenter.attributes.manifest import SHARDS, Manifest, save
from isocenter.attributes.merge import merge
from isocenter.attributes.occurrences import Rules
from isocenter.attributes.profile import Profile
from isocenter.attributes.shards import Member, ShardTask, make_shard
from isocenter.attributes.walk import Walker
from isocenter.core.part10 import FileDataset, parse
from isocenter.core.reader import PIXELS
from isocenter.files.reading import dcmread
from isocenter.files.sources import Stamp
from measure import cpu_medians, machine

RULES = Rules(PUBLIC)
PUBLISHED = 5.8


def slices(name: str, count: int) -> list[bytes]:
    """Headers and pixels of so many slices in series of 100."""
    ds = pydicom.dcmread(str(get_testdata_file(name)))
    found = []
    for number in range(count):
        series, place = divmod(number, 100)
        ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{series}.{number}"
        ds.SeriesInstanceUID, ds.PatientID = f"1.2.3.4.{series}", f"P{series}"
        ds.InstanceNumber, ds.SliceLocation = place, place * 1.25
        ds.ImagePositionPatient = [-100.5, -120.25, place * 1.25]
        ds.AcquisitionTime = ds.ContentTime = f"10{number % 60:02d}{number % 60:02d}.{number:06d}"
        written = io.BytesIO()
        ds.save_as(written)
        found.append(written.getvalue())
    return found


def written(root: Path, name: str, count: int) -> ShardTask:
    """A task for so many files."""
    root.mkdir()
    members = []
    for number, content in enumerate(slices(name, count)):
        (root / f"{number:05d}.dcm").write_bytes(content)
        members.append(Member(f"{number:05d}.dcm", Stamp(len(content), 1)))
    return ShardTask(root.with_name(f"{root.name}-shards"), root, tuple(members), RULES)


def walk_ours(task: ShardTask) -> int:
    """Every header walked."""
    walker = Walker(RULES)
    return sum(
        len(walker.walk(dcmread(f"{task.source}/{one.name}", stop_before_pixels=True)))
        for one in task.members
    )


def walk_pydicom(task: ShardTask) -> int:
    """The same with pydicom."""
    seen = 0

    def look(_ds: object, element: pydicom.DataElement) -> None:
        nonlocal seen
        seen += element.value is not None

    for one in task.members:
        pydicom.dcmread(task.source / one.name, stop_before_pixels=True).walk(look)
    return seen


def profile(task: ShardTask, again: list[int]) -> None:
    """A shard, into a folder of its own each time."""
    again.append(0)
    make_shard(replace(task, folder=task.folder / str(len(again))))


def speeds(root: Path) -> None:
    """A row for each kind of header."""
    print("| headers | walk | pydicom's nested walk | ratio | whole profile | to the scripts |")
    print("| --- | --- | --- | --- | --- | --- |")
    for kind, name in (("CT", "CT_small.dcm"), ("MR", "MR_small.dcm")):
        task = written(root / kind, name, 1000)
        few = replace(task, members=task.members[:200])
        again: list[int] = []
        peer, ours, whole = cpu_medians(
            lambda few=few: walk_pydicom(few),  # type: ignore[misc]
            lambda task=task: walk_ours(task),  # type: ignore[misc]
            lambda task=task, again=again: profile(task, again),  # type: ignore[misc]
            runs=5,
            warm_up=1,
        )
        walked, theirs, made = 1000 / ours, 200 / peer, 1000 / whole
        print(
            f"| {kind} | {walked:,.0f}/s | {theirs:,.0f}/s | {walked / theirs:.1f} |"
            f" {made:,.0f}/s | {made / PUBLISHED:,.0f} |",
            flush=True,
        )


def merging(root: Path) -> None:
    """A thousand shards of two files in two profiles, merged and opened."""
    task = written(root / "many", "MR_small.dcm", 2000)
    for half in range(2):
        folder = root / f"half {half}"
        (folder / SHARDS).mkdir(parents=True)
        keys = []
        for start in range(half * 1000, half * 1000 + 1000, 2):
            members = task.members[start : start + 2]
            keys.append(make_shard(replace(task, folder=folder / SHARDS, members=members)).key)
        save(folder, Manifest(shards=tuple(keys)))
    started = time.process_time()
    made = merge([root / "half 0", root / "half 1"], root / "merged")
    merged = time.process_time() - started
    with Profile(root / "merged") as opened:
        paths = sum(1 for _ in opened.presence(by=()))
    asked = time.process_time() - started - merged
    print(f"\nmerge of {made.shards:,} shards: {merged:.1f} s CPU; ", end="")
    print(f"opened and all {paths} paths counted: {asked:.1f} s CPU", flush=True)


class _Replay:
    """A reader that hands out one header again and again, with other UIDs."""

    def __init__(self, content: bytes) -> None:
        self.content = content[: parse(content, stop=PIXELS).end + 12]

    def header(self, name: str) -> FileDataset:
        return parse(self.content.replace(b"1.2.3.0.0000", b"1.2.3." + name.encode()), stop=PIXELS)


def memory(headers: int) -> None:
    """Shards of 4,096 replayed headers: rate and peak."""
    from isocenter.attributes import shards  # noqa: PLC0415 - its working part, for this alone

    ds = pydicom.dcmread(str(get_testdata_file("MR_small.dcm")))
    ds.SOPInstanceUID = ds.file_meta.MediaStorageSOPInstanceUID = "1.2.3.0.0000"
    written = io.BytesIO()
    ds.save_as(written)
    reader = _Replay(written.getvalue())
    started = time.process_time()
    with tempfile.TemporaryDirectory(prefix="isocenter-replay-") as scratch:
        for start in range(0, headers, 4096):
            task = ShardTask(Path(scratch) / SHARDS, Path(scratch), (), RULES)
            work = shards._Work(task, scratch)  # noqa: SLF001 - see above
            for number in range(start, min(start + 4096, headers)):
                work.add(reader, Member(f"{number:06d}", Stamp(1, 1)))  # type: ignore[arg-type]
            tables.write(task.folder / str(start), work.tables())
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"| {headers:,} | {seconds:.0f} | {headers / seconds:,.0f}/s | {peak:.0f} |", flush=True)


def main() -> None:
    """Print what was asked for."""
    if sys.argv[1:2] == ["--memory"]:
        memory(int(sys.argv[2]))
        return
    print(f"Attributes, {machine()}\n")
    with tempfile.TemporaryDirectory(prefix="isocenter-attributes-") as scratch:
        speeds(Path(scratch))
        merging(Path(scratch))


if __name__ == "__main__":
    main()

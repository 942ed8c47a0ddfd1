"""Random additions, removals, writes and reloads against a plain dict of what should be there."""

import shutil
from pathlib import Path
from tempfile import mkdtemp

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from files.fileset.sets import contents, instance, names
from isocenter.fileset import FileSet, Intake

NUMBERS = st.integers(0, 11)


class Model(RuleBasedStateMachine):
    """``self.wanted`` maps the numbers of instances in the File-set to their versions."""

    def __init__(self):
        super().__init__()
        self.folder = Path(mkdtemp(prefix="isocenter-test-"))
        self.root = self.folder / "set"
        self.fs, self.wanted, self.on_disk = FileSet(), {}, None
        self.versions = 0

    def teardown(self):
        shutil.rmtree(self.folder)

    def _made(self, number):
        where = {"patient": "AB"[number % 2], "study": str(number % 2), "series": str(number % 4)}
        return instance(number, **where, ImageComments=str(self.versions))

    def _found(self, number):
        return self.fs.find(InstanceNumber=number)

    @rule(number=NUMBERS, as_file=st.booleans())
    def add(self, number, as_file):
        self.versions += 1
        ds = self._made(number)
        if as_file:
            ds.save_as(self.folder / f"given{self.versions}")
            self.fs.add(self.folder / f"given{self.versions}")
        else:
            self.fs.add(ds)
        self.wanted.setdefault(number, str(self.versions))

    @rule(number=NUMBERS)
    def remove(self, number):
        self.fs.remove(self._found(number))
        self.wanted.pop(number, None)

    @rule(use_existing=st.booleans(), intake=st.sampled_from(Intake))
    def write(self, use_existing, intake):
        self.fs.write(self.root, use_existing=use_existing, intake=intake)
        self.on_disk = dict(self.wanted)
        assert len(contents(self.root)) == len(self.wanted)
        assert len(names(self.root)) == len(self.wanted) + 1

    @rule()
    def reload(self):
        if self.on_disk is not None:
            self.fs = FileSet(self.root)
            self.wanted = dict(self.on_disk)

    @rule()
    def copy(self):
        other = self.fs.copy(self.folder / "copy")
        assert {one.InstanceNumber for one in other} == set(self.wanted)
        assert str(other).split("Managed")[1:] == str(self.fs).split("Managed")[1:]
        assert len(contents(self.folder / "copy")) == len(self.wanted)
        shutil.rmtree(self.folder / "copy")

    @invariant()
    def holds_what_is_wanted(self):
        found = {one.InstanceNumber: one.load().ImageComments for one in self.fs}
        assert found == self.wanted
        assert len(self.fs) == len(self.wanted)


Model.TestCase.settings = settings(max_examples=25, stateful_step_count=20, deadline=None)
TestModel = Model.TestCase

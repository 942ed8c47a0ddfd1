"""``import pydicom`` in another process, where the facade stands in for it or refuses to."""

import subprocess
import sys

import pytest

INSTALLED = "import isocenter.compat as facade; facade.install(); "


def run(*arguments, **options):
    return subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, **options
    )


def told(code):
    done = run("-c", code)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_pydicom_and_all_below_it_are_the_facades_modules():
    code = INSTALLED + (
        "import sys, pydicom, pydicom.dataset; from pydicom.uid import UID; "
        "print(pydicom is facade, pydicom.dataset is sys.modules['isocenter.compat.dataset'], "
        "UID is facade.uid.UID, pydicom.dataset.__name__, pydicom.__spec__.name)"
    )
    assert told(code) == [
        "True", "True", "True", "isocenter.compat.dataset", "isocenter.compat",
    ]  # fmt: skip


def test_no_file_of_the_real_package_is_loaded():
    code = INSTALLED + (
        "import sys, pydicom.fileset, pydicom.sr, pydicom.filewriter; "
        "print(*[m for m in sys.modules.values() if '/pydicom/' in (getattr(m, '__file__', '') or '')])"
    )
    assert told(code) == []


def test_the_version_is_answered():
    code = (
        INSTALLED
        + "import importlib.metadata as m, pydicom; print(m.version('pydicom'), pydicom.__version__)"
    )
    assert told(code) == ["3.0.2", "3.0.2"]


def test_uninstalled_it_is_the_real_one_again():
    code = INSTALLED + (
        "import pydicom as ours; facade.uninstall(); import pydicom as real; "
        "print(ours is real, '/pydicom/' in real.__file__)"
    )
    assert told(code) == ["False", "True"]


def test_installing_twice_is_installing_once():
    code = INSTALLED + (
        "facade.install(); facade.uninstall(); import pydicom; print(pydicom is facade)"
    )
    assert told(code) == ["False"]


def test_the_real_one_that_was_imported_before_is_refused():
    done = run("-c", "import pydicom; import isocenter.compat as facade; facade.install()")
    assert done.returncode == 1
    assert "UsageError: pydicom was imported before isocenter.compat.install()" in done.stderr


def test_a_module_that_is_not_covered_is_not_found():
    done = run("-c", INSTALLED + "import pydicom.nothing_of_the_kind")
    assert "ModuleNotFoundError: No module named 'pydicom.nothing_of_the_kind'" in done.stderr


@pytest.fixture
def script(tmp_path):
    path = tmp_path / "folder" / "program.py"
    path.parent.mkdir()
    path.write_text(
        "import sys, pydicom, beside\n"
        "print(__name__, pydicom.__name__, beside.HERE, sys.argv, sys.path[0])\n",
        encoding="utf-8",
    )
    (path.parent / "beside.py").write_text("HERE = 'found'\n", encoding="utf-8")
    return path


def test_a_script_runs_as_python_runs_it(script):
    done = run("-m", "isocenter.compat", str(script), "-x", "y")
    expected = f"__main__ isocenter.compat found {[str(script), '-x', 'y']} {script.parent}\n"
    assert (done.stdout, done.stderr) == (expected, "")


def test_a_module_runs_as_python_runs_it(script):
    done = run("-m", "isocenter.compat", "-m", "program", "z", cwd=script.parent)
    expected = f"__main__ isocenter.compat found {[str(script), 'z']} {script.parent}\n"
    assert (done.stdout, done.stderr) == (expected, "")


def test_the_exit_code_is_the_programs(tmp_path):
    (tmp_path / "three.py").write_text("raise SystemExit(3)\n", encoding="utf-8")
    assert run("-m", "isocenter.compat", str(tmp_path / "three.py")).returncode == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "usage: python -m isocenter.compat SCRIPT"),
        (["-m"], "usage: python -m isocenter.compat SCRIPT"),
        (["--fast", "x.py"], "usage: python -m isocenter.compat SCRIPT"),
        (["nowhere.py"], "can't open file 'nowhere.py'"),
        (["-m", "nothing_of_the_kind"], "No module named nothing_of_the_kind"),
    ],
)
def test_a_wrong_call_is_one_line(arguments, said):
    done = run("-m", "isocenter.compat", *arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr


def test_help():
    done = run("-m", "isocenter.compat", "--help")
    assert (done.returncode, done.stdout[:6]) == (0, "usage:")

"""The settings: what pydicom's switches do, and that two threads do not disturb each other."""

import asyncio
import io
import pickle
import subprocess
import sys
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context

import numpy as np
import pydicom
import pytest

from isocenter import compat
from isocenter.compat import config
from isocenter.compat.config import RAISE, settings
from isocenter.compat.dataelem import DataElement
from isocenter.compat.errors import BytesLengthException
from isocenter.compat.valuerep import DA, DSdecimal, DSfloat
from support.files import wheel_file

LONG = "A" * 17


@pytest.fixture(autouse=True)
def own_context():
    """Whatever a test chooses is gone behind it."""
    before = config.chosen()
    yield
    config.choose(**before._asdict())


def read(elements, **options):
    """What is read of elements written without looking at them."""
    with config.disable_value_validation():
        ds = compat.Dataset()
        for tag, vr, value in elements:
            ds.add_new(tag, vr, value)
        file = io.BytesIO()
        ds.save_as(file, implicit_vr=False, little_endian=True)
    return compat.dcmread(file, force=True, **options)


def test_an_invalid_value_warns_when_it_is_made_and_raises_on_demand():
    with pytest.warns(UserWarning, match="exceeds the maximum length of 16"):
        DataElement("AccessionNumber", "SH", LONG)
    settings.reading_validation_mode = RAISE
    with pytest.raises(ValueError, match="exceeds the maximum length of 16"):
        DataElement("AccessionNumber", "SH", LONG)
    with config.disable_value_validation():
        assert DataElement("AccessionNumber", "SH", LONG).value == LONG


def test_an_invalid_value_warns_when_it_is_read_and_raises_on_demand():
    ds = read([(0x00080050, "SH", LONG)])
    with pytest.warns(UserWarning, match="exceeds the maximum length of 16"):
        assert ds.AccessionNumber == LONG
    with config.strict_reading(), pytest.raises(ValueError, match="exceeds"):
        _ = read([(0x00080050, "SH", LONG)]).AccessionNumber


def test_an_invalid_value_is_written_unless_that_raises():
    with config.disable_value_validation():
        ds = compat.Dataset()
        ds.AccessionNumber = LONG
    ds.save_as(io.BytesIO(), implicit_vr=True)
    settings.writing_validation_mode = RAISE
    with pytest.raises(ValueError, match="at most 16"):
        ds.save_as(io.BytesIO(), implicit_vr=True)


def test_text_that_is_no_number_stays_text():
    data = b"\x18\x00\x50\x00DS\x04\x00abc "
    with pytest.warns(UserWarning, match="Invalid value for VR DS: 'abc'"):
        assert compat.dcmread(io.BytesIO(data), force=True).SliceThickness == "abc"
    with config.strict_reading(), pytest.raises(ValueError, match="abc"):
        _ = compat.dcmread(io.BytesIO(data), force=True).SliceThickness


def test_decimals():
    element = (0x00280030, "DS", ["1.50", "2"])
    assert type(read([element]).PixelSpacing[0]) is DSfloat
    config.DS_decimal(use_Decimal_boolean=True)
    assert type(read([element]).PixelSpacing[0]) is DSdecimal
    with pytest.raises(ValueError, match="not both"):
        config.DS_numpy(use_numpy=True)
    config.use_DS_decimal = False
    config.DS_numpy(use_numpy=True)
    assert isinstance(read([element]).PixelSpacing, np.ndarray)


def test_dates():
    assert read([(0x00080020, "DA", "20200131")]).StudyDate == "20200131"
    config.datetime_conversion = True
    assert type(read([(0x00080020, "DA", "20200131")]).StudyDate) is DA


def test_a_wrong_length():
    data = io.BytesIO(b"\x28\x00\x10\x00US\x04\x00abcd\x28\x00\x11\x00UL\x02\x00ab")
    ds = compat.dcmread(data, force=True)
    with pytest.raises(BytesLengthException, match="no multiple of the 4 bytes of VR UL"):
        _ = ds.Columns
    config.convert_wrong_length_to_UN = True
    with pytest.warns(UserWarning, match="Setting VR to 'UN'"):
        assert (ds[0x00280011].VR, ds[0x00280011].value) == ("UN", b"ab")


def test_file_meta_is_shown_or_not():
    ds = compat.dcmread(wheel_file("CT_small.dcm"))
    assert "Transfer Syntax" in str(ds)
    config.show_file_meta = False
    assert "Transfer Syntax" not in str(ds)


def test_a_misspelt_keyword():
    ds = compat.Dataset()
    with pytest.warns(UserWarning, match="Camel case attribute 'PatientNam'"):
        ds.PatientNam = "x"
    config.INVALID_KEYWORD_BEHAVIOR = "RAISE"
    with pytest.raises(ValueError, match="PatientNam"):
        ds.PatientNam = "x"
    config.INVALID_KEYWORD_BEHAVIOR = "IGNORE"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        ds.PatientNam = "x"


def test_two_threads_do_not_disturb_each_other():
    both, seen = threading.Barrier(2), {}

    def work(mode):
        settings.reading_validation_mode = mode
        config.use_DS_decimal = mode == RAISE
        both.wait()
        seen[mode] = settings.reading_validation_mode, config.use_DS_decimal
        both.wait()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, (config.IGNORE, RAISE)))
    assert seen == {config.IGNORE: (config.IGNORE, False), RAISE: (RAISE, True)}
    assert settings.reading_validation_mode == config.WARN


def test_two_tasks_do_not_disturb_each_other():
    async def work(mode):
        settings.reading_validation_mode = mode
        await asyncio.sleep(0)
        return settings.reading_validation_mode

    async def both():
        return await asyncio.gather(work(config.IGNORE), work(RAISE))

    with ThreadPoolExecutor(1) as pool:  # this thread may have a loop, as a browser test leaves one
        assert pool.submit(asyncio.run, both()).result() == [config.IGNORE, RAISE]


def test_a_context_that_is_handed_on_keeps_what_was_chosen():
    settings.reading_validation_mode = RAISE
    handed_on = copy_context()
    with ThreadPoolExecutor(1) as pool:
        alone = pool.submit(lambda: settings.reading_validation_mode).result()
        given = pool.submit(handed_on.run, lambda: settings.reading_validation_mode).result()
    assert (alone, given) == (config.WARN, RAISE)


def test_a_name_that_is_no_switch():
    config.something_of_mine = 1
    assert config.something_of_mine == 1
    with pytest.raises(AttributeError):
        _ = config.nothing_of_the_kind


def test_the_vr_that_is_known_of_an_element_that_came_as_un():
    assert DataElement(0x00100020, "UN", "1").VR == "LO"
    config.replace_un_with_known_vr = False
    assert DataElement(0x00100020, "UN", b"1").VR == "UN"


def test_a_warning_names_the_line_that_asked():
    ds = compat.Dataset()
    with pytest.warns(UserWarning, match="PatientNam") as misspelt:
        ds.PatientNam = "x"
    with pytest.warns(UserWarning, match="nothing") as unknown:
        _ = "nothing" in ds
    assert {warning.filename for warning in [*misspelt, *unknown]} == {__file__}


def test_several_values_that_were_assigned_can_be_pickled():
    ds = compat.Dataset()
    ds.ImageType = ["ORIGINAL", "PRIMARY"]
    assert pickle.loads(pickle.dumps(ds)) == ds  # noqa: S301 - made here


def test_a_warning_is_shown_once_and_the_logger_can_be_turned_on():
    program = (
        "from isocenter.compat import config, misc\n"
        "misc.warn_and_log('told')\n"
        "config.debug()\n"
        "config.debug()\n"
        "misc.warn_and_log('logged')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    lines = [line for line in done.stderr.splitlines() if "warn_and_log" not in line]
    assert [line.split(": ")[-1] for line in lines] == ["told", "logged", "logged"]


@pytest.mark.parametrize("name", ["Dataset", "FileDataset", "FileMetaDataset", "DataElement"])
def test_a_class_tells_the_module_that_pydicom_has_it_in(name):
    kind, theirs = getattr(compat, name), getattr(pydicom, name)
    assert kind.__module__.split(".")[-1] == theirs.__module__.split(".")[-1]

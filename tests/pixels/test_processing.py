"""The grayscale steps on arrays, against pydicom and the formulas of PS3.3 C.11."""

import warnings
from functools import cache

import numpy as np
import pydicom
import pydicom.pixels
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import isocenter
import isocenter.pixels
from isocenter.errors import PixelError, UsageError
from isocenter.pixels import (
    apply_modality_lut,
    apply_presentation_lut,
    apply_rescale,
    apply_voi,
    apply_voi_lut,
    apply_windowing,
    render,
)
from support.files import shared_files, wheel_files

MOST = 4_000_000  # bytes of pixel data: larger files would repeat what smaller ones show
GRAYSCALE = {
    "RescaleSlope",
    "ModalityLUTSequence",
    "WindowCenter",
    "VOILUTSequence",
    "PresentationLUTShape",
    "PresentationLUTSequence",
}


@cache
def real_files():
    """One file of each name: copies in both packages tell nothing new."""
    named = {path.name: path for path in (*shared_files(), *wheel_files())}
    return [pytest.param(path, id=path.name) for path in named.values()]


def opened(path):
    """pydicom's data set, its array, and ours; ``None`` when there is nothing to compare."""
    try:
        theirs = pydicom.dcmread(path, force=True)
        if "PixelData" not in theirs or len(theirs.PixelData) > MOST:
            return None
        if (
            "SharedFunctionalGroupsSequence" in theirs
            or "PerFrameFunctionalGroupsSequence" in theirs
        ):
            return None  # pydicom does not read functional groups
        return (theirs, theirs.pixel_array, isocenter.dcmread(path, force=True))
    except Exception:  # noqa: BLE001 - whatever pydicom cannot read is no oracle
        return None


def test_every_real_file_is_as_pydicom_has_it():
    """To the last bit: both compute in double precision, in the order of the formula."""
    compared = 0
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for parameter in real_files():
            path = parameter.values[0]
            found = opened(path)
            if found is None or not any(keyword in found[0] for keyword in GRAYSCALE):
                continue
            compared += compare(path, *found)
    assert compared > (100 if shared_files() else 60)


def compare(path, theirs, array, ours):
    steps = [
        ("apply_modality_lut", {}),
        ("apply_voi_lut", {}),
        ("apply_voi_lut", {"prefer_lut": False}),
        ("apply_voi", {}),
        ("apply_windowing", {}),
        ("apply_presentation_lut", {}),
    ]
    if isinstance(theirs.get("WindowCenter"), pydicom.multival.MultiValue):
        steps.append(("apply_windowing", {"index": 1}))
    compared = 0
    for name, options in steps:
        try:
            expected = getattr(pydicom.pixels, name)(array, theirs, **options)
        except (ValueError, AttributeError, IndexError, TypeError, NotImplementedError):
            continue
        found = getattr(isocenter.pixels, name)(array, ours, **options)
        np.testing.assert_array_equal(found, expected, strict=True, err_msg=f"{path}: {name}")
        compared = 1
        if name == "apply_modality_lut":
            array = expected
    return compared


# --- made by hand -----------------------------------------------------------------------


def lut(make, descriptor, data):
    return make.image(LUTDescriptor=descriptor, LUTData=data)


def test_no_element_no_change(make):
    values = np.arange(6, dtype=np.uint8).reshape(2, 3)
    ds = make.image(values)
    for step in (apply_modality_lut, apply_voi_lut, apply_voi, apply_windowing):
        assert step(values, ds) is values
    assert apply_presentation_lut(values, ds) is values
    assert apply_rescale is apply_modality_lut


def test_c_11_2_1_2_the_windows_of_the_overview(make):
    values = np.arange(0, 2336, dtype=np.uint16).reshape(73, 32)
    ds = make.image(
        values,
        BitsStored=12,
        RescaleSlope=1,
        RescaleIntercept=-1024,
        WindowCenter=[35, 700],
        WindowWidth=[80, 3200],
    )
    hu = apply_modality_lut(values, ds)
    assert (hu.min(), hu.max(), hu.dtype) == (-1024, 1311, np.float64)
    for index, (center, width) in enumerate([(35, 80), (700, 3200)]):
        found = apply_voi_lut(hu, ds, index=index)
        expected = [formula(x, center, width, -1024.0, 3071.0) for x in hu.ravel().tolist()]
        assert expected == found.ravel().tolist()


def formula(x, c, w, low, high):
    if x <= c - 0.5 - (w - 1) / 2:
        return low
    if x > c - 0.5 + (w - 1) / 2:
        return high
    return ((x - (c - 0.5)) / (w - 1) + 0.5) * (high - low) + low


@given(
    bits=st.integers(1, 16),
    signed=st.booleans(),
    slope=st.sampled_from([1, 2, 0.5, -1, -3.7]),
    intercept=st.integers(-2000, 2000),
    center=st.floats(-3000, 3000),
    width=st.floats(1, 6000),
)
def test_any_window_is_the_formula(make, *, bits, signed, slope, intercept, center, width):
    signed = signed and bits > 1
    ends = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    stored = np.linspace(*ends, 50).astype(np.int16 if signed else np.uint16).reshape(5, 10)
    ds = make.image(
        stored,
        BitsStored=bits,
        RescaleSlope=slope,
        RescaleIntercept=intercept,
        WindowCenter=center,
        WindowWidth=width,
    )
    values = apply_modality_lut(stored, ds)
    low, high = sorted(end * slope + intercept for end in map(float, ends))
    expected = [formula(x, center, width, low, high) for x in values.ravel().tolist()]
    assert apply_windowing(values, ds).ravel().tolist() == expected


def test_a_falling_rescale_does_not_turn_the_window_round(make):
    """ymin is the least output value; pydicom 3.0.2 takes that of the least stored one."""
    values = np.array([[0, 255]], np.uint8)
    ds = make.image(values, RescaleSlope=-1, RescaleIntercept=0, WindowCenter=-127, WindowWidth=256)
    assert apply_windowing(apply_modality_lut(values, ds), ds).tolist() == [[0.0, -255.0]]


def test_large_integers_take_the_short_way_to_the_same_values(make):
    for dtype in (np.uint8, np.int16, np.uint16):
        values = np.arange(1 << 16).astype(dtype).reshape(256, 256)
        ds = make.image(values, WindowCenter=40, WindowWidth=300)
        expected = apply_windowing(values.astype(np.float64), ds)
        np.testing.assert_array_equal(apply_windowing(values, ds), expected, strict=True)


@pytest.mark.parametrize("bits", [8, 10, 12, 16])
def test_tables_of_any_bits(make, bits):
    top = (1 << bits) - 1
    values = np.array([[0, 1, 2, 99]], np.uint8)
    ds = make.image(values, ModalityLUTSequence=[lut(make, [3, 1, bits], [5, 6, top])])
    found = apply_modality_lut(values, ds)
    assert found.tolist() == [[5, 5, 6, top]]
    assert found.dtype == (np.uint8 if bits == 8 else np.uint16)
    window = make.image(
        values, ModalityLUTSequence=ds["ModalityLUTSequence"], WindowCenter=0, WindowWidth=1
    )
    assert apply_windowing(found, window).max() == top


def test_a_voi_lut_rounds_what_is_no_integer(make):
    """0.1 * 30 is 3.0000000000000004, 0.29 * 100 is 28.999999999999996."""
    ds = make.image(VOILUTSequence=[lut(make, [30, 0, 8], list(range(30)))])
    assert apply_voi(np.array([0.1 * 30, 0.29 * 100]), ds).tolist() == [3, 29]


def test_a_voi_lut_or_a_window(make):
    values = np.array([[0, 1]], np.uint8)
    tables = [lut(make, [2, 0, 8], [9, 90]), lut(make, [2, 0, 16], [900, 9])]
    ds = make.image(values, VOILUTSequence=tables, WindowCenter=1, WindowWidth=2)
    assert apply_voi_lut(values, ds).tolist() == [[9, 90]]
    assert apply_voi_lut(values, ds, 1).dtype == np.uint16
    assert apply_voi_lut(values, ds, prefer_lut=False).tolist() == [[0.0, 255.0]]


@pytest.mark.parametrize(
    ("array", "shape", "expected"),
    [
        ([0, 100, 255], "INVERSE", [255, 155, 0]),
        ([0, 100, 255], "IDENTITY", [0, 100, 255]),
        ([0, 100, 255], "", [0, 100, 255]),
    ],
)
def test_presentation_lut_shape(make, array, shape, expected):
    values = np.array([array], np.uint8)
    assert apply_presentation_lut(values, make.image(PresentationLUTShape=shape)).tolist() == [
        expected
    ]


def test_inverse_has_room(make):
    values = np.array([[-32768, 32767]], np.int16)
    found = apply_presentation_lut(values, make.image(PresentationLUTShape="INVERSE"))
    assert found.tolist() == [[65535, 0]]


def test_presentation_lut(make):
    ds = make.image(PresentationLUTSequence=[lut(make, [4, 0, 10], [0, 300, 600, 1023])])
    found = apply_presentation_lut(np.array([-100, 0, 50]), ds)
    assert (found.tolist(), found.dtype) == ([0, 600, 1023], np.uint16)
    assert apply_presentation_lut(np.array([7, 7]), ds).tolist() == [0, 0]


# --- frames of their own ----------------------------------------------------------------


def groups(make, macro, *items):
    return [make.image(**{macro: [make.image(**one)]}) for one in items]


def test_c_7_6_16_each_frame_by_its_own_rescale(make):
    stack = np.stack([np.arange(4, dtype=np.uint8).reshape(2, 2)] * 2)
    own = [
        {"RescaleSlope": 1, "RescaleIntercept": 5},
        {"RescaleSlope": 10, "RescaleIntercept": 0},
    ]
    per_frame = groups(make, "PixelValueTransformationSequence", *own)
    ds = make.image(stack, PerFrameFunctionalGroupsSequence=per_frame)
    found = apply_modality_lut(stack, ds)
    np.testing.assert_array_equal(found, [stack[0] + 5.0, stack[1] * 10.0])
    with pytest.raises(UsageError, match="values of their own"):
        apply_modality_lut(stack[0], ds)


def test_frames_that_are_alike_are_one(make):
    own = {"RescaleSlope": 2, "RescaleIntercept": 0}
    per_frame = groups(make, "PixelValueTransformationSequence", own, own)
    values = np.arange(4, dtype=np.uint8)
    ds = make.image(PerFrameFunctionalGroupsSequence=per_frame)
    assert apply_modality_lut(values, ds).tolist() == [0, 2, 4, 6]


def test_the_shared_window(make):
    shared = groups(make, "FrameVOILUTSequence", {"WindowCenter": 1, "WindowWidth": 2})
    values = np.array([[0, 1]], np.uint8)
    ds = make.image(values, SharedFunctionalGroupsSequence=shared)
    assert apply_windowing(values, ds).tolist() == [[0.0, 255.0]]


def test_real_world_values_are_no_part_of_the_display(make):
    """C.7.6.16.2.11: they are for measuring; what is shown goes by the rescale."""
    values = np.array([[0, 255]], np.uint8)
    window = {"WindowCenter": 128, "WindowWidth": 256}
    mapping = [make.image(RealWorldValueSlope=7.0, RealWorldValueIntercept=3.0)]
    ds = make.image(values, RealWorldValueMappingSequence=mapping, **window)
    assert apply_modality_lut(values, ds) is values
    np.testing.assert_array_equal(render(ds), render(make.image(values, **window)))


# --- refused ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("step", "elements", "message"),
    [
        (apply_modality_lut, {"RescaleSlope": 2}, "are no line$"),
        (apply_modality_lut, {"ModalityLUTSequence": "lut"}, "incomplete"),
        (apply_voi, {"VOILUTSequence": "lut"}, "incomplete"),
        (apply_windowing, {"WindowCenter": 1, "WindowWidth": 0}, "are no window$"),
        (apply_windowing, {"WindowCenter": 1}, "are no window$"),
        (
            apply_windowing,
            {"WindowCenter": 1, "WindowWidth": 5, "VOILUTFunction": "X"},
            "VOILUTFunction is X$",
        ),
        (apply_windowing, {"WindowCenter": 1, "WindowWidth": 5, "BitsStored": None}, "Bits Stored"),
        (apply_presentation_lut, {"PresentationLUTShape": "ROUND"}, "Shape is ROUND"),
    ],
)
def test_a_step_that_is_asked_for_is_done_or_refused(make, step, elements, message):
    for name, found in elements.items():
        if found == "lut":
            elements = {name: [lut(make, [2, 0], [1, 2])]}
    values = np.zeros((2, 3), np.uint8)
    with pytest.raises(PixelError, match=message.replace("$", r" \(")):
        step(values, make.image(values, **elements))


def test_steps_called_wrong(make):
    values = np.zeros((2, 3), np.uint8)
    ds = make.image(values, WindowCenter=[1, 2], WindowWidth=[5, 6])
    for index in (2, -1):
        with pytest.raises(UsageError, match="2 window"):
            apply_windowing(values, ds, index)
    tables = make.image(values, VOILUTSequence=[lut(make, [2, 0, 8], [1, 2])])
    with pytest.raises(UsageError, match="1 VOI LUT"):
        apply_voi(values, tables, 1)
    color = make.image(np.zeros((2, 3, 3), np.uint8), WindowCenter=1, WindowWidth=5)
    with pytest.raises(UsageError, match="not for RGB"):
        apply_windowing(values, color)


# --- the table is the steps -------------------------------------------------------------


@given(
    bits=st.integers(2, 16),
    signed=st.booleans(),
    slope=st.sampled_from([1, 0.5, 3, -1, 0.0123]),
    intercept=st.sampled_from([0, -1024, 0.25]),
    center=st.integers(-2000, 2000),
    width=st.integers(1, 4000),
    function=st.sampled_from(["LINEAR", "LINEAR_EXACT", "SIGMOID"]),
    photometric=st.sampled_from(["MONOCHROME1", "MONOCHROME2"]),
    seed=st.integers(0, 1 << 20),
)
@settings(max_examples=150)
def test_render_is_the_steps_one_by_one(
    make, *, bits, signed, slope, intercept, center, width, function, photometric, seed
):
    """To the last bit, with 0..255 as the output range of the steps."""
    low, high = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    dtype = np.dtype(f"{'i' if signed else 'u'}{1 if bits <= 8 else 2}")
    stored = np.random.default_rng(seed).integers(low, high, (5, 7), np.int64, endpoint=True)
    stored = stored.astype(dtype)
    elements = {
        "BitsStored": bits,
        "RescaleSlope": slope,
        "RescaleIntercept": intercept,
        "WindowCenter": center,
        "WindowWidth": width,
        "VOILUTFunction": function,
    }
    ds = make.image(stored, PhotometricInterpretation=photometric, **elements)
    plain = make.image(WindowCenter=center, WindowWidth=width, VOILUTFunction=function)
    plain |= {"BitsStored": 8, "PixelRepresentation": 0}  # ymin 0, ymax 255
    gray = np.floor(apply_windowing(apply_modality_lut(stored, ds), plain) + 0.5)
    expected = 255 - gray if photometric == "MONOCHROME1" else gray
    np.testing.assert_array_equal(render(ds), expected)


def test_render_is_a_table_after_a_table(make):
    rng = np.random.default_rng(0)
    modality = lut(make, [200, 20, 12], rng.integers(0, 4096, 200).tolist())
    voi = lut(make, [3000, 500, 8], rng.integers(0, 256, 3000).tolist())
    values = np.arange(256, dtype=np.uint8).reshape(16, 16)
    ds = make.image(values, ModalityLUTSequence=[modality], VOILUTSequence=[voi])
    expected = apply_voi_lut(apply_modality_lut(values, ds), ds)
    np.testing.assert_array_equal(render(ds), expected, strict=True)

"""Diffusion weighting: the Standard's attributes, and those of vendors."""

import math
import struct
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter import dcmread
from isocenter.errors import UsageError
from isocenter.pixels.diffusion import Diffusion, diffusion
from support.files import SHARED

AXIAL = [1, 0, 0, 0, 1, 0]
TILTED = [1, 0, 0, 0, 0.6, 0.8]  # normal (0, -0.8, 0.6)


def csa(entries):
    """A CSA header (SV10) with as many items as values."""
    parts = [b"SV10\4\3\2\1", struct.pack("<Ii", len(entries), 77)]
    for name, texts in entries.items():
        count = len(texts)
        parts.append(struct.pack("<64si4siii", name.encode(), count, b"FD", 4, count, 77))
        parts += [struct.pack("<4i12s", 12, 12, 77, 12, text.encode()) for text in texts]
    return b"".join(parts)


class Image(dict):
    """Elements by keyword, private ones by tag."""


def ds(elements=None, **keywords):
    return Image(
        keywords | {tag: SimpleNamespace(value=value) for tag, value in (elements or {}).items()}
    )


def macro(b_value, *vector, **changes):
    inner = [ds(DiffusionGradientOrientation=list(vector))]
    return ds(DiffusionBValue=b_value, DiffusionGradientDirectionSequence=inner, **changes)


def test_the_attributes_of_the_standard():
    image = ds(DiffusionBValue=700.0, DiffusionGradientOrientation=[0.0, 0.6, -0.8])
    assert diffusion(image) == Diffusion(700.0, (0.0, 0.6, -0.8), "standard")


def test_a_direction_in_the_sequence_without_functional_groups():
    assert diffusion(macro(700.0, 0.0, 1.0, 0.0)) == Diffusion(700.0, (0, 1, 0), "standard")


def test_a_direction_has_length_1():
    found = diffusion(ds(DiffusionBValue=700, DiffusionGradientOrientation=[0.57, 0.57, 0.6]))
    assert math.hypot(*found.direction) == pytest.approx(1)


@pytest.mark.parametrize("vector", [[0, 0, 0], [0, 0, 1], [3, 4, 5]])
def test_b_0_has_no_direction(vector):
    image = ds(DiffusionBValue=0.0, DiffusionGradientOrientation=vector)
    assert diffusion(image) == Diffusion(0.0, None, "standard")


@pytest.mark.parametrize("said", ["ISOTROPIC", "NONE"])
def test_an_average_of_directions_has_none(said):
    image = ds(
        DiffusionBValue=1000.0,
        DiffusionDirectionality=said,
        DiffusionGradientOrientation=[0, 0, 1],
    )
    assert diffusion(image) == Diffusion(1000.0, None, "standard")


@pytest.mark.parametrize(
    ("b_value", "vector"),
    [
        (None, [0, 0, 1]),
        (-1.0, [0, 0, 1]),
        (math.nan, [0, 0, 1]),
        (math.inf, [0, 0, 1]),
        (1e6, [0, 0, 1]),
        ("many", [0, 0, 1]),
        (700.0, [0, 0.5, 0.5]),
        (700.0, [1, 1, 1]),
        (700.0, [0, 1]),
    ],
)
def test_nonsense_is_no_answer(b_value, vector):
    assert diffusion(ds(DiffusionBValue=b_value, DiffusionGradientOrientation=vector)) is None


def test_an_image_that_says_nothing():
    assert diffusion(ds(Manufacturer="SIEMENS", Modality="MR")) is None


def enhanced(**changes):
    frames = [ds(MRDiffusionSequence=[macro(*facts)]) for facts in ((0.0,), (800.0, 0, 0, 1))]
    return ds(NumberOfFrames=2, PerFrameFunctionalGroupsSequence=frames, **changes)


def test_each_frame_of_an_enhanced_image():
    image = enhanced()
    assert diffusion(image, 0) == Diffusion(0.0, None, "standard")
    assert diffusion(image, 1) == Diffusion(800.0, (0, 0, 1), "standard")


def test_the_whole_of_an_enhanced_image_has_what_is_shared():
    shared = [ds(MRDiffusionSequence=[macro(800.0, 0, 0, 1)])]
    assert diffusion(enhanced()) is None
    found = diffusion(enhanced(SharedFunctionalGroupsSequence=shared))
    assert found == Diffusion(800.0, (0, 0, 1), "standard")


@pytest.mark.parametrize("frame", [-1, 2])
def test_a_frame_that_is_not_there(frame):
    with pytest.raises(UsageError):
        diffusion(enhanced(), frame)


def siemens(entries):
    return ds({0x00290010: "SIEMENS CSA HEADER", 0x00291010: csa(entries)})


def test_siemens_csa_header():
    entries = {"B_value": ["1000"], "DiffusionGradientDirection": ["0.0", "-0.6", "0.8"]}
    expected = Diffusion(1000.0, (0.0, -0.6, 0.8), "Siemens CSA header")
    assert diffusion(siemens(entries)) == expected


def test_siemens_trace_image():
    entries = {"B_value": ["1000"], "DiffusionGradientDirection": []}
    assert diffusion(siemens(entries)) == Diffusion(1000.0, None, "Siemens CSA header")


def test_siemens_damaged_csa_header_leaves_the_private_elements():
    image = ds(
        {
            0x00290010: "SIEMENS CSA HEADER",
            0x00291010: csa({"B_value": ["1000"]})[:-9],
            0x00190010: "SIEMENS MR HEADER",
            0x0019100C: 1000,
            0x0019100E: [0.0, -0.6, 0.8],
        }
    )
    assert diffusion(image) == Diffusion(1000.0, (0.0, -0.6, 0.8), "Siemens private")


def test_siemens_elements_of_unknown_vr():
    image = ds(
        {
            0x00190010: "SIEMENS MR HEADER",
            0x0019100C: b"1000",
            0x0019100E: struct.pack("<3d", 0, -0.6, 0.8),
        }
    )
    assert diffusion(image) == Diffusion(1000.0, (0.0, -0.6, 0.8), "Siemens private")


def ge(b_value, *vector, **keywords):
    creators = {0x00190010: "GEMS_ACQU_01", 0x00430010: "GEMS_PARM_01", 0x00431039: b_value}
    parts = dict(zip((0x001910BB, 0x001910BC, 0x001910BD), vector, strict=True))
    return ds(creators | parts, **keywords)


@pytest.mark.parametrize(
    ("phase", "vector", "expected"),
    [
        ("COL", (1, 0, 0), (1, 0, 0)),
        ("COL", (0, 1, 0), (0, 0.6, 0.8)),
        ("COL", (0, 0, 1), (0, 0.8, -0.6)),
        ("ROW", (1, 0, 0), (0, -0.6, -0.8)),
        ("ROW", (0, 1, 0), (1, 0, 0)),
        ("ROW", (0, 0, 1), (0, 0.8, -0.6)),
    ],
)
def test_ge_directions_are_along_frequency_phase_and_slice(phase, vector, expected):
    image = ge(
        [1000, 8, 0, 0],
        *vector,
        InPlanePhaseEncodingDirection=phase,
        ImageOrientationPatient=TILTED,
    )
    found = diffusion(image)
    assert found.direction == pytest.approx(expected)
    assert (found.b_value, found.source) == (1000.0, "GE private")


@pytest.mark.parametrize("told", [1000, 1_000_001_000, "1000001000"])
def test_ge_adds_a_flag_to_b_values(told):
    assert diffusion(ge([told, 8, 0, 0], 0, 0, 0)) == Diffusion(1000.0, None, "GE private")


@pytest.mark.parametrize(
    "keywords",
    [{"ImageOrientationPatient": AXIAL}, {"InPlanePhaseEncodingDirection": "COL"}],
    ids=["phase encoding", "orientation"],
)
def test_ge_without_what_tells_the_axes_has_no_direction(keywords):
    image = ge([1000, 8, 0, 0], 1, 0, 0, **keywords)
    assert diffusion(image) == Diffusion(1000.0, None, "GE private")


def test_ge_shortened_vector_is_no_answer():
    image = ge(
        [3000, 8, 0, 0],
        0.5,
        0.5,
        0,
        InPlanePhaseEncodingDirection="COL",
        ImageOrientationPatient=AXIAL,
    )
    assert diffusion(image) is None


@pytest.mark.parametrize(
    ("b_value", "expected"),
    [
        (1000.0, Diffusion(1000.0, (1, 0, 0), "GE private")),
        (500.0, Diffusion(500.0, None, "standard")),
    ],
    ids=["they agree", "they contradict"],
)
def test_ge_direction_beside_the_b_value_of_the_standard(b_value, expected):
    image = ge(
        [1000, 8, 0, 0],
        1,
        0,
        0,
        DiffusionBValue=b_value,
        InPlanePhaseEncodingDirection="COL",
        ImageOrientationPatient=AXIAL,
    )
    assert diffusion(image) == expected


def philips():
    return {
        0x20010010: "Philips Imaging DD 001",
        0x20050010: "Philips MR Imaging DD 001",
        0x20011003: 800.0,
        0x200510B0: 0.0,
        0x200510B1: 1.0,
        0x200510B2: 0.0,
    }


def test_philips_private_elements():
    assert diffusion(ds(philips())) == Diffusion(800.0, (0, 1, 0), "Philips private")


def test_philips_elements_of_unknown_vr_without_creators():
    values = {
        tag: struct.pack("<f", value)
        for tag, value in philips().items()
        if not isinstance(value, str)
    }
    image = ds(values, Manufacturer="Philips Medical Systems")
    assert diffusion(image) == Diffusion(800.0, (0, 1, 0), "Philips private")
    assert diffusion(ds(values)) is None


@pytest.mark.parametrize("damage", [b"", b"123", b"\xff\xff\xff\xff"])
def test_philips_bytes_that_are_no_number(damage):
    assert diffusion(ds(philips() | {0x20011003: damage})) is None


def test_uih_tells_b_but_no_axes():
    image = ds({0x00650010: "Image Private Header", 0x00651009: 1000.0, 0x00651037: [0, 0, 1]})
    assert diffusion(image) == Diffusion(1000.0, None, "UIH private")


@given(
    st.one_of(st.none(), st.text(), st.binary(), st.floats(), st.lists(st.floats(), max_size=4)),
    st.one_of(st.none(), st.text(), st.binary(), st.floats(), st.lists(st.floats(), max_size=4)),
)
def test_whatever_stands_there_an_answer_makes_sense_or_is_none(one, other):
    tags = (0x00291010, 0x0019100C, 0x0019100E, 0x00431039, 0x001910BB, 0x20011003, 0x00651009)
    for maker in ("SIEMENS", "GE MEDICAL SYSTEMS", "Philips", "UIH"):
        elements = {tag: (one, other)[n % 2] for n, tag in enumerate(tags)}
        image = ds(
            elements,
            Manufacturer=maker,
            DiffusionBValue=one,
            DiffusionGradientOrientation=other,
            InPlanePhaseEncodingDirection="COL",
            ImageOrientationPatient=AXIAL,
        )
        found = diffusion(image)
        if found is not None:
            assert 0 <= found.b_value <= 100_000
            assert found.direction is None or math.hypot(*found.direction) == pytest.approx(1)


def real(name):
    path = SHARED / name
    if not path.exists():
        pytest.skip("no ../shared/data")
    return dcmread(path, stop_before_pixels=True)


def test_real_ge():
    folder = "icometrix+dicom2nifti/tests/data/ge/dti/"
    for form in ("001", "001_implicit"):  # without creators, the second with VR UN
        none = real(f"{folder}{form}/IM-0001-0001-0001.dcm")
        some = real(f"{folder}{form}/IM-0001-0076-0001.dcm")
        assert diffusion(none) == Diffusion(0.0, None, "GE private")
        assert diffusion(some) == Diffusion(1000.0, None, "GE private")


def test_real_philips():
    folder = "icometrix+dicom2nifti/tests/data/philips/dti/001/"
    found = diffusion(real(f"{folder}IM-0001-0034-0001.dcm"))
    assert (found.b_value, found.source) == (1000.0, "standard")
    assert found.direction == pytest.approx((-0.99964, 0.02677, -0.00077), abs=1e-5)


def test_real_philips_private_elements_agree_with_the_standard():
    image = real("Slicer+Slicer/Testing/Data/Input/philips_ingenia_4_1_3_dwi.dcm")
    private = {tag: image[tag].value for tag in philips()}
    found = diffusion(ds(private))
    assert found == Diffusion(1500.0, (-1.0, 0.0, 0.0), "Philips private")
    assert found.direction == diffusion(image).direction


def test_real_uih():
    folder = "neurolabusc+dcm_qa_uih/In/DTI_134434/dti_tra_dir16_PA_rot_SaveBySlc__140451/"
    found = diffusion(real(f"{folder}00000001.dcm"))
    assert found == Diffusion(1.2512641359237109, None, "UIH private")


def test_real_siemens_that_is_no_diffusion():
    image = real("nipy+nibabel/nibabel/nicom/tests/data/csa_slice_norm.dcm")
    assert diffusion(image) is None

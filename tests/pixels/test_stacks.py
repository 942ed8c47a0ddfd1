"""Series and stacks."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isocenter import dcmread
from isocenter.errors import DicomError
from isocenter.pixels.stacks import Series, group_series, stacks
from support.files import SHARED

AXIAL = [1, 0, 0, 0, 1, 0]
SAGITTAL = [0, 1, 0, 0, 0, -1]
OBLIQUE = [1, 0, 0, 0, 0.6, 0.8]  # normal (0, -0.8, 0.6)


class Image(dict):
    """Elements by keyword."""

    __hash__ = object.__hash__


def image(z=None, number=None, orientation=AXIAL, **keywords):
    facts = {"Rows": 4, "Columns": 5, "ImageOrientationPatient": orientation, **keywords}
    if z is not None:
        facts["ImagePositionPatient"] = [0, 0, z]
    if number is not None:
        facts |= {"InstanceNumber": number, "SOPInstanceUID": f"1.2.{number}"}
    return Image(facts)


def heights(stack):
    return [ds["ImagePositionPatient"][2] for ds in stack.datasets]


def codes(stack):
    return [finding.code for finding in stack.findings]


def test_a_stack_ascends_along_the_normal():
    (stack,) = stacks([image(z, n) for n, z in enumerate([5, -1, 2])])
    assert heights(stack) == [-1, 2, 5]
    assert stack.normal == (0, 0, 1)
    assert stack.places == (-1, 2, 5)
    assert stack.spacing == 3
    assert (stack.rows, stack.columns, stack.findings) == (4, 5, ())


def test_spacing_is_along_the_normal_not_along_z():
    facts = {"ImageOrientationPatient": OBLIQUE, "Rows": 4, "Columns": 5}
    places = [(7, -0.8 * d, 0.6 * d) for d in (0, 2, 4)]
    (stack,) = stacks([Image(facts, ImagePositionPatient=list(p)) for p in places])
    assert stack.spacing == pytest.approx(2)
    assert stack.normal == pytest.approx((0, -0.8, 0.6))


def test_one_slice_has_no_spacing():
    (stack,) = stacks([image(5)])
    assert (stack.places, stack.spacing, stack.findings) == ((5,), None, ())


def test_localizers_fall_apart_by_orientation():
    found = stacks([image(1), image(2, orientation=SAGITTAL), image(3), image(4)])
    assert [len(stack.datasets) for stack in found] == [1, 3]
    assert [stack.normal for stack in found] == [(-1, 0, 0), (0, 0, 1)]


def test_orientations_that_differ_by_rounding_are_one():
    (stack,) = stacks([image(1), image(2, orientation=[1, 0, 0.0004, 0, 1, -0.0003])])
    assert heights(stack) == [1, 2]


def test_other_sizes_are_other_stacks():
    assert len(stacks([image(1), image(2, Rows=8), image(3)])) == 2


def test_echoes_by_number_and_time():
    images = [
        image(z, EchoNumbers=n, EchoTime=time)
        for z, (n, time) in product([1, 2], [(1, 4.6), (2, 9.2), (2, 13.8)])
    ]
    found = stacks(images)
    assert [(s.echo_number, s.echo_time) for s in found] == [(1, 4.6), (2, 9.2), (2, 13.8)]
    assert all(heights(stack) == [1, 2] for stack in found)


def test_b_values_and_directions():
    directions = [(0.0, [0, 0, 0]), (700.0, [0, 0, 1]), (700.0, [0, 1, 0])]
    images = [
        image(z, DiffusionBValue=b, DiffusionGradientOrientation=vector)
        for z, (b, vector) in product([1, 2], directions)
    ]
    found = [(s.diffusion.b_value, s.diffusion.direction) for s in stacks(images)]
    assert found == [(0, None), (700, (0, 0, 1)), (700, (0, 1, 0))]


def test_temporal_positions():
    images = [image(z, TemporalPositionIdentifier=t) for t, z in product([2, 1, 3], [1, 2])]
    found = stacks(images)
    assert [stack.time for stack in found] == [0, 1, 2]
    assert {stack.time_source for stack in found} == {"TemporalPositionIdentifier"}
    assert [ds["TemporalPositionIdentifier"] for ds in found[0].datasets] == [1, 1]


def test_one_temporal_position_is_no_time():
    (stack,) = stacks([image(z, TemporalPositionIdentifier=1) for z in (1, 2)])
    assert (stack.time, stack.time_source) == (None, "")


@pytest.mark.parametrize(
    ("attribute", "times"),
    [
        ("TriggerTime", [0.0, 62.5, 125.0]),
        ("AcquisitionNumber", [1, 2, 10]),
        ("AcquisitionTime", ["095959.9", "100000", "100001.2"]),
        ("AcquisitionTime", ["09:59:59.9", "10:00", "1001"]),
    ],
)
def test_images_at_one_place_come_apart_by_time(attribute, times):
    images = [image(z, **{attribute: time}) for time, z in product(times, [1, 2, 3])]
    found = stacks(images)
    assert [stack.time for stack in found] == [0, 1, 2]
    assert {stack.time_source for stack in found} == {attribute}
    assert [{ds[attribute] for ds in stack.datasets} for stack in found] == [{t} for t in times]


def test_times_that_differ_from_slice_to_slice_split_no_volume():
    (stack,) = stacks([image(z, TriggerTime=10.0 * z, AcquisitionNumber=z) for z in (1, 2, 3)])
    assert (stack.spacing, stack.time, stack.findings) == (1, None, ())


def test_times_that_differ_from_slice_to_slice_go_by_rank_at_each_place():
    images = [image(z, TriggerTime=100.0 * t + z) for t, z in product(range(3), [1, 2, 3])]
    found = stacks(images)
    assert [heights(stack) for stack in found] == [[1, 2, 3]] * 3
    assert [[ds["TriggerTime"] // 100 for ds in s.datasets] for s in found] == [
        [0, 0, 0],
        [1, 1, 1],
        [2, 2, 2],
    ]


def test_a_slice_missing_at_one_time_does_not_move_the_others():
    images = [
        image(z, AcquisitionNumber=t) for t, z in product([1, 2, 3], [1, 2, 3]) if (t, z) != (1, 2)
    ]
    assert [heights(stack) for stack in stacks(images)] == [[1, 3], [1, 2, 3], [1, 2, 3]]


@pytest.mark.parametrize("time", ["", "noon", "1", "99x"])
def test_duplicates_nothing_tells_apart_stay_and_are_told(time):
    (stack,) = stacks([image(z, n, AcquisitionTime=time) for n, z in enumerate([1, 2, 1])])
    assert codes(stack) == ["duplicate-position"]
    assert (stack.places, stack.spacing, len(stack.datasets)) == ((1, 2), 1, 3)


def test_missing_slices_are_told():
    (stack,) = stacks([image(z) for z in (0, 2.5, 5, 12.5, 15)])
    assert codes(stack) == ["missing-slices"]
    assert stack.findings[0].message == "Slices missing: 2, the first after 5.00 mm"
    assert stack.spacing is None


@pytest.mark.parametrize("places", [(0, 1, 2.2), (0, 0.3, 2, 4, 6)])
def test_uneven_gaps_are_told(places):
    (stack,) = stacks([image(z) for z in places])
    assert codes(stack) == ["uneven-spacing"]


def test_gaps_that_differ_by_rounding_are_one_spacing():
    (stack,) = stacks([image(z) for z in (0, 1.004, 2, 3.0)])
    assert (stack.spacing, stack.findings) == (1.0, ())


def test_images_without_a_place_go_by_number():
    (stack,) = stacks([image(None, n) for n in (3, 1, 2)])
    assert [ds["InstanceNumber"] for ds in stack.datasets] == [1, 2, 3]
    assert (stack.places, codes(stack)) == ((), ["no-position"])


def test_no_images():
    assert (group_series([]), stacks([])) == ([], [])


def test_series_by_uid():
    images = [image(z, SeriesInstanceUID=uid) for z, uid in [(2, "1.10"), (1, "1.9"), (1, "1.10")]]
    found = group_series(images)
    assert [series.uid for series in found] == ["1.9", "1.10"]
    assert [ds["ImagePositionPatient"][2] for ds in found[1].datasets] == [1, 2]
    assert stacks(found[1])[0].datasets == found[1].datasets


def test_images_that_name_no_series_are_one():
    (series,) = group_series([image(2), image(1)])
    assert series == Series("", series.datasets)
    assert len(series.datasets) == 2


facts = st.builds(
    image,
    st.none() | st.sampled_from([0, 1, 2, 3, 4.5]),
    st.none() | st.integers(0, 20),
    st.sampled_from([AXIAL, SAGITTAL, OBLIQUE, None, [1, 0, 0.0006, 0, 1, 0]]),
    EchoTime=st.none() | st.sampled_from([4.6, 9.2]),
    DiffusionBValue=st.none() | st.sampled_from([0.0, 700.0]),
    TemporalPositionIdentifier=st.none() | st.integers(1, 2),
    TriggerTime=st.none() | st.integers(0, 3),
    SeriesInstanceUID=st.sampled_from(["1.2", "1.10", ""]),
)


@given(st.lists(facts, max_size=12), st.randoms(use_true_random=False))
def test_the_order_of_the_data_sets_does_not_matter(images, chance):
    for n, ds in enumerate(images):
        ds["SOPInstanceUID"] = f"1.2.3.{n}"
    shuffled = chance.sample(images, len(images))
    assert group_series(shuffled) == group_series(images)
    assert stacks(shuffled) == stacks(images)


@given(st.lists(facts, max_size=12))
def test_every_data_set_is_in_one_stack(images):
    held = [ds for stack in stacks(images) for ds in stack.datasets]
    assert sorted(map(id, held)) == sorted(map(id, images))


def folder(name):
    path = SHARED / name
    if not path.exists():
        pytest.skip("no ../shared/data")
    found = []
    for file in sorted(path.iterdir()):
        try:
            found.append(dcmread(file, stop_before_pixels=True))
        except DicomError:
            continue
    return found[::-1]


def test_real_philips_diffusion():
    (series,) = group_series(folder("icometrix+dicom2nifti/tests/data/philips/dti/001"))
    found = stacks(series)
    assert [stack.diffusion.b_value for stack in found] == [0, 1000, 1000, 1000]
    assert [len(stack.datasets) for stack in found] == [2] * 4
    assert all(stack.spacing == pytest.approx(2, abs=1e-5) for stack in found)
    assert all(stack.findings == () for stack in found)


def test_real_ge_diffusion():
    (series,) = group_series(folder("icometrix+dicom2nifti/tests/data/ge/dti/001"))
    found = stacks(series)
    assert [stack.diffusion.b_value for stack in found] == [0, 1000]
    assert [[ds.InstanceNumber for ds in stack.datasets] for stack in found] == [
        [1, 2, 3, 4],
        [76, 77, 78, 79],
    ]


def test_real_functional_images():
    (series,) = group_series(folder("datalad+example-dicom-functional/dicoms"))
    found = stacks(series)
    times = [stack.time for stack in found]
    assert times == sorted(times)
    assert {stack.time_source for stack in found} == {"TemporalPositionIdentifier"}
    assert sum(len(stack.datasets) for stack in found) == len(series.datasets)
    assert all(codes(stack) == [] for stack in found)


def test_real_slices_that_are_not_all_there():
    (series,) = group_series(folder("neurolabusc+dcm_qa_nih/In/20180918GE/mr_0004"))
    (stack,) = stacks(series)
    assert (codes(stack), stack.spacing) == (["uneven-spacing"], None)

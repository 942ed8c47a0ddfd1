"""highdicom on the facade: a segmentation and a structured report of a CT, made and read back."""

import pydicom
import pytest

from compat.clients import run
from support.files import wheel_file

HEAD = """
import sys
import numpy as np
import pydicom
import highdicom as hd
from pydicom.sr.codedict import codes

ct = pydicom.dcmread(sys.argv[1])
ct.PatientID = ct.StudyID = "1"
common = dict(series_instance_uid="1.2.3", series_number=2, sop_instance_uid="1.2.4", instance_number=1, manufacturer="m")
"""
SEGMENTATION = (
    HEAD
    + """
mask = np.zeros((1, *ct.pixel_array.shape), bool)
mask[0, 10:50, 20:60] = True
algorithm = hd.AlgorithmIdentificationSequence(
    name="a", version="1", family=codes.cid7162.ArtificialIntelligence)
description = hd.seg.SegmentDescription(
    segment_number=1, segment_label="x", segmented_property_category=codes.cid7150.Tissue,
    segmented_property_type=codes.cid7166.ConnectiveTissue, algorithm_identification=algorithm,
    algorithm_type=hd.seg.SegmentAlgorithmTypeValues.AUTOMATIC, tracking_uid="1.2.5", tracking_id="t")
made = hd.seg.Segmentation(
    source_images=[ct], pixel_array=mask, segmentation_type=hd.seg.SegmentationTypeValues.BINARY,
    segment_descriptions=[description], manufacturer_model_name="n", software_versions="1",
    device_serial_number="1", **common)
made.save_as(sys.argv[2])
again = hd.seg.segread(sys.argv[2])
print(again.number_of_segments, int(again.pixel_array.sum()), (again.pixel_array == mask[0]).all())
"""
)
REPORT = (
    HEAD
    + """
from highdicom import sr
person = sr.ObserverContext(
    observer_type=codes.DCM.Person,
    observer_identifying_attributes=sr.PersonObserverIdentifyingAttributes(name="A^B"))
region = sr.ImageRegion(
    graphic_type=sr.GraphicTypeValues.CIRCLE, graphic_data=np.array([[20.0, 20.0], [30.0, 30.0]]),
    source_image=sr.SourceImageForRegion(ct.SOPClassUID, ct.SOPInstanceUID))
group = sr.PlanarROIMeasurementsAndQualitativeEvaluations(
    tracking_identifier=sr.TrackingIdentifier(uid="1.2.5", identifier="p"), referenced_region=region,
    finding_type=codes.SCT.Mass,
    measurements=[sr.Measurement(name=codes.SCT.Length, value=1.5, unit=codes.UCUM.Millimeter)])
report = sr.MeasurementReport(
    observation_context=sr.ObservationContext(observer_person_context=person),
    procedure_reported=codes.LN.CTUnspecifiedBodyRegion, imaging_measurements=[group])
sr.Comprehensive3DSR(evidence=[ct], content=report, **common).save_as(sys.argv[2])
(again,) = sr.srread(sys.argv[2]).content.get_planar_roi_measurement_groups()
print(again.finding_type.meaning, again.get_measurements()[0].value)
"""
)


@pytest.mark.parametrize(
    ("program", "expected"),
    [(SEGMENTATION, "1 1600 True\n"), (REPORT, "Mass 1.5\n")],
    ids=["SEG", "SR"],
)
def test_made_and_read_back(program, expected, tmp_path):
    (tmp_path / "program.py").write_text(program, encoding="utf-8")
    ct, made = wheel_file("CT_small.dcm"), {}
    for facade in (True, False):
        path = tmp_path / f"{facade}.dcm"
        assert run([tmp_path / "program.py", ct, path], tmp_path, facade=facade) == expected
        made[facade] = pydicom.dcmread(path)
    ours, theirs = (
        [
            (one.tag, one.value)
            for one in ds.iterall()
            if one.VR not in {"SQ", "TM", "DT"} and one.keyword != "DimensionOrganizationUID"
        ]
        for ds in made.values()
    )
    assert ours == theirs  # but for times, a random UID, and the VR of bits

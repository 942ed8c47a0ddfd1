"""DICOM File-sets: instances, their directory records, and the DICOMDIR (PS3.3 F, PS3.10 8)."""

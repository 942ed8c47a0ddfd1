"""Names removed: the Basic Application Level Confidentiality Profile (PS3.15 E), and templates."""

from isocenter.deidentify.cleaning import deidentify
from isocenter.deidentify.keys import Key
from isocenter.deidentify.policy import Dates, Policy, Profile
from isocenter.deidentify.suspicion import suspects
from isocenter.deidentify.templates import Templates

__all__ = ["Dates", "Key", "Policy", "Profile", "Templates", "deidentify", "suspects"]

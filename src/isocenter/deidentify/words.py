"""Descriptions, word by word: what is of the trade stays, everything else goes (PS3.15 E.3.5).

The list is short on purpose. A name is not on it unless it is one of these words too, and
those that the data set itself has as names go even so (:mod:`isocenter.deidentify.sweep`).
"""

from __future__ import annotations

import re

_WORDS = """
abd abdomen abdominal adc angio angiography ankle anterior aorta ap apical arm arterial artery asl
average ax axial base basal bilateral biopsy blade bold bolus bone bones bowel brain breast bronchi
cardiac carotid cc center cervical chest child cine clavicle collimated colon color columna combo
contrast contour cor coronal coronary cranial craniocaudal cranium ct cta cta curve dce decubitus
delayed dental derived diastolic diffusion digital dixon doppler dose dr dual dwi dynamic dti early
echo ecg ekg elbow enhanced epi equilibrium erect expiration extremity face facet fast fat femur
fetal fiesta field finger first flair flash flow fluoro foot forearm frfse frontal fs fse function
gadolinium gated gr gradient gre hand haste head heart hip hires high humerus iac inferior
inspiration ir iso isotropic joint kidney knee kub lao lat lateral left leg liver localizer loc long
low lower lumbar lung lungs mammo mammography map mask maxilla mean mediastinum medial medium mip
mlo motion mp2rage mprage mpr mr mra mri mrv multi mynec myocardium neck nephro neuro neutral noncon
nose oblique obl orbit orbits pa pancreas parallel parenchyma patella pd pelvis perfusion pet phase
pituitary plain portal post posterior pre precontrast postcontrast prone propeller prostate proton
pulmonary ra radial radius rao recon reconstruction reference renal resolution rest rib ribs right
routine sacrum sag sagittal scan scanogram scapula scout se sella sequence series shoulder sinus
sinuses skull slab slice small soft space spect spgr spin spine spiral spleen spoiled standard std
standing static stem sternum stir stomach stress subtraction sub supine superior swi systolic t1 t1w
t2 t2w t2star t2* tfe temporal thick thigh thin third thoracic thorax thyroid tibia time tissue toe
tof topogram trace tra trans transversal transverse tse ultrasound unenhanced upper ureter uterus
valve vein venous ventricle vibe view volume wide window with without wo wrist xr 2d 3d 4d + -
"""
KNOWN = frozenset(_WORDS.split())
_SEPARATORS = re.compile(r"[\s,;:/_()\[\]^]+")
_MEASURE = re.compile(r"\d{1,3}(?:\.\d{1,2})?(?:mm|cm|ms|s|kv|kvp|mas|t)?")


def known_words(text: str) -> str:
    """The words that are known, in their order, with one blank between; empty when none is.

    Numbers of up to three digits, with a unit or without, are known.
    """
    return " ".join(word for word in _SEPARATORS.split(text) if _is_known(word.casefold()))


def _is_known(word: str) -> bool:
    return word in KNOWN or bool(_MEASURE.fullmatch(word))

"""How names are removed, as it is asked for on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from isocenter.deidentify.keys import VARIABLE, Key
from isocenter.deidentify.policy import Dates, Policy, Profile
from isocenter.deidentify.templates import NO_TEMPLATES, Templates

DatesOption: TypeAlias = Annotated[
    Dates,
    typer.Option("--dates", help="remove; shift, by days that differ by patient; or keep."),
]
UidsOption: TypeAlias = Annotated[bool, typer.Option("--retain-uids", help="UIDs stay.")]
DeviceOption: TypeAlias = Annotated[
    bool, typer.Option("--retain-device", help="The machine's identity stays.")
]
InstitutionOption: TypeAlias = Annotated[
    bool, typer.Option("--retain-institution", help="The institution's identity stays.")
]
PatientOption: TypeAlias = Annotated[
    bool, typer.Option("--retain-patient", help="Age, sex, size and weight stay.")
]
DescriptorsOption: TypeAlias = Annotated[
    bool, typer.Option("--clean-descriptors", help="Known words of descriptions stay.")
]
KeyOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--key-file", metavar="FILE", help="Secret of at least 16 bytes; else one for this run."
    ),
]
TemplatesOption: TypeAlias = Annotated[
    str, typer.Option("--templates", "-T", metavar="JSON", help='{"Keyword": "template"}')
]
BurnedInOption: TypeAlias = Annotated[
    bool,
    typer.Option("--allow-burned-in", help="Write series whose pixels may show text, too."),
]
FOR_THIS_RUN = f"The key was for this run only; --key-file or {VARIABLE} makes runs agree"


@dataclass(frozen=True, slots=True)
class PolicyOptions:
    """What was asked for, as the options say it; by default nothing."""

    dates: Dates = Dates.REMOVE
    retain_uids: bool = False
    retain_device: bool = False
    retain_institution: bool = False
    retain_patient: bool = False
    clean_descriptors: bool = False
    key_file: Path | None = None
    templates: str = ""
    allow_burned_in: bool = False

    def key(self) -> Key | None:
        """The key of the file, or else of the environment.

        Raises:
            UsageError: it is too short.
            OSError: the file cannot be read.
        """
        return Key.from_file(self.key_file) if self.key_file else Key.from_environment()

    def policy(self, profile: Profile, key: Key | None) -> Policy:
        """The policy; without a key one for this run.

        Raises:
            UsageError: the templates are none, or nothing would be removed.
        """
        return Policy(
            key=key or Key.random(),
            profile=profile,
            dates=self.dates,
            retain_uids=self.retain_uids,
            retain_device=self.retain_device,
            retain_institution=self.retain_institution,
            retain_patient=self.retain_patient,
            clean_descriptors=self.clean_descriptors,
            templates=Templates.from_json(self.templates) if self.templates else NO_TEMPLATES,
        )

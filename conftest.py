"""README and docs: their Python examples run as tests. Properties have no time limit."""

from hypothesis import HealthCheck, settings
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser, SkipParser

# a busy machine is no failure
settings.register_profile("untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("untimed")


def as_a_script(names: dict[str, object]) -> None:
    """What stands behind ``if __name__ == "__main__":`` runs, too."""
    names["__name__"] = "__main__"


pytest_collect_file = Sybil(
    parsers=[PythonCodeBlockParser(), SkipParser()], patterns=["*.md"], setup=as_a_script
).pytest()

"""A build that kills itself: at the n-th thing it does to the disk, or it counts them.

Run as a script: SOURCE OUTPUT N; with 0 it prints how many there were.
"""

import os
import signal
import sys
from pathlib import Path

from isocenter.files import target
from isocenter.library import catalog
from isocenter.library.build import build
from isocenter.library.options import BuildOptions
from library.trees import Inline

LIMIT = int(sys.argv[3])
done = 0


def deadly(function):
    def wrapped(*arguments, **named):
        moment()
        result = function(*arguments, **named)
        moment()
        return result

    return wrapped


def moment():
    global done  # noqa: PLW0603 - a script
    done += 1
    if done == LIMIT:
        os.kill(os.getpid(), signal.SIGKILL)


for owner, names in {
    target.Folder: ("write", "place", "remove", "make", "keep_only"),
    catalog.Catalog: ("begin", "save", "forget", "page", "forget_page", "finish"),
    os: ("replace",),
}.items():
    for name in names:
        setattr(owner, name, deadly(getattr(owner, name)))

build(BuildOptions(Path(sys.argv[1]), Path(sys.argv[2])), executor=Inline())
print(done)  # noqa: T201 - what it was run for

"""A scan that kills itself: at the n-th thing it does to the disk, or it counts them.

Run as a script: SOURCE PROFILE N; with 0 it prints how many there were.
"""

import os
import shutil
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from isocenter.attributes import tables
from isocenter.attributes.model import ScanOptions
from isocenter.attributes.scan import scan
from isocenter.files.target import Folder

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


for owner, name in (
    (Folder, "write"),
    (tables, "_write"),
    (Path, "mkdir"),
    (Path, "replace"),
    (os, "replace"),
    (shutil, "rmtree"),
):
    setattr(owner, name, deadly(getattr(owner, name)))

options = ScanOptions((Path(sys.argv[1]),), Path(sys.argv[2]), files_in_shard=4)
with ThreadPoolExecutor(1) as executor:
    scan(options, executor=executor)
print(done)  # noqa: T201 - what it was run for

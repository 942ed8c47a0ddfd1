"""A scan that kills itself: at the n-th thing it does to the disk, or it counts them.

Run as a script: SOURCE PROFILE N; with 0 it prints how many there were.
"""

import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from isocenter.attributes import tables
from isocenter.attributes.model import ScanOptions
from isocenter.attributes.scan import scan
from isocenter.files.target import Folder
from support.deadly import Moments

moments = Moments(int(sys.argv[3]))
moments.watch(Folder, ("write",))
moments.watch(tables, ("_write",))
moments.watch(Path, ("mkdir", "replace"))
moments.watch(os, ("replace",))
moments.watch(shutil, ("rmtree",))

options = ScanOptions((Path(sys.argv[1]),), Path(sys.argv[2]), files_in_shard=4)
with ThreadPoolExecutor(1) as executor:
    scan(options, executor=executor)
print(moments.count)  # noqa: T201 - what it was run for

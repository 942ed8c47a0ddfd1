"""A build that kills itself: at the n-th thing it does to the disk, or it counts them.

Run as a script: SOURCE OUTPUT N; with 0 it prints how many there were.
"""

import os
import sys
from pathlib import Path

from isocenter.files import target
from isocenter.library import catalog
from isocenter.library.build import build
from isocenter.library.options import BuildOptions
from library.trees import Inline
from support.deadly import Moments

moments = Moments(int(sys.argv[3]))
moments.watch(target.Folder, ("write", "place", "remove", "make", "keep_only"))
moments.watch(catalog.Catalog, ("begin", "save", "forget", "page", "forget_page", "finish"))
moments.watch(os, ("replace",))

build(BuildOptions(Path(sys.argv[1]), Path(sys.argv[2])), executor=Inline())
print(moments.count)  # noqa: T201 - what it was run for

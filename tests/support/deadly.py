"""Scripts that kill themselves: at the n-th thing they do to the disk, or they count them."""

import os
import signal
from collections.abc import Iterable


class Moments:
    """Counts what is done, and dies at the one of number ``limit``; 0 is never."""

    def __init__(self, limit: int) -> None:
        self.limit, self.count = limit, 0

    def pass_one(self) -> None:
        self.count += 1
        if self.count == self.limit:
            os.kill(os.getpid(), signal.SIGKILL)

    def watch(self, owner: object, names: Iterable[str]) -> None:
        """Count a moment before and one after every call of the named functions."""
        for name in names:
            setattr(owner, name, self._watched(getattr(owner, name)))

    def _watched(self, function):
        def watched(*arguments, **named):
            self.pass_one()
            result = function(*arguments, **named)
            self.pass_one()
            return result

        return watched

"""What the server writes down: no address of a visitor, and never more than a little of the same."""

from __future__ import annotations

import logging
import time

from streamlit.runtime.media_file_storage import MediaFileStorageError

AT_ONCE = 20
ONE_EVERY = 30.0  # seconds, of the same kind, after that
MOST_KINDS = 500
GONE = "A page asked for a file that is not offered any more."
# uvicorn and websockets tell of each connection, uvicorn with the visitor's address.
_WITH_ADDRESS = '%s - "WebSocket'
_EACH_CONNECTION = ("connection open", "connection closed", "connection rejected (%d %s)")


class Bounded(logging.Filter):
    """Lets a record through unless it tells of a single visitor, or many of its kind have been told."""

    def __init__(self) -> None:
        super().__init__()
        self._kinds: dict[tuple[str, str], tuple[float, float]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        if _asks_for_a_file_that_has_gone(record):
            # An old page, or a press in the moment of a change: nobody's error.
            record.msg, record.args, record.exc_info, record.exc_text = GONE, (), None, None
        template = str(record.msg)
        if template.startswith(_WITH_ADDRESS) or template in _EACH_CONNECTION:
            return False
        kind = (record.name, template[:200])
        now = time.monotonic()
        left, at = self._kinds.get(kind, (float(AT_ONCE), now))
        left = min(AT_ONCE, left + (now - at) / ONE_EVERY)
        if len(self._kinds) >= MOST_KINDS and kind not in self._kinds:
            self._kinds.clear()
        self._kinds[kind] = (left - 1 if left >= 1 else left, now)
        return left >= 1


def _asks_for_a_file_that_has_gone(record: logging.LogRecord) -> bool:
    error = record.exc_info[1] if isinstance(record.exc_info, tuple) else None
    # What went wrong while a file was made is its cause.
    return isinstance(error, MediaFileStorageError) and error.__cause__ is None


def bound_logs() -> None:
    """Give every logger's own output these bounds, and switch the list of requests off, whoever switched it on."""
    bounded = Bounded()
    named = [logging.getLogger(name) for name in list(logging.root.manager.loggerDict)]
    for logger in (logging.getLogger(), *named):
        for handler in logger.handlers:
            handler.addFilter(bounded)
    # Streamlit gives it an output again after uvicorn's --no-access-log has taken it.
    logging.getLogger("uvicorn.access").disabled = True
    if logging.lastResort is not None:
        logging.lastResort.addFilter(bounded)

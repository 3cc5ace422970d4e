"""What the server writes down."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest
from streamlit.runtime.backend_operation_handler import DeferredFileHandler
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage

import loops
from optviz.ui.logs import GONE, Bounded


class Written(logging.Handler):
    """Keeps what would have been written."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.addFilter(Bounded())

    def emit(self, record: logging.LogRecord) -> None:
        self.lines += self.format(record).split("\n")


@pytest.fixture
def written() -> Iterator[list[str]]:
    logger, handler = logging.getLogger(DeferredFileHandler.__module__), Written()
    logger.addHandler(handler)
    yield handler.lines
    logger.removeHandler(handler)


def asked(files: MediaFileManager, file_id: str) -> str:
    """What a page is answered that presses a download."""
    request = BackendOperationRequest(request_id="1")
    request.deferred_file.file_id = file_id
    answer = loops.run(DeferredFileHandler(lambda: files).handle(request, "a visit"))
    return answer.error_msg


def test_a_download_that_has_been_replaced_leaves_one_line(written: list[str]) -> None:
    assert asked(MediaFileManager(MemoryMediaFileStorage("/media")), "gone") != ""
    assert written == [GONE]


def test_a_download_that_fails_leaves_its_traceback(written: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    files = MediaFileManager(MemoryMediaFileStorage("/media"))

    def broken() -> bytes:
        raise ZeroDivisionError

    monkeypatch.setattr(files, "_deferred_callables", {"here": {"callable": broken, "mimetype": None}})
    assert asked(files, "here") != ""
    assert any("ZeroDivisionError" in line for line in written)

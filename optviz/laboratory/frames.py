"""How a worker process and whoever asks it talk: frames, a length (4 bytes, little-endian) and as many bytes.

A request is a number (4 bytes) and a message of `optviz.laboratory.asking`; a number alone says that nobody waits for
that request any more. An answer is the number, a letter (d: done, c: cancelled, f: failed) and what there is to say.
"""

from __future__ import annotations

from typing import BinaryIO

LARGEST_FRAME = 1 << 28
READY = 0
"""The number of the first answer, which nobody has asked for: the process is there."""


def read_frame(file: BinaryIO) -> bytes | None:
    """The next frame; None where the other side has gone."""
    head = file.read(4)
    length = int.from_bytes(head, "little")
    if len(head) < 4 or length > LARGEST_FRAME:
        return None
    body = file.read(length)
    return body if len(body) == length else None


def write_frame(file: BinaryIO, *parts: bytes) -> None:
    """Write a frame. Raises OSError where the other side has gone."""
    file.write(b"".join([sum(map(len, parts)).to_bytes(4, "little"), *parts]))
    file.flush()

"""WAV files: any integer or float format that apps write is read, and anything else refused."""

import io
import struct
import wave

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.media.tones import Samples
from bench.media.wav import Sound, decode, header

WAVE: Samples = np.array([0.0, 0.5, -0.5, 0.25, -1.0], np.float32)


def _file(kind: int, bits: int, body: bytes, *, channels: int = 1, extra: bytes = b"", before: bytes = b"") -> bytes:
    layout = struct.pack("<HHIIHH", kind, channels, 16_000, 0, channels * bits // 8, bits) + extra
    chunks = b"fmt " + struct.pack("<I", len(layout)) + layout + before + b"data" + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", len(chunks) + 4) + b"WAVE" + chunks


def _decoded(data: bytes) -> Sound:
    sound = decode(data)
    assert sound is not None
    return sound


def _integers(bits: int) -> bytes:
    values: NDArray[np.int64] = np.round(WAVE.astype(np.float64) * 2 ** (bits - 1)).astype(np.int64)
    return b"".join(int(value).to_bytes(bits // 8, "little", signed=True) for value in values)


FILES = {
    "16 bit": _file(1, 16, _integers(16)),
    "24 bit": _file(1, 24, _integers(24)),
    "32 bit": _file(1, 32, _integers(32)),
    "8 bit": _file(1, 8, bytes([128, 192, 64, 160, 0])),
    "float": _file(3, 32, WAVE.tobytes()),
    "double": _file(3, 64, WAVE.astype(np.float64).tobytes()),
    "extensible": _file(0xFFFE, 16, _integers(16), extra=struct.pack("<HHIH14x", 22, 16, 4, 1)),
    "stereo": _file(3, 32, np.stack([WAVE * 2, WAVE * 0], axis=1).tobytes(), channels=2),
    "other chunks": _file(1, 16, _integers(16), before=b"LIST\x03\0\0\0abc\0"),
}


@pytest.mark.parametrize("name", FILES)
def test_every_usual_format_is_read(name: str) -> None:
    """Whatever its width, format and channels, a file gives the same samples from −1 to 1."""
    sound = _decoded(FILES[name])
    assert sound.rate_hz == 16_000
    assert sound.samples == pytest.approx(WAVE, abs=1e-6)
    assert sound.samples.dtype == np.float32


def test_a_file_as_python_writes_it_is_read() -> None:
    """What the standard library writes is read the same."""
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setparams((1, 2, 44_100, 0, "NONE", ""))
        writer.writeframes(_integers(16)[:8])
    assert _decoded(file.getvalue()).samples == pytest.approx(WAVE[:4])


def test_the_header_is_a_recorders() -> None:
    """44 bytes that the standard library understands as 48 kHz, 16 bit, mono, and as long as the sound."""
    with wave.open(io.BytesIO(header(7) + bytes(14))) as reader:
        assert reader.getparams()[:4] == (1, 2, 48_000, 7)
    assert len(header(7)) == 44


def test_a_file_that_ends_early_gives_what_is_there() -> None:
    """A file cut short, or streamed with its sizes never filled in, gives its whole samples."""
    cut = FILES["16 bit"][:-3]
    assert _decoded(cut).samples == pytest.approx(WAVE[:3])
    unfilled = FILES["16 bit"].replace(b"data\x0a\0\0\0", b"data\xff\xff\xff\xff")
    assert _decoded(unfilled).samples == pytest.approx(WAVE)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"ID3\x04",
        b"OggS" * 20,
        b"RIFF\0\0\0\0WEBP" + bytes(40),
        b"RIFF\0\0\0\0WAVE",
        _file(0x55, 8, b"mp3 inside"),
        _file(1, 12, b"123"),
        _file(1, 0, b""),
        _file(1, 16, b"", channels=0),
    ],
    ids=["empty", "mp3", "ogg", "webp", "no chunks", "mp3 in wav", "12 bit", "0 bit", "no channel"],
)
def test_other_encodings_are_refused(data: bytes) -> None:
    """What is no WAV file of plain samples gives None."""
    assert decode(data) is None

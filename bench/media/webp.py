"""Cropped WebP decoding: libwebp's advanced decoder, which stops after the rows that are wanted.

WebP decodes row by row, so the top rows of a picture cost a fraction of the whole. The PyPI package `webp` carries
libwebp inside its extension module and exports its symbols, but its Python wrapper does not declare the options
needed; the structures below are those of libwebp's `webp/decode.h`, whose ABI is versioned. Calls release the GIL.
"""

import ctypes
from ctypes import POINTER, byref, c_int, c_size_t, c_uint32, c_void_p
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]

_ABI_VERSION = 0x0209  # WEBP_DECODER_ABI_VERSION; libwebp refuses another major byte
_MODE_YUV = 11
_OK = 0


class _YuvaBuffer(ctypes.Structure):
    _fields_ = (
        *((plane, c_void_p) for plane in "yuva"),
        *((f"{plane}_stride", c_int) for plane in "yuva"),
        *((f"{plane}_size", c_size_t) for plane in "yuva"),
    )


class _DecBuffer(ctypes.Structure):
    _fields_ = (
        *((name, c_int) for name in ("colorspace", "width", "height", "is_external_memory")),
        ("yuva", _YuvaBuffer),  # the larger member of a union with the RGBA buffer
        ("pad", c_uint32 * 4),
        ("private_memory", c_void_p),
    )


_OPTIONS = (
    "bypass_filtering no_fancy_upsampling use_cropping crop_left crop_top crop_width crop_height use_scaling "
    "scaled_width scaled_height use_threads dithering_strength flip alpha_dithering_strength"
)


class _DecoderConfig(ctypes.Structure):
    _fields_ = (
        ("input", c_uint32 * 10),  # WebPBitstreamFeatures, filled in by libwebp
        ("output", _DecBuffer),
        *((name, c_int) for name in _OPTIONS.split()),
        ("pad", c_uint32 * 5),
    )


class CroppedDecoder:
    """Decodes the top rows of WebP pictures through the shared library at `path`.

    Raises OSError or AttributeError when the library cannot be loaded or exports none of libwebp.
    """

    def __init__(self, path: Path) -> None:
        library = ctypes.CDLL(str(path))
        self._info = library.WebPGetInfo
        self._info.argtypes = (ctypes.c_char_p, c_size_t, POINTER(c_int), POINTER(c_int))
        self._init = library.WebPInitDecoderConfigInternal
        self._init.argtypes = (POINTER(_DecoderConfig), c_int)
        self._decode = library.WebPDecode
        self._decode.argtypes = (ctypes.c_char_p, c_size_t, POINTER(_DecoderConfig))

    def top(self, image: bytes, fraction: float) -> Luma | None:
        """Decode the luma of the top `fraction` of the picture, (rows, width), in WebP's range of 16 to 235.

        None for what libwebp cannot decode this way: another format, an animation, a damaged file.
        """
        width, height = c_int(), c_int()
        config = _DecoderConfig()
        if not self._info(image, len(image), byref(width), byref(height)) or not self._init(config, _ABI_VERSION):
            return None
        rows = max(round(height.value * fraction), 1)
        luma = _crop(config, rows, width.value)
        return luma if self._decode(image, len(image), config) == _OK else None


def _crop(config: _DecoderConfig, rows: int, width: int) -> Luma:
    """Have `config` decode the top `rows` into the array returned, without the deblocking that a mark can spare."""
    config.use_cropping = config.bypass_filtering = config.no_fancy_upsampling = 1
    config.crop_width, config.crop_height = width, rows
    half_rows, half_width = (rows + 1) // 2, (width + 1) // 2
    sizes = rows * width, half_rows * half_width, half_rows * half_width
    memory = np.empty(sum(sizes), np.uint8)  # one block for all planes: the luma returned keeps it alive
    config.output.colorspace, config.output.is_external_memory = _MODE_YUV, 1
    planes, address = config.output.yuva, memory.ctypes.data
    planes.y, planes.u, planes.v = address, address + sizes[0], address + sizes[0] + sizes[1]
    planes.y_stride, planes.u_stride, planes.v_stride = width, half_width, half_width
    planes.y_size, planes.u_size, planes.v_size = sizes
    return memory[: sizes[0]].reshape(rows, width)


@cache
def cropped_decoder() -> CroppedDecoder | None:
    """Find the decoder inside the `webp` package; None where it is missing or does not decode as OpenCV does."""
    spec = find_spec("webp")
    for folder in spec.submodule_search_locations or () if spec else ():
        for path in Path(folder).glob("_webp*"):
            try:
                decoder = CroppedDecoder(path)
            except (OSError, AttributeError):
                continue
            if _agrees(decoder):
                return decoder
    return None


def _agrees(decoder: CroppedDecoder) -> bool:
    """Whether the top half of a small known picture comes out as OpenCV decodes it."""
    ramp = np.add.outer(np.arange(64), np.arange(96)).astype(np.uint8)
    image = cv2.imencode(".webp", ramp, [cv2.IMWRITE_WEBP_QUALITY, 80])[1].tobytes()
    top = decoder.top(image, 0.5)
    if top is None or top.shape != (32, 96):
        return False
    whole = cv2.imdecode(np.frombuffer(image, np.uint8), cv2.IMREAD_GRAYSCALE)
    return whole is not None and bool(np.abs(16 + whole[:32] * (219 / 255) - top).mean() < 4)

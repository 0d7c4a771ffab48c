"""Textures on the graphics card, uploaded once for each array."""

import weakref
from collections import OrderedDict

import cv2
import moderngl
import numpy as np
from numpy.typing import NDArray

_KEPT_BYTES = 256 << 20
_SPARE = 4  # textures of a size that wait for the next picture
_SIZES = 32  # sizes of which some wait


class TextureCache:
    """Uploads pictures as textures with mipmaps and keeps them while their arrays live.

    An array is known by identity, checked through a weak reference, so that a new array at the place of a
    dead one is never mistaken for it. Arrays must not be changed in place after their first use.
    """

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._kept: OrderedDict[int, tuple[weakref.ref[NDArray[np.uint8]], moderngl.Texture, int]] = (
            OrderedDict()
        )
        self._spare: dict[tuple[int, int], list[moderngl.Texture]] = {}
        self._white = self._upload(np.full((1, 1, 3), 255, np.uint8))

    def get(self, picture: NDArray[np.uint8] | None) -> moderngl.Texture:
        """The texture of an ``(h, w, 3)`` picture; a white one for None."""
        if picture is None:
            return self._white
        kept = self._kept.get(id(picture))
        if kept is not None:
            if kept[0]() is picture:
                self._kept.move_to_end(id(picture))
                return kept[1]
            self._drop(id(picture))
        texture = self._upload(picture)
        self._kept[id(picture)] = (weakref.ref(picture), texture, picture.nbytes * 2)
        return texture

    def sweep(self) -> None:
        """Release textures of arrays that are gone, and the longest unused ones beyond 256 MB.

        Called between pictures by the thread that draws: a weak reference's own callback could run anywhere.
        """
        for key in [key for key, kept in self._kept.items() if kept[0]() is None]:
            self._drop(key)
        total = sum(size for _, _, size in self._kept.values())
        while total > _KEPT_BYTES and len(self._kept) > 1:
            key = next(iter(self._kept))
            total -= self._kept[key][2]
            self._drop(key)

    def _drop(self, key: int) -> None:
        texture = self._kept.pop(key)[1]
        spare = self._spare.setdefault(texture.size, [])
        if len(spare) < _SPARE and len(self._spare) <= _SIZES:
            spare.append(texture)
        else:
            texture.release()

    def _upload(self, picture: NDArray[np.uint8]) -> moderngl.Texture:
        height, width = picture.shape[:2]
        data = cv2.cvtColor(np.ascontiguousarray(picture, np.uint8), cv2.COLOR_RGB2RGBA)
        texture = self._empty(width, height)
        texture.write(data)  # four channels are uploaded as they are
        level = 0
        while max(data.shape[:2]) > 1:
            # A software renderer takes fifteen times as long to make them.
            height, width, level = max(1, height // 2), max(1, width // 2), level + 1
            data = cv2.resize(data, (width, height), interpolation=cv2.INTER_AREA)
            texture.write(data, level=level)
        return texture

    def _empty(self, width: int, height: int) -> moderngl.Texture:
        """A texture with room for all its levels."""
        spare = self._spare.get((width, height))
        if spare:
            return spare.pop()
        texture = self._context.texture((width, height), 4)
        texture.build_mipmaps()
        texture.filter = (moderngl.LINEAR_MIPMAP_NEAREST, moderngl.LINEAR)
        return texture

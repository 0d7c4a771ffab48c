"""What is drawn into, kept for the sizes used last."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import moderngl

T = TypeVar("T")
_KEPT = 12
SAMPLES = 4


@dataclass(frozen=True)
class ColourTargets:
    """For a picture: samples of linear light, what is behind, and the finished picture.

    Attributes:
        samples_fbo: Several samples a pixel, with depth.
        samples: Its texture.
        behind: Texture of the background.
        finished: 8 bits a channel.
        count: Samples a pixel.
    """

    samples_fbo: moderngl.Framebuffer
    samples: moderngl.Texture
    behind: moderngl.Texture
    finished: moderngl.Framebuffer
    count: int


class Targets:
    """Framebuffers by use and size."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._kept: OrderedDict[tuple[str, int, int], tuple[object, list[moderngl.Framebuffer]]] = (
            OrderedDict()
        )
        self.count = min(SAMPLES, context.max_samples)

    def dense(self, width: int, height: int) -> moderngl.Framebuffer:
        """Four float32 channels with depth."""

        def make() -> tuple[moderngl.Framebuffer, list[moderngl.Framebuffer]]:
            gl = self._context
            texture = gl.texture((width, height), 4, dtype="f4")
            fbo = gl.framebuffer([texture], gl.depth_renderbuffer((width, height)))
            return fbo, [fbo]

        return self._get(("dense", width, height), make)

    def layers(self, width: int, height: int) -> moderngl.Framebuffer:
        """Two float32 channels without depth."""

        def make() -> tuple[moderngl.Framebuffer, list[moderngl.Framebuffer]]:
            fbo = self._context.framebuffer([self._context.texture((width, height), 2, dtype="f4")])
            return fbo, [fbo]

        return self._get(("layers", width, height), make)

    def shadow(self, size: int) -> tuple[moderngl.Framebuffer, moderngl.Texture]:
        """A depth map whose lookups compare."""

        def make() -> tuple[tuple[moderngl.Framebuffer, moderngl.Texture], list[moderngl.Framebuffer]]:
            texture = self._context.depth_texture((size, size))
            texture.compare_func = "<="
            texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
            texture.repeat_x = texture.repeat_y = False
            fbo = self._context.framebuffer(depth_attachment=texture)
            return (fbo, texture), [fbo]

        return self._get(("shadow", size, size), make)

    def colour(self, width: int, height: int) -> ColourTargets:
        """Everything a picture needs."""

        def make() -> tuple[ColourTargets, list[moderngl.Framebuffer]]:
            gl, size = self._context, (width, height)
            samples = gl.texture(size, 4, samples=self.count, dtype="f2")
            depth = gl.depth_renderbuffer(size, samples=self.count)
            fbo = gl.framebuffer([samples], depth)
            finished = gl.framebuffer([gl.texture(size, 4)])
            behind = gl.texture(size, 3, alignment=1)
            return ColourTargets(fbo, samples, behind, finished, self.count), [fbo, finished]

        return self._get(("colour", width, height), make)

    def _get(self, key: tuple[str, int, int], make: Callable[[], tuple[T, list[moderngl.Framebuffer]]]) -> T:
        if key not in self._kept:
            while len(self._kept) >= _KEPT:
                _, (_, old) = self._kept.popitem(last=False)
                for fbo in old:
                    fbo.release()
            self._kept[key] = make()
        self._kept.move_to_end(key)
        return self._kept[key][0]  # type: ignore[return-value]

"""What is drawn into, kept for the sizes used last."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import moderngl

T = TypeVar("T")
Owned = moderngl.Framebuffer | moderngl.Texture
_KEPT = 8  # two sizes with their shadow maps
SCALE = 2  # samples a pixel along each side


@dataclass(frozen=True)
class ColourTargets:
    """For a picture: surfaces and light with `SCALE` x `SCALE` samples a pixel, and the finished picture.

    Attributes:
        surfaces_fbo: Surface and depth of each sample.
        surfaces: Normal and colour as two 32-bit integers.
        depths: Depth of each sample.
        open_fbo: Share of the sky that reaches each pixel.
        open: Its texture.
        light_fbo: Linear light that reaches the camera.
        light: Its texture.
        behind: Texture of the background.
        finished: 8 bits a channel, sRGB.
    """

    surfaces_fbo: moderngl.Framebuffer
    surfaces: moderngl.Texture
    depths: moderngl.Texture
    open_fbo: moderngl.Framebuffer
    open: moderngl.Texture
    light_fbo: moderngl.Framebuffer
    light: moderngl.Texture
    behind: moderngl.Texture
    finished: moderngl.Framebuffer


class Targets:
    """Framebuffers by use and size."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._kept: OrderedDict[tuple[str, int, int], tuple[object, list[Owned]]] = OrderedDict()

    def dense(self, width: int, height: int) -> tuple[moderngl.Framebuffer, moderngl.Texture]:
        """Four float32 channels with depth."""

        def make() -> tuple[tuple[moderngl.Framebuffer, moderngl.Texture], list[Owned]]:
            gl = self._context
            texture = gl.texture((width, height), 4, dtype="f4")
            fbo = gl.framebuffer([texture], gl.depth_renderbuffer((width, height)))
            return (fbo, texture), [fbo]

        return self._get(("dense", width, height), make)

    def layers(self, width: int, height: int) -> moderngl.Framebuffer:
        """Two float32 channels without depth."""

        def make() -> tuple[moderngl.Framebuffer, list[Owned]]:
            fbo = self._context.framebuffer([self._context.texture((width, height), 2, dtype="f4")])
            return fbo, [fbo]

        return self._get(("layers", width, height), make)

    def shadow(self, size: int) -> tuple[moderngl.Framebuffer, moderngl.Texture]:
        """A depth map whose lookups compare."""

        def make() -> tuple[tuple[moderngl.Framebuffer, moderngl.Texture], list[Owned]]:
            texture = self._context.depth_texture((size, size))
            texture.compare_func = "<="
            texture.filter = (moderngl.LINEAR, moderngl.LINEAR)
            texture.repeat_x = texture.repeat_y = False
            fbo = self._context.framebuffer(depth_attachment=texture)
            return (fbo, texture), [fbo]

        return self._get(("shadow", size, size), make)

    def colour(self, width: int, height: int) -> ColourTargets:
        """Everything a picture needs."""

        def make() -> tuple[ColourTargets, list[Owned]]:
            gl, size, fine = self._context, (width, height), (width * SCALE, height * SCALE)
            surfaces = gl.texture(fine, 2, dtype="u4")
            surfaces.filter = (moderngl.NEAREST, moderngl.NEAREST)
            depths = gl.depth_texture(fine)
            depths.compare_func = ""
            depths.filter = (moderngl.NEAREST, moderngl.NEAREST)
            share = gl.texture(size, 1, alignment=1)
            share.repeat_x = share.repeat_y = False
            light = gl.texture(fine, 4, dtype="f2")
            light.filter = (moderngl.LINEAR, moderngl.LINEAR)
            light.repeat_x = light.repeat_y = False
            behind = gl.texture(size, 3, alignment=1)
            surfaces_fbo, open_fbo = gl.framebuffer([surfaces], depths), gl.framebuffer([share])
            light_fbo, finished = gl.framebuffer([light]), gl.framebuffer([gl.texture(size, 4)])
            targets = ColourTargets(
                surfaces_fbo, surfaces, depths, open_fbo, share, light_fbo, light, behind, finished
            )
            return targets, [surfaces_fbo, open_fbo, light_fbo, finished, behind]

        return self._get(("colour", width, height), make)

    def _get(self, key: tuple[str, int, int], make: Callable[[], tuple[T, list[Owned]]]) -> T:
        if key not in self._kept:
            while len(self._kept) >= _KEPT:
                _, (_, old) = self._kept.popitem(last=False)
                for thing in old:
                    _release(thing)
            self._kept[key] = make()
        self._kept.move_to_end(key)
        return self._kept[key][0]  # type: ignore[return-value]


def _release(thing: Owned) -> None:
    if isinstance(thing, moderngl.Framebuffer):
        for attached in (*thing.color_attachments, thing.depth_attachment):
            if attached is not None:
                attached.release()
    thing.release()

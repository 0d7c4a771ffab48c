"""What the renderer draws: triangles with a picture or a colour on them, and a light."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]


@dataclass
class Mesh:
    """Triangles in the world.

    Attributes:
        vertices: ``(N, 3)`` float32 metres.
        faces: ``(M, 3)`` int32, counter-clockwise seen from outside.
        normals: ``(N, 3)`` float32 unit, or None for normals from the faces around.
        uv: ``(N, 2)`` float32 texture coordinates, v up, or None without a texture.
        texture: ``(h, w, 3)`` uint8 RGB, or None for ``colour`` alone; the same array object is
            uploaded once.
        colour: RGB in 0..1; multiplies the texture.
        shine: 0 matt .. 1 glossy.
        instance: 0 scenery and objects, 1.. the people of the scene in order.
        part: ``(N,)`` uint8 body part of each vertex (`body.parts.PARTS`), or None for 0.
        body_uv: ``(N, 2)`` float32 place on the body's own texture map for the dense labels, or None.
        casts_shadow: Whether it darkens what lies behind it.
        two_sided: Whether the back of its faces is drawn too.
    """

    vertices: Floats
    faces: NDArray[np.integer[Any]]
    normals: Floats | None = None
    uv: Floats | None = None
    texture: NDArray[np.uint8] | None = None
    colour: tuple[float, float, float] = (1.0, 1.0, 1.0)
    shine: float = 0.1
    instance: int = 0
    part: NDArray[np.uint8] | None = None
    body_uv: Floats | None = None
    casts_shadow: bool = True
    two_sided: bool = False


@dataclass(frozen=True)
class Light:
    """One directional light and a sky that lights from all sides.

    Attributes:
        direction: ``(3,)`` unit, from the scene towards the light; Y up.
        colour: RGB strength, around 1.
        sky: RGB strength of light from above.
        ground: RGB strength of light from below.
        shadow: 0 no shadow .. 1 shadows lit by the sky alone.
        fog: RGB of distant haze in 0..1 and its density a metre; None without.
    """

    direction: Floats = field(default_factory=lambda: np.array([0.4, 0.8, 0.45]))
    colour: tuple[float, float, float] = (0.9, 0.9, 0.85)
    sky: tuple[float, float, float] = (0.45, 0.47, 0.5)
    ground: tuple[float, float, float] = (0.25, 0.24, 0.22)
    shadow: float = 0.7
    fog: tuple[float, float, float, float] | None = None


@dataclass(frozen=True)
class Buffers:
    """What one camera sees, a value a pixel; row 0 is the top.

    Attributes:
        colour: ``(H, W, 3)`` uint8 RGB, antialiased.
        depth: ``(H, W)`` float32 metres along the camera's axis; inf where nothing is.
        instance: ``(H, W)`` uint8: 0 scenery, 1.. people.
        part: ``(H, W)`` uint8, see `body.parts.PARTS`.
        body_uv: ``(H, W, 2)`` float32 in 0..1, NaN off people.
    """

    colour: NDArray[np.uint8]
    depth: NDArray[np.float32]
    instance: NDArray[np.uint8]
    part: NDArray[np.uint8]
    body_uv: NDArray[np.float32]

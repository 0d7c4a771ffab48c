"""Draws meshes off-screen with OpenGL: pictures and what lies at each pixel."""

import moderngl
import numpy as np
from numpy.typing import NDArray

from poseapp.errors import SynthError
from poseapp.geometry.cameras import Camera
from poseapp.synth.draw import shaders
from poseapp.synth.draw.batch import Batch, drawable, linear, pack, positions
from poseapp.synth.draw.buffers import VertexStore
from poseapp.synth.draw.context import open_context
from poseapp.synth.draw.mesh import Buffers, Light, Mesh
from poseapp.synth.draw.targets import SCALE, ColourTargets, Targets
from poseapp.synth.draw.textures import TextureCache
from poseapp.synth.draw.tiles import tiles
from poseapp.synth.draw.views import FAR_M, NEAR_M, to_clip, to_ray, to_shadow

_REACH_M = 0.22
_SURFACE_INPUTS = ("in_position", "in_normal", "in_uv", "in_paint")
_TILE_INPUTS = ("in_corner",)
_CATCHER_INPUTS = ("in_position", "in_normal")
_DENSE_INPUTS = ("in_position", "in_ids", "in_body_uv")


class Renderer:
    """Draws meshes as a camera sees them. One a process; used by one thread.

    `Mesh.colour` is sRGB like textures and multiplies their values; `Light` is linear apart from its
    fog's colour. Textures are kept while their arrays live and must not be changed in place. Textures repeat
    beyond 0..1. Backs of faces are left out unless a mesh is two-sided.

    Attributes:
        info: What draws, as OpenGL names it.
    """

    def __init__(self, backend: str | None = None) -> None:
        """Open the context.

        Args:
            backend: See `context.open_context`.

        Raises:
            SynthError: There is no OpenGL 3.3.
        """
        self._gl = gl = open_context(backend)
        self.info: str = gl.info["GL_RENDERER"]
        self._textures = TextureCache(gl)
        self._targets = Targets(gl)
        geometry = shaders.GEOMETRY_VERTEX
        self._shadow = gl.program(geometry, fragment_shader=shaders.SHADOW_FRAGMENT)
        self._layers = gl.program(geometry, fragment_shader=shaders.LAYERS_FRAGMENT)
        self._dense = gl.program(shaders.DENSE_VERTEX, fragment_shader=shaders.DENSE_FRAGMENT)
        self._surface = gl.program(shaders.SURFACE_VERTEX, fragment_shader=shaders.SURFACE_FRAGMENT)
        self._light = gl.program(shaders.SCREEN_VERTEX, fragment_shader=shaders.LIGHT_FRAGMENT)
        self._open = gl.program(shaders.SCREEN_VERTEX, fragment_shader=shaders.OPEN_FRAGMENT)
        self._catcher = gl.program(shaders.CATCHER_VERTEX, fragment_shader=shaders.CATCHER_FRAGMENT)
        self._resolve = gl.program(shaders.SCREEN_VERTEX, fragment_shader=shaders.RESOLVE_FRAGMENT)
        self._store = VertexStore(gl)
        self._catcher_store = VertexStore(gl)
        self._tile_store = VertexStore(gl)
        self._screen = VertexStore(gl)
        corners, triangles = tiles(None)
        self._screen.fill({"in_corner": corners}, triangles)
        self._closed = False
        gl.front_face = "cw"  # pictures are drawn with their top row first, which mirrors them

    def close(self) -> None:
        """Release the context; the renderer cannot draw any more."""
        if not self._closed:
            self._closed = True
            self._gl.release()

    def render(
        self,
        meshes: list[Mesh],
        camera: Camera,
        light: Light,
        background: NDArray[np.uint8] | None = None,
        catcher: Mesh | None = None,
    ) -> Buffers:
        """Draw a picture and its dense labels.

        Args:
            meshes: What is there; nothing nearer than 5 cm is drawn.
            camera: Sees it.
            light: Lights it.
            background: ``(H, W, 3)`` uint8 RGB of the camera's size, put behind everything; black without.
            catcher: Where a photograph's floor lies: itself unseen, it darkens the background where shadow
                falls on it. It hides nothing and is in no label.

        Raises:
            SynthError: The renderer is closed, or the background has another size than the picture.
        """
        self._check(camera, background)
        meshes = drawable(meshes)
        batch = pack(meshes) if meshes else None
        with self._gl:
            self._textures.sweep()
            if batch is not None:
                self._store.fill(batch.arrays, batch.indices)
            dense = self._draw_dense(batch, camera)
            self._draw_shadow(batch, meshes, light, camera)
            corners, triangles = tiles(dense[..., 0] > 0)
            self._tile_store.fill({"in_corner": corners}, triangles)
            colour = self._draw_colour(batch, camera, light, background, catcher)
        return _buffers(colour, dense)

    def depth_layers(
        self, meshes: list[Mesh], camera: Camera
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Nearest and farthest surface of the meshes alone.

        Args:
            meshes: A person's; both sides of their faces count.
            camera: Sees them.

        Returns:
            Visible and hidden depth ``(H, W)`` in metres along the camera's axis, inf where nothing is;
            visible <= hidden everywhere.

        Raises:
            SynthError: The renderer is closed.
        """
        self._check(camera, None)
        meshes = drawable(meshes)
        with self._gl:
            found = self._draw_layers(meshes, camera)
        found = found.reshape(camera.height, camera.width, 2)
        nothing = found[..., 1] < 0
        visible = np.where(nothing, np.float32(np.inf), -found[..., 0])
        return visible, np.where(nothing, np.float32(np.inf), found[..., 1])

    def _check(self, camera: Camera, background: NDArray[np.uint8] | None) -> None:
        if self._closed:
            raise SynthError("this renderer is closed; make a new one")
        if background is not None and background.shape != (camera.height, camera.width, 3):
            raise SynthError(
                f"the background is {background.shape[1]} x {background.shape[0]}, "
                f"the picture {camera.width} x {camera.height}; give one of the picture's size"
            )

    def _draw_layers(self, meshes: list[Mesh], camera: Camera) -> NDArray[np.float32]:
        gl = self._gl
        target = self._targets.layers(camera.width, camera.height)
        target.use()
        target.clear(-1e30, -1e30, 0.0, 1.0)
        if meshes:
            vertices, indices = positions(meshes)
            self._store.fill({"in_position": vertices}, indices)
            _set(self._layers, to_clip=to_clip(camera))
            gl.enable_only(moderngl.BLEND)
            gl.blend_equation = moderngl.MAX  # type: ignore[assignment]
            gl.blend_func = moderngl.ONE, moderngl.ONE
            self._store.draw(self._layers, ("in_position",), 0, indices.size)
            gl.blend_equation = moderngl.FUNC_ADD  # type: ignore[assignment]
        return np.frombuffer(target.read(components=2, dtype="f4"), np.float32)

    def _draw_dense(self, batch: Batch | None, camera: Camera) -> NDArray[np.float32]:
        target, _ = self._targets.dense(camera.width, camera.height)
        target.use()
        target.clear()
        if batch is not None:
            _set(self._dense, to_clip=to_clip(camera))
            for two_sided, first, count in _spans(batch):
                self._cull(not two_sided)
                self._store.draw(self._dense, _DENSE_INPUTS, first, count)
        data = np.frombuffer(target.read(components=4, dtype="f4"), np.float32)
        return data.reshape(camera.height, camera.width, 4)

    def _cull(self, backs: bool) -> None:
        self._gl.enable_only(moderngl.DEPTH_TEST | (moderngl.CULL_FACE if backs else 0))

    def _draw_shadow(self, batch: Batch | None, meshes: list[Mesh], light: Light, camera: Camera) -> None:
        view = to_shadow(meshes, light) if batch is not None else None
        size = 512 if max(camera.width, camera.height) <= 400 else 1024
        target, texture = self._targets.shadow(size)
        strength = 0.0 if view is None else light.shadow
        matrix, side = view if view is not None else (np.eye(4), 1.0)
        for program in (self._light, self._catcher):
            _set(
                program,
                to_shadow=matrix,
                shadow_texel=side / size,
                shadow_step=1.0 / size,
                shadow_strength=strength,
                shadow_map=1,
                light=np.asarray(light.direction, np.float64) / np.linalg.norm(light.direction),
                light_colour=light.colour,
                sky=light.sky,
            )
        if view is not None and batch is not None:
            target.use()
            target.clear(depth=1.0)
            to_cube = np.diag([2.0, 2.0, 2.0, 1.0])
            to_cube[:3, 3] = -1
            _set(self._shadow, to_clip=to_cube @ matrix)
            self._gl.polygon_offset = 1.5, 4.0
            for two_sided, first, count in batch.casting:
                self._cull(not two_sided)
                self._store.draw(self._shadow, ("in_position",), first, count)
            self._gl.polygon_offset = 0.0, 0.0
        texture.use(1)

    def _draw_colour(
        self,
        batch: Batch | None,
        camera: Camera,
        light: Light,
        background: NDArray[np.uint8] | None,
        catcher: Mesh | None,
    ) -> NDArray[np.uint8]:
        targets = self._targets.colour(camera.width, camera.height)
        self._draw_surfaces(batch, camera, targets.surfaces_fbo)
        self._draw_openness(camera, targets)
        targets.light_fbo.use()
        targets.light_fbo.clear(0.0, 0.0, 0.0, 1.0)
        targets.surfaces.use(0)
        targets.depths.use(2)
        targets.open.use(4)
        fog = light.fog or (0.0, 0.0, 0.0, 0.0)
        near_far = (NEAR_M, FAR_M)
        _set(self._light, surfaces=0, depths=2, openness=4, near_far=near_far, to_ray=to_ray(camera, SCALE))
        _set(self._light, eye=camera.position, ground=light.ground, fog=(*linear(fog[:3]), fog[3]))
        self._tile_store.draw(self._light, _TILE_INPUTS, 0)
        if catcher is not None and len(catcher.faces) and batch is not None:
            self._draw_catcher(catcher, camera)
        self._gl.enable_only(moderngl.NOTHING)
        targets.finished.use()
        behind = np.zeros((camera.height, camera.width, 3), np.uint8) if background is None else background
        targets.behind.write(np.ascontiguousarray(behind))
        targets.light.use(0)
        targets.behind.use(2)
        _set(self._resolve, samples=0, behind=2)
        self._screen.draw(self._resolve, _TILE_INPUTS, 0)
        data = np.frombuffer(targets.finished.read(components=3, alignment=1), np.uint8)
        return data.reshape(camera.height, camera.width, 3).copy()

    def _draw_surfaces(self, batch: Batch | None, camera: Camera, target: moderngl.Framebuffer) -> None:
        target.use()
        target.clear()
        if batch is None:
            return
        _set(self._surface, to_clip=to_clip(camera), picture=0)
        for run in batch.runs:
            self._textures.get(run.texture).use(0)
            self._cull(not run.two_sided)
            self._store.draw(self._surface, _SURFACE_INPUTS, run.first, run.count)

    def _draw_openness(self, camera: Camera, targets: ColourTargets) -> None:
        self._targets.dense(camera.width, camera.height)[1].use(3)
        for program in (self._open, self._catcher):
            reach = _REACH_M * float(camera.intrinsics[1, 1])
            _set(program, dense=3, surfaces=0, pixel_ray=to_ray(camera, 1), reach_px=reach)
        targets.open_fbo.use()
        targets.open_fbo.clear(1.0)
        self._gl.enable_only(moderngl.NOTHING)
        targets.surfaces.use(0)
        self._tile_store.draw(self._open, _TILE_INPUTS, 0)

    def _draw_catcher(self, catcher: Mesh, camera: Camera) -> None:
        gl = self._gl
        batch = pack([catcher])
        self._catcher_store.fill(batch.arrays, batch.indices)
        _set(self._catcher, to_clip=to_clip(camera), eye=camera.position, forward=camera.rotation[2])
        gl.enable_only(moderngl.BLEND)
        gl.blend_func = moderngl.ZERO, moderngl.ONE, moderngl.ZERO, moderngl.SRC_ALPHA  # type: ignore[assignment]
        self._catcher_store.draw(self._catcher, _CATCHER_INPUTS, 0, batch.indices.size)


def _spans(batch: Batch) -> list[tuple[bool, int, int]]:
    """Runs without regard to textures: (two-sided, first, count)."""
    spans: list[tuple[bool, int, int]] = []
    for run in batch.runs:
        if spans and spans[-1][0] == run.two_sided:
            spans[-1] = (run.two_sided, spans[-1][1], spans[-1][2] + run.count)
        else:
            spans.append((run.two_sided, run.first, run.count))
    return spans


def _buffers(colour: NDArray[np.uint8], dense: NDArray[np.float32]) -> Buffers:
    depth, u, v, packed = np.ascontiguousarray(dense.reshape(-1, 4).T).reshape(4, *dense.shape[:2])
    depth[depth <= 0] = np.inf
    ids = packed.astype(np.uint16)
    off = (u < -0.5) | (ids < 256)
    u[off] = v[off] = np.nan
    body_uv = np.clip(np.stack([u, v], -1), 0, 1)
    return Buffers(colour, depth, (ids >> 8).astype(np.uint8), (ids & 255).astype(np.uint8), body_uv)


def _set(program: moderngl.Program, **values: object) -> None:
    """Set uniforms; matrices are given row by row. What a compiler left out is passed over."""
    for name, value in values.items():
        uniform = program.get(name, None)
        if uniform is None:
            continue
        if isinstance(value, np.ndarray) and value.ndim == 2:
            uniform.write(np.ascontiguousarray(value.T, np.float32))  # type: ignore[union-attr]
        elif isinstance(value, np.ndarray | tuple):
            uniform.value = tuple(float(v) for v in value)  # type: ignore[union-attr]
        else:
            uniform.value = value  # type: ignore[union-attr]

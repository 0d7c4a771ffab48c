"""Vertex and index buffers that grow and are used again."""

import moderngl
import numpy as np
from numpy.typing import NDArray

_FORMATS = {
    "in_position": "3f",
    "in_normal": "3f",
    "in_uv": "2f",
    "in_paint": "4f2",
    "in_ids": "4f1",
    "in_body_uv": "2f",
    "in_corner": "2f",
}


class VertexStore:
    """One buffer for each vertex attribute, one for indices, and what binds them to programs."""

    def __init__(self, context: moderngl.Context) -> None:
        self._context = context
        self._count = 0
        self._buffers: dict[str, moderngl.Buffer] = {}
        self._arrays: dict[tuple[int, tuple[str, ...]], moderngl.VertexArray] = {}

    def fill(self, arrays: dict[str, NDArray[np.generic]], indices: NDArray[np.uint32]) -> None:
        """Put attributes and indices in, in place of what was there."""
        self._count = indices.size
        for name, array in {**arrays, "indices": indices}.items():
            data = np.ascontiguousarray(array)
            if not data.nbytes:
                continue
            buffer = self._buffers.get(name)
            if buffer is None or buffer.size < data.nbytes:
                self._forget(name)
                self._buffers[name] = buffer = self._context.buffer(
                    reserve=data.nbytes * 3 // 2, dynamic=True
                )
            else:
                buffer.orphan()
            buffer.write(data)

    def draw(
        self, program: moderngl.Program, inputs: tuple[str, ...], first: int, count: int | None = None
    ) -> None:
        """Draw triangles of indices ``first`` .. ``first + count``; all of them without a count."""
        count = self._count - first if count is None else count
        if count <= 0:
            return
        key = (program.glo, inputs)
        if key not in self._arrays:
            used = set(program)  # a compiler leaves out what changes nothing
            content = [(self._buffers[name], _FORMATS[name], name) for name in inputs if name in used]
            self._arrays[key] = self._context.vertex_array(program, content, self._buffers["indices"])
        self._arrays[key].render(moderngl.TRIANGLES, vertices=count, first=first)

    def _forget(self, name: str) -> None:
        for array in self._arrays.values():
            array.release()
        self._arrays.clear()
        old = self._buffers.pop(name, None)
        if old is not None:
            old.release()

"""Drawing people: milliseconds a picture.

    python bench/synth_draw.py [--size 256] [--threads 1] [--repeat 20]

Draws two people of 27,000 triangles each, dressed in a second layer of 3,000 (about 60,000 triangles with the
scenery), with textures, shadow and dense labels; and both depth layers of one of them. Best of several, wall
clock and processor time of this process; ``--threads`` is LP_NUM_THREADS of llvmpipe, 0 draws in the calling
thread.
"""

import argparse
import os
import time
from collections.abc import Callable

import numpy as np

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--size", type=int, default=256)
parser.add_argument("--threads", type=int, default=None)
parser.add_argument("--repeat", type=int, default=20)


def measure(work: Callable[[], object], repeat: int) -> tuple[float, float]:
    """Best wall-clock and processor milliseconds."""
    work()
    wall, processor = [], []
    for _ in range(repeat):
        start, start_cpu = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - start)
        processor.append(time.process_time() - start_cpu)
    return min(wall) * 1e3, min(processor) * 1e3


def main() -> None:
    """Measure and print a table."""
    words = parser.parse_args()
    if words.threads is not None:
        os.environ["LP_NUM_THREADS"] = str(words.threads)
    from poseapp.geometry.cameras import Camera
    from poseapp.geometry.meshes import first_hits, vertex_normals
    from poseapp.synth.body.model import Pose, load_body
    from poseapp.synth.draw.mesh import Light, Mesh
    from poseapp.synth.draw.renderer import Renderer

    body = load_body()
    rng = np.random.default_rng(1)
    texture = rng.integers(0, 256, (1024, 1024, 3), np.uint8)

    def person(number: int, aside: float) -> list[Mesh]:
        shaped = body.shape(body.sample_phenotype(rng))
        vertices = body.pose(shaped, Pose.reference(body.num_joints)).vertices.astype(np.float32)
        vertices += np.array([aside, -vertices[:, 1].min(), 0], np.float32)
        normals = vertex_normals(vertices, body.faces)
        skin = Mesh(
            vertices, body.faces, normals, vertices[:, :2], texture, instance=number, part=body.vertex_part
        )
        cloth = Mesh(
            vertices + 0.01 * normals, body.faces[3000:6000], normals, instance=number, two_sided=True
        )
        return [skin, cloth]

    floor = np.array([[-4, 0, 4], [4, 0, 4], [4, 0, -4], [-4, 0, -4]], np.float32)
    scenery = [Mesh(floor, np.array([[0, 1, 2], [0, 2, 3]], np.int32), colour=(0.5, 0.5, 0.5))]
    first, second = person(1, -0.4), person(2, 0.5)
    meshes = [*scenery, *first, *second]
    size = words.size
    eye, target = np.array([0.8, 1.5, 3.2]), np.array([0, 0.9, 0])
    camera = Camera.looking_at(eye, target, size, size, 1.3 * size)
    photo = rng.integers(0, 256, (size, size, 3), np.uint8)
    renderer = Renderer()
    triangles = sum(len(mesh.faces) for mesh in meshes)
    rays = camera.rays(rng.uniform(0, size, (1000, 2)))
    rows: list[tuple[str, Callable[[], object]]] = [
        ("colour and dense labels", lambda: renderer.render(meshes, camera, Light())),
        ("the same without shadow", lambda: renderer.render(meshes, camera, Light(shadow=0.0))),
        ("on a photograph", lambda: renderer.render(meshes[1:], camera, Light(), photo, scenery[0])),
        ("both depth layers of one", lambda: renderer.depth_layers(first, camera)),
    ]
    threads = os.environ.get("LP_NUM_THREADS")
    print(f"{renderer.info}, LP_NUM_THREADS={threads}, {size} x {size}, {triangles:,} triangles\n")
    print("| what | ms | processor ms |\n|---|---|---|")
    for name, work in rows:
        wall, processor = measure(work, words.repeat)
        print(f"| {name} | {wall:.1f} | {processor:.1f} |")
    wall, processor = measure(lambda: first_hits(eye, rays, first[0].vertices, first[0].faces), 1)
    print(f"| 1,000 rays against {len(first[0].faces):,} triangles | {wall:.0f} | {processor:.0f} |")


if __name__ == "__main__":
    main()

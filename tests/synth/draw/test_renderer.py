"""What the renderer says about each pixel, against the camera and against rays."""

import numpy as np
import pytest

from poseapp.errors import SynthError
from poseapp.geometry.cameras import Camera
from poseapp.geometry.meshes import first_hits, last_hits
from poseapp.synth.body.model import BodyModel, Pose
from poseapp.synth.draw import context
from poseapp.synth.draw.mesh import Light, Mesh
from poseapp.synth.draw.renderer import Renderer

PLAIN = Light(shadow=0.0)


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer()


@pytest.fixture(scope="module")
def person(body: BodyModel) -> Mesh:
    shaped = body.shape(body.sample_phenotype(np.random.default_rng(3)))
    vertices = body.pose(shaped, Pose.reference(body.num_joints)).vertices.astype(np.float32)
    vertices[:, 1] -= vertices[:, 1].min()
    uv = np.stack([vertices[:, 0] + 1, vertices[:, 1]], 1) / 2
    return Mesh(vertices, body.faces, instance=1, part=body.vertex_part, body_uv=uv)


def camera(width: int = 128, height: int = 128, focal: float = 140.0, roll: float = 0.1) -> Camera:
    return Camera.looking_at(np.array([0.6, 1.5, 3.0]), np.array([0, 0.9, 0]), width, height, focal, roll)


def pixel_quad(view: Camera, x0: float, y0: float, x1: float, y1: float, depth: float = 2.0) -> np.ndarray:
    """Corners in the world of a rectangle of pixels, anticlockwise as the camera sees them."""
    corners = np.array([[x0, y1], [x1, y1], [x1, y0], [x0, y0]], np.float64)
    return view.unproject(corners, np.full(4, depth)).astype(np.float32)


def quad(corners: np.ndarray, **more: object) -> Mesh:
    return Mesh(corners, np.array([[0, 1, 2], [0, 2, 3]], np.int32), **more)  # type: ignore[arg-type]


def grid(view: Camera) -> np.ndarray:
    return np.stack(np.meshgrid(np.arange(view.width), np.arange(view.height)), -1).reshape(-1, 2)


@pytest.mark.parametrize(("x", "y"), [(3.0, 5.0), (90.0, 20.0), (64.0, 127.0)])
@pytest.mark.parametrize(("dx", "dy"), [(0.0, 0.0), (0.45, -0.45), (-0.48, 0.48)])
def test_a_projected_point_lies_in_its_pixel(
    renderer: Renderer, x: float, y: float, dx: float, dy: float
) -> None:
    """A square of a pixel's size covers one pixel's centre until it is moved by half a pixel."""
    view = camera()
    square = quad(pixel_quad(view, x + dx - 0.5, y + dy - 0.5, x + dx + 0.5, y + dy + 0.5), instance=7)
    seen = renderer.render([square], view, PLAIN).instance
    assert np.argwhere(seen == 7).tolist() == [[int(y), int(x)]]


def test_a_skewed_and_shifted_camera_draws_where_it_projects(renderer: Renderer) -> None:
    skewed = np.array([[150.0, 7.0, 40.3], [0, 130.0, 90.8], [0, 0, 1]])
    plain = camera()
    view = Camera(120, 80, skewed, plain.rotation, plain.translation)
    seen = renderer.render([quad(pixel_quad(view, 29.6, 9.6, 35.4, 12.4), instance=1)], view, PLAIN).instance
    expected = np.zeros((80, 120), bool)
    expected[10:13, 30:36] = True
    assert np.array_equal(seen == 1, expected)


def test_a_part_of_a_picture_is_the_picture_of_its_camera(renderer: Renderer, person: Mesh) -> None:
    """Also where sides are odd and no multiple of anything."""
    view = camera(160, 160, 160.0)
    full = renderer.render([person], view, PLAIN)
    part = renderer.render([person], view.cropped(33, 21, 77, 101), PLAIN)
    here = np.s_[21:122, 33:110]
    assert (full.instance[here] != part.instance).mean() < 1e-3
    both = (full.instance[here] == 1) & (part.instance == 1)
    assert np.percentile(np.abs(full.depth[here][both] - part.depth[both]), 99) < 1e-4
    difference = np.abs(full.colour[here].astype(int) - part.colour)[both]
    assert difference.mean() < 2 and both.sum() > 1500


def test_coverage_of_a_pixel_is_its_brightness(renderer: Renderer) -> None:
    """An edge through the middle of a pixel mixes what lies on both sides in equal parts of light."""
    view = Camera.looking_at(np.array([0, 0, 3.0]), np.zeros(3), 32, 32, 100.0)
    lamp = Light(np.array([0, 0, 1.0]), (0, 0, 0), (1, 1, 1), (1, 1, 1), 0.0)
    colour = renderer.render(
        [quad(pixel_quad(view, 10, -0.5, 20, 31.5), colour=(0.6, 0.6, 0.6), shine=0.0)], view, lamp
    ).colour[16, :, 0]
    level = ((colour[[10, 15]] / 255 + 0.055) / 1.055) ** 2.4
    assert abs(level[0] / level[1] - 0.5) < 0.03
    assert colour[8] == 0 and colour[22] == 0


def test_depth_is_that_of_rays(renderer: Renderer, person: Mesh) -> None:
    view = camera()
    buffers = renderer.render([person], view, PLAIN)
    visible, hidden = renderer.depth_layers([person], view)
    inside = np.flatnonzero(buffers.instance.ravel() == 1)
    chosen = np.random.default_rng(1).choice(inside, 300, replace=False)
    directions = view.rays(grid(view)[chosen])
    nearest, _ = first_hits(view.position, directions, person.vertices, person.faces)
    farthest, _ = last_hits(view.position, directions, person.vertices, person.faces)
    for drawn, true in ((buffers.depth, nearest), (visible, nearest), (hidden, farthest)):
        error = np.abs(drawn.ravel()[chosen] - true)
        # a silhouette may pass between a ray and the rasteriser's 1/256 pixel
        assert np.isfinite(true).mean() > 0.99
        assert (error < 1e-3).mean() > 0.99 and np.median(error) < 1e-5


def test_both_layers(renderer: Renderer, person: Mesh) -> None:
    view = camera()
    visible, hidden = renderer.depth_layers([person], view)
    buffers = renderer.render([person], view, PLAIN)
    assert visible.dtype == hidden.dtype == np.float32
    assert (visible <= hidden).all()
    assert np.array_equal(np.isinf(visible), np.isinf(hidden))
    assert np.array_equal(np.isfinite(visible), buffers.instance == 1)
    assert np.array_equal(visible, buffers.depth)
    assert 0.05 < np.median(hidden[np.isfinite(hidden)] - visible[np.isfinite(visible)]) < 0.5


def test_layers_of_one_person_pass_through_what_stands_in_front(renderer: Renderer, person: Mesh) -> None:
    view = camera()
    wall = quad(pixel_quad(view, -10, -10, 140, 140, depth=1.0))
    visible, _ = renderer.depth_layers([person], view)
    assert np.isfinite(visible).sum() > 1000
    assert (renderer.render([wall, person], view, PLAIN).instance == 0).all()


def test_the_nearer_thing_is_seen_whatever_the_order(renderer: Renderer) -> None:
    view = camera()
    near = quad(pixel_quad(view, 20, 20, 60, 60, depth=1.5), instance=1)
    far = quad(pixel_quad(view, 40, 40, 100, 100, depth=2.5), instance=2)
    one, other = (renderer.render(order, view, PLAIN) for order in ([near, far], [far, near]))
    assert np.array_equal(one.instance, other.instance)
    assert np.array_equal(one.depth, other.depth)
    assert one.instance[50, 50] == 1 and one.instance[80, 80] == 2 and one.instance[10, 10] == 0
    assert abs(one.depth[50, 50] - 1.5) < 1e-5 and abs(one.depth[80, 80] - 2.5) < 1e-5
    assert np.isinf(one.depth[10, 10])


def test_parts_and_places_on_the_texture_map(renderer: Renderer, person: Mesh, body: BodyModel) -> None:
    view = camera()
    buffers = renderer.render([person], view, PLAIN)
    inside = np.flatnonzero(buffers.instance.ravel() == 1)
    directions = view.rays(grid(view)[inside[::7]])
    distance, face = first_hits(view.position, directions, person.vertices, person.faces)
    met = face >= 0
    corners = body.vertex_part[person.faces[face[met]]]
    drawn = buffers.part.ravel()[inside[::7]][met]
    assert (drawn[:, None] == corners).any(1).mean() > 0.99
    places = view.position + directions[met] * distance[met, None]
    expected = np.stack([places[:, 0] + 1, places[:, 1]], 1) / 2
    assert np.abs(buffers.body_uv.reshape(-1, 2)[inside[::7]][met] - expected).max() < 2e-3
    assert np.isnan(buffers.body_uv[buffers.instance == 0]).all()
    assert (buffers.part[buffers.instance == 0] == 0).all()


def test_scenery_and_clothes_without_a_map_have_no_place_on_it(renderer: Renderer) -> None:
    view = camera()
    where = np.full((4, 2), 0.5, np.float32)
    objects = [
        quad(pixel_quad(view, 10, 10, 20, 20), body_uv=where, instance=0),
        quad(pixel_quad(view, 30, 10, 40, 20), instance=255),
        quad(pixel_quad(view, 50, 10, 60, 20), body_uv=where, instance=3, part=np.full(4, 16, np.uint8)),
    ]
    buffers = renderer.render(objects, view, PLAIN)
    assert np.isnan(buffers.body_uv[15, 15]).all() and np.isnan(buffers.body_uv[15, 35]).all()
    assert np.allclose(buffers.body_uv[15, 55], 0.5)
    assert buffers.instance[15, [15, 35, 55]].tolist() == [0, 255, 3]
    assert buffers.part[15, 55] == 16


def test_textures_stand_upright_with_v_up(renderer: Renderer) -> None:
    view = Camera.looking_at(np.array([0, 0, 3.0]), np.zeros(3), 64, 64, 100.0)
    picture = np.zeros((2, 2, 3), np.uint8)
    picture[0, 0], picture[0, 1], picture[1, 0] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)
    lamp = Light(np.array([0, 0, 1.0]), (0, 0, 0), (0.7, 0.7, 0.7), (0.7, 0.7, 0.7), 0.0)
    mesh = quad(pixel_quad(view, 10, 10, 50, 50), uv=uv, texture=picture, shine=0.0)
    colour = renderer.render([mesh], view, lamp).colour.astype(int)
    assert colour[20, 20].argmax() == 0 and colour[20, 20, 0] > 150 + colour[20, 20, 1:].max()
    assert colour[20, 40].argmax() == 1
    assert colour[40, 20].argmax() == 2
    assert colour[40, 40].max() < 60


def test_a_new_texture_in_the_place_of_a_dead_one_is_not_mistaken(renderer: Renderer) -> None:
    view = camera()
    uv = np.zeros((4, 2), np.float32)
    lamp = Light(np.array([0, 1.0, 0]), (0, 0, 0), (0.7, 0.7, 0.7), (0.7, 0.7, 0.7), 0.0)
    for level in (250, 120, 40, 200, 90):
        texture = np.full((64, 64, 3), level, np.uint8)  # often at the address of the last
        mesh = quad(pixel_quad(view, -5, -5, 130, 130), uv=uv, texture=texture, shine=0.0)
        middle = int(renderer.render([mesh], view, lamp).colour[64, 64, 0])
        plain = quad(pixel_quad(view, -5, -5, 130, 130), colour=(level / 255,) * 3, shine=0.0)
        assert middle == renderer.render([plain], view, lamp).colour[64, 64, 0]
        del mesh, texture


def test_a_texture_used_again_keeps_nothing_of_the_picture_before(renderer: Renderer) -> None:
    """Near and far, where smaller levels are seen: as a renderer draws it that never had another picture."""
    rng = np.random.default_rng(4)
    view = camera()
    uv = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float32)

    def drawn(by: Renderer, picture: np.ndarray) -> list[bytes]:
        quads = [quad(pixel_quad(view, -5, -5, side, side), uv=uv, texture=picture) for side in (130, 40, 3)]
        return [by.render([mesh], view, Light()).colour.tobytes() for mesh in quads]

    first, second = (rng.integers(0, 256, (80, 52, 3), dtype=np.uint8) for _ in range(2))
    drawn(renderer, first)
    del first
    fresh = Renderer()
    assert drawn(renderer, second) == drawn(fresh, second)
    fresh.close()


def plate_over_floor() -> tuple[Mesh, Mesh, Camera, Light]:
    floor = quad(
        np.array([[-3, 0, 3], [3, 0, 3], [3, 0, -3], [-3, 0, -3]], np.float32), colour=(0.6, 0.6, 0.6)
    )
    plate = np.array([[-0.3, 1, 0.3], [0.3, 1, 0.3], [0.3, 1, -0.3], [-0.3, 1, -0.3]], np.float32)
    view = Camera.looking_at(np.array([0, 4.0, 4.0]), np.array([0, 0, 0.0]), 160, 160, 160.0)
    return quad(plate, instance=1), floor, view, Light(np.array([0.6, 0.8, 0.0]), shadow=0.8)


def test_shadows_fall_where_the_light_says(renderer: Renderer) -> None:
    plate, floor, view, light = plate_over_floor()
    with_shadow = renderer.render([plate, floor], view, light).colour.astype(int)
    plate.casts_shadow = False
    without = renderer.render([plate, floor], view, light).colour.astype(int)
    (x, y), _ = view.project(np.array([-0.75, 0, 0]))  # 1 m down, 0.75 m away from the light
    x, y = round(float(x)), round(float(y))
    assert with_shadow[y, x, 0] < 0.82 * without[y, x, 0]
    (far_x, far_y), _ = view.project(np.array([1.5, 0, 0.0]))
    assert np.array_equal(with_shadow[round(float(far_y)), round(float(far_x))],
                          without[round(float(far_y)), round(float(far_x))])  # fmt: skip
    # lit surfaces do not shade themselves
    changed = (with_shadow < without - 3).any(-1)
    assert changed.sum() < 3 * 0.36 * (160 / 5.6) ** 2


@pytest.mark.parametrize("direction", [(0.0, 1.0, 0.0), (0.0, 0.3, 1.0), (-1.0, 0.2, -0.1), (0.3, 2.0, -0.3)])
def test_nothing_flat_shades_itself(renderer: Renderer, direction: tuple[float, float, float]) -> None:
    """No acne, whichever way the light comes, and walls do not make the shadows of people coarse."""
    plate, floor, view, _ = plate_over_floor()
    wall = quad(np.array([[-6, -1, -4], [6, -1, -4], [6, 6, -4], [-6, 6, -4]], np.float32))
    lamp = Light(np.array(direction), shadow=1.0)
    lit, dark = (
        renderer.render([plate, floor, wall], view, Light(lamp.direction, shadow=share)).colour.astype(int)
        for share in (0.0, 1.0)
    )
    shaded = (np.abs(lit - dark) > 2).any(-1)
    under = shaded & (renderer.render([plate], view, lamp).instance == 0)
    assert (shaded & ~under).sum() < 12  # the plate is lit
    spread = np.argwhere(under)
    if len(spread):  # one spot, the size of the plate as the light throws it
        place = spread - np.median(spread, 0)
        assert np.abs(place).max() < 75 and under.sum() < 2600


def test_a_catcher_darkens_the_photograph_alone(renderer: Renderer) -> None:
    plate, floor, view, light = plate_over_floor()
    photo = np.random.default_rng(0).integers(0, 256, (160, 160, 3), np.uint8)
    plain = renderer.render([plate], view, light, photo)
    caught = renderer.render([plate], view, light, photo, catcher=floor)
    for name in ("depth", "instance", "part"):
        assert np.array_equal(getattr(plain, name), getattr(caught, name))
    body = plain.instance == 1
    (x, y), _ = view.project(np.array([-0.75, 0, 0]))
    spot = np.s_[round(float(y)) - 2 : round(float(y)) + 3, round(float(x)) - 2 : round(float(x)) + 3]
    assert caught.colour[spot].mean() < 0.8 * photo[spot].mean()
    inside = np.zeros_like(body)
    inside[2:-2, 2:-2] = True
    for dy in (-2, 2):
        inside &= np.roll(body, dy, 0) & np.roll(body, dy, 1)
    assert inside.any() and np.array_equal(plain.colour[inside], caught.colour[inside])
    assert np.array_equal(caught.colour[-3:, :3], photo[-3:, :3])


def test_the_background_is_kept_to_the_byte(renderer: Renderer) -> None:
    view = camera(96, 64)
    photo = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    assert np.array_equal(renderer.render([], view, Light(), photo).colour, photo)
    drawn = renderer.render([quad(pixel_quad(view, 10, 10, 20, 20))], view, PLAIN, photo).colour
    changed = np.argwhere((drawn != photo).any(-1))
    assert changed.min() >= 9 and changed.max() <= 21
    with pytest.raises(SynthError, match="background is 96 x 64"):
        renderer.render([], camera(64, 96), Light(), photo)


def test_fog_takes_the_distance(renderer: Renderer) -> None:
    view = Camera.looking_at(np.array([0, 0, 3.0]), np.zeros(3), 64, 64, 100.0)
    dark = {"colour": (0.05, 0.05, 0.05)}
    near, far = (
        quad(pixel_quad(view, *where), **dark) for where in ((5, 5, 25, 60, 2.0), (35, 5, 60, 60, 40.0))
    )
    colour = renderer.render([near, far], view, Light(shadow=0.0, fog=(0.8, 0.8, 0.8, 0.08))).colour
    assert colour[30, 15, 0] + 60 < colour[30, 50, 0] <= 206


def test_the_same_input_gives_the_same_bytes(renderer: Renderer, person: Mesh) -> None:
    """Also from another renderer, and after pictures of another size."""
    floor = quad(np.array([[-3, 0, 3], [3, 0, 3], [3, 0, -3], [-3, 0, -3]], np.float32))
    first = renderer.render([floor, person], camera(), Light())
    small = renderer.render([person], camera(60, 40, 50.0), Light())
    again = renderer.render([floor, person], camera(), Light())
    second = Renderer()
    fresh = second.render([floor, person], camera(), Light())
    second.close()
    for other in (again, fresh):
        for name in ("colour", "depth", "instance", "part", "body_uv"):
            assert getattr(first, name).tobytes() == getattr(other, name).tobytes(), name
    assert small.colour.shape == (40, 60, 3) and small.body_uv.shape == (40, 60, 2)
    assert first.colour.dtype == np.uint8 and first.depth.dtype == np.float32
    assert renderer.render([person], camera(60, 40, 50.0), Light()).colour.tobytes() == small.colour.tobytes()


def test_nothing_to_draw(renderer: Renderer, person: Mesh) -> None:
    behind = Camera.looking_at(np.array([0, 1, 3.0]), np.array([0, 1, 6.0]), 48, 48, 50.0)
    empty = Mesh(np.zeros((0, 3), np.float32), np.zeros((0, 3), np.int32))
    for meshes in ([], [empty], [person]):
        buffers = renderer.render(meshes, behind, Light())
        assert (buffers.colour == 0).all() and np.isinf(buffers.depth).all() and (buffers.instance == 0).all()
        assert np.isnan(buffers.body_uv).all()
        visible, hidden = renderer.depth_layers(meshes, behind)
        assert np.isinf(visible).all() and np.isinf(hidden).all()


def test_faces_nearer_than_the_near_plane_are_cut(renderer: Renderer) -> None:
    view = Camera.looking_at(np.array([0, 0.3, 3.0]), np.array([0, 0.3, 0]), 64, 64, 40.0)
    floor = quad(np.array([[-5, 0, 9], [5, 0, 9], [5, 0, -9], [-5, 0, -9]], np.float32), instance=1)
    seen = renderer.render([floor], view, PLAIN)
    assert (seen.instance[40:] == 1).all() and (seen.depth[40:] >= 0.05).all()
    assert (seen.instance[:31] == 0).all()


def test_broken_faces_do_no_harm(renderer: Renderer) -> None:
    view = camera()
    corners = pixel_quad(view, 20, 20, 60, 60)
    faces = np.array([[0, 1, 2], [0, 2, 3], [0, 0, 1], [2, 2, 2], [0, 1, 2], [0, 1, 3]], np.int32)
    broken = Mesh(np.concatenate([corners, corners[:1]]), faces, instance=1)
    good = renderer.render([quad(corners, instance=1)], view, Light())
    odd = renderer.render([broken], view, Light())
    assert np.array_equal(good.instance, odd.instance)
    assert odd.colour[40, 40].min() > 0


def test_a_face_beyond_the_vertices_is_refused(renderer: Renderer) -> None:
    view = camera()
    for wrong in (4, -1):
        mesh = Mesh(pixel_quad(view, 20, 20, 60, 60), np.array([[0, 1, wrong]], np.int32))
        with pytest.raises(ValueError, match="outside the 4"):
            renderer.render([mesh], view, Light())
        with pytest.raises(ValueError, match="outside the 4"):
            renderer.depth_layers([mesh], view)


def test_backs_are_left_out_unless_two_sided(renderer: Renderer) -> None:
    view = camera()
    corners = pixel_quad(view, 20, 20, 60, 60)[::-1].copy()
    assert (renderer.render([quad(corners, instance=1)], view, Light()).instance == 0).all()
    both = renderer.render([quad(corners, instance=1, two_sided=True)], view, Light())
    assert both.instance[40, 40] == 1 and both.colour[40, 40].min() > 0
    assert np.isfinite(renderer.depth_layers([quad(corners)], view)[0][40, 40])


def test_one_texture_on_several_meshes_and_mixed_sides(renderer: Renderer) -> None:
    """However meshes are put together for drawing, each keeps its own values."""
    view = camera()
    texture = np.full((4, 4, 3), 255, np.uint8)
    uv = np.zeros((4, 2), np.float32)
    meshes = [
        quad(
            pixel_quad(view, 10 * i + 1, 10, 10 * i + 8, 20),
            instance=i,
            uv=uv if i % 2 else None,
            texture=texture if i % 2 else None,
            two_sided=i % 3 == 0,
            casts_shadow=i % 4 == 0,
        )
        for i in range(1, 12)
    ]
    seen = renderer.render(meshes, view, Light()).instance
    assert [int(seen[15, 10 * i + 4]) for i in range(1, 12)] == list(range(1, 12))


def test_a_closed_renderer_says_so(person: Mesh) -> None:
    own = Renderer()
    assert own.info
    own.close()
    own.close()
    with pytest.raises(SynthError, match="closed"):
        own.render([person], camera(), Light())
    with pytest.raises(SynthError, match="closed"):
        own.depth_layers([person], camera())


def test_no_opengl_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: object) -> None:
        raise OSError("libEGL.so not found\nsecond line")

    monkeypatch.setattr(context.moderngl, "create_context", refuse)
    monkeypatch.delenv("EGL_PLATFORM", raising=False)
    with pytest.raises(SynthError) as caught:
        Renderer()
    assert "libEGL.so not found" in str(caught.value) and "libegl1" in str(caught.value)
    assert "\n" not in str(caught.value)
    assert "EGL_PLATFORM" not in context.os.environ

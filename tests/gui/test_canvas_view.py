import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from poseapp.qt.items.view_transform import MAX_ZOOM, ViewTransform


def view(canvas: tuple[float, float] = (800, 600), frame: tuple[int, int] = (1920, 1080)) -> ViewTransform:
    made = ViewTransform()
    made.set_canvas(*canvas)
    made.set_frame(*frame)
    return made


def test_fit_shows_the_whole_frame_centred() -> None:
    x, y, width, height = view().frame_rect()
    assert (x, width) == (0, 800)
    assert y + height / 2 == 300
    tall = view(frame=(100, 3000)).frame_rect()
    assert tall[3] == 600 and abs(tall[0] + tall[2] / 2 - 400) < 1e-9


@given(st.floats(0.05, 30), st.floats(0, 800), st.floats(0, 600), st.floats(0.2, 5))
def test_zooming_keeps_what_is_under_the_cursor(zoom: float, x: float, y: float, factor: float) -> None:
    made = view()
    made.zoom_to(zoom)
    anchor = np.array([x, y])
    before = made.to_frame(anchor)
    fx, fy, width, height = made.frame_rect()
    inside = fx <= x <= fx + width and fy <= y <= fy + height
    made.zoom_by(factor, (x, y))
    if inside and width * factor > 200 and height * factor > 200:
        assert np.abs(made.to_frame(anchor) - before).max() < 1e-6
    assert made.zoom <= MAX_ZOOM
    assert np.abs(made.to_canvas(made.to_frame(anchor)) - anchor).max() < 1e-6


def test_pixel_centres_are_at_integers() -> None:
    made = view(frame=(8, 6), canvas=(80, 60))
    made.zoom_to(10.0)
    x, y, _, _ = made.frame_rect()
    assert np.allclose(made.to_canvas(np.zeros(2)), (x + 5, y + 5))
    assert np.allclose(made.to_frame(np.array([x, y])), (-0.5, -0.5))


@given(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5), st.floats(0.05, 20))
def test_the_frame_cannot_be_lost_by_panning(dx: float, dy: float, zoom: float) -> None:
    made = view()
    made.zoom_to(zoom)
    made.pan(dx, dy)
    x, y, width, height = made.frame_rect()
    assert min(x + width, 800) - max(x, 0) >= min(59, width - 1)
    assert min(y + height, 600) - max(y, 0) >= min(59, height - 1)


def test_resizing_keeps_the_fit_or_the_middle() -> None:
    made = view()
    made.set_canvas(400, 300)
    assert made.is_fit and made.frame_rect()[2] == 400
    made.zoom_to(2.0)
    middle = made.to_frame(np.array([200.0, 150.0]))
    made.set_canvas(600, 500)
    assert np.allclose(made.to_frame(np.array([300.0, 250.0])), middle)
    made.set_frame(640, 480)
    assert made.is_fit


def test_show_box_puts_it_in_the_middle() -> None:
    made = view()
    made.show_box((900, 400, 1000, 600))
    assert np.allclose(made.to_canvas(np.array([950.0, 500.0])), (400, 300))
    assert abs(200 * made.zoom / 600 - 0.7) < 1e-9

"""Where the pictures of the preview stand."""

import pytest
from PySide6.QtCore import QRectF

from poseapp.qt.dialogs.synth_grid import CAPTION_PX, WIDEST_GAP_PX, PreviewGrid


@pytest.mark.parametrize(
    ("room", "aspect", "columns"),
    [((727, 615), 1.0, 3), ((450, 640), 1.0, 2), ((420, 1000), 1.5, 1), ((1400, 300), 1.0, 6),
     ((700, 600), 16 / 9, 2), ((320, 240), 1.0, 3)],
)  # fmt: skip
def test_pictures_use_the_room_there_is(qtbot, room, aspect, columns):
    grid = PreviewGrid(6)
    qtbot.addWidget(grid)
    grid.resize(*room)
    grid.expect(aspect)
    grid.expect_none()
    cells = [grid.cell(place) for place in range(6)]
    assert grid.columns() == columns
    inside = QRectF(grid.rect())
    for number, cell in enumerate(cells):
        with_caption = cell.adjusted(0, 0, 0, CAPTION_PX)
        assert inside.contains(with_caption) and cell.width() == pytest.approx(aspect * cell.height())
        assert not any(with_caption.intersects(other) for other in cells[number + 1 :])
    above, below = cells[0].top(), room[1] - cells[-1].bottom() - CAPTION_PX
    assert above == pytest.approx(below)
    # Where no side is full, at least the gaps take some of it.
    if room == (727, 615):
        assert cells[3].top() - cells[0].bottom() == pytest.approx(CAPTION_PX + WIDEST_GAP_PX) and above < 60

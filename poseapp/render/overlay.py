"""Skeletons drawn with OpenCV: left blue, right red-orange unless they say otherwise, a low score is a ring.

Coordinates are drawn to 1/16 of a pixel; integer coordinates are pixel centres, as everywhere.
"""

from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt

from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton

Image = npt.NDArray[np.uint8]
Colour = tuple[int, int, int]

SIDE_COLOURS: dict[str, Colour] = {
    "left": (0x4C, 0x9B, 0xFF),
    "right": (0xFF, 0x6B, 0x4A),
    "middle": (0xC9, 0xD1, 0xDC),
}
OUTLINE: Colour = (0x10, 0x14, 0x1A)
LOW_SCORE = 0.3

_SHIFT = 4
_STEPS = 1 << _SHIFT


def draw_instances(
    image: Image,
    instances: Sequence[Instance],
    skeleton: Skeleton,
    *,
    predicted: bool = False,
    scale: float = 1.0,
    low_score: float = LOW_SCORE,
) -> Image:
    """Draw people on a copy of a picture.

    Labels have full lines and dots; predictions are thinner and slightly transparent. A keypoint whose score
    is below `low_score`, and a hidden one, is a ring; an unlabelled one is not drawn.

    Args:
        image: (H, W, 3) uint8 RGB.
        instances: The people, points in pixels of the picture.
        skeleton: Edges and sides.
        predicted: Draw as predictions.
        scale: Factor on line width and dot size, which follow the picture's shorter side.
        low_score: Scores below this are rings.

    Returns:
        (H, W, 3) uint8 RGB.
    """
    canvas = np.ascontiguousarray(image).copy()
    unit = scale * max(min(canvas.shape[:2]), 160) / 480.0
    for instance in instances:
        _draw_edges(canvas, instance, skeleton, unit, predicted)
        _draw_points(canvas, instance, skeleton, unit, predicted, low_score)
    if predicted and instances:
        cv2.addWeighted(canvas, 0.85, np.ascontiguousarray(image), 0.15, 0.0, dst=canvas)
    return canvas


def edge_side(skeleton: Skeleton, edge: tuple[int, int]) -> str:
    """Side of an edge: that of its ends, a middle end giving way; "middle" between left and right."""
    sides = {str(skeleton.sides[index]) for index in edge} - {"middle"}
    return sides.pop() if len(sides) == 1 else "middle"


def _drawable(instance: Instance) -> npt.NDArray[np.bool_]:
    """(K,) keypoints that have a place near enough for OpenCV's integer coordinates."""
    points = instance.points
    with np.errstate(invalid="ignore"):
        return instance.labelled & np.isfinite(points).all(1) & (np.abs(points) < 1e6).all(1)


def _draw_edges(canvas: Image, instance: Instance, skeleton: Skeleton, unit: float, predicted: bool) -> None:
    drawable = _drawable(instance)
    width = max(1, round((1.6 if predicted else 2.6) * unit))
    for pass_width, colour in ((width + max(2, round(unit)), OUTLINE), (width, None)):
        for number, edge in enumerate(skeleton.edges):
            if not drawable[list(edge)].all():
                continue
            start, end = (_fixed(instance.points[index]) for index in edge)
            own = _own_colour(skeleton.edge_color_of(number))
            line_colour = colour or own or SIDE_COLOURS[edge_side(skeleton, edge)]
            cv2.line(canvas, start, end, line_colour, pass_width, cv2.LINE_AA, _SHIFT)


def _draw_points(
    canvas: Image, instance: Instance, skeleton: Skeleton, unit: float, predicted: bool, low_score: float
) -> None:
    drawable = _drawable(instance)
    radius = (3.0 if predicted else 4.0) * unit
    outline = max(1, round(0.8 * unit))
    for index in np.flatnonzero(drawable):
        centre = _fixed(instance.points[index])
        own = _own_colour(skeleton.color_of(int(index)))
        colour = own or SIDE_COLOURS[str(skeleton.sides[index])]
        is_low = instance.scores is not None and not instance.scores[index] >= low_score
        if is_low or instance.visibility[index] == 1:
            size = round(radius * 1.35 * _STEPS)
            cv2.circle(canvas, centre, size, OUTLINE, 3 * outline, cv2.LINE_AA, _SHIFT)
            cv2.circle(canvas, centre, size, colour, max(1, round(1.4 * unit)), cv2.LINE_AA, _SHIFT)
        else:
            size = round(radius * _STEPS)
            cv2.circle(canvas, centre, size + outline * _STEPS, OUTLINE, -1, cv2.LINE_AA, _SHIFT)
            cv2.circle(canvas, centre, size, colour, -1, cv2.LINE_AA, _SHIFT)


def _own_colour(text: str) -> Colour | None:
    """A skeleton's "#rrggbb" as numbers, None for ""."""
    return (int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16)) if text else None


def _fixed(point: npt.NDArray[np.float64]) -> tuple[int, int]:
    return round(float(point[0]) * _STEPS), round(float(point[1]) * _STEPS)

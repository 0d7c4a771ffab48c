"""Clothes painted on the body's texture map."""

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from poseapp.synth.look.atlas import SIZE, Atlas, Floats
from poseapp.synth.look.fabrics import TILE, pick_colour
from poseapp.synth.look.wardrobe import Worn

Colours = NDArray[np.uint8]


def fold_shade(atlas: Atlas, rng: np.random.Generator) -> Floats:
    """Light and dark of folds for every texel, about 1."""
    wide = cv2.resize(
        rng.normal(0, 0.06, (20, 26)).astype(np.float32), (SIZE, SIZE), interpolation=cv2.INTER_CUBIC
    )
    fine = cv2.resize(
        rng.normal(0, 0.05, (64, 40)).astype(np.float32), (SIZE, SIZE), interpolation=cv2.INTER_CUBIC
    )
    return atlas.texels.sample(1 + np.clip(wide + fine, -0.22, 0.18))


def tile_at(tile: NDArray[np.uint8], cloth: Floats) -> Colours:
    """Colours of a repeated tile at cloth coordinates ``(n, 2)``."""
    column = (cloth[:, 0] * TILE).astype(np.int32) & (TILE - 1)
    row = (-cloth[:, 1] * TILE).astype(np.int32) & (TILE - 1)
    return tile.reshape(-1, 3).take(row * TILE + column, 0)


def paint_garment(
    atlas: Atlas, worn: Worn, colours: Colours, folds: Floats, rng: np.random.Generator
) -> NDArray[np.bool_]:
    """Paint one garment over what is there.

    Args:
        atlas: Of the body model.
        worn: The garment.
        colours: ``(N, 3)`` of all texels, changed in place.
        folds: From `fold_shade`.
        rng: Source of chance.

    Returns:
        ``(N,)`` which texels it covers.
    """
    texels = atlas.texels
    edge = texels.spread(worn.field)
    at = np.flatnonzero(edge > -0.004)
    inside = edge[at]
    brush = _Brush(atlas, at, tile_at(worn.tile, texels.cloth[at]).astype(np.float32), inside, worn, rng)
    for mark in worn.garment.marks:
        _MARKS[mark](brush)
    tight = worn.garment.loose[1] < 0.004
    shade = 1 + (folds[at] - 1) * (0.35 if tight else 1.0)
    seam = (np.abs(inside - 0.016) < 0.003) & (worn.garment.cut not in ("hood", "gloves"))
    shade = np.where(seam, shade * 0.84, shade)
    colours[at] = np.clip(brush.colours * shade[:, None], 0, 255).astype(np.uint8)
    covered = np.zeros(len(colours), bool)
    covered[at] = True
    return covered


class _Brush:
    """The texels of one garment while they are painted; n of them."""

    def __init__(
        self,
        atlas: Atlas,
        at: NDArray[Any],
        colours: Floats,
        inside: Floats,
        worn: Worn,
        rng: np.random.Generator,
    ) -> None:
        self.atlas, self.at, self.colours, self.inside, self.worn, self.rng = (
            atlas,
            at,
            colours,
            inside,
            worn,
            rng,
        )
        self.accent = np.array(worn.accent, np.float32)
        self.x, self.y, self.z = atlas.texels.points[at].T
        part = atlas.texels.part[at]
        self.trunk = (part == 3) | (part == 4) | (part == 2)
        self.arm = (part >= 5) & (part <= 10)
        self.leg = part >= 11
        self.front = self.trunk & (self.z > 0.0)

    def fill(self, where: NDArray[np.bool_], colour: Any) -> None:
        self.colours[where] = colour

    def stamp(self, picture: Floats, x: float, y: float, width: float, back: bool = False) -> None:
        """Lay a picture (colour and a mask as its fourth channel) on chest or back."""
        height, columns = picture.shape[:2]
        across = (self.x - x) * (-1 if back else 1) / width + 0.5
        down = (y - self.y) / (width * height / columns) + 0.5
        side = self.trunk & ((self.z < 0.0) if back else (self.z > 0.03))
        hit = np.flatnonzero(side & (across >= 0) & (across < 1) & (down >= 0) & (down < 1))
        taken = picture[(down[hit] * height).astype(int), (across[hit] * columns).astype(int)]
        share = taken[:, 3:] / 255.0
        self.colours[hit] += share * (taken[:, :3] - self.colours[hit])


def _lettering(text: str, colour: Any, outline: Any = None) -> Floats:
    picture = np.zeros((48, 24 * max(len(text), 1) + 8, 4), np.uint8)
    if outline is not None:
        cv2.putText(
            picture,
            text,
            (4, 40),
            cv2.FONT_HERSHEY_DUPLEX,
            1.4,
            (*map(float, outline), 255.0),
            8,
            cv2.LINE_AA,
        )
    cv2.putText(
        picture, text, (4, 40), cv2.FONT_HERSHEY_DUPLEX, 1.4, (*map(float, colour), 255.0), 4, cv2.LINE_AA
    )
    return picture.astype(np.float32)


def _print(brush: _Brush) -> None:
    """A word, a form or a stripe across the chest; often nothing."""
    rng = brush.rng
    form = rng.integers(7)
    if form == 0:
        letters = "ABCDEFGHIKLMNOPRSTUVY"
        word = "".join(letters[i] for i in rng.integers(0, len(letters), rng.integers(3, 7)))
        brush.stamp(_lettering(word, brush.accent), 0, rng.uniform(0.44, 0.58), rng.uniform(0.14, 0.24))
    elif form == 1:
        picture = np.zeros((64, 64, 4), np.float32)
        colour = (*brush.accent.tolist(), 255.0)
        if rng.random() < 0.5:
            cv2.circle(picture, (32, 32), 28, colour, -1 if rng.random() < 0.6 else 8, cv2.LINE_AA)
        else:
            corners = rng.integers(3, 8)
            angle = np.arange(corners) * 2 * np.pi / corners
            outline = np.stack([32 + 29 * np.sin(angle), 32 - 29 * np.cos(angle)], 1).astype(np.int32)
            cv2.fillPoly(picture, [outline], colour, cv2.LINE_AA)
        brush.stamp(picture, 0, rng.uniform(0.45, 0.56), rng.uniform(0.08, 0.2))
    elif form == 2:
        middle, half = rng.uniform(0.42, 0.58), rng.uniform(0.02, 0.07)
        brush.fill(brush.trunk & (np.abs(brush.y - middle) < half), brush.accent)
    elif form == 3:
        brush.stamp(_lettering("O" * int(rng.integers(1, 3)), brush.accent), 0.08, 0.57, 0.05)


def _number(brush: _Brush) -> None:
    rng = brush.rng
    text = str(rng.integers(1, 100))
    outline = None if rng.random() < 0.5 else np.array(pick_colour(rng, "sport"))
    width = 0.1 if len(text) == 1 else 0.19
    brush.stamp(_lettering(text, brush.accent, outline), 0, 0.38, width * 1.4, back=True)
    brush.stamp(
        _lettering("".join("ADELNORSTVX"[i] for i in rng.integers(0, 11, 6)), brush.accent),
        0,
        0.6,
        0.24,
        back=True,
    )
    if rng.random() < 0.6:
        brush.stamp(_lettering(text, brush.accent, outline), 0, 0.48, width * 0.9)
    if rng.random() < 0.6:
        brush.stamp(_lettering("SPORTIVA"[: rng.integers(3, 8)], brush.accent), 0, 0.4, 0.22)


def _side(brush: _Brush) -> None:
    """Stripes down the outside of legs and arms, or panels under the arms."""
    if brush.rng.random() < 0.3:
        return
    around = brush.atlas.texels.cloth[brush.at]
    lines = int(brush.rng.integers(1, 3))
    outer = np.abs(np.where(brush.leg, np.abs(around[:, 0]) - 0.25, 1.0))
    outer = np.where(brush.arm, np.abs(around[:, 0]), outer)
    outer = np.where(brush.trunk, np.abs(np.abs(around[:, 0]) - 0.5) * 2, outer)
    width = 0.03 * (2 * lines - 1) if lines > 1 else 0.04
    on = (outer < width) & ((lines == 1) | ((outer / 0.03).astype(int) % 2 == 0))
    brush.fill(on, brush.accent)


def _collar(brush: _Brush) -> None:
    """A folded collar: a band below the neckline, darker at its edge."""
    band = brush.trunk & (brush.inside < 0.034) & (brush.y > 0.62)
    brush.fill(band, np.array(brush.worn.colour, np.float32) * (1.06 if brush.rng.random() < 0.7 else 0.6))
    brush.colours[brush.trunk & (np.abs(brush.inside - 0.036) < 0.0035) & (brush.y > 0.62)] *= 0.6


def _buttons(brush: _Brush) -> None:
    middle = brush.front & (np.abs(brush.x) < 0.016)
    brush.colours[middle & (np.abs(np.abs(brush.x) - 0.015) < 0.003)] *= 0.72
    button = middle & (np.hypot(brush.x, (brush.y % 0.075) - 0.037) < 0.006)
    brush.fill(
        button, np.array((225, 222, 215)) if np.mean(brush.worn.colour) < 120 else np.array((70, 66, 60))
    )


def _zip(brush: _Brush) -> None:
    if brush.rng.random() < 0.75:
        brush.fill(
            brush.front & (np.abs(brush.x) < 0.006), np.array((150, 150, 152)) * brush.rng.uniform(0.3, 1.2)
        )


def _pocket(brush: _Brush) -> None:
    if brush.rng.random() < 0.5:
        box = brush.front & (np.abs(brush.x - 0.08) < 0.045) & (np.abs(brush.y - 0.52) < 0.05)
        rim = (np.abs(np.abs(brush.x - 0.08) - 0.043) < 0.003) | (
            np.abs(np.abs(brush.y - 0.52) - 0.048) < 0.003
        )
    else:
        box = brush.front & (np.abs(brush.x) < 0.13) & (np.abs(brush.y - 0.26) < 0.075)
        rim = (np.abs(np.abs(brush.x) - 0.12) < 0.004) | (np.abs(np.abs(brush.y - 0.26) - 0.072) < 0.004)
    brush.colours[box & rim] *= 0.7


def _band(brush: _Brush) -> None:
    """Ribbed or coloured hems."""
    form = brush.rng.integers(3)
    if form:
        rim = brush.inside < brush.rng.uniform(0.012, 0.03)
        brush.fill(rim, brush.accent if form == 1 else np.array(brush.worn.colour) * 0.8)


def _belt(brush: _Brush) -> None:
    top = brush.worn.waist if brush.worn.garment.cut == "bottom" else 0.3
    belt = brush.trunk & (np.abs(brush.y - top + 0.02) < 0.018)
    if "gi" in brush.worn.name:
        colour = (
            (240, 240, 240),
            (240, 210, 60),
            (240, 130, 40),
            (40, 130, 70),
            (40, 70, 170),
            (110, 70, 40),
            (20, 20, 20),
        )
        brush.fill(brush.trunk & (np.abs(brush.y - 0.26) < 0.022), np.array(colour[brush.rng.integers(7)]))
    elif brush.rng.random() < 0.5:
        brush.fill(belt, np.array(((40, 32, 28), (90, 60, 38), (24, 24, 26))[brush.rng.integers(3)]))
        brush.fill(belt & (np.abs(brush.x) < 0.02) & (brush.z > 0), np.array((190, 184, 160)))


def _seams(brush: _Brush) -> None:
    around = brush.atlas.texels.cloth[brush.at]
    brush.colours[brush.leg & (np.abs(np.abs(around[:, 0]) - 0.25) < 0.008)] *= 0.85
    fly = brush.front & (np.abs(brush.x - 0.012) < 0.004) & (brush.y > 0.1) & (brush.y < 0.27)
    slant = (
        brush.front & (np.abs((np.abs(brush.x) - 0.1) - (0.25 - brush.y) * 0.5) < 0.004) & (brush.y > 0.16)
    )
    seat = (brush.z < 0) & (np.abs(np.abs(brush.x) - 0.08) < 0.055) & (np.abs(brush.y - 0.17) < 0.06)
    rim = (np.abs(np.abs(np.abs(brush.x) - 0.08) - 0.052) < 0.004) | (
        np.abs(np.abs(brush.y - 0.17) - 0.057) < 0.004
    )
    brush.colours[fly | slant | (seat & rim)] *= 0.72
    if "jeans" in brush.worn.name and brush.rng.random() < 0.5:  # worn thighs
        fade = np.exp(-(((brush.y + 0.05) / 0.2) ** 2)) * (brush.leg & (brush.z > 0.04))
        brush.colours += (fade * 34)[:, None]


def _bright(brush: _Brush) -> None:
    grey = np.array((205, 208, 210))
    for height in (0.2, 0.34):
        brush.fill(brush.trunk & (np.abs(brush.y - height) < 0.024), grey)
    brush.fill(brush.trunk & (np.abs(np.abs(brush.x) - 0.1) < 0.024) & (brush.y > 0.34), grey)


def _lapels(brush: _Brush) -> None:
    lapel = brush.front & (brush.y > 0.42) & (brush.inside < 0.055 * np.clip((brush.y - 0.42) / 0.15, 0, 1))
    brush.colours[lapel] *= 0.85
    edge = 0.055 * np.clip((brush.y - 0.42) / 0.15, 0, 1)
    brush.colours[brush.front & (brush.y > 0.43) & (np.abs(brush.inside - edge) < 0.003)] *= 0.6


def _quilt(brush: _Brush) -> None:
    along = np.where(brush.arm, brush.atlas.texels.cloth[brush.at, 1] * 0.45, brush.y)
    brush.colours *= (0.78 + 0.3 * np.abs(np.sin(along * np.pi / 0.075)) ** 0.5)[:, None]


_MARKS: dict[str, Callable[[_Brush], None]] = {
    "print": _print, "number": _number, "side": _side, "collar": _collar, "buttons": _buttons, "zip": _zip,
    "pocket": _pocket, "band": _band, "belt": _belt, "seams": _seams, "bright": _bright, "lapels": _lapels,
    "quilt": _quilt,
}  # fmt: skip

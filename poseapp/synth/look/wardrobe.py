"""The table of garments, and how one is cut for a person."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseapp.synth.look import outlines
from poseapp.synth.look.atlas import Atlas, Floats

Range = tuple[float, float]


@dataclass(frozen=True)
class Garment:
    """A kind of garment.

    Attributes:
        cut: "top", "bottom", "briefs", "suit" (top and legs in one), "leotard", "socks", "gloves", "hood",
            "skirt".
        hem: Height of the lower hem on the standard body; for skirts how long, see `sheets.make_skirt`.
        sleeve: Share of the arm that is covered, (0, 0) without sleeves.
        necks: Necklines to choose from.
        waist: Height of the upper hem.
        thick: Metres off what lies below everywhere; ``loose`` what is added where it hangs freely.
        smooth: Times the cloth is smoothed; more bridges wider hollows.
        opening: Metres that the front stands open to either side of the middle.
        fabric: "free" follows the user's shares; else a fixed one.
        mood: Colours, see `fabrics.pick_colour`.
        flare: Metres a skirt widens.
        marks: Things painted on: "collar", "buttons", "zip", "print", "number", "side", "band", "belt",
            "pocket", "bright",
            "lapels".
    """

    cut: str
    hem: Range = (0.0, 0.0)
    sleeve: Range = (0.0, 0.0)
    necks: tuple[str, ...] = ("crew",)
    waist: Range = (0.28, 0.32)
    thick: Range = (0.004, 0.007)
    loose: Range = (0.0, 0.02)
    smooth: int = 6
    opening: Range = (0.0, 0.0)
    fabric: str = "free"
    mood: str = "any"
    flare: Range = (0.03, 0.1)
    marks: tuple[str, ...] = ()


_LONG = (0.97, 1.01)
_SHORT = (0.3, 0.48)
GARMENTS = {
    "t-shirt": Garment("top", (0.1, 0.2), _SHORT, ("crew", "crew", "vee", "scoop"), loose=(0.01, 0.045),
        marks=("print", "band")),
    "long sleeve": Garment("top", (0.1, 0.2), _LONG, ("crew", "vee", "scoop"), loose=(0.004, 0.022),
        marks=("print", "band")),
    "tank top": Garment("top", (0.1, 0.22), (0, 0), ("scoop", "strap"), loose=(0.004, 0.027),
        marks=("print",)),
    "crop top": Garment("top", (0.33, 0.4), (0, 0), ("strap", "scoop"), loose=(0.0, 0.003), mood="sport",
        smooth=2),
    "shirt": Garment("top", (0.09, 0.16), _LONG, ("collar",), loose=(0.016, 0.042),
        marks=("collar", "buttons", "pocket")),
    "short shirt": Garment("top", (0.09, 0.16), (0.4, 0.5), ("collar",), loose=(0.019, 0.045),
        marks=("collar", "buttons", "pocket")),
    "polo": Garment("top", (0.12, 0.18), (0.38, 0.48), ("collar",), loose=(0.013, 0.03),
        marks=("collar", "band")),
    "blouse": Garment("top", (0.13, 0.24), (0.5, 1.0), ("vee", "scoop", "collar"), loose=(0.011, 0.045),
        marks=("buttons",)),
    "sweater": Garment("top", (0.12, 0.19), _LONG, ("crew", "vee", "high"), thick=(0.009, 0.014),
        loose=(0.016, 0.038), smooth=12, marks=("band",)),
    "hoodie": Garment("top", (0.11, 0.18), _LONG, ("collar", "high"), thick=(0.01, 0.016),
        loose=(0.022, 0.053), smooth=14, marks=("zip", "pocket", "print", "band")),
    "football shirt": Garment("top", (0.1, 0.16), (0.4, 0.52), ("crew", "vee"), loose=(0.022, 0.045),
        mood="sport", marks=("number", "band", "side")),
    "basketball shirt": Garment("top", (0.06, 0.14), (0, 0), ("scoop", "vee"), loose=(0.025, 0.048),
        mood="sport", marks=("number", "side")),
    "running shirt": Garment("top", (0.12, 0.18), (0.0, 0.4), ("crew",), loose=(0.004, 0.018),
        mood="sport", marks=("side", "print")),
    "track jacket": Garment("top", (0.12, 0.18), _LONG, ("high",), thick=(0.008, 0.012),
        loose=(0.016, 0.038), smooth=10, fabric="plain", mood="sport", marks=("zip", "side")),
    "jacket": Garment("top", (0.1, 0.18), _LONG, ("collar", "high"), thick=(0.014, 0.022),
        loose=(0.019, 0.045), smooth=14, opening=(0.0, 0.06), marks=("zip", "pocket")),
    "suit jacket": Garment("top", (0.04, 0.1), _LONG, ("vee",), thick=(0.012, 0.018),
        loose=(0.013, 0.027), smooth=14, opening=(0.0,
        0.045), fabric="plain", mood="dark", marks=("lapels", "buttons")),
    "puffer": Garment("top", (0.1, 0.18), _LONG, ("high",), thick=(0.026, 0.036), loose=(0.004, 0.015),
        smooth=10, fabric="plain", marks=("zip", "quilt")),
    "vest": Garment("top", (0.12, 0.2), (0, 0), ("vee", "collar"), thick=(0.012, 0.018),
        loose=(0.011, 0.022), smooth=10, opening=(0.0, 0.05), marks=("zip",)),
    "hi-vis vest": Garment("top", (0.1, 0.16), (0, 0), ("vee",), thick=(0.012, 0.018),
        loose=(0.016, 0.03), smooth=12, opening=(0.0,
        0.02), fabric="plain", mood="vivid", marks=("bright",)),
    "gi jacket": Garment("top", (0.02, 0.06), (0.75, 0.95), ("vee",), thick=(0.01, 0.014),
        loose=(0.026, 0.045), smooth=12, fabric="plain", mood="gi", marks=("lapels", "belt")),
    "coat": Garment("top", (0.13, 0.16), _LONG, ("collar", "vee"), thick=(0.016, 0.024),
        loose=(0.016, 0.03), smooth=14, opening=(0.0, 0.05), marks=("buttons", "lapels")),
    "dress": Garment("top", (0.13, 0.16), (0.0, 0.6), ("scoop", "vee", "crew"), loose=(0.0, 0.006),
        smooth=5),
    "sun dress": Garment("top", (0.13, 0.16), (0, 0), ("strap", "scoop"), loose=(0.0, 0.004), smooth=4),
    "bikini top": Garment("top", (0.44, 0.45), (0, 0), ("strap",), thick=(0.003, 0.004), loose=(0, 0),
        smooth=0, mood="sport"),
    "rash guard": Garment("top", (0.12, 0.16), (0.3, 1.0), ("crew", "high"), thick=(0.003, 0.004),
        loose=(0, 0), smooth=0, mood="sport", marks=("side", "print")),
    "jeans": Garment("bottom", (-0.76, -0.73), thick=(0.006, 0.009), loose=(0.007, 0.039), smooth=7,
        fabric="denim", mood="denim", marks=("belt", "seams")),
    "chinos": Garment("bottom", (-0.76, -0.72), thick=(0.006, 0.008), loose=(0.01, 0.045), smooth=8,
        fabric="plain", marks=("belt", "seams")),
    "trousers": Garment("bottom", (-0.77, -0.72), thick=(0.006, 0.008), loose=(0.013, 0.06), smooth=9,
        marks=("band",)),
    "suit trousers": Garment("bottom", (-0.77, -0.74), thick=(0.006, 0.008), loose=(0.019, 0.036),
        smooth=9, fabric="plain", mood="dark", marks=("belt",)),
    "track trousers": Garment("bottom", (-0.74, -0.7), thick=(0.007, 0.01), loose=(0.016, 0.045),
        smooth=9, fabric="plain", mood="sport", marks=("side",)),
    "gi trousers": Garment("bottom", (-0.7, -0.62), thick=(0.007, 0.01), loose=(0.034, 0.053), smooth=9,
        fabric="plain", mood="gi"),
    "leggings": Garment("bottom", (-0.72, -0.55), thick=(0.003, 0.004), loose=(0, 0), smooth=1,
        mood="sport", marks=("side",)),
    "shorts": Garment("bottom", (-0.26, -0.06), thick=(0.006, 0.009), loose=(0.016, 0.053), smooth=7,
        marks=("band",)),
    "denim shorts": Garment("bottom", (-0.2, 0.0), thick=(0.006, 0.009), loose=(0.013, 0.03), smooth=7,
        fabric="denim", mood="denim", marks=("belt",)),
    "sports shorts": Garment("bottom", (-0.28, -0.08), thick=(0.006, 0.008), loose=(0.025, 0.06),
        smooth=7, fabric="plain", mood="sport", marks=("side", "band")),
    "cycling shorts": Garment("bottom", (-0.2, -0.05), thick=(0.003, 0.004), loose=(0, 0), smooth=1,
        fabric="plain", mood="sport", marks=("side",)),
    "swim shorts": Garment("bottom", (-0.2, -0.02), waist=(0.22, 0.25), thick=(0.005, 0.007),
        loose=(0.019, 0.045), mood="sport", marks=("band",)),
    "swim briefs": Garment("briefs", (0.5, 0.9), waist=(0.19, 0.23), thick=(0.003, 0.004), loose=(0, 0),
        smooth=1, mood="sport"),
    "leotard": Garment("leotard", (0.9, 1.3), (0.0, 1.0), ("scoop", "vee", "crew"), thick=(0.003, 0.004),
        loose=(0, 0), smooth=1, mood="sport", marks=("side",)),
    "swimsuit": Garment("leotard", (0.8, 1.3), (0, 0), ("strap", "scoop"), thick=(0.003, 0.004),
        loose=(0, 0), smooth=1, mood="sport"),
    "wetsuit": Garment("suit", (-0.7, -0.1), (0.4, 1.0), ("high", "crew"), thick=(0.005, 0.007),
        loose=(0, 0), smooth=3, fabric="plain", mood="dark", marks=("side",)),
    "overalls": Garment("suit", (-0.76, -0.72), _LONG, ("collar",), thick=(0.008, 0.012),
        loose=(0.022, 0.045), smooth=10, fabric="plain", marks=("zip", "pocket", "belt")),
    "socks": Garment("socks", (-0.68, -0.4), thick=(0.003, 0.004), loose=(0, 0), smooth=0, mood="light"),
    "gloves": Garment("gloves", thick=(0.003, 0.005), loose=(0, 0), smooth=0, fabric="plain", mood="dark"),
    "hijab": Garment("hood", thick=(0.012, 0.018), loose=(0.0, 0.008), smooth=10, fabric="free"),
    "skirt": Garment("skirt", (0.45, 1.7), waist=(0.27, 0.31), flare=(0.03, 0.16)),
    "pencil skirt": Garment("skirt", (0.8, 1.1), waist=(0.27, 0.31), flare=(-0.005, 0.015)),
    "dress skirt": Garment("skirt", (0.5, 1.9), waist=(0.3, 0.31), flare=(0.03, 0.18)),
    "coat skirt": Garment("skirt", (0.6, 1.5), waist=(0.28, 0.29), flare=(0.03, 0.09)),
}  # fmt: skip


@dataclass
class Worn:
    """One garment as one person wears it.

    Attributes:
        name: In `GARMENTS`.
        tile: Its cloth.
        colour: Its main colour; ``accent`` a second one.
        fabric: One of `settings.FABRICS`, or "denim".
        field: ``(V,)`` outline; ``offset`` ``(V,)`` metres off the skin.
        hem: As drawn from its range; ``sleeve`` metres, None without; ``flare`` metres; ``opening`` metres.
    """

    name: str
    tile: NDArray[np.uint8]
    colour: tuple[int, int, int]
    accent: tuple[int, int, int]
    fabric: str
    field: Floats
    offset: Floats
    hem: float
    waist: float
    opening: float
    flare: float

    @property
    def garment(self) -> Garment:
        """The row of the table."""
        return GARMENTS[self.name]


def tailor(
    atlas: Atlas,
    name: str,
    scale: float,
    rng: np.random.Generator,
    cloth: tuple[NDArray[np.uint8], Any, Any, str],
) -> Worn:
    """Cut a garment: decide hems and looseness.

    Args:
        atlas: Of the body model.
        name: In `GARMENTS`.
        scale: Size of the person against the standard body; cloth stands off less on the small.
        rng: Source of chance.
        cloth: Tile, main colour, accent and name of the fabric.
    """
    row = GARMENTS[name]
    hem, waist = rng.uniform(*row.hem), rng.uniform(*row.waist)
    sleeve = rng.uniform(*row.sleeve) * atlas.wrist
    neck = row.necks[rng.integers(len(row.necks))]
    thick, loose = rng.uniform(*row.thick), rng.uniform(*row.loose)
    opening, flare = rng.uniform(*row.opening), rng.uniform(*row.flare)
    if row.opening[1] and rng.random() < 0.4:
        opening = 0.0
    upper, legs = outlines.fullness(atlas)
    free = np.maximum(upper, legs) if row.cut == "suit" else (legs if row.cut == "bottom" else upper)
    if row.cut == "bottom" and rng.random() < 0.3:  # narrower towards the ankle
        free = free * (1 - 0.7 * outlines.ramp((-0.3 - atlas.points[:, 1]) / 0.4))
    turns = rng.normal(0, 11, (3, 3)).astype(np.float32) * np.array([1, 1.6, 1], np.float32)
    waves = np.sin(atlas.points @ turns.T + rng.uniform(0, 6.3, 3)).sum(1) / 3
    offset = ((thick + loose * free * (1 + 0.55 * waves)) * scale).astype(np.float32)
    if opening > 0.004:
        y = atlas.points[:, 1]
        gap = outlines.mirrored_front(atlas) - opening * (0.6 + 0.4 * outlines.ramp((0.5 - y) / 0.4))
        field = np.minimum(_outline(atlas, row, hem, waist, sleeve, neck), gap)
    else:
        field = _outline(atlas, row, hem, waist, sleeve, neck)
    tile, colour, accent, fabric = cloth
    return Worn(name, tile, colour, accent, fabric, field, offset, hem, waist, opening, flare * scale)


def _outline(atlas: Atlas, row: Garment, hem: float, waist: float, sleeve: float, neck: str) -> Floats:
    reach = sleeve if sleeve > 0.1 else None
    straps = neck in ("strap", "bust")
    if row.cut == "top":
        return outlines.top(atlas, hem, reach, neck, straps)
    if row.cut == "bottom":
        return outlines.bottom(atlas, waist, hem)
    if row.cut == "briefs":
        return outlines.briefs(atlas, waist, hem)
    if row.cut == "suit":
        return outlines.top(atlas, hem, reach, neck)
    if row.cut == "leotard":
        trunk = outlines.top(atlas, -1.0, reach, neck, straps)
        legs = outlines.briefs(atlas, 2.0, hem)
        return np.where(atlas.arm > 0.15, trunk, np.minimum(trunk, legs)).astype(np.float32)
    if row.cut == "socks":
        return outlines.socks(atlas, hem)
    if row.cut == "gloves":
        return outlines.gloves(atlas, atlas.wrist - 0.02)
    if row.cut == "hood":
        return outlines.hood(atlas)
    return np.full(len(atlas.points), -0.1, np.float32)

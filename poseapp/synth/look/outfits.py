"""What people wear together: outfits by age and sex, hair and head wear."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from poseapp.synth.body.phenotypes import Phenotype
from poseapp.synth.look import fabrics
from poseapp.synth.look.atlas import Atlas
from poseapp.synth.look.wardrobe import GARMENTS, Worn, tailor
from poseapp.synth.settings import SynthSettings

# Kind: (share for men, women, children), garments from the skin outwards (one of each tuple), shoes.
_TEES = ("t-shirt", "t-shirt", "long sleeve", "shirt", "short shirt", "polo", "sweater", "hoodie")
_HERS = ("t-shirt", "long sleeve", "blouse", "blouse", "tank top", "sweater", "hoodie", "shirt", "crop top")
_LEGS = ("jeans", "jeans", "jeans", "chinos", "trousers", "shorts", "denim shorts", "track trousers")
_HER_LEGS = ("jeans", "jeans", "leggings", "leggings", "trousers", "chinos", "shorts", "denim shorts")
_STREET = ("sneakers", "sneakers", "trainers", "leather", "boots", "slippers")
_SPORT_SHOES = ("trainers", "trainers", "sneakers")


@dataclass(frozen=True)
class Kit:
    """One kind of outfit.

    Attributes:
        shares: How often men, women and children wear it.
        layers: From the skin outwards; one of each tuple, "" leaves the layer out.
        shoes: One of these; "" is barefoot.
        matching: Share of outfits whose layers are of one colour.
    """

    shares: tuple[float, float, float]
    layers: tuple[tuple[str, ...], ...]
    shoes: tuple[str, ...]
    matching: float = 0.05


KITS = {
    "casual": Kit((36, 12, 38), (("socks",), _LEGS, _TEES), _STREET),
    "casual hers": Kit((0, 24, 0), (("socks", ""), _HER_LEGS, _HERS), _STREET),
    "tucked": Kit((7, 5, 1), (("socks",), ("shirt", "t-shirt", "polo"), ("jeans", "chinos",
        "suit trousers")), ("leather", "sneakers")),
    "jacket": Kit((12, 8, 8), (("socks",), ("jeans", "chinos", "trousers"), ("t-shirt", "long sleeve"),
        ("jacket", "puffer", "vest", "hoodie")), _STREET),
    "suit": Kit((6, 3, 0), (("socks",), ("shirt",), ("suit trousers",), ("suit jacket",)), ("leather",),
        0.85),
    "skirt": Kit((0, 9, 5), (("leggings", "socks", ""), ("t-shirt", "blouse", "tank top", "sweater"),
        ("skirt", "skirt", "pencil skirt")), ("sneakers", "slippers", "leather", "boots")),
    "dress": Kit((0, 10, 6), (("leggings", "socks", "", ""), ("dress", "sun dress"), ("dress skirt",)),
        ("slippers", "sneakers", "leather", ""), 1.0),
    "coat": Kit((4, 5, 2), (("socks",), ("jeans", "trousers"), ("sweater", "long sleeve"), ("coat",),
        ("coat skirt",)), ("boots", "leather", "sneakers")),
    "football": Kit((6, 2, 8), (("socks",), ("sports shorts",), ("football shirt",)), _SPORT_SHOES, 0.5),
    "basketball": Kit((4, 1.5, 4), (("socks",), ("sports shorts",), ("basketball shirt",)), _SPORT_SHOES,
        0.7),
    "running": Kit((5, 6, 3), (("socks",), ("cycling shorts", "sports shorts", "leggings"), ("running shirt",
        "tank top", "crop top")), _SPORT_SHOES, 0.2),
    "yoga": Kit((0, 6, 0), (("leggings",), ("crop top", "tank top", "running shirt")), ("", "trainers"), 0.4),
    "gym": Kit((5, 0, 0), (("socks",), ("sports shorts", "track trousers"), ("tank top", "t-shirt", "")),
        _SPORT_SHOES),
    "track suit": Kit((4, 3, 6), (("socks",), ("track trousers",), ("t-shirt",), ("track jacket",)),
        _SPORT_SHOES, 0.7),
    "swimming": Kit((4, 0, 3), (("swim shorts", "swim briefs"),), ("", "slippers")),
    "swimming hers": Kit((0, 2.5, 1.5), (("swimsuit", "swimsuit", "rash guard+swim shorts",
        "bikini top+swim briefs"),), ("", "slippers"), 0.8),
    "gymnastics": Kit((1, 3, 3), (("leotard",), ("leggings", "", "")), ("",), 0.5),
    "wetsuit": Kit((1.2, 1, 0.6), (("wetsuit",),), ("",)),
    "karate": Kit((1.5, 1, 2), (("gi trousers",), ("gi jacket",)), ("",), 1.0),
    "work": Kit((3, 1, 0), (("socks",), ("jeans", "chinos", "trousers"), ("t-shirt", "long sleeve",
        "hoodie"), ("hi-vis vest",)), ("boots",)),
    "overalls": Kit((2, 1, 2), (("socks",), ("overalls",)), ("boots", "sneakers")),
    "veiled": Kit((0, 4, 0), (("trousers", "jeans"), ("blouse", "long sleeve"), ("dress skirt", "coat skirt",
        ""), ("hijab",)), ("sneakers", "leather", "slippers")),
}  # fmt: skip

_MENS_HAIR = {
    "bald": 10,
    "buzz": 18,
    "short": 30,
    "parting": 22,
    "spiky": 8,
    "curly": 10,
    "afro": 5,
    "long": 3,
    "bun": 3,
}
_WOMENS_HAIR = {
    "short": 6,
    "parting": 6,
    "curly": 6,
    "afro": 6,
    "bob": 20,
    "long": 24,
    "curls": 12,
    "ponytail": 16,
    "bun": 12,
    "buzz": 1,
}
_CHILDRENS_HAIR = {
    "short": 26,
    "parting": 14,
    "bowl": 14,
    "spiky": 6,
    "curly": 10,
    "bob": 10,
    "long": 10,
    "ponytail": 10,
    "pigtails": 10,
}


def group_of(phenotype: Phenotype) -> int:
    """0 a man, 1 a woman, 2 a child."""
    if phenotype.age < 0.46:
        return 2
    return int(phenotype.gender > 0.5)


def _draw(rng: np.random.Generator, shares: Mapping[str, float]) -> str:
    weights = np.array(list(shares.values()), float)
    return list(shares)[rng.choice(len(weights), p=weights / weights.sum())]


def choose_kit(phenotype: Phenotype, rng: np.random.Generator) -> tuple[str, list[str], str]:
    """Kind of outfit, names of garments from the skin outwards, kind of shoes ("" barefoot)."""
    group = group_of(phenotype)
    name = _draw(rng, {key: kit.shares[group] for key, kit in KITS.items()})
    kit = KITS[name]
    names = [layer[rng.integers(len(layer))] for layer in kit.layers]
    chosen = [part for entry in names for part in entry.split("+") if part]
    return name, chosen, kit.shoes[rng.integers(len(kit.shoes))]


def dress(
    atlas: Atlas, phenotype: Phenotype, kit: str, names: list[str], scale: float, rng: np.random.Generator,
    settings: SynthSettings,
) -> list[Worn]:  # fmt: skip
    """Cut the garments of an outfit, each of its own cloth unless they match."""
    child = group_of(phenotype) == 2
    matching = rng.random() < KITS[kit].matching
    shared: Any = None
    worn: list[Worn] = []
    for name in names:
        fixed_partner = name in ("dress skirt", "coat skirt") and worn
        if fixed_partner:
            partner = next(w for w in reversed(worn) if w.garment.cut == "top")
            cloth = (partner.tile, partner.colour, partner.accent, partner.fabric)
        elif matching and shared is not None and name not in ("socks", "shirt", "t-shirt"):
            cloth = shared
        else:
            cloth = make_cloth(name, child, rng, settings)
            if shared is None and name not in ("socks", "shirt"):
                shared = cloth
        worn.append(tailor(atlas, name, scale, rng, cloth))
    return worn


def make_cloth(
    name: str, child: bool, rng: np.random.Generator, settings: SynthSettings
) -> tuple[Any, Any, Any, str]:
    """Tile, main colour, accent and fabric for one garment."""
    row = GARMENTS[name]
    mood = "child" if child and row.mood == "any" else row.mood
    if mood == "vivid":
        colour = ((230, 240, 40), (250, 120, 20), (240, 60, 40))[rng.integers(3)]
    elif mood == "gi":
        colour = ((240, 240, 236), (238, 236, 230), (30, 40, 90))[rng.choice(3, p=[0.6, 0.25, 0.15])]
    else:
        colour = fabrics.pick_colour(rng, mood)
    accent = fabrics.pick_colour(rng, "sport" if mood in ("sport", "vivid") else "any")
    if np.abs(np.subtract(accent, colour)).sum() < 120:
        accent = (242, 242, 240) if np.mean(colour) < 128 else (28, 28, 32)
    kind = fabrics.pick_kind(rng, settings.fabrics) if row.fabric == "free" else row.fabric
    if kind == "denim":
        return fabrics.denim_tile(rng, colour), colour, accent, kind
    return (
        fabrics.make_tile(rng, kind, colour, mood if mood in ("sport", "child") else "any"),
        colour,
        accent,
        kind,
    )


def choose_hair(phenotype: Phenotype, rng: np.random.Generator) -> str:
    """A haircut, see `hair.STYLES`."""
    style = _draw(rng, (_MENS_HAIR, _WOMENS_HAIR, _CHILDRENS_HAIR)[group_of(phenotype)])
    if phenotype.age > 0.85 and phenotype.gender < 0.5 and rng.random() < 0.35:
        return "bald"
    return style


def choose_hat(kit: str, rng: np.random.Generator) -> str:
    """Something on the head, often nothing ("")."""
    if kit in ("suit", "dress", "swimming", "swimming hers", "gymnastics", "wetsuit", "karate", "veiled"):
        return ""
    if kit == "work":
        return "helmet" if rng.random() < 0.6 else ""
    if kit in ("running", "yoga", "basketball"):
        return _draw(rng, {"": 70, "headband": 14, "cap": 14, "beanie": 2})
    if kit in ("coat", "jacket"):
        return _draw(rng, {"": 70, "beanie": 20, "cap": 10})
    return _draw(rng, {"": 83, "cap": 9, "beanie": 3, "helmet": 2, "sun hat": 3})

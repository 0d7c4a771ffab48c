"""Where garments end, and how far they stand off, on the standard body."""

from functools import lru_cache

import numpy as np

from poseapp.synth.look.atlas import Atlas, Floats

# Heights on the standard body at rest, metres.
NECK, SHOULDER, CHEST, WAIST, HIP, CROTCH, KNEE, ANKLE = 0.745, 0.69, 0.5, 0.33, 0.16, 0.065, -0.286, -0.738
# (front, side, back) heights of necklines, and how far the front is a V.
NECKLINES = {
    "crew": (0.692, 0.735, 0.752, 0.0),
    "scoop": (0.625, 0.72, 0.735, 0.0),
    "vee": (0.60, 0.735, 0.752, 1.0),
    "collar": (0.705, 0.748, 0.768, 0.3),
    "high": (0.75, 0.785, 0.8, 0.0),
    "strap": (0.61, 0.70, 0.66, 0.0),
    "bust": (0.555, 0.56, 0.53, 0.0),
}


def ramp(value: Floats) -> Floats:
    """0 below 0, 1 above 1, smooth between."""
    value = np.clip(value, 0, 1)
    return value * value * (3 - 2 * value)


def neckline(atlas: Atlas, kind: str) -> Floats:
    """Metres below a neckline, ``(V,)``."""
    front, side, back, vee = NECKLINES[kind]
    x, y, z = atlas.points.T
    facing = (z - 0.02) / np.maximum(np.hypot(x, z - 0.02), 1e-6)
    edge = np.where(facing > 0, side + (front - side) * facing**2, side + (back - side) * facing**2)
    straight = front + np.abs(x) * 1.7
    edge = np.where((z > 0.02) & (vee > 0), edge * (1 - vee) + np.minimum(straight, side) * vee, edge)
    return np.where(atlas.skull > 0.6, -0.05, edge - y).astype(np.float32)


def top(atlas: Atlas, hem: float, sleeve: float | None, neck: str, straps: bool = False) -> Floats:
    """Outline of a garment of the trunk and arms.

    Args:
        atlas: Of the body model.
        hem: Height of the lower hem.
        sleeve: Metres along the arm to the sleeve's hem; None without sleeves.
        neck: One of `NECKLINES`.
        straps: Without sleeves, whether little more than straps is left on the shoulders.
    """
    x, y, _ = atlas.points.T
    field = np.where(atlas.arm > 0.4, 1.0, y - hem)
    if sleeve is None:
        field = np.minimum(field, (0.35 - atlas.arm_smooth) * 0.2)
        if straps:
            inset = 0.125 - 0.03 * ramp((y - 0.5) / 0.15) - np.abs(x)
            field = np.minimum(field, np.where(y > 0.53, np.maximum(inset, 0.535 - y), 1.0))
    else:
        field = np.minimum(field, np.where(atlas.arm > 0.2, sleeve - atlas.along_arm, 1.0))
    below_neck = neckline(atlas, neck)
    return np.minimum(field, np.where(atlas.arm > 0.4, 1.0, below_neck)).astype(np.float32)


def bottom(atlas: Atlas, waist: float, hem: float) -> Floats:
    """Outline of a garment of hips and legs."""
    y = atlas.points[:, 1]
    return np.where(atlas.arm > 0.15, -0.1, np.minimum(waist - y, y - hem)).astype(np.float32)


def briefs(atlas: Atlas, waist: float, rise: float) -> Floats:
    """Outline of pants without legs; a greater rise leaves more of the thigh bare."""
    x, y, z = atlas.points.T
    edge = CROTCH - 0.03 + rise * np.clip(np.abs(x) - 0.025, 0, None) * np.where(z > 0.02, 1.0, 0.55)
    return np.where(atlas.arm > 0.15, -0.1, np.minimum(waist - y, y - edge)).astype(np.float32)


def socks(atlas: Atlas, height: float) -> Floats:
    """Outline of socks up to a height."""
    return np.where(atlas.leg > 0.5, height - atlas.points[:, 1], -0.1).astype(np.float32)


def gloves(atlas: Atlas, start: float) -> Floats:
    """Outline of gloves from that far along the arm."""
    return np.where(atlas.arm > 0.5, atlas.along_arm - start, -0.1).astype(np.float32)


def hood(atlas: Atlas) -> Floats:
    """Outline of a head cloth that leaves the face free."""
    x, y, z = atlas.points.T
    face = np.hypot(x / 0.066, (y - 0.885) / 0.098) - 1
    around = np.where((z > 0.045), face * 0.07, 0.05)
    edge = np.where(atlas.arm > 0.1, -0.1, y - 0.655)
    return np.minimum(around, edge).astype(np.float32)


@lru_cache(maxsize=2)
def fullness(atlas: Atlas) -> tuple[Floats, Floats]:
    """How freely cloth hangs: on trunk and sleeves, and on legs, each ``(V,)`` 0..1."""
    y = atlas.points[:, 1]
    trunk = ramp((0.66 - y) / 0.35)
    sleeve = ramp((atlas.along_arm + 0.02) / 0.12) * 0.75
    upper = np.where(atlas.arm > 0.3, sleeve, trunk).astype(np.float32)
    legs = ramp((0.2 - y) / 0.25) * (0.75 + 0.25 * ramp((KNEE - y) / 0.3))
    return upper, legs.astype(np.float32)


@lru_cache(maxsize=2)
def mirrored_front(atlas: Atlas) -> Floats:
    """Metres from the middle of the front, ``(V,)``; large on the back."""
    x, _, z = atlas.points.T
    return np.where((z > 0.0) & (atlas.arm < 0.3), np.abs(x), 1.0).astype(np.float32)

"""Skin, face and eyes painted on the body's texture map."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from poseapp.synth.body.phenotypes import Phenotype
from poseapp.synth.look.atlas import SIZE, Atlas, Floats

# The ten tones of the Monk scale (Monk and Schumann, 2022), sRGB, darkened.
TONES = np.array(
    [
        (232, 200, 180), (228, 192, 168), (224, 184, 156), (214, 172, 138), (196, 152, 116), (166, 122, 88),
        (134, 96, 68), (102, 72, 52), (76, 54, 42), (56, 42, 36),
    ],
    np.float32,
)  # fmt: skip
IRISES = ((70, 45, 28), (46, 30, 22), (96, 66, 38), (86, 104, 62), (84, 116, 150), (110, 124, 132))
HAIR_COLOURS = (
    (24, 20, 18), (34, 26, 22), (52, 36, 26), (78, 54, 36), (112, 78, 48), (150, 112, 68), (196, 160, 104),
    (224, 196, 146), (128, 62, 34), (164, 84, 44),
)  # fmt: skip
DYED = ((190, 40, 60), (60, 90, 190), (120, 60, 170), (230, 120, 170), (60, 160, 120), (236, 226, 200))


@dataclass(frozen=True)
class Complexion:
    """What a skin and face look like.

    Attributes:
        tone: RGB of the skin, 0..255.
        darkness: 0 the lightest tone .. 1 the darkest.
        hair: RGB of hair and brows.
        iris: RGB.
        old: 0..1, wrinkles and grey.
        freckles: Strength 0..1; ``stubble`` of beard shadow; ``make_up`` of lips and lids.
        tattoo: Whether some skin is inked.
    """

    tone: Floats
    darkness: float
    hair: Floats
    iris: Floats
    old: float
    freckles: float
    stubble: float
    make_up: float
    tattoo: bool


def sample_complexion(phenotype: Phenotype, rng: np.random.Generator) -> Complexion:
    """A skin tone and what goes with it for that age and sex."""
    darkness = float(np.clip(rng.beta(1.2, 1.6), 0, 1))
    tone = np.array([np.interp(darkness * 9, np.arange(10), TONES[:, i]) for i in range(3)])
    tone = tone * rng.normal(1, 0.03) * (1 + rng.normal(0, 0.015, 3))
    old = float(np.clip((phenotype.age - 0.72) / 0.28, 0, 1))
    adult = phenotype.age > 0.5
    if darkness > 0.4 or rng.random() < 0.3:
        hair = HAIR_COLOURS[rng.integers(0, 3)]
    else:
        hair = HAIR_COLOURS[rng.integers(0, len(HAIR_COLOURS))]
    if adult and rng.random() < 0.05:
        hair = DYED[rng.integers(len(DYED))]
    grey = np.clip(old * 1.6 - rng.uniform(0, 0.6), 0, 1)
    colour = np.array(hair, float) * (1 - grey) + np.array((196, 194, 190)) * rng.uniform(0.75, 1.1) * grey
    iris = IRISES[rng.integers(0, 2)] if darkness > 0.45 else IRISES[rng.integers(0, len(IRISES))]
    male, female = phenotype.gender < 0.5, phenotype.gender > 0.5
    return Complexion(
        tone=np.clip(tone, 25, 245),
        darkness=darkness,
        hair=np.clip(colour, 12, 245),
        iris=np.array(iris, float),
        old=old,
        freckles=float(rng.uniform(0.3, 1)) if darkness < 0.35 and rng.random() < 0.2 else 0.0,
        stubble=float(rng.uniform(0.2, 1)) if male and adult and rng.random() < 0.45 else 0.0,
        make_up=float(rng.uniform(0.3, 1)) if female and adult and rng.random() < 0.45 else 0.0,
        tattoo=bool(adult and rng.random() < 0.08),
    )


class _FaceMap:
    """Weights over the texels that skins are mixed from; the same for all."""

    def __init__(self, atlas: Atlas) -> None:
        texels, model = atlas.texels, atlas.model
        mask = {k: texels.sample(cv2.GaussianBlur(v, (0, 0), 0.6)) / 255.0 for k, v in model.masks.items()}
        point = texels.points
        x, y, z = np.abs(point[:, 0]), point[:, 1], point[:, 2]
        skull = texels.spread(atlas.skull) > 0.5
        joints = atlas.standard.joints
        eye = joints[model.bone["eye.L"]]

        def blob(cx: float, cy: float, sx: float, sy: float) -> Floats:
            return np.exp(-(((x - cx) / sx) ** 2) - ((y - cy) / sy) ** 2) * (skull & (z > 0.06))

        self.lips, self.nails = mask["lips"], np.maximum(mask["fingernails"], mask["toenails"])
        brow_line = eye[1] + 0.021 + 0.006 * np.sin(np.clip((x - 0.012) / 0.045, 0, 1) * 2.6)
        thick = 0.0045 * np.clip((0.058 - x) / 0.03, 0.35, 1)
        self.brows = np.exp(-(((y - brow_line) / thick) ** 2)) * (
            skull & (z > 0.08) & (x > 0.012) & (x < 0.056)
        )
        self.lids = np.clip(mask["eyelids"] + blob(eye[0], eye[1] + 0.008, 0.019, 0.006) * 0.7, 0, 1)
        self.lashes = mask["eyelids"]
        knuckles = np.clip(texels.spread(atlas.hand) * 0.35, 0, 1)
        knee = np.exp(-(((y + 0.27) / 0.06) ** 2)) * (z > 0.05) * 0.5
        elbow = np.exp(-(((texels.spread(atlas.along_arm) - atlas.elbow) / 0.04) ** 2)) * 0.35
        elbow = elbow * (texels.spread(atlas.arm) > 0.5)
        self.red = np.clip(
            blob(0.045, eye[1] - 0.045, 0.025, 0.02) + blob(0, eye[1] - 0.035, 0.014, 0.012)
            + mask["ears"] * 0.6 + knuckles + knee + elbow, 0, 1,
        )  # fmt: skip
        self.hollow = np.clip(blob(eye[0], eye[1], 0.026, 0.013) * 0.5, 0, 1)
        self.nostrils = blob(0.008, eye[1] - 0.052, 0.004, 0.004) * (z > 0.12)
        jaw = skull & (z > 0.02) & (y < eye[1] - 0.045) & (mask["lips"] < 0.4)
        self.beard = np.clip((eye[1] - 0.045 - y) / 0.02, 0, 1) * jaw * np.clip((y - 0.765) / 0.02, 0, 1)
        cheek = np.clip(1 - blob(0.04, eye[1] - 0.055, 0.018, 0.022) * 1.6, 0, 1)
        self.beard *= cheek
        self.face = mask["face"]
        self.skull = skull


@lru_cache(maxsize=2)
def _face_map(atlas: Atlas) -> _FaceMap:
    return _FaceMap(atlas)


def paint_skin(atlas: Atlas, look: Complexion, rng: np.random.Generator) -> Floats:
    """Colours ``(N, 3)`` float32 of all texels without clothes."""
    texels, place = atlas.texels, _face_map(atlas)
    shade = texels.sample(_blotches(rng))
    colours = (look.tone[None] * (1 + shade[:, None] * 0.05)).astype(np.float32)

    def mix(weight: Floats, colour: Any, strength: float) -> None:
        where = np.flatnonzero(weight > 0.02)
        share = (weight[where] * strength)[:, None].astype(np.float32)
        colours[where] += share * (np.asarray(colour, np.float32) - colours[where])

    tone = look.tone
    mix(place.red, tone * [1.04, 0.82, 0.8], 0.55)
    mix(place.hollow, tone * [0.78, 0.7, 0.7], 0.4 + 0.4 * look.old)
    mix(place.nostrils, tone * 0.35, 0.8)
    lip = tone * [0.86, 0.62, 0.62]
    if look.make_up:
        lip = lip * (1 - look.make_up) + np.array([170, 30, 50]) * look.make_up
        mix(place.lids, rng.uniform(20, 130, 3), 0.6 * look.make_up)
    mix(place.lips, lip, 0.85)
    mix(place.lashes, tone * 0.35, 0.35 + 0.4 * look.make_up)
    mix(place.brows, look.hair * 0.8, 0.85)
    mix(place.nails, tone * 0.55 + [110, 95, 95], 0.6)
    if look.stubble:
        mix(place.beard, look.hair * 0.7 + tone * 0.15, 0.25 + 0.4 * look.stubble)
    if look.freckles:
        dots = (texels.sample(rng.random((SIZE, SIZE), np.float32)) > 0.9) * place.red
        mix(dots, tone * [0.72, 0.58, 0.5], look.freckles)
    if look.old:
        lines = texels.sample(_wrinkles(rng)) * place.face
        mix(np.clip(lines, 0, 1), tone * 0.62, 0.55 * look.old)
    if look.tattoo:
        _ink(atlas, colours, rng)
    return colours


def paint_eyes(look: Complexion) -> NDArray[np.uint8]:
    """Picture ``(32, 32, 3)`` of an eyeball's front: white, iris, pupil."""
    eye = np.full((32, 32, 3), (222, 216, 210), np.uint8)
    cv2.circle(eye, (16, 16), 7, (look.iris * 0.5).tolist(), -1, cv2.LINE_AA)
    cv2.circle(eye, (16, 16), 6, look.iris.tolist(), -1, cv2.LINE_AA)
    cv2.circle(eye, (16, 16), 3, (10, 9, 9), -1, cv2.LINE_AA)
    cv2.circle(eye, (18, 13), 1, (250, 250, 250), -1, cv2.LINE_AA)
    return eye


def _blotches(rng: np.random.Generator) -> Floats:
    coarse = cv2.resize(
        rng.normal(0, 0.7, (12, 12)).astype(np.float32), (SIZE, SIZE), interpolation=cv2.INTER_CUBIC
    )
    fine = cv2.resize(rng.normal(0, 0.5, (128, 128)).astype(np.float32), (SIZE, SIZE))
    return coarse + fine


def _wrinkles(rng: np.random.Generator) -> Floats:
    small = rng.normal(0, 1, (96, 24)).astype(np.float32)
    return np.clip(cv2.resize(small, (SIZE, SIZE), interpolation=cv2.INTER_CUBIC) - 0.4, 0, 1)


def _ink(atlas: Atlas, colours: Floats, rng: np.random.Generator) -> None:
    """Dark ornaments on one arm, both arms or the back."""
    texels = atlas.texels
    noise = texels.sample(cv2.resize(rng.normal(0, 1, (72, 72)).astype(np.float32), (SIZE, SIZE)))
    side = rng.choice([-1, 1])
    arm = (texels.spread(atlas.arm) > 0.6) & (texels.spread(atlas.hand) < 0.3)
    place = arm & ((texels.points[:, 0] * side > 0) | (rng.random() < 0.3))
    where = np.flatnonzero(place & (noise > 0.35))
    colours[where] = colours[where] * 0.45 + np.array([20, 26, 34]) * 0.55

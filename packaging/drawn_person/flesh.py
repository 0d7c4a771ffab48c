"""Flesh and clothes: the round cones that cover a posed skeleton."""

from __future__ import annotations

import numpy as np

from drawn_person import looks
from drawn_person.body import SIDES, Figure
from drawn_person.looks import Look
from drawn_person.raycast import Array, Hem, Shape
from poseapp.geometry.kinematics import frame_along


class Flesh:
    """Collects the shapes of one figure in one look."""

    def __init__(self, figure: Figure, look: Look) -> None:
        self.figure, self.look, self.shapes = figure, look, list[Shape]()
        self.girth = figure.body.girth
        j, wide = figure.joints, figure.body.wide_hips * figure.body.girth
        self.hem = Hem(
            j["root"],
            figure.pelvis,
            look.hem,
            (0.25 * wide, 0.175 * wide),
            looks.SHIRT,
            j["neck"],
            figure.chest,
        )

    def cover(self) -> list[Shape]:
        """Return all shapes of the person."""
        self._trunk()
        self._head()
        self._hair()
        for side, sign in zip(SIDES, (-1.0, 1.0), strict=True):
            self._arm(side)
            self._hand(side, sign)
            self._leg(side)
            self._foot(side)
        return self.shapes

    def _add(
        self, a: Array, b: Array, ra: float, rb: float, material: int, frame: Array, origin: Array,
        wide: float = 1.0, flat: float = 1.0,
    ) -> None:  # fmt: skip
        """Add a cone whose section is `wide` times its radius leftwards and `flat` times forwards of
        `frame`."""
        squeeze = None
        if wide != 1.0 or flat != 1.0:
            squeeze = np.diag([1 / wide, 1.0, 1 / flat]) @ frame.T
        hem = self.hem if material == looks.TROUSERS else None
        self.shapes.append(Shape(a, b, ra, rb, material, origin, frame, squeeze, hem))

    def _trunk(self) -> None:
        f, j, g = self.figure, self.figure.joints, self.girth
        body, loose = f.body, self.look.loose
        chest, pelvis = f.chest, f.pelvis
        # A slim waist must not pinch in a bend: the frames between follow the spine.
        belly = frame_along(j["middle"] - j["root"], pelvis[:, 0] + chest[:, 0])
        hips, ribs = body.wide_hips, body.wide_chest * body.shoulder / 0.185
        seat = j["root"] - pelvis[:, 1] * 0.01
        breast = j["neck"] - chest[:, 1] * 0.12
        paint = j["neck"]
        shirt = looks.SHIRT
        low, high = j["root"] + pelvis[:, 1] * 0.05, j["root"] + belly[:, 1] * 0.10
        self._add(
            seat, low, 0.108 * g + loose / 2, 0.109 * g + loose, looks.TROUSERS, pelvis, paint, 1.5 * hips
        )
        self._add(high, j["waist"], 0.106 * g + loose, 0.100 * g + loose, shirt, belly, paint, 1.46 * hips)
        self._add(
            j["waist"],
            j["middle"],
            0.099 * g + loose,
            0.104 * g + loose * 0.7,
            shirt,
            belly,
            paint,
            1.42 * ribs,
        )
        self._add(
            j["middle"],
            breast,
            0.106 * g + loose * 0.6,
            0.10 * g + loose * 0.4,
            shirt,
            chest,
            paint,
            1.5 * ribs,
        )
        self._add(
            breast, j["neck"] - chest[:, 1] * 0.045, 0.10 * g, 0.058 * g, shirt, chest, paint, 1.45 * ribs
        )
        for sign in (-1.0, 1.0):
            x = chest[:, 0] * sign
            pec = breast - chest[:, 1] * 0.035 + x * 0.07 * ribs + chest[:, 2] * 0.045 * g
            self._add(pec, pec, 0.06 * g, 0.06 * g, shirt, chest, paint, 1.2, 1.0 + 0.15 * (hips - 1) * 10)
            blade = breast - chest[:, 1] * 0.02 + x * 0.08 * ribs - chest[:, 2] * 0.04 * g
            self._add(blade, blade, 0.07 * g, 0.07 * g, shirt, chest, paint)
            back = j["root"] - pelvis[:, 1] * 0.05 + pelvis[:, 0] * sign * 0.07 - pelvis[:, 2] * 0.045 * g
            self._add(back, back, 0.088 * g, 0.088 * g, looks.TROUSERS, pelvis, paint)
        for side in SIDES:
            top, end = j["neck"] + chest[:, 1] * 0.002, j[f"{side}_shoulder"] + chest[:, 1] * 0.004
            self._add(top, end, 0.05, 0.047 * g + 0.002, shirt, chest, paint, 1.0, 1.1)
        neck_foot = j["neck"] - chest[:, 1] * 0.02
        self._add(
            neck_foot,
            j["chin"] + f.head[:, 1] * 0.06 - f.head[:, 2] * 0.02,
            0.059,
            0.052,
            looks.SKIN,
            f.head,
            paint,
        )

    def _limb(
        self, joints: list[Array], radii: list[float], materials: list[int], left: Array, paint: Array
    ) -> None:
        """A chain of cones through `joints`, one material a part; patterns run along the whole chain."""
        for k in range(len(joints) - 1):
            frame = frame_along(joints[k] - joints[k + 1], left)
            self._add(joints[k], joints[k + 1], radii[k], radii[k + 1], materials[k], frame, paint)

    def _covered(
        self, start: Array, ends: list[Array], radii: list[float], share: float, material: int, left: Array
    ) -> None:
        """A sleeve or trouser leg over two bones: `share` 1 ends at the middle joint, 2 at the end."""
        a, r = start, radii[0]
        for k, (b, rb) in enumerate(zip(ends, radii[1:], strict=True)):
            part = float(np.clip(share * len(ends) / 2 - k, 0, 1))
            if part <= 0:
                return
            stop = a + (b - a) * part
            self._limb([a, stop], [r, r + (rb - r) * part + 0.003], [material], left, start)
            a, r = b, rb

    def _arm(self, side: str) -> None:
        j, g, loose = self.figure.joints, self.girth, self.look.loose
        shoulder, elbow, wrist = (j[f"{side}_{part}"] for part in ("shoulder", "elbow", "wrist"))
        fore = self.figure.forearms[side]
        biceps = shoulder + (elbow - shoulder) * 0.5 + fore[:, 2] * 0.006
        muscle = elbow + (wrist - elbow) * 0.28
        chain, radii = (
            [shoulder, biceps, elbow, muscle, wrist],
            [0.054 * g, 0.047 * g, 0.038 * g, 0.041 * g, 0.027],
        )
        self._limb(chain, radii, [looks.SKIN] * 4, fore[:, 0], shoulder)
        if self.look.sleeves > 0:
            cloth = [r + 0.004 + loose * (0.25, 0.7, 0.9, 0.9, 0.9)[k] for k, r in enumerate(radii)]
            self._covered(shoulder, chain[1:], cloth, self.look.sleeves, looks.SLEEVE, fore[:, 0])

    def _hand(self, side: str, sign: float) -> None:
        wrist, hand = self.figure.joints[f"{side}_wrist"], self.figure.hands[side]
        left, down = hand[:, 0], -hand[:, 1]
        size = self.figure.body.hand / 0.18
        knuckles = wrist + down * 0.085 * size
        # The palm faces the thigh: it is thin leftwards and broad forwards.
        self._add(wrist, knuckles, 0.027, 0.036, looks.SKIN, hand, wrist, 0.55, 1.1)
        for place in (-0.026, -0.009, 0.009, 0.026):
            root = knuckles + hand[:, 2] * place * size + down * 0.01
            tip = root + down * (0.075 - abs(place) * 0.6) * size - left * sign * 0.018
            self._add(root, tip, 0.0105, 0.008, looks.SKIN, hand, wrist)
        thumb = wrist + down * 0.03 + hand[:, 2] * 0.028
        self._add(
            thumb, thumb + (down * 0.045 + hand[:, 2] * 0.03) * size, 0.013, 0.009, looks.SKIN, hand, wrist
        )

    def _leg(self, side: str) -> None:
        j, g, loose = self.figure.joints, self.girth, self.look.loose
        hip, knee, ankle = (j[f"{side}_{part}"] for part in ("hip", "knee", "ankle"))
        left = self.figure.pelvis[:, 0]
        lower = frame_along(knee - ankle, self.figure.feet[side][:, 0])
        bulk = hip + (knee - hip) * 0.5 + lower[:, 2] * 0.008
        calf = knee + (ankle - knee) * 0.28 - lower[:, 2] * 0.014
        low = ankle + (knee - ankle) * 0.12
        chain = [hip, bulk, knee, calf, low]
        radii = [0.083 * g, 0.077 * g, 0.055 * g, 0.056 * g, 0.037]
        self._limb([*chain, ankle], [*radii, 0.036], [looks.SKIN] * 4 + [looks.SOCK], left, hip)
        wide = 0.016 if self.look.legs >= 2 else 0.024
        cloth = [r + 0.005 + loose * (0.2 + wide * 30 * k / 4) for k, r in enumerate(radii)]
        self._covered(
            hip,
            [*chain[1:], ankle - (ankle - knee) * 0.02],
            [*cloth, 0.05 + loose],
            self._legs_share(),
            looks.TROUSERS,
            left,
        )

    def _legs_share(self) -> float:
        """Share of the chain of five parts that the trousers cover, 2 being all of it."""
        at = np.interp(self.look.legs, [0.0, 1.0, 1.28, 2.0], [0.0, 2.0, 3.0, 5.0])
        return float(at) * 2 / 5

    def _foot(self, side: str) -> None:
        ankle, foot = self.figure.joints[f"{side}_ankle"], self.figure.feet[side]
        deep = self.figure.body.sole
        ground = -deep + 0.032

        def at(forward: float, up: float) -> Array:
            return np.asarray(ankle + foot[:, 2] * forward + foot[:, 1] * up)

        self._add(ankle, at(-0.035, ground + 0.006), 0.04, 0.036, looks.SHOE, foot, ankle)
        self._add(at(-0.035, ground), at(0.11, ground - 0.002), 0.034, 0.032, looks.SHOE, foot, ankle, 1.2)
        self._add(
            at(0.11, ground - 0.002), at(0.165, ground - 0.008), 0.032, 0.024, looks.SHOE, foot, ankle, 1.35
        )
        self._add(ankle, at(0.09, ground + 0.004), 0.036, 0.03, looks.SHOE, foot, ankle)

    def _head(self) -> None:
        f = self.figure
        chin, head, s = f.joints["chin"], f.head, f.body.head / 0.225

        def at(x: float, y: float, z: float) -> Array:
            return np.asarray(chin + head @ np.array([x, y, z]) * s)

        face = looks.FACE
        self._add(at(0, 0.14, -0.012), at(0, 0.14, -0.012), 0.09 * s, 0.09 * s, face, head, chin, 0.86, 1.06)
        self._add(at(0, 0.105, 0.018), at(0, 0.022, 0.045), 0.066 * s, 0.032 * s, face, head, chin, 1.0, 1.0)
        for sign in (-1.0, 1.0):
            self._add(
                at(sign * 0.04, 0.072, 0.04),
                at(sign * 0.022, 0.03, 0.05),
                0.033 * s,
                0.026 * s,
                face,
                head,
                chin,
            )
            ear = at(sign * 0.077, 0.095, -0.01)
            self._add(ear, ear, 0.03 * s, 0.03 * s, looks.SKIN, head, chin, 0.35, 0.65)
        self._add(at(0, 0.105, 0.079), at(0, 0.072, 0.092), 0.010 * s, 0.014 * s, face, head, chin)

    def _hair(self) -> None:
        f, style = self.figure, self.look.hair_style
        chin, head, s = f.joints["chin"], f.head, f.body.head / 0.225

        def ball(
            x: float, y: float, z: float, r: float, material: int, wide: float = 1.0, flat: float = 1.0
        ) -> None:
            centre = chin + head @ np.array([x, y, z]) * s
            self._add(centre, centre, r * s, r * s, material, head, chin, wide, flat)

        if style == "bald":
            return
        ball(0, 0.152, -0.026, 0.092, looks.CAP if style == "cap" else looks.HAIR, 0.9, 1.04)
        ball(0, 0.105, -0.045, 0.078, looks.HAIR, 1.0, 0.9)
        if style == "cap":
            peak = chin + head @ np.array([0, 0.176, 0.075]) * s
            self._add(peak, peak + head[:, 2] * 0.06, 0.062 * s, 0.05 * s, looks.CAP, head, chin, 1.0, 0.9)
            self.shapes[-1].squeeze = np.diag([1.0, 7.0, 1.0]) @ head.T
        elif style == "long":
            for sign in (-1.0, 1.0):
                top, end = np.array([sign * 0.062, 0.13, -0.03]), np.array([sign * 0.072, -0.04, -0.045])
                self._add(
                    chin + head @ top * s,
                    chin + head @ end * s,
                    0.036,
                    0.03,
                    looks.HAIR,
                    head,
                    chin,
                    0.9,
                    1.3,
                )
            low = np.array([0, -0.06, -0.075])
            self._add(
                chin + head @ np.array([0, 0.1, -0.06]) * s,
                chin + head @ low * s,
                0.06,
                0.045,
                looks.HAIR,
                head,
                chin,
                1.3,
            )
        elif style == "tail":
            knot, end = np.array([0, 0.16, -0.125]), np.array([0, 0.0, -0.16])
            self._add(chin + head @ knot * s, chin + head @ end * s, 0.032, 0.016, looks.HAIR, head, chin)
        else:
            ball(0, 0.205, 0.03, 0.046, looks.HAIR, 1.35, 1.1)

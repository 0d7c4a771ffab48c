"""One person: body, skin, hair and clothes decided once, drawn in any pose."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseapp.synth.body.model import BodyModel, PosedBody, ShapedBody, vertex_normals
from poseapp.synth.draw.mesh import Mesh
from poseapp.synth.look import cloth, headwear, outfits, skin
from poseapp.synth.look.atlas import Atlas, Floats, Ints, atlas_of
from poseapp.synth.look.fabrics import pick_colour
from poseapp.synth.look.sheets import Sheet, bone_moves, make_skirt
from poseapp.synth.look.shells import Shell, build_shell, drape
from poseapp.synth.look.shoes import make_shoe, paint_shoe
from poseapp.synth.look.wardrobe import Worn
from poseapp.synth.settings import SynthSettings

DEEP_M = 0.02  # further inside a garment than this, nothing below it can be seen


@dataclass(frozen=True)
class Surface:
    """Something drawn: a shell that moves with the skin, or a sheet bound to bones.

    Attributes:
        form: Its geometry at rest.
        texture: ``(h, w, 3)`` uint8 RGB.
        body_uv: ``(n, 2)`` place of each node on the body's own texture map.
        part: ``(n,)`` uint8 body part.
        shine: 0 matt .. 1 glossy.
        two_sided: Whether its inside can be seen.
    """

    form: Shell | Sheet
    texture: NDArray[np.uint8]
    body_uv: Floats
    part: Ints
    shine: float = 0.05
    two_sided: bool = False


class Person:
    """A person of a body, a skin, a haircut and clothes.

    Attributes:
        shaped: The body.
        texture: ``(512, 512, 3)`` uint8 RGB: the whole look on the body's texture map, row 0 at v = 1.
        description: What it is and wears, plain values for a label file.
        surfaces: What is drawn.
    """

    def __init__(
        self,
        shaped: ShapedBody,
        surfaces: list[Surface],
        texture: NDArray[np.uint8],
        description: dict[str, Any],
    ) -> None:
        self.shaped = shaped
        self.surfaces = surfaces
        self.texture = texture
        self.description = description

    @classmethod
    def sample(cls, model: BodyModel, rng: np.random.Generator, settings: SynthSettings) -> "Person":
        """Decide everything about a person.

        Args:
            model: The body model.
            rng: Source of chance; the same state gives the same person to the byte.
            settings: ``youngest_age`` and ``fabrics`` are used.
        """
        phenotype = model.sample_phenotype(rng, settings.youngest_age)
        kit, names, shoes = outfits.choose_kit(phenotype, rng)
        return cls.dressed(model, model.shape(phenotype), kit, names, shoes, rng, settings)

    @classmethod
    def dressed(
        cls, model: BodyModel, shaped: ShapedBody, kit: str, names: list[str], shoes: str,
        rng: np.random.Generator, settings: SynthSettings,
    ) -> "Person":  # fmt: skip
        """A person of a given body in given clothes; skin, hair, cuts, cloth and colours are left to chance.

        Args:
            model: The body model.
            shaped: The body.
            kit: In `outfits.KITS`.
            names: In `wardrobe.GARMENTS`, from the skin outwards.
            shoes: In `shoes.SHOES`, or "" for barefoot.
            rng: Source of chance.
            settings: ``fabrics`` is used.
        """
        atlas = atlas_of(model)
        look = skin.sample_complexion(shaped.phenotype, rng)
        scale = float(np.clip(np.ptp(shaped.vertices[:, 1]) / 1.75, 0.4, 1.15))
        worn = outfits.dress(atlas, shaped.phenotype, kit, names, scale, rng, settings)
        tailoring = _Tailoring(atlas, shaped, worn, shoes, rng)
        bare = skin.paint_skin(atlas, look, rng)
        head = headwear.dress_head(atlas, shaped, look, kit, rng)
        bare = headwear.paint_roots(atlas, bare, look, head)
        surfaces, texture = tailoring.surfaces(look, np.clip(bare, 0, 255).astype(np.uint8))
        surfaces += [_bound(atlas, form, picture, shine) for form, picture, shine in head.forms]
        description = {
            "outfit": kit,
            "garments": [
                {"name": w.name, "fabric": w.fabric, "colour": list(map(int, w.colour))} for w in worn
            ],
            "shoes": shoes or "barefoot",
            "hair": head.style,
            "hat": head.hat,
            "skin": [round(float(value)) for value in look.tone],
        }
        return cls(shaped, surfaces, texture, description)

    def meshes(self, posed: PosedBody, instance: int) -> list[Mesh]:
        """What to draw of this person in a pose.

        Args:
            posed: This person's body (`shaped`) in a pose.
            instance: Number of the person in masks, from 1.
        """
        moves = bone_moves(posed).reshape(-1, 12)
        result = []
        for surface in self.surfaces:
            form = surface.form
            if len(form.faces) == 0:  # hidden all under something else
                continue
            transforms: Floats
            if isinstance(form, Sheet):
                transforms = (form.weights @ moves[form.bones]).reshape(-1, 3, 4)
            else:
                transforms = posed.vertex_transforms[form.first]
                between = np.flatnonzero(form.share > 0)
                other = posed.vertex_transforms[form.second[between]]
                transforms[between] += form.share[between, None, None] * (other - transforms[between])
            turn = transforms[:, :, :3]
            vertices: Floats = (turn @ form.points[:, :, None])[:, :, 0] + transforms[:, :, 3]
            normals: Floats = (turn @ form.normals[:, :, None])[:, :, 0]
            normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
            result.append(
                Mesh(
                    vertices, form.faces, normals, form.uv, surface.texture, shine=surface.shine,
                    instance=instance, part=surface.part.astype(np.uint8, copy=False),
                    body_uv=surface.body_uv, two_sided=surface.two_sided,
                )
            )  # fmt: skip
        return result


def _bound(atlas: Atlas, form: Shell | Sheet, texture: NDArray[np.uint8], shine: float) -> Surface:
    """A surface that lends its part and its place on the map from the nearest vertices of the body."""
    vertex = form.nearest if isinstance(form, Sheet) else form.first
    return Surface(form, texture, atlas.vertex_uv[vertex], atlas.model.vertex_part[vertex], shine, True)


class _Tailoring:
    """Puts the garments of one person on, from the skin outwards."""

    def __init__(
        self, atlas: Atlas, shaped: ShapedBody, worn: list[Worn], shoes: str, rng: np.random.Generator
    ) -> None:
        self.atlas, self.shaped, self.worn, self.rng, self.shoes = atlas, shaped, worn, rng, shoes
        self.height = np.zeros(len(shaped.vertices), np.float32)
        self.shells: list[tuple[Floats, Floats, Floats, Floats]] = []  # field, outer, inner, normals
        self.skirts: list[tuple[Worn, Sheet]] = []
        for garment in worn:
            if garment.garment.cut == "skirt":
                self.skirts.append((garment, self._skirt(garment)))
            else:
                self._layer(garment)

    def _layer(self, garment: Worn) -> None:
        shaped, atlas = self.shaped, self.atlas
        outer = drape(
            atlas,
            shaped.vertices,
            shaped.normals,
            garment.field,
            garment.offset,
            self.height,
            garment.garment.smooth,
        )
        lift = np.einsum("nk,nk->n", outer - shaped.vertices, shaped.normals)
        inner = shaped.vertices + shaped.normals * (self.height[:, None] + 0.001)
        normals = (
            shaped.normals if garment.garment.smooth == 0 else vertex_normals(outer, atlas.face_vertices)
        )
        self.shells.append((garment.field, outer, inner, normals))
        self.height = np.where(garment.field > -0.01, np.maximum(self.height, lift), self.height)

    def _skirt(self, garment: Worn) -> Sheet:
        count = int(self.rng.integers(5, 12))
        angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
        folds = np.sin(angle * count + self.rng.uniform(0, 6)) * self.rng.uniform(0.1, 0.5)
        waist = (np.abs(self.atlas.points[:, 1] - garment.waist) < 0.05) & (self.atlas.arm < 0.2)
        margin = float(self.height[waist].max()) + 0.004
        opened = garment.opening * 4 if garment.name == "coat skirt" else 0.0
        return make_skirt(
            self.atlas,
            self.shaped,
            garment.waist,
            garment.hem,
            garment.flare,
            folds,
            margin,
            min(opened, 0.3),
        )

    def surfaces(
        self, look: skin.Complexion, bare: NDArray[np.uint8]
    ) -> tuple[list[Surface], NDArray[np.uint8]]:
        """Everything but the head, and the whole look on the texture map."""
        atlas, texels = self.atlas, self.atlas.texels
        dressed = bare.copy()
        folds = cloth.fold_shade(atlas, self.rng)
        for garment in self.worn:
            if garment.garment.cut != "skirt":
                cloth.paint_garment(atlas, garment, dressed, folds, self.rng)
        skin_map, cloth_map = texels.picture(bare), texels.picture(dressed)
        shod = self._shod()
        covered = [self._covered(field) for field in (*(field for field, *_ in self.shells), shod)]
        result = [self._skin_surface(atlas.faces[~np.any(covered, 0)], skin_map)]
        for number, (field, outer, inner, normals) in enumerate(self.shells):
            faces = atlas.faces[~np.any(covered[number + 1 :], 0)]
            shell = build_shell(atlas, faces, field, outer, inner, normals)
            if len(shell.faces):  # socks may end below the shoe's edge
                result.append(Surface(shell, cloth_map, shell.uv, shell.part, 0.04, True))
        for garment, sheet in self.skirts:
            result.append(_bound(atlas, sheet, self._skirt_cloth(garment), 0.04))
        result += self._shoes()
        result.append(self._eyes(look))
        return result, cloth_map

    def _skin_surface(self, faces: Ints, texture: NDArray[np.uint8]) -> Surface:
        shell = build_shell(
            self.atlas, faces, np.ones(len(self.height), np.float32), self.shaped.vertices,
            self.shaped.vertices, self.shaped.normals, hem=False,
        )  # fmt: skip
        return Surface(shell, texture, shell.uv, shell.part, 0.18)

    def _covered(self, field: Floats) -> NDArray[np.bool_]:
        """``(F,)`` which faces lie so deep below a garment that they cannot be seen."""
        deep = field > DEEP_M
        a, b, c = (deep.take(corner) for corner in self.atlas.face_corners)
        return a & b & c

    def _shod(self) -> Floats:
        """Outline of what shoes cover."""
        atlas = self.atlas
        if not self.shoes:
            return np.full(len(self.height), -1, np.float32)
        ankle = atlas.standard.joints[atlas.model.bone["foot.L"], 1]
        return np.where(atlas.leg > 0.5, ankle - 0.005 + DEEP_M - atlas.points[:, 1], -1).astype(np.float32)

    def _shoes(self) -> list[Surface]:
        if not self.shoes:
            return []
        mood = "dark" if self.shoes in ("leather", "boots") and self.rng.random() < 0.7 else "any"
        colour = pick_colour(self.rng, "sport" if self.shoes == "trainers" else mood)
        sole = (236, 236, 232) if self.shoes in ("sneakers", "trainers") else (40, 34, 30)
        picture = paint_shoe(self.shoes, colour, sole, pick_colour(self.rng, "sport"), self.rng)
        pair = [make_shoe(self.atlas, self.shaped, side, self.shoes) for side in "LR"]
        return [_bound(self.atlas, shoe, picture, 0.25 if self.shoes == "leather" else 0.08) for shoe in pair]

    def _eyes(self, look: skin.Complexion) -> Surface:
        atlas = self.atlas
        shell = build_shell(
            atlas, atlas.eye_faces, np.ones(len(self.height), np.float32), self.shaped.vertices,
            self.shaped.vertices, self.shaped.normals, hem=False,
        )  # fmt: skip
        body_uv = shell.uv
        shell.uv = atlas.eye_uv[shell.first]
        return Surface(shell, skin.paint_eyes(look), body_uv, shell.part, 0.6)

    def _skirt_cloth(self, garment: Worn) -> NDArray[np.uint8]:
        """A skirt's own picture: its cloth repeated around and down, darker in the folds."""
        around, down = np.meshgrid(np.arange(256) / 256 * 3, np.arange(128) / 128 * 1.6)
        flat = np.stack([around.ravel(), -down.ravel()], 1)
        picture = cloth.tile_at(garment.tile, flat).reshape(128, 256, 3).astype(np.float32)
        count = int(self.rng.integers(6, 14))
        wave = np.sin(np.arange(256) / 256 * 2 * np.pi * count)[None] * np.linspace(0.02, 0.12, 128)[:, None]
        picture *= (1 + wave)[:, :, None]
        picture[:4] *= 0.8
        picture[-3:] *= 0.8
        return np.clip(picture, 0, 255).astype(np.uint8)

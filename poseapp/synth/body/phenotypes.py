"""What shapes a body: age, sex, height and build, as shares of the range that the model knows."""

from dataclasses import dataclass

import numpy as np

# Anchors between which the model's shapes are blended, and how many each property has.
VARIATIONS = {
    "race": ("african", "asian", "caucasian"),
    "gender": ("male", "female"),
    "age": ("newborn", "baby", "child", "young", "old"),
    "muscle": ("minmuscle", "averagemuscle", "maxmuscle"),
    "weight": ("minweight", "averageweight", "maxweight"),
    "height": ("minheight", "maxheight"),
    "proportions": ("idealproportions", "uncommonproportions"),
    "cupsize": ("mincup", "averagecup", "maxcup"),
    "firmness": ("minfirmness", "averagefirmness", "maxfirmness"),
}


@dataclass(frozen=True)
class Phenotype:
    """Shape of one person, each value in 0..1.

    Attributes:
        gender: 0 male, 1 female.
        age: 0 a baby, 1/3 a child, 2/3 a young adult, 1 an old person; below 0 a newborn.
        muscle: From slack to trained.
        weight: From thin to heavy.
        height: From short to tall for that age and sex.
        proportions: From ideal to uncommon.
    """

    gender: float = 0.5
    age: float = 0.667
    muscle: float = 0.5
    weight: float = 0.5
    height: float = 0.5
    proportions: float = 0.5

    def weights(self, mask: np.ndarray) -> np.ndarray:
        """Weight of each of the model's shapes: the product of how near each property's anchors are.

        Args:
            mask: ``(S, 26)``: which anchors, in the order of `VARIATIONS`, each shape stands for.
        """
        columns = []
        for name, anchors in VARIATIONS.items():
            if name == "race":
                columns += [1 / 3] * 3
                continue
            value = getattr(self, name, 0.5)
            places = np.linspace(-1 / 3 if name == "age" else 0.0, 1.0, len(anchors))
            columns += list(np.interp(value, places, row) for row in np.eye(len(anchors)))
        near = np.asarray(columns)
        return np.prod(near * mask + (1 - mask), axis=1)

"""Pictures to order for a network that is learning."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from poseapp.errors import SynthError
from poseapp.labels.instance import Instance
from poseapp.labels.skeleton import Skeleton, keypoint_columns, load_skeleton
from poseapp.synth.body.model import load_body
from poseapp.synth.folders import check_folders
from poseapp.synth.settings import SynthSettings

SKELETONS = ("halpe26", "coco17", "mpii16", "lsp14", "h36m17")


@dataclass(frozen=True)
class PeopleDrawer:
    """Draws the people of picture number n; small enough to be sent to worker processes.

    Attributes:
        settings: What is drawn.
        seed: Of everything.
        skeleton: Name of the skeleton labelled.
    """

    settings: SynthSettings
    seed: int
    skeleton: str

    @staticmethod
    def of(values: dict[str, Any], seed: int, wanted: Skeleton) -> "PeopleDrawer":
        """For the keypoints of a network, in the shipped skeleton that has most of them.

        Raises:
            SynthError: The settings make no sense, no skeleton of people has such keypoints, or there is no
                body model.
        """
        known = {
            name: sum(i >= 0 for i in keypoint_columns(wanted.keypoints, load_skeleton(name).keypoints))
            for name in SKELETONS
        }
        best = max(SKELETONS, key=lambda name: known[name])
        if not known[best]:
            raise SynthError(
                f"drawn people have none of the keypoints of '{wanted.name}'; mix in labels instead"
            )
        settings = SynthSettings.from_dict({**values, "dense": False})
        check_folders(settings)
        load_body()  # once, before the workers begin
        return PeopleDrawer(settings, seed, best)

    @property
    def block(self) -> int:
        """Pictures in a row that have the same people: cheaper when one process draws them."""
        return self.settings.pictures_per_look

    @property
    def keypoints(self) -> tuple[str, ...]:
        """Names of the keypoints labelled."""
        return load_skeleton(self.skeleton).keypoints

    def __call__(self, number: int) -> tuple[NDArray[np.uint8], list[Instance]]:
        """Picture ``(H, W, 3)`` uint8 RGB and the people in it."""
        from poseapp.synth.truth import make_training_sample

        return make_training_sample(self.settings, self.seed, number, self.skeleton)

"""How bodies stand and move: joint limits, sampled poses, hands, motion from BVH files."""

from poseapp.synth.motion.bvh import Bvh, read_bvh
from poseapp.synth.motion.clips import sample_motion
from poseapp.synth.motion.motion import Motion, placed, placed_pose
from poseapp.synth.motion.prior import SampledPose, sample_pose
from poseapp.synth.motion.retarget import retarget

__all__ = [
    "Bvh",
    "Motion",
    "SampledPose",
    "placed",
    "placed_pose",
    "read_bvh",
    "retarget",
    "sample_motion",
    "sample_pose",
]

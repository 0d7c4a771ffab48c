"""What is true of the pictures: keypoints, visibility, masks, depth; and data sets of them."""

from poseapp.synth.truth.sample import SynthSample, View, make_sample, make_training_sample

__all__ = ["SynthSample", "View", "make_sample", "make_training_sample"]

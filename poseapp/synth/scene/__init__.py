"""Where people are: cameras, light, backgrounds, objects in front, and what a camera does to a picture."""

from poseapp.synth.scene.clip import sample_clip
from poseapp.synth.scene.photography import Photograph, photograph
from poseapp.synth.scene.scene import Moment, Scene, sample_scene

__all__ = ["Moment", "Photograph", "Scene", "photograph", "sample_clip", "sample_scene"]

"""Inference: devices, crops to poses, search, video."""

"""The parametric human body: shape, pose, and where it comes from."""

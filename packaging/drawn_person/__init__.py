"""A drawn person in a drawn room, with true keypoints: makes the sample clip of the demo."""

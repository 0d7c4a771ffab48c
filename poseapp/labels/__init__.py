"""Skeletons, instances, the project with its edits and undo history, metrics."""

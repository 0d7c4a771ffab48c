"""Synthetic people with perfect labels: bodies, poses, clothes, scenes, pictures, and the truth about them.

Coordinates are metres, Y up, right-handed: a body in its reference pose faces +Z with its left at +X.
"""

"""How bodies stand and move: joint limits, sampled poses, hands, motion from BVH files."""

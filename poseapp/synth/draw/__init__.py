"""Drawing meshes with OpenGL, off screen: colour, depth, masks."""

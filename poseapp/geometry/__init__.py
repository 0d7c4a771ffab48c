"""Pure numpy geometry: crops, boxes, cameras, meshes."""

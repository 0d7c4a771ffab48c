"""Pure numpy geometry: crops, boxes, kinematics."""

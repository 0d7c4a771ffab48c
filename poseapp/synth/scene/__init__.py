"""Where people are: cameras, light, backgrounds, objects in front, and what a camera does to a picture."""

"""What the video canvas is made of: the view transform, the frame, the people, the floating bars."""

"""What is known about each picture, and how it is stored or streamed."""

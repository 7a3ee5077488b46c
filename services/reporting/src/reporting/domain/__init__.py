"""What reporting knows of the movement: activities, what it was told, and how figures come of it. Pure."""

"""Training scripts, one file each; in the wheel this is `kerasgan._recipes`."""

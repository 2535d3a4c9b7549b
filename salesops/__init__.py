"""The installation: settings, URLs, start-up of its processes; imported by no other app."""

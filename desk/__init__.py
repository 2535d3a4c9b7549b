"""Today's work by role, and the figures page: views over the floors below, no models."""

"""Floor 3: units, members, posts, grants, and the one rule of who sees and does what."""

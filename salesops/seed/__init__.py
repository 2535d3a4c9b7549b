"""Companies to look at: a believable year, told from a number, and small ones for tools."""

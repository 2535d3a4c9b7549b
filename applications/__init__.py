"""Application forms by declaration: a file for each kind of paper, the engine does the rest."""

"""The page of leagues: the question, a guess, how far it is, and the answer down to each race behind it."""

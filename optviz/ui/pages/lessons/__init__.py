"""The page of lessons: the list, one that is open, one that is being composed."""

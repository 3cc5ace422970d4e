"""The guide: the theory in chapters, with small pictures that play and buttons that show more."""

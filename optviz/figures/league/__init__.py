"""The pictures of a league: a record in, a figure out, one a file.

A click on a mark sends which seeds stand behind it, as the name and the numbers of `optviz.figures.league.behind`.
"""

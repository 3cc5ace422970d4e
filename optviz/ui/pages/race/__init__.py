"""The race page: the race in one line, its picture, the scoreboard, what to take away."""

"""The page that looks inside one step."""

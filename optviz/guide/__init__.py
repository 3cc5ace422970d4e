"""What the guide shows beside its text: demonstrations, rules in their sources' forms, the family of the methods."""

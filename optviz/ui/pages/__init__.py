"""The pages of the app, one folder each; `optviz/ui/screens/` holds the scripts that show them."""

"""Synthetic cameras (and the marks in their pictures): what a viewer shows to the app."""

"""Synthetic cameras and microphones, and the marks in their pictures and sound: what a viewer shows to the app."""

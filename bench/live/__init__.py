"""Live figures: counts of a run while it goes on, as values that add up over processes, and what is made of them."""

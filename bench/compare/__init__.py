"""Two versions of an app beside each other: driven in turn on one machine, and told apart by statistics."""

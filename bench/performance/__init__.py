"""The bars of speed: what the harness costs, beside the least a client can cost and beside another client."""

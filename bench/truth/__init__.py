"""A server of known truth that speaks Gradio's streaming protocol, and the self-check of the harness against it."""

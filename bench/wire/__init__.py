"""Gradio's streaming protocol: discovery, server-sent events, transports and the life of one stream."""

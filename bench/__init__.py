"""gradio-bench: load testing and benchmarking for Gradio apps that stream a camera or a microphone."""

__version__ = "0.1.0"

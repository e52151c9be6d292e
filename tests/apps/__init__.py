"""Small Gradio apps the harness never saw, each a file a user might have written."""

"""The pages' looks: a readable width, and the unified page's centred column, as the guide has it."""

# Gradio sets no border width for a block inside a group, so the browser would draw its own, three pixels thick.
CSS = """
.page { max-width: 1000px; margin: 0 auto; }
.page.unified { max-width: 500px; }
.my-column { display: flex !important; justify-content: center !important; align-items: center !important; }
.my-group { max-width: 500px !important; max-height: 500px !important; }
.my-group .block { border-width: 0 !important; }
"""

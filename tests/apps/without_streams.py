"""An app that streams nothing in, with a module-level helper it imports from beside itself."""

import gradio as gr

with gr.Blocks() as demo:
    name, greeting = gr.Textbox(), gr.Textbox()
    name.submit(lambda text: f"Hello {text}", name, greeting, api_name="greet")

demo.launch()

"""The reference app: the apps of Gradio's streaming guide as pages of one Gradio app.

`settings` and `options` import nothing heavy, so that any process may use them; `app` imports Gradio.
"""

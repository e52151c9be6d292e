"""The commands of `gradio-bench`, one a file: each reads its options, calls its room, prints, and ends with a code."""

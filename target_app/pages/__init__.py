"""The pages, one file each: `TITLE`, `EXPLANATION`, a handler of its own, and `layout`, which draws it and binds it."""

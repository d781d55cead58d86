"""Output formats of `check`: one module each, with `render(result, stream)`."""

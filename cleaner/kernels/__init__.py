"""Vectorised kernels over Arrow buffers: where to look, or the library's answer faster."""

"""Where venues belong: median, covering and centre models over a matrix of walking distances."""

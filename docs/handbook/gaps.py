"""What the code cannot say of itself yet."""


class NoWords(Exception):
    """Something has no words; the text names it and the place for them."""

"""How wide letters are, where no font can be asked: office programs and browsers set the text themselves."""

_LAST_NARROW = 0x2E7F
"""Behind it come the signs of Chinese, which fill a square."""


def is_wide(sign: str) -> bool:
    """Tell whether a sign is as wide as it is high."""
    return ord(sign) > _LAST_NARROW


def ems(text: str, narrow: float = 0.55) -> float:
    """Estimate the width of a text in squares of its size; figures and Latin letters take `narrow` of one."""
    return sum(1.0 if is_wide(sign) else narrow for sign in text)

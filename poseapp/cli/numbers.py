"""Numbers that several commands take as words."""


def positive(text: str) -> int:
    """A whole number from 1 on.

    Raises:
        ValueError: It is none.
    """
    number = int(text)
    if number < 1:
        raise ValueError(f"{number} is below 1")
    return number

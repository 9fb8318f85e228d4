"""The short code of a record, as in the address on its label: readable over the telephone, and checked. Pure.

Crockford's base 32 of the record's number (no I, L, O, U; lower and upper case alike) and one check character: the
number modulo 29. It finds every mistyped and every swapped character but those 29 places apart in the alphabet.
Source: D. Crockford, Base 32 (https://www.crockford.com/base32.html); he checks modulo 37, with signs beyond letters.
"""

from __future__ import annotations

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CHECK = 29
ALIKE = str.maketrans("ILO", "110")
LONGEST = 14


def encode(number: int) -> str:
    """The short code of a record's number.

    Raises:
        ValueError: the number is negative.
    """
    if number < 0:
        raise ValueError(f"{number} is no number of a record")
    check = ALPHABET[number % CHECK]
    digits = ""
    while number or not digits:
        number, digit = divmod(number, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits + check


def decode(code: str) -> int:
    """The number that a short code stands for.

    Raises:
        ValueError: it is no short code, or mistyped.
    """
    text = code.strip().upper().replace("-", "").translate(ALIKE)
    if not 2 <= len(text) <= LONGEST or any(letter not in ALPHABET for letter in text):
        raise ValueError(f"“{code[:40]}” is no short code of a label")
    number = 0
    for letter in text[:-1]:
        number = number * len(ALPHABET) + ALPHABET.index(letter)
    if ALPHABET[number % CHECK] != text[-1]:
        raise ValueError(f"“{code[:40]}” is mistyped: its last character does not fit the others")
    return number

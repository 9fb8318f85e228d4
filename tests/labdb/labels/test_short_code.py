"""Short codes: short, readable, checked."""

from __future__ import annotations

import pytest

from labdb.labels.short_code import ALPHABET, decode, encode


@pytest.mark.parametrize(("number", "code"), [(0, "00"), (1, "11"), (28, "WW"), (29, "X0"), (33, "114"), (1023, "ZZ8")])
def test_a_code_is_base_32_and_the_number_modulo_29(number, code):
    assert encode(number) == code
    assert decode(code) == number


def test_every_number_comes_back():
    for number in (*range(2000), 2**31, 2**63 - 1):
        assert decode(encode(number)) == number


def test_what_is_read_aloud_is_understood():
    code = encode(33 * 32)  # 1, 1, 0 and its check
    assert code.startswith("110")
    assert decode(code.lower().replace("11", "Il").replace("0", "o")) == 33 * 32


def test_a_mistyped_or_swapped_character_is_found():
    found = missed = 0
    code = encode(123_456)
    for place in range(len(code)):
        for letter in ALPHABET:
            wrong = code[:place] + letter + code[place + 1 :]
            if wrong == code:
                continue
            try:
                decode(wrong)
                missed += 1
            except ValueError:
                found += 1
    assert missed <= len(code)  # the one letter 29 places apart
    assert found > 25 * missed
    swapped = code[1] + code[0] + code[2:]
    with pytest.raises(ValueError, match="mistyped"):
        decode(swapped)


@pytest.mark.parametrize("text", ["", "1", "U1", "!!", "1" * 40])
def test_what_is_no_code_is_refused(text):
    with pytest.raises(ValueError):
        decode(text)

"""A dossier's human code: read aloud without mistakes, and made without a counter that requests would wait for."""

from uuid import UUID

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U.
RANDOM_BITS = 35


def dossier_code(prefix: str, year: int, seed: UUID) -> str:
    """Like KH-2019-7QX-4M2K: 34 thousand million codes for each prefix and year, from the random end of `seed`."""
    number = seed.int & ((1 << RANDOM_BITS) - 1)
    letters = "".join(ALPHABET[(number >> shift) & 31] for shift in range(RANDOM_BITS - 5, -1, -5))
    return f"{prefix}-{year}-{letters[:3]}-{letters[3:]}"

"""Sealing a ballot and drawing its receipt against the libraries' calls alone.

Casting a vote waits for the first, the page of the receipt for the second. What they add to
libsodium's sealed box and to segno's code with its mask chosen freely is ours.
"""

import segno
from _common import best, close, report
from nacl.public import PrivateKey, PublicKey, SealedBox

from elections.sealing import encode, qr_svg, receipt_of, seal, shown

BALLOTS, DRAWINGS = 2_000, 100

key = bytes(PrivateKey.generate().public_key)
choices, candidates = [3, 1], 9
content = encode(choices, candidates)
text = shown(receipt_of(seal(choices, candidates=candidates, public=key))).replace(" ", "")


def ours() -> None:
    for _ballot in range(BALLOTS):
        receipt_of(seal(choices, candidates=candidates, public=key))


def bare() -> None:
    for _ballot in range(BALLOTS):
        SealedBox(PublicKey(key)).encrypt(content)


sealed, alone = best(ours), best(bare)
each = f"{sealed / BALLOTS * 1000:.3f} ms"
report(f"sealing a ballot ({each}) / a bare sealed box", sealed / alone, 1.5)
drawn = best(lambda: [qr_svg(text) for _one in range(DRAWINGS)])
code = best(lambda: [segno.make_qr(text, error="l") for _one in range(DRAWINGS)])
each = f"{drawn / DRAWINGS * 1000:.2f} ms"
report(f"drawing a receipt ({each}) / segno's code", drawn / code, 0.5)
close()

# Small damages to text: characters, words, lines; and words the language or the input forms know.
# Uses the standard library only.
# Start at mutated().
WORDS = ['"', '(', ')', ',', ':', '|', '#', '`', '-', '*', '..', '=', '≠', '<', '0,5', '1 200 kr', '5–7', 'ja', 'nej', 'inte', 'och', 'eller',
         'om', 'så', 'annars', 'när', 'ger', 'regel', 'tabell', 'klausul', 'utom när', 'gäller när alla', 'gäller från 2023-06-01', 'utfall',
         'värden', 'post', 'riktlinje', 'guideline', 'rule', 'when', 'gives', 'table', 'mellan', 'bland', 'har', 'saknar', 'inga', 'är känd',
         'okänt', 'ej angivet', 'enligt "x"', 'minsta av', 'avrunda', 'till hela', 'uppåt', 'a)', '3b)', '•', '\\|', '“x”', '\u00a0', 'a\u030a',
         'å', '😀', '\ufeff', '\r', '\n\n', '2023-02-30', '9' * 30, 'kr', 'källa', 'taxa', 'krav', 'exempel', 'givet', 'väntat', 'post.a']


def mutated(rng, text, changes=None):
    """The text with a few damages."""
    for _ in range(changes or rng.choice([1, 1, 1, 2, 3, 8])):
        lines = text.split('\n')
        kind = rng.randrange(10)
        at = rng.randrange(len(text) + 1)
        if kind == 0:
            text = text[:at] + text[at + rng.choice([1, 1, 2, 10, 100]):]
        elif kind == 1:
            text = text[:at] + rng.choice(WORDS) + text[at:]
        elif kind == 2:
            text = text[:at] + ' ' + rng.choice(WORDS) + ' ' + text[at:]
        elif kind == 3:
            i, k = rng.randrange(len(lines)), rng.randrange(len(lines))
            lines[i], lines[k] = lines[k], lines[i]
            text = '\n'.join(lines)
        elif kind == 4:
            lines.pop(rng.randrange(len(lines)))
            text = '\n'.join(lines)
        elif kind == 5:
            i = rng.randrange(len(lines))
            lines.insert(rng.randrange(len(lines) + 1), lines[i])
            text = '\n'.join(lines)
        elif kind == 6:
            i = rng.randrange(len(lines))
            words = lines[i].split(' ')
            rng.shuffle(words)
            lines[i] = ' '.join(words)
            text = '\n'.join(lines)
        elif kind == 7:
            text = text[:at] + chr(rng.choice([0, 9, 10, 13, 32, 34, 40, 41, 92, 96, 124, 127, 0xa0, 0xe5, 0x2028, 0x200b, 0xfffd, 0x1f600])) + text[at:]
        elif kind == 8:
            words = text.split(' ')
            i, k = rng.randrange(len(words)), rng.randrange(len(words))
            words[i] = words[k]
            text = ' '.join(words)
        else:
            text = text[:at]
    return text


def damaged_bytes(rng, data):
    """Bytes that need not be text any more."""
    data = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 5])):
        if data:
            i = rng.randrange(len(data))
            kind = rng.randrange(3)
            if kind == 0:
                data[i] = rng.randrange(256)
            elif kind == 1:
                data[i] ^= 1 << rng.randrange(8)
            else:
                data[i:i] = bytes(rng.randrange(256) for _ in range(rng.choice([1, 2, 4])))
    return bytes(data)

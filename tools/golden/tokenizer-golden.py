#!/usr/bin/env python3
"""Makes tests/golden/tokenizer/: 2,000 hard texts, and what the Hugging Face `tokenizers` package makes of them.

usage: tokenizer-golden.py STORY_TOKENIZER.json [OUT_FOLDER]        (needs: pip install tokenizers; written with 0.23)

The texts come from a seed and the fragments below. Four small vocabularies are made from them; the fifth tokenizer is the bundled story
model's own, whose JSON is the first argument. Written files:
  texts.json         the texts
  NAME.json          a tokenizer, as the package writes it
  NAME-ids.bin       little-endian u16: for each text the number of its ids, then the ids
  NAME-decoded.json  for each text the decoded ids without special tokens, null where that is the text itself

The package's byte-level decoder leaves the space in that `add_prefix_space` put before a text; ours takes it away, and so does this
script. Decoded WordPiece passes the clean-up of the `transformers` package (clean_up_tokenization), as BERT's batch_decode does.
Characters are older than Unicode 8, whose tables the package has for marks and punctuation (see src/core/text/wordpiece.h).
"""
import array
import collections
import json
import pathlib
import random
import sys

from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

SEED = 20240611
LINES = 2000

ENGLISH = """a the and of to in was she he it they we cat dog river mountain garden window story letter morning evening yesterday
Anna Peter London Tuesday quietly beautiful remember children laughed walked opened found lost bread kettle umbrella bicycle
unbelievable misunderstanding internationally rediscovered counterproductive thankfulness blackboard self-taught mother-in-law
twenty-one well-known iPhone McDonald NASA USA e.g. i.e. Mr. Dr. etc. O'Brien""".split()
CONTRACTIONS = """I'm you're he's she'll we've they'd don't can't won't isn't it's I'd let's y'all o'clock 'tis rock'n'roll I’m don’t
it’s I'M DON'T IT'S WE'VE 's 't 're 've 'm 'll 'd 'S 'x '' ' s's 'sam""".split()
OTHER_WORDS = """Straße Übergröße naïve café crème brûlée Ångström smörgåsbord façade mañana piñata İstanbul ığdır DİYARBAKIR Œuvre
ﬁnancial ﬂow Ǆ ǅ ẞ ſtill Ὀδυσσεύς ΣΊΣΥΦΟΣ σίσυφος Ελλάδα Москва Ёлка ёжик й Їжак Љубав Հայաստան ქართული שלום עֶרֶב לְהִתְרָאוֹת مرحبا
كِتَابٌ لا إله ‏سلام‎ نستعلیق می‌خواهم हिन्दी क्षत्रिय ज़रूर தமிழ் বাংলা ไทยสวัสดี ພາສາລາວ မြန်မာ አማርኛ 中文 漢字 東京都 日本語 ひらがな カタカナ ﾊﾝｶｸ ｆｕｌｌ ＷＩＤＴＨ
한국어 대한민국 각 각 한글 㐀㐂 豈更 𠀀𠮷 𫝀 Việt Nguyễn ﻿bom""".split()
EMOJI = """😀 😂 ❤️ ❤ 👍 👍🏽 👩‍👩‍👧‍👦 👨🏿‍💻 🏳️‍🌈 🇩🇪 🇯🇵🇫🇷 1️⃣ #️⃣ ☃ ☃️ ✨ 🎉🎉🎉 👁️‍🗨️ 🧑 ✔︎ ☎︎""".split()
NUMBERS = """0 7 42 007 1,000,000 3.14159 -273.15 1e-9 6.02e23 0xDEADBEEF 50% $19.99 €5 £3 ¥1000 12:30 2024-06-11 11/06/2024 1st 22nd 3rd
+49-30-123456 192.168.0.1 v2.0.1 ½ ¾ x² H₂O ⅷ Ⅳ ① ㊷ ٣٤٥ ۱۲۳ १२३ １２３ 10⁻⁶ 五十 𝟘𝟙𝟚""".split()
URLS = """https://example.org/a/b?q=1&r=%20x#top http://localhost:8080 www.example.com someone@example.org ftp://h/~u/f_1.tar.gz
C:\\Users\\me\\file.txt /usr/share/doc/ ../x ./run mailto:a+b@c.d #hashtag @name""".split()
CODE = ["if (x != NULL && *x++ == '\\n')", "for i in range(10):\n    print(i)", "a->b[c] |= ~d << 2;", "SELECT * FROM t WHERE a = 'b';",
        "<p class=\"x\">&amp;</p>", "{\"k\": [1, null, true]}", "fn main() -> Result<(), Box<dyn Error>> {}", "\\frac{a}{b}", "$HOME/*.c",
        "snake_case_name", "camelCaseName", "__init__", "x=y**2//3%4", "#include <stdio.h>", "/* c */ // d", "--long-option=1", "`ls`", "^a|b$"]
PUNCTUATION = """. , ; : ! ? ... … - – — ― − ‐ ‑ ' ’ ‘ " “ ” „ « » ‹ › ( ) [ ] { } < > / \\ | & * # @ % ‰ ^ ~ ` _ + = ± × ÷ § ¶ • · † ‡ ¡ ¿ ‽ ⁂ ※
、 。 「 」 〜 ・ ！ ？ ， ؟ ، ؛ । ॥ ־ ׳ ° © ® ™ ← → ⇒ ∀ ∑ ∞ ≠ ≤ ♪ ★ █ ░ ─ ┼ ￥ ﹏ ⸺""".split()
SPACES = [" ", " ", " ", "  ", "   ", "\t", "\t\t", " \t ", "\n", "\n\n", "\r\n", " \n", "\n ", "\u00a0", " \u00a0", "\u3000", "\u2009", "\u2028",
          "\u200b", "\u0085", "\v", "\f", "\u202f", "\u1680", "          "]
HIDDEN = ["\u200b", "\u200c", "\u200d", "\u200e", "\u200f", "\u202b", "\u202c", "\u2060", "\u00ad", "\ufeff", "\ufffd", "\ufffc", "\u0001", "\u0007",
          "\b", "\u001b[31m", "\u001f", "\u007f", "\u0080", "\u009f", "\ue000", "\uf8ff", "\U000f0000", "\ufe0f", "\u034f"]
MARKS = ["\u0301", "\u0300", "\u0308", "\u0327", "\u0323", "\u0303", "\u20dd", "\u05b0", "\u064b", "\u093c", "\u0e49", "\u3099", "\u0345", "\u0338"]
SPECIALS = ["[CLS]", "[SEP]", "[PAD]", "[UNK]", "[MASK]", "[cls]", "[ SEP ]", "<|end|>", "<|end|", "<x>", "<x><y>", "<y>z", "<y>", "<|end|><x>"]
RANGES = [(0x20, 0x7e), (0xa1, 0xff), (0x100, 0x24f), (0x250, 0x2af), (0x370, 0x373), (0x386, 0x38a), (0x391, 0x3a1), (0x3b1, 0x3ff), (0x400, 0x45f),
          (0x5d0, 0x5ea), (0x621, 0x64a), (0x905, 0x939), (0xe01, 0xe2e), (0x10d0, 0x10f0), (0x1100, 0x1112), (0x1161, 0x1175), (0x11a8, 0x11c2),
          (0x1e00, 0x1eff), (0x1f00, 0x1f07), (0x2070, 0x2071), (0x2080, 0x208e), (0x20a0, 0x20b5), (0x2100, 0x214f), (0x2150, 0x2188), (0x2190, 0x21ff),
          (0x2200, 0x22ff), (0x2460, 0x24ff), (0x2500, 0x257f), (0x2600, 0x26ff), (0x3041, 0x3096), (0x30a1, 0x30fa), (0x3131, 0x318e), (0x3400, 0x34ff),
          (0x4e00, 0x9fa5), (0xac00, 0xd7a3), (0xf900, 0xfa2d), (0xfb13, 0xfb17), (0xff01, 0xff5e), (0x1d400, 0x1d454), (0x1f600, 0x1f64f), (0x20000, 0x2a6d6)]


class Writer:
    """Draws texts; one method a kind of hardness."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def some(self, items, low, high, between=" "):
        return between.join(self.random.choice(items) for _ in range(self.random.randint(low, high)))

    def plain(self):
        words = [self.random.choice(ENGLISH) for _ in range(self.random.randint(4, 12))]
        return words[0].capitalize() + " " + " ".join(words[1:]) + self.random.choice([".", "!", "?", "...", " .", ""])

    def contractions(self):
        return self.some(ENGLISH + CONTRACTIONS * 2, 2, 8)

    def scripts(self):
        return self.some(OTHER_WORDS + ENGLISH[:20], 2, 8, self.random.choice([" ", " ", "", "-"]))

    def emoji(self):
        return self.some(EMOJI * 2 + ENGLISH, 2, 8, self.random.choice([" ", ""]))

    def numbers(self):
        return self.some(NUMBERS * 2 + ENGLISH, 2, 8, self.random.choice([" ", " ", ""]))

    def urls(self):
        return self.some(URLS + ENGLISH[:20], 1, 4)

    def code(self):
        return self.some(CODE, 1, 3, self.random.choice([" ", "\n", "\n\t", "\n    "]))

    def punctuation(self):
        return self.some(PUNCTUATION * 2 + ENGLISH, 3, 12, self.random.choice([" ", ""]))

    def spaces(self):
        parts = [self.random.choice(ENGLISH + PUNCTUATION[:8] + NUMBERS[:6]) + self.random.choice(SPACES) for _ in range(self.random.randint(1, 7))]
        return self.random.choice(["", "", " ", "  ", "\t", "\n"]) + "".join(parts)

    def hidden(self):
        parts = [self.random.choice(ENGLISH + OTHER_WORDS)[:4] + self.random.choice(HIDDEN) for _ in range(self.random.randint(1, 7))]
        return self.random.choice(["", " "]).join(parts)

    def marks(self):
        word = list(self.random.choice(ENGLISH + OTHER_WORDS))
        return "".join(c + self.some(MARKS, 0, 3, "") for c in word)

    def jamo(self):
        draw = self.random.randint
        return "".join(chr(draw(0x1100, 0x1112)) + chr(draw(0x1161, 0x1175)) + self.random.choice(["", chr(draw(0x11a8, 0x11c2)), " "])
                       for _ in range(draw(1, 8)))

    def specials(self):
        return self.some(SPECIALS * 3 + ENGLISH, 2, 7, self.random.choice([" ", "", ""]))

    def points(self):
        out = []
        for _ in range(self.random.randint(2, 14)):
            low, high = self.random.choice(RANGES)
            out.append(chr(self.random.randint(low, high)))
        return self.random.choice(["", " "]).join(out)

    def long_word(self):
        unit = self.random.choice(["a", "ab", "é", "한", "lol", "-", "=", "7", "x1", "Ha", "na", "😀", "字"])
        return self.random.choice(["", "so "]) + unit * self.random.choice([20, 49, 50, 51, 99, 100, 101, 130])

    def glued(self):
        return "".join(self.random.choice([self.points, self.hidden, self.marks, self.plain])()[:12] for _ in range(4))

    def texts(self, n):
        kinds = [self.plain, self.plain, self.contractions, self.contractions, self.scripts, self.scripts, self.emoji, self.numbers, self.urls,
                 self.code, self.punctuation, self.spaces, self.spaces, self.hidden, self.marks, self.jamo, self.specials, self.points, self.glued]
        out = ["", " ", "  ", "\n", "\t ", "a", " a", "  a", "a ", "a  ", "'", "'s", " 's", "[UNK]", "<x>", " <x> ", "\u0301", "\u00a0"]
        while len(out) < n:
            out.append(self.long_word() if len(out) % 60 == 0 else kinds[len(out) % len(kinds)]())
        return out


def byte_pair(texts, digits):
    tokenizer = Tokenizer(models.BPE())
    level = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True), level]) if digits else level
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=1400, special_tokens=["<|end|>"], show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_tokens([AddedToken(name, normalized=False) for name in ("<x>", "<x><y>", "<y>z")])
    return tokenizer


def wordpiece(texts, lowercase):
    """Characters and the pieces that save most; the package's own trainer breaks ties by chance."""
    normalizer, splitter = normalizers.BertNormalizer(lowercase=lowercase), pre_tokenizers.BertPreTokenizer()
    words = collections.Counter(word for text in texts for word, _ in splitter.pre_tokenize_str(normalizer.normalize_str(text)))
    characters, pieces = collections.Counter(), collections.Counter()
    for word, count in words.items():
        for start in range(len(word)):
            characters[word[start]] += count
            for end in range(start + 2, min(start + 9, len(word) + 1)):
                pieces[("##" if start else "") + word[start:end]] += count * (end - start - 1)
    best = [sorted(counter, key=lambda item: (-counter[item], item)) for counter in (characters, pieces)]
    names = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokens = names + best[0][:600] + ["##" + item for item in best[0][:600]] + best[1][:1500]
    vocabulary = {token: number for number, token in enumerate(dict.fromkeys(tokens))}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer, tokenizer.pre_tokenizer, tokenizer.decoder = normalizer, splitter, decoders.WordPiece()
    tokenizer.add_special_tokens(names)
    return tokenizer


def transformers_clean_up(text):
    for old, new in ((" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"), (" 'm", "'m"), (" 's", "'s"),
                     (" 've", "'ve"), (" 're", "'re")):
        text = text.replace(old, new)
    return text


def decode(tokenizer, ids, settings):
    text = tokenizer.decode(ids, skip_special_tokens=True)
    if settings["model"]["type"] == "WordPiece":
        return transformers_clean_up(text)
    if settings["pre_tokenizer"].get("add_prefix_space") and text.startswith(" "):
        return text[1:]
    return text


def dump(path, value):
    path.write_text(json.dumps(value, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")


def write(folder, name, tokenizer, texts):
    settings = json.loads(tokenizer.to_str())
    dump(folder / f"{name}.json", settings)
    numbers, decoded = array.array("H"), []
    for text in texts:
        ids = tokenizer.encode(text, add_special_tokens=False).ids
        numbers.append(len(ids))
        numbers.extend(ids)
        back = decode(tokenizer, ids, settings)
        decoded.append(None if back == text else back)
    if sys.byteorder == "big":
        numbers.byteswap()
    (folder / f"{name}-ids.bin").write_bytes(numbers.tobytes())
    dump(folder / f"{name}-decoded.json", decoded)


def main():
    story = Tokenizer.from_file(sys.argv[1])
    folder = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else "tests/golden/tokenizer")
    folder.mkdir(parents=True, exist_ok=True)
    texts = Writer(SEED).texts(LINES)
    dump(folder / "texts.json", texts)
    write(folder, "story", story, texts)
    write(folder, "byte-pair", byte_pair(texts, False), texts)
    write(folder, "byte-pair-digits", byte_pair(texts, True), texts)
    write(folder, "wordpiece-cased", wordpiece(texts, False), texts)
    write(folder, "wordpiece-uncased", wordpiece(texts, True), texts)


main()

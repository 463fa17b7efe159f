#!/usr/bin/env python3
"""Makes tests/golden/metrics.json: texts, histograms and features from a seed, and what the usual packages measure of them.

usage: metrics.py [OUT_FILE]        (needs: pip install sacrebleu rouge-score mauve-text faiss-cpu scikit-learn; written with 2.6, 0.1.2, 0.4, 1.15, 1.9)

  bleu        candidates, up to three references each; sacrebleu's corpus BLEU of all with its default settings but no smoothing, and of the
              first reference alone; the words it cuts each candidate into (mteval-v13a)
  rouge       F1 of each candidate by rouge-score without stemmer, the best over its references
  mauve       histograms and their MAUVE (its own curve and area); features of two sets in groups that lie far apart, so that the best k-means of many
              starts finds just these groups, and their MAUVE
  mem         share of the candidates' runs of four words that stand in the references, words as a regular expression cuts them
  marked      log-odds with the prior, its deviation, and what is marked, from the formulas of Monroe et al. 2008
"""
import json
import math
import pathlib
import random
import re
import sys
from collections import Counter

import numpy
import sacrebleu
from mauve.compute_mauve import compute_area_under_curve, compute_mauve, get_divergence_curve_for_multinomials
from rouge_score import rouge_scorer
from sacrebleu.tokenizers.tokenizer_13a import Tokenizer13a

SEED = 4
WORDS = """the a old dog Anna cat ran home quickly . , ! ? "yes" don't ten-year 3,000 $25 1.5 mother-in-law e.g. (perhaps) x1 2-3 9- it's
U.S. café &amp; 100% A/B end; so: [note]""".split()


def sentence(chance, length):
    return " ".join(chance.choice(WORDS) for _ in range(length))


def changed(chance, text):
    """A text near to another one."""
    words = [chance.choice(WORDS) if chance.random() < 0.2 else word for word in text.split() if chance.random() > 0.1]
    return " ".join(words) or "empty"


def texts(chance):
    references = [[sentence(chance, chance.randint(8, 20))] for _ in range(24)]
    for some in references:
        for _ in range(chance.randint(0, 2)):
            some.append(changed(chance, some[0]))
    return [changed(chance, some[0]) for some in references], references


def bleu(candidates, references):
    def score(columns):
        return sacrebleu.corpus_bleu(candidates, columns, smooth_method="none").score / 100
    most = max(map(len, references))
    columns = [[some[i] if i < len(some) else None for some in references] for i in range(most)]
    cut = Tokenizer13a()
    return {"all": score(columns), "first": score([[some[0] for some in references]]), "words": [cut(text).split() for text in candidates]}


def rouge(candidates, references):
    scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=False)
    scores = [scorer.score_multi(some, candidate) for candidate, some in zip(candidates, references)]
    best = [[max(scorer.score(one, candidate)[kind].fmeasure for one in some) for kind in ("rouge1", "rouge2", "rougeL")]
            for candidate, some in zip(candidates, references)]
    assert all(abs(score[kind].fmeasure - row[i]) < 1e-12 for score, row in zip(scores, best)
               for i, kind in enumerate(("rouge1", "rouge2", "rougeL")))
    return best


def area(p, q):
    curve = get_divergence_curve_for_multinomials(p / p.sum(), q / q.sum(), numpy.linspace(1e-6, 1 - 1e-6, 25), 5)
    x, y = curve.T
    return 0.5 * (compute_area_under_curve(*curve[numpy.argsort(x)].T) + compute_area_under_curve(*curve[numpy.argsort(y)].T[::-1]))


def mauve(generator):
    histograms = [generator.integers(0, 9, (2, k)) for k in (2, 5, 17)] + [numpy.array([[3, 0, 0], [0, 1, 2]])]
    centres = generator.normal(size=(6, 12)) * 5
    features = [numpy.round(centres[generator.choice(6, 60, p=share)] + generator.normal(size=(60, 12)) * 0.02, 4)
                for share in ([.3, .2, .2, .1, .1, .1], [.1, .1, .1, .2, .2, .3])]
    score = compute_mauve(p_features=features[0].astype(numpy.float32), q_features=features[1].astype(numpy.float32), kmeans_num_redo=2000)
    return {"histograms": [{"p": p.tolist(), "q": q.tolist(), "mauve": float(area(p.astype(float), q.astype(float)))} for p, q in histograms],
            "p": features[0].ravel().tolist(), "q": features[1].ravel().tolist(), "width": 12, "mauve": float(score.mauve)}


def own_words(text):
    """src/core/study/words.h"""
    return re.findall(r"[^\W_]+(?:['’]*[^\W_]+)*['’]*|['’]+[^\W_]*(?:['’]*[^\W_]+)*['’]*|\S", text)


def memorised(candidates, references):
    def runs(text):
        words = own_words(text)
        return [tuple(words[i:i + 4]) for i in range(len(words) - 3)]
    known = {run for some in references for text in some[1:] for run in runs(text)}
    all_runs = [run for text in candidates for run in runs(text)]
    return {"known": sum(run in known for run in all_runs), "all": len(all_runs), "different": len(known)}


def marked(candidates, references, prior=0.5, ratio=1.1, deviations=0.3):
    """The candidates against the first references."""
    counts = [Counter(word.lower() for text in texts for word in own_words(text)) for texts in (candidates, [some[0] for some in references])]
    words = sorted(counts[0] | counts[1])
    sums = [sum(count.values()) + len(words) * prior for count in counts]
    chosen = []
    for word in words:
        a, b = (count[word] + prior for count in counts)
        odds = math.log(a / (sums[0] - a)) - math.log(b / (sums[1] - b))
        if odds >= math.log(ratio) and odds >= deviations * math.sqrt(1 / a + 1 / b):
            chosen.append(word)
    found = [sum(word.lower() in chosen for word in own_words(some[0])) for some in references]
    return {"ratio": ratio, "deviations": deviations, "words": chosen, "counts": found}


def main():
    out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2] / "tests/golden/metrics.json")
    chance = random.Random(SEED)
    candidates, references = texts(chance)
    golden = {"candidates": candidates, "references": references, "bleu": bleu(candidates, references), "rouge": rouge(candidates, references),
              "mauve": mauve(numpy.random.default_rng(SEED)), "mem": memorised(candidates, references),
              "marked": marked(candidates, references)}
    out.write_text(json.dumps(golden, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

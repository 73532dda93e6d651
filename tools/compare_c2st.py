#!/usr/bin/env python3
"""Prints the classifier two-sample test of two CSV files by scikit-learn, to compare snpse's C2ST with.

    tools/compare_c2st.py reference.csv samples.csv [seed]

Each file has a header line and one draw a line. Needs numpy and scikit-learn. The protocol is that of the sbibm
benchmark: z-score by the reference's moments, 5 shuffled folds, two hidden layers of 10 d units.
"""

import sys

import numpy as np
from sklearn.model_selection import KFold, cross_val_score
from sklearn.neural_network import MLPClassifier


def c2st(reference, samples, seed):
    n = min(len(reference), len(samples))
    mean, scale = reference[:n].mean(axis=0), reference[:n].std(axis=0, ddof=1)
    x = (np.concatenate([reference[:n], samples[:n]]) - mean) / scale
    y = np.repeat([0, 1], n)
    width = 10 * x.shape[1]
    classifier = MLPClassifier(hidden_layer_sizes=(width, width), max_iter=10000, random_state=seed)
    folds = KFold(n_splits=5, shuffle=True, random_state=seed)
    return cross_val_score(classifier, x.astype(np.float32), y, cv=folds, scoring="accuracy")


def main():
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    reference, samples = (np.loadtxt(path, delimiter=",", skiprows=1, ndmin=2) for path in sys.argv[1:3])
    folds = c2st(reference, samples, int(sys.argv[3]) if len(sys.argv) == 4 else 1)
    print(f"C2ST {folds.mean():.4f}, folds {' '.join(f'{value:.4f}' for value in folds)}")


if __name__ == "__main__":
    main()

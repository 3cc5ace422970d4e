"""One small language for losses: text → tree as typed → nodes → derivatives → NumPy code, and LaTeX of the tree.

Nothing is ever evaluated by `eval` or handed to a computer algebra system: a formula is computed as it was typed, and
differentiated node by node, so that nothing is expanded and nothing takes longer than its length allows.
"""

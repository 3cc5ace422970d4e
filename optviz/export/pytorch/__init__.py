"""A race as PyTorch code."""

from optviz.export.pytorch.script import LONGEST_CODE, to_pytorch

__all__ = ["LONGEST_CODE", "to_pytorch"]

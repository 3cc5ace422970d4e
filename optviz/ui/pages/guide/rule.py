"""A method's rule in the text: the article's form, and folded away how others write it."""

from __future__ import annotations

import html

import streamlit as st

from optviz.formula.rule_latex import rule_latex
from optviz.guide.rules import Form, rule_forms
from optviz.text import Words


def show(kind: str, text: Words) -> None:
    """The rule of a kind of optimizer, typeset from the lines of what runs."""
    first, *others = rule_forms(kind)
    with st.container(key=f"guide_rule_{kind}"):
        _form(first, text, OF_SAMPLES.get(kind, ""))
        if kind in OF_SAMPLES:
            said = html.escape(text["guide"][f"loss_of_{kind}"])
            st.html(f'<p class="optviz-guide-settings">{said}</p>')
        if others:
            with st.expander(text["guide"]["elsewhere"]):
                for form in others:
                    _form(form, text)


OF_SAMPLES = {"sgd": "i", "minibatch_sgd": r"\mathcal{B}"}
"""Kind → which samples its gradient is of, as an index of the loss; that of the others is of all."""


def _form(form: Form, text: Words, samples: str = "") -> None:
    names = " · ".join(text["convention"][name] for name in form.conventions)
    st.html(f'<p class="optviz-guide-source">{html.escape(names)}</p>')
    latex = rule_latex(form.lines)
    if samples:
        latex = latex.replace(r"\nabla  J", rf"\nabla J_{{{samples}}}")
    st.markdown(f"$$\n{latex}\n$$")
    called = text["hyperparameter"]
    settings = ", ".join(f"{called.get(name, name)} = {value}" for name, value in form.settings)
    if settings:
        st.html(f'<p class="optviz-guide-settings">{html.escape(settings)}</p>')

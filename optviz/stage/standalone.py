"""What pages have in common that show figures without a network: plotly.js in them, and what they may run."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
from collections.abc import Sequence
from functools import cache

from optviz.stage.modules import PLOTLY, assets

# The page's own module runs it: names that begin a line here are that module's.
UNPACKING = """
const inflated = (id) => {
  const packed = Uint8Array.from(atob(document.getElementById(id).textContent), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip")));
};
const scriptIn = async (id) => {
  const text = await inflated(id).text();
  return () => {
    const script = document.createElement("script");
    script.textContent = text;
    document.head.appendChild(script);
    script.remove();
  };
};
"""


def document(
    language: str, title: str, body: str, *, kind: str, style: str, script: str, bundles: Sequence[str]
) -> str:
    """The page: body is its HTML, kind the body's class, script all that runs beside the bundles of plotly.js."""
    return f"""<!doctype html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy(script, bundles)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{html.escape(title)} – optviz</title>
<style>{style}</style>
</head>
<body class="{kind}">
{body}
{"".join(f'<script type="text/plain" id="{PLOTLY[name]}">{_plotly(name)[0]}</script>' for name in bundles)}
<script type="module">{script}</script>
</body>
</html>
"""


def packed(message: bytes) -> str:
    """A message as the page holds it: gzip in base64."""
    return _base64(gzip.compress(message, 9, mtime=0))


def policy(script: str, bundles: Sequence[str]) -> str:
    """The Content-Security-Policy: nothing is fetched, and only this script and plotly.js run."""
    hashes = [_hash(script.encode()), *(_plotly(bundle)[1] for bundle in bundles)]
    allowed = {
        "default-src": "'none'",
        "script-src": " ".join(f"'{known}'" for known in hashes),
        # Plotly and the stage write style sheets and attributes while they run.
        "style-src": "'unsafe-inline'",
        "img-src": "data: blob:",
        "base-uri": "'none'",
        "form-action": "'none'",
    }
    return "; ".join(f"{what} {where}" for what, where in allowed.items())


@cache
def _plotly(bundle: str) -> tuple[str, str]:
    """A bundle of plotly.js as gzip in base64, and the hash of the script that comes out of it."""
    body = assets()[PLOTLY[bundle]].packed
    return _base64(body), _hash(gzip.decompress(body))


def _hash(script: bytes) -> str:
    return f"sha256-{_base64(hashlib.sha256(script).digest())}"


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()

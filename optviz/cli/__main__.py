"""`python -m optviz.cli` is `optviz`."""

import sys

from optviz.cli import main

sys.exit(main())

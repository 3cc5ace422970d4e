"""`make bench`: all measurements in one run. Absolute times depend on the machine; compare the ratios."""

import core

import app

if __name__ == "__main__":
    core.report()
    print()
    app.report()

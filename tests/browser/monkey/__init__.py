"""Random walks through the real page: what a visitor may do, and what must hold after each action.

    make monkey                          twenty walks of 200 actions
    make monkey WALK='language:zh present'   these actions, one after the other

`actions` is the table of what may be done, `invariants` the table of what must hold, `walk` does the one and checks the
other, `shortening` makes a walk that failed as short as it can.
"""

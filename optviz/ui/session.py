"""The race of this visit, its view, and the address bar: one owner for all three.

The race lives in `st.session_state`. It is read from the address when a visit begins and when the visitor goes back or
forward in the history, and written to the address when it has changed: one history entry per change. Widgets show the
race and change it through callbacks; they are not bound to the address themselves, because a list of racers does not
fit a widget, and because a field that cannot be used should be told, not dropped.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

import streamlit as st

from optviz.bad_input import BadInput
from optviz.budget import check_budget, within_budget
from optviz.experiment import LONGEST_LINK, Race, read_query
from optviz.racer import Racer
from optviz.surface import Formula
from optviz.text import language_for
from optviz.tour import Tour
from optviz.ui import address
from optviz.view import View, places


def begin_run() -> None:
    """Read the address where that is due: at the start of a visit, and after back or forward."""
    if "race" not in st.session_state or address.navigated():
        go_to_the_address()


def go_to_the_address() -> None:
    """Take up the race and the view that the address names."""
    query = address.read()
    asked, problems = read_query(query)
    st.session_state.race, beyond = within_budget(asked)
    st.session_state.touring = False
    st.session_state.live = None
    before: View | None = st.session_state.get("view")
    view, unseen = View.from_query(query, address.page(), before)
    veiled_before = before is not None and before.veiled
    st.session_state.view = view.fitting(st.session_state.race)
    taken_up = _on_the_draft(st.session_state.race)
    if taken_up is not None:
        st.session_state.race, st.session_state.view = taken_up, replace(st.session_state.view, draft=None)
    unseen += view.beyond(st.session_state.race, query)
    if view.veiled and not veiled_before:
        st.session_state.played = None
    st.session_state.view_stamp = st.session_state.get("view_stamp", 0) + 1
    refused = [*problems, *beyond, *unseen]
    st.session_state.problems = refused
    st.session_state.linked = True
    st.session_state.refused_at = None
    # A link that can be used stays in the address as it is; one that cannot is written again.
    other = refused or taken_up is not None
    st.session_state.addressed = (
        None if other else (st.session_state.race, st.session_state.view, query, address.page())
    )
    st.session_state.spelled = None


def go_to_page(name: str) -> None:
    """Another page, by its name, follows with the race and the view as they are then."""
    st.session_state.next_page = name


def leaves_this_page() -> bool:
    """Whether another page is to follow."""
    return "next_page" in st.session_state


def next_page() -> str | None:
    """The name of the page that is to follow; said once."""
    name: str | None = st.session_state.pop("next_page", None)
    return name


def race() -> Race:
    """The race of this visit."""
    current: Race = st.session_state.race
    return current


def view() -> View:
    """How this visit looks at it."""
    current: View = st.session_state.view
    return current


def language() -> str:
    """The visitor's language: the chosen one, else the browser's; also before the address has been read."""
    chosen = view().language if "view" in st.session_state else None
    return chosen or language_for(st.context.locale)


def shown() -> Race:
    """The race as it is shown: the visit's own, with what is being dragged at this moment."""
    live = st.session_state.get("live") or {}
    try:
        if "start" in live:
            return race().replaced(start=live["start"])
        if "learning_rate" in live:
            return race().with_highest_learning_rate(live["learning_rate"])
    except BadInput:
        pass
    return race()


def drag(live: Any) -> None:
    """Note what is being dragged: nothing of it is in the race, the address or the history until it is let go."""
    st.session_state.live = live if isinstance(live, dict) else None
    if st.session_state.live is not None:
        end_tour()


def is_dragging() -> bool:
    """Whether something is being dragged at this moment."""
    return bool(st.session_state.get("live"))


def live_number() -> int | None:
    """The number of the request that the picture answers."""
    number = (st.session_state.get("live") or {}).get("number")
    return number if isinstance(number, int) else None


def change(new: Race, moved: Callable[[int], int | None] | None = None) -> None:
    """Another race. `moved` says where a racer of the old list is in the new one, None for one that has gone.

    A formula that was refused, and is still in its field, is run as soon as the change leaves room for it.

    Raises BadInput, and leaves the visit as it is, where the race is more work than one visitor may ask for.
    """
    check_budget(new)
    taken_up = _on_the_draft(new) if formula_of(new) == formula_of(race()) else None
    if taken_up is not None:
        new = taken_up
        change_view(draft=None)
    st.session_state.live = None
    st.session_state.touring = False
    if new.racers != race().racers:
        _follow(moved or successors(race().racers, new.racers).get)
    st.session_state.problems = list(new.lowered_batches(race()))
    st.session_state.linked = False
    st.session_state.refused_at = None
    st.session_state.race = new
    st.session_state.view = view().fitting(new)


def formula_of(race: Race) -> str | None:
    """The text of the race's formula; None where its surface is another one."""
    return race.bare_surface.text if isinstance(race.bare_surface, Formula) else None


def with_formula(race: Race, text: str) -> Race:
    """The race, whose surface is a formula, on another one. Raises BadInput where it cannot be used in this race."""
    changed = race.with_bare_surface(replace(race.bare_surface, text=text))  # type: ignore[type-var]
    check_budget(changed)
    return changed


def _on_the_draft(race: Race) -> Race | None:
    """The race on the formula that waits in its field; None where there is none that this race can use."""
    draft = view().draft
    if draft is None or formula_of(race) is None:
        return None
    try:
        return with_formula(race, draft)
    except BadInput:
        return None


def attempt(make: Callable[[], Race], moved: Callable[[int], int | None] | None = None) -> None:
    """Change the race, or tell why not; `moved` as of `change`."""
    try:
        change(make(), moved)
    except BadInput as problem:
        refuse(problem)


def successors(old: Sequence[Racer], new: Sequence[Racer]) -> dict[int, int]:
    """Where each racer of one list is in another: an equal one, else one of the same kind, each at most once."""
    if [racer.kind for racer in old] == [racer.kind for racer in new]:
        return {place: place for place in range(len(old))}
    found: dict[int, int] = {}
    for equal in (True, False):
        for place, racer in enumerate(old):
            alike = [at for at, other in enumerate(new) if (racer == other if equal else racer.kind == other.kind)]
            free = [at for at in alike if at not in found.values()]
            if place not in found and free:
                found[place] = free[0]
    return found


def _follow(moved: Callable[[int], int | None]) -> None:
    """What is kept by a racer's place in the list goes where the racer goes."""
    if view().hidden:
        hidden = [moved(place) for place in view().hidden]
        st.session_state.view = replace(view(), hidden=places([place for place in hidden if place is not None]))
        st.session_state.view_stamp += 1
    for field, row in View.rows().items():
        place = getattr(view(), field)
        if row.is_place and place is not None:
            there = moved(place)
            change_view(**{field: getattr(View(), field) if there is None else there})
    if "tuned" in st.session_state:
        tuned = moved(st.session_state.tuned)
        if tuned is None:
            del st.session_state["tuned"]
        else:
            st.session_state.tuned = tuned


# A tour changes the race at every seed; only where it ends is written to the address.


def touring() -> Tour | None:
    """The tour that is under way."""
    return last_tour() if st.session_state.get("touring") else None


def last_tour() -> Tour | None:
    """The tour that is under way, or else the last one of this visit."""
    last: Tour | None = st.session_state.get("tour")
    return last


def tour_number() -> int:
    """A number that no other seed of this visit's tours has."""
    number: int = st.session_state.get("tour_number", 0)
    return number


def begin_tour(tour: Tour) -> None:
    """Go on a tour."""
    change(tour.race)
    go_on(tour)


def go_on(tour: Tour) -> None:
    """The tour is at another seed now."""
    st.session_state.tour = tour
    st.session_state.tour_number = tour_number() + 1
    st.session_state.touring = True
    st.session_state.race = tour.race


def end_tour() -> None:
    """Stay where the tour is."""
    st.session_state.touring = False


def change_view(**fields: Any) -> None:
    """Another view of the same race. Under a veil that is put on, nobody has seen how the race ends."""
    if fields.get("veiled") and not view().veiled:
        st.session_state.played = None
    st.session_state.view = replace(view(), **fields)


def address_on(page: str, race: Race, seen: View) -> str:
    """The address of a page with this race and view, from any other page: "guide?chapter=adam"."""
    query = urlencode(_within_a_link(race.to_query(), seen, page), quote_via=quote)
    return f"{'./' if page == address.FIRST_PAGE else page}{'?' if query else ''}{query}"


def token(value: object) -> str:
    """Stands for a race, or for another value that its repr tells, in messages to the browser and back."""
    return hashlib.sha256(repr(value).encode()).hexdigest()[:12]


def played(seen: Any) -> None:
    """What has this token has been played to its end: a veil hides nothing of it any more."""
    st.session_state.played = seen if isinstance(seen, str) else None


def end_is_hidden() -> bool:
    """Whether nobody may know yet how the race that is shown ends."""
    return view().veiled and not end_was_seen()


def end_was_seen() -> bool:
    """Whether the race that is shown has been played to its end, with the swarm that is drawn in it."""
    return st.session_state.get("played") == token_of_what_plays(shown())


def token_of_what_plays(race: Race) -> str:
    """Stands for a race and the swarm that is drawn in it: who has seen the one has not seen another swarm's end."""
    swarm = st.session_state.get("drawn_swarm")
    return token(race if swarm is None else (race, swarm))


def draw_swarm(swarm: object) -> None:
    """Note the swarm that the picture has now, by what was wished for; None for none."""
    st.session_state.drawn_swarm = swarm


def leave_swarm() -> None:
    """Do without a swarm: a race that was seen to its end with one has been seen."""
    was_seen = end_was_seen()
    change_view(swarm=None, swarm_seed=0)
    draw_swarm(None)
    if was_seen:
        played(token_of_what_plays(shown()))


def refuse(problem: BadInput) -> None:
    """Keep the race as it is, and tell why: beside the widget whose answer it was, else on the page."""
    st.session_state.live = None
    st.session_state.problems = [problem]
    st.session_state.linked = False
    st.session_state.refused_at = st.session_state.get("answering")


def refused_at() -> str | None:
    """The widget whose answer could not be used, if the problems are about one."""
    key: str | None = st.session_state.get("refused_at")
    return key


def problems() -> list[BadInput]:
    """What could not be used, since the last change that could."""
    found: list[BadInput] = st.session_state.problems
    return found


def problems_are_a_links() -> bool:
    """Whether they came with the address, before anything was done on the page."""
    linked: bool = st.session_state.linked
    return linked


def write_address() -> None:
    """Bring the address up to date: where race or view have changed, or another page came without them.

    While a tour is under way it names the race that the tour set out from, in the present view.
    """
    current = race()
    if touring() is not None:
        if st.session_state.addressed is None:
            return
        current = st.session_state.addressed[0]
    written, page = address.read(), address.page()
    if st.session_state.addressed == (current, view(), written, page):
        return
    query = _within_a_link(current.to_query(), view(), page)
    st.session_state.addressed = (current, view(), query, page)
    st.session_state.spelled = query
    if written != query:
        address.write(query)


def found_and_spelled() -> tuple[dict[str, str], dict[str, str]] | tuple[None, None]:
    """What the address said when it was last read or written, and how the app spells the same."""
    if st.session_state.addressed is None:
        return None, None
    race, view, found, _ = st.session_state.addressed
    if st.session_state.spelled is None:
        st.session_state.spelled = _within_a_link(race.to_query(), view)
    return found, st.session_state.spelled


def pin(pinned: bool) -> None:
    """Keep the race that is shown in sight under those that follow, or let go of it."""
    change_view(pinned=race() if pinned else None)


def link() -> str | None:
    """Race and view as the text after the `?` of a link for others; None where it would be longer than a link may be.

    Unlike the address it names the race even where that is the article's setting. It does not present: that is for
    this screen.
    """
    text = urlencode(_within_a_link(race().to_query(whole=True), view().for_others()), quote_via=quote)
    return text if len(text) <= LONGEST_LINK else None


def pinned_is_left_out() -> bool:
    """Whether link and address had to leave the pinned race out."""
    return view().pinned is not None and "pinned" not in _within_a_link(race().to_query(whole=True), view())


def _within_a_link(query: dict[str, str], seen: View, page: str | None = None) -> dict[str, str]:
    """The query with the view's on a page; what it can do without is left out where all is longer than a link may be.

    page: by default the one that is seen.
    """
    whole = {**query, **seen.to_query(page or address.page())}
    for dispensable in ("draft", "pinned"):
        if len(urlencode(whole, quote_via=quote)) > LONGEST_LINK:
            whole.pop(dispensable, None)
    if "lesson" in whole and len(urlencode(whole, quote_via=quote)) > LONGEST_LINK:
        # It brings a race of its own; the visit's waits in the visit.
        whole = {name: value for name, value in whole.items() if name not in query}
    return whole

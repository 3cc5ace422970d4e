// What the page "Inside a step" draws: the one layer of its figure, written by optviz/figures/inside.py. The message around
// it is any other figure's (message.js reads it; its `plot` is empty), and its arrays are float64.
//
// Row k of every array is the step from θ(k − 1) to θ(k); row 0 is what was before the first step. After a run has diverged,
// and where there is nothing to say, numbers are NaN. Colours are "@theme/…", texts are in the visitor's language.

import type { Arrays, Theme, Words } from "../types.js";

/** "@name" of an array of the message: rows (steps + 1) of one number or two (x, y), unless it says otherwise. */
export type Reference = string;

/** What a symbol or an arrow is made of; it says the colour. */
export type TermKind = "gradient" | "moment" | "square" | "rate" | "update" | "point";

export interface InsideLayer {
  kind: "inside";
  steps: number;
  /** The surface: columns x, rows y, losses (rows of numbers, NaN where it is not finite); `shade` as on the map, 0 … 1. */
  map: { x: Reference; y: Reference; losses: Reference; shade: Reference };
  /** (x_min, x_max, y_min, y_max) */
  domain: [number, number, number, number];
  /** How far the surface has moved since `map` after each step, (steps + 1, 2); null where it stands still. A step is made
   * from the surface of the row before. */
  drift: Reference | null;
  /** One, or two side by side. */
  racers: InsideRacer[];
}

export interface InsideRacer {
  /** Its place in the race. */
  place: number;
  /** What it is called, and the colour of its path. */
  name: string;
  color: string;
  dash: string;
  marker: string;
  /** The first step that is lost, −1 for none. */
  diverged_at: number;
  /** θ, (steps + 1, 2). */
  points: Reference;
  /** The full loss at each point and its derivatives there: (steps + 1, 6), J, ∂J/∂x, ∂J/∂y, ∂²J/∂x², ∂²J/∂x∂y, ∂²J/∂y². */
  local: Reference;
  /** The one gradient that each step was made from, (steps + 1, 2); null where there was none, or there were several. */
  gradient: Reference | null;
  /** Whether the gradients are those of a batch of samples, so that they are not the slope of `local`. */
  batched: boolean;
  /** Every symbol that has a meaning: what `data-term` and `Token.term` name, in the order in which they appear. */
  terms: Term[];
  lines: RuleLine[];
  /** The displacements, in the order in which they are laid head to tail: from θ(k − 1) to θ(k). Never empty. */
  arrows: InsideArrow[];
  /** Δθ, from θ(k − 1) to θ(k). */
  total: InsideArrow;
  /** −η ∇J(θ) at θ(k − 1), to be dashed; null where it is the step itself, or there is no learning rate. */
  plain: InsideArrow | null;
  /** Where the gradient was asked when that is not θ(k − 1): (steps + 1, 2); null where it always is. */
  asked: { at: Reference; symbol: string; label: string; told: string } | null;
  /** The step that another optimizer takes from the same point and memory: NAG's classical momentum. */
  counterpart: { name: string; color: string; arrows: InsideArrow[]; total: InsideArrow } | null;
  /** Per axis, to be drawn as two bars each; empty where the method has none. */
  bars: InsideSeries[];
  /** Over time. */
  series: InsideSeries[];
}

export interface Term {
  /** What `data-term` says: the symbol as the rule writes it, such as "v", "m̂", "β₁", "∇J(θ − γ v)". */
  id: string;
  kind: TermKind | "field" | "count";
  color: string;
  /** What it is, such as "Velocity"; "" where there are no words for it. */
  told: string;
}

/** A line of the rule, in the order of the code. */
export interface RuleLine {
  /**
   * A `math` element. A symbol carries data-term (of `terms`); a summand that an arrow is made of is a group with
   * data-arrows: the places in `arrows`, parted by spaces.
   */
  mathml: string;
  /** The same line with numbers, for one axis at a time; null where not all of its symbols have numbers. */
  numbers: Token[] | null;
}

/** A piece of a line of numbers: what stands there, or the number that stands there; see template.js, which fills it in. */
export type Token = TokenMarks & (Literal | Slot);

export interface TokenMarks {
  /** Of `terms`. */
  term?: string;
  /** Places in `arrows`. */
  arrows?: number[];
}

export interface Literal {
  text: string;
}

export interface Slot {
  /** Of two columns that of the axis, of one the number itself. */
  value: Reference;
  /** Whether it is the number from before this step: row k − 1. */
  before?: true;
  /** In brackets if it is negative, as a sign stands before it, or also if it has an exponent, as a power follows. */
  brackets?: "negative" | "base";
  /** A whole number, as superscript digits. */
  raised?: true;
}

export interface InsideArrow {
  kind: TermKind | "step";
  color: string;
  /** A few letters to write beside it, such as "−γ v". */
  label: string;
  /** All of it, as a `math` element. */
  symbol: string;
  /** In words, such as "Memory". */
  told: string;
  /** (steps + 1, 4): from x, y to x, y. */
  ends: Reference;
}

export interface InsideSeries {
  /** Which it is: the state's name of the term, "gradient_length" or "step_length". */
  key: string;
  kind: TermKind | "step";
  color: string;
  /** As a `math` element. */
  symbol: string;
  label: string;
  told: string;
  /** (steps + 1, 2) x and y, or (steps + 1,) where it is a length. */
  values: Reference;
  /** The smallest and the largest number that is finite and, where it is logarithmic, above 0; null where there is none. */
  range: [number, number] | null;
  logarithmic: boolean;
}

/** What stands in the header of the page's message besides what any figure's has: see optviz/ui/pages/step/message.py. */
export interface InsideHeader {
  layers: InsideLayer[];
  themes: { light: Theme; dark: Theme };
  text: Words;
  token: string;
  present: boolean;
  /** The step that is asked for, where the stamp is a new one. */
  view: { at: number; stamp: number };
  /** The step that an address without one means. */
  first_look: number;
  /** All optimizers of the race, and the places of those that are shown. */
  racers: { name: string; color: string; marker: string }[];
  racer: number;
  beside: number | null;
  /** Of which optimizer at which step a question finds its answer. */
  questions: { asked: string; racer: number; at: number }[];
  /** In a text: the picture, its rule and the bar alone; the step is not that of the address, keys are the text's. */
  small?: boolean;
}

export interface InsideMessage {
  header: InsideHeader;
  arrays: Arrays;
}

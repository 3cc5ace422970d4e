// What the modules of this folder hand to each other. The header is written by optviz/stage/message.py, a figure's part
// of it by optviz/figures/.

export type Numbers = Float32Array | Float64Array | Int32Array | Uint8Array | Uint16Array;
export type Column = Numbers | Numbers[];
export type Arrays = Map<string, Column>;
export type Range = [number, number];
export type Point = [number, number];
/** Azimuth and elevation in degrees, and the distance; then the point that is looked at, where it is not the middle. */
export type Camera = number[];
export type Theme = Record<string, any>;
export type Words = Record<string, string>;
/** Plotly's dicts, with "@name" for an array and "@theme/name" for a colour. */
export type Dict = Record<string, any>;

/**
 * What is sent of a message, before what the stage has kept of earlier ones is put back: {part: name} stands for what is
 * in `parts` under this name, or was a part of the last message to the same stage.
 */
export interface SentHeader {
  parts: Record<string, any>;
  /** One of which only the key is told has come with the last message. */
  arrays: { name: string; key?: string; shape?: number[]; type?: "f4" | "f8" | "i4" | "u1" | "u2"; offset?: number }[];
  map_key: string;
  /** Whose message it is, where there may be others. */
  stage?: string;
  heard?: { page: string; number: number } | null;
  [entry: string]: any;
}

export interface Header {
  plot: { data: Dict[]; layout: Dict };
  /** Layout patches: "wide", "narrow", "presented". */
  arrangements: Record<string, Dict>;
  views: Record<string, View>;
  /** Group → the views of which one is on. */
  choices: Record<string, string[]>;
  /** What is drawn on the canvases, by kind: see layers/. */
  layers: Layer[];
  /** Chart → what a click into it sends; of one that stands still, what a click on one of its `marks` sends: see chart/. */
  clicks: Partial<Record<Chart, ClickTarget>>;
  map_key: string;
  words_key: string;
  text: Words;
  themes: { light: Theme; dark: Theme };
  /** Where plotly.js is, for plane charts and for those in 3-D. */
  plotly: { plane: string; scene: string };
  /** What the picture is of: another one is another picture. */
  token?: string;
  view?: { chosen: Record<string, string>; hidden: number[]; veiled?: boolean; camera?: Camera | null; stamp: number };
  rates?: Rates | null;
  /** The number of the `live` that this answers. */
  live?: number | null;
  heard?: { page: string; number: number } | null;
  /** The race in the address, and the one that is shown, which while something is dragged is another one. */
  race?: string;
  shown?: string;
  /** Whether the end of this race was seen under the veil. */
  played?: boolean;
  /** The step at which it is to be shown, where the number is a new one. */
  seek?: { step: number; number: number; plays?: boolean } | null;
  file_name?: string;
  /** What stands above and below a picture that is taken elsewhere. */
  title?: string;
  caption?: string;
  tools?: string[];
  /** The QR code of the page, once it is asked for: an image, and what it is; or why there is none. */
  code?: { picture?: string; told: string } | null;
  pinned?: boolean;
  present?: boolean;
  tour?: Tour | null;
  link?: string;
  hints?: Hint[];
  /** The places of the racers that the guide has a chapter about. */
  readable?: number[];
  /** Whether it stands in a text, among others: small, without tools, and it asks by itself alone. */
  small?: boolean;
  /** How often the visitor has asked for something that is to be played at once. */
  replay?: number;
}

export interface Message {
  header: Header;
  arrays: Arrays;
}

export interface View {
  /** What the choice of it is called, where the stage's words have no name for it. */
  title?: string;
  data: Record<string, Dict>;
  layout: Dict;
  /** The layout for as long as the future is hidden. */
  veiled?: Dict;
  /** What changes in the 3-D chart. */
  scene?: { data: Record<string, Dict>; layout: Dict; home?: Camera };
  told?: string;
}

export type Chart = "map" | "curves";

export interface ClickTarget {
  /** The name of what is asked for; its value is the point. */
  sends: string;
  /** Where the handle is that can be dragged, and the trace that shows it. */
  at: Point;
  trace: number;
}

export interface TracksLayer {
  kind: "tracks";
  steps: number;
  racers: Racer[];
  /** References to what the sentence is made of: see optviz/figures/told.py. */
  events: string;
  arrivals: string;
  valleys: string;
}

/** Arrows that stay where they are, all of one colour and width; they lie below what moves. */
export interface ArrowsLayer {
  kind: "arrows";
  chart: Chart;
  /** References to arrays, an entry an arrow: it points from (x1, y1) to (x2, y2). */
  x1: string;
  y1: string;
  x2: string;
  y2: string;
  color: string;
  /** Of the shaft, in pixels; the head goes with it. */
  width?: number;
}

export interface ReliefLayer {
  kind: "relief";
  /** References to the places of the grid's columns and rows, evenly apart, and to the heights, 0 … 1. */
  x: string;
  y: string;
  z: string;
  /** By how much light and shade multiply a colour: at the darkest slope and at the brightest. */
  lit: Range;
}

/** References to how far places that move have gone, by step. */
export interface Drift {
  x: string;
  y: string;
}

export interface PlacesLayer {
  kind: "places";
  /** With the length of an arm of the "+", in pixels; the first ones have the choice of where their labels stand. */
  places: { at: Point; label: string; size: number }[];
  drift?: Drift;
  /** Of the colours of the map, where there is one. */
  scale?: LevelScale;
}

/** What colours stand for: at shares of a bar the losses as text; `colors` is a colour scale. */
export interface LevelScale {
  title: string;
  ticks: [number, string][];
  colors: [number, string][];
}

/** A 3-D chart, on which the racers of the figure run. */
export interface SceneLayer {
  kind: "scene";
  /** Plotly's dict of what stands still in it. */
  plot: { data: Dict[]; layout: Dict };
  home: Camera;
  /** What changes in its layout in an arrangement and a view: "wide both". */
  arrangements?: Record<string, Dict>;
  /** What changes in its layout in a lecture room. */
  presented: Dict;
  /** References to its surface. */
  grid: { x: string; y: string; z: string };
  places: PlacesLayer["places"];
  drift?: Drift;
  pinned: { x: string; y: string; color: string; trace: number }[];
  /** The group of views that says whether it is shown, those that show it, and the one where it cannot be drawn. */
  group: string;
  shown: string[];
  instead: string;
  /** The groups of views that concern it alone. */
  choices: string[];
}

/** Many starts under one racer, which move as it does: see optviz/swarm.py. */
export interface SwarmLayer {
  kind: "swarm";
  /** The place of its racer: it is hidden with it, and pale while another one is pointed at. */
  racer: number;
  color: string;
  starts: number;
  /** Steps from one moment to the next, and all of them. */
  every: number;
  steps: number;
  /** Reference to whole numbers: x and y of each start, moment by moment; from end to end of the box they are 0 … 65,534. */
  places: string;
  /** Left, right, bottom, top. */
  box: [number, number, number, number];
  /** References to the surface on which they run in 3-D. */
  grid: { x: string; y: string; z: string };
  /** Where they end, as a sentence. */
  told: string;
}

export type Layer = SwarmLayer | TracksLayer | ArrowsLayer | ReliefLayer | PlacesLayer | SceneLayer;

export interface Racer {
  name: string;
  color: string;
  dash: string;
  marker: string;
  /**
   * References to arrays, by step. `step` and `epoch` are x of the curves, `loss`, `gap` and `length` y: that of a step is
   * there where it is looked at.
   */
  x: string;
  y: string;
  step: string;
  epoch: string;
  loss: string;
  gap: string;
  length?: string;
  standing: string;
  overshoot: string;
  /** The step after which the run is not finite any more, or −1. */
  lost_at: number;
  /** All traces that go with it; those that tell of what is still to come; those of this race, not of a pinned one. */
  traces: number[];
  future: number[];
  own: number[];
  /** Where it is open, or there is no server that could be asked for it. */
  card?: Card;
}

/** What an optimizer's card says: see optviz/figures/card.py. */
export interface Card {
  sentence: string;
  /** MathML, a line each. */
  rule: string[];
  settings: [string, string][];
  /** A reference: by step, the two slopes, how steep it is, how far the step went. */
  numbers: string;
}

export interface Rates {
  lowest: number;
  highest: number;
  least: number;
  most: number;
}

export interface Tour {
  number: number;
  /** Of the surface that is shown. */
  seed: number;
  seconds: number;
  visited: number;
  wins: (number | string)[];
}

export interface Hint {
  about: string;
  text: string;
  on_touch?: string;
}

/** All that changes while a stage is shown. Only `reduce` in state.js makes a new one. */
export interface State {
  message: Message | null;
  /** In steps, fractional while playing; null before the first message. */
  position: number | null;
  playing: boolean;
  speed: number;
  /** Group of views → the one that is on. */
  chosen: Record<string, string>;
  /** Group of views → the one that was shown before: it stays until the numbers of what is chosen have come. */
  meanwhile: Record<string, string>;
  /** The racers that are hidden, in ascending order. */
  hidden: number[];
  /** The racer that is pointed at: the others are paler. */
  lit: number | null;
  /** Whether the QR code lies over the picture. */
  code: boolean;
  /** Which of two tabs is open, on a phone; null where both are in sight. */
  tab: "surface" | "curves" | null;
  /** The racer whose card is open. */
  card: number | null;
  /** Whether what is still to come is hidden. */
  veiled: boolean;
  /** From where a 3-D chart is seen; null: from its home. */
  camera: Camera | null;
  /** Whether this browser draws nothing in 3-D. */
  flat: boolean;
  /** The stamp of the view that the server last set. */
  viewStamp: number | null;
  /** The number of the step that the server last asked for. */
  sought: number | null;
  /** The race that the last message was about. */
  shownRace: string | null;
  /** The race that has been played to its end under the veil. */
  playedRace: string | null;
  /** Where the handle is held, in coordinates of its chart. */
  held: { chart: Chart; point: Point } | null;
  /** The kind of video that is being made. */
  recording: string | null;
}

export type Action =
  | { type: "received"; message: Message }
  | { type: "seek"; step: number }
  | { type: "play" }
  | { type: "pause" }
  | { type: "advance"; steps: number }
  | { type: "set_speed"; speed: number }
  | { type: "toggle"; index: number }
  | { type: "only"; index: number }
  | { type: "show_code"; shown: boolean }
  | { type: "open_tab"; tab: State["tab"] }
  | { type: "open_card"; index: number | null }
  | { type: "light"; index: number | null }
  | { type: "choose"; group: string; name: string }
  | { type: "veil"; veiled: boolean }
  | { type: "turn"; camera: Camera | null }
  | { type: "flatten" }
  | { type: "end_seen" }
  | { type: "hold"; held: State["held"] }
  | { type: "record"; recording: string | null };

export type Dispatch = (action: Action) => void;
export type Ask = (what: string, value: unknown) => void;

export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
  /** Of a 3-D chart: pixels on each side that are left to what stands beside its axes. */
  beside?: number;
}

/** What Plotly has drawn: where its charts are on the screen, and how their coordinates become pixels. */
export interface Geometry {
  width: number;
  height: number;
  boxes: Box[];
  /** For each chart, of an array or a number, in pixels from the left and the top of the picture. */
  x: ((value: number) => number)[];
  y: ((value: number) => number)[];
  /** The 3-D chart, where one is shown. */
  sight?: Sight | undefined;
}

/** How a 3-D chart is seen. */
export interface Sight {
  box: Box;
  /** Where a point is, in pixels from the left and the top of the picture; NaN behind the eye. */
  project(x: number, y: number, z: number): [number, number];
  /** The eye, and 1; or the direction in which it is, infinitely far away, and 0. */
  eye: [number, number, number, number];
}

/** All that a mark needs to know before it paints. */
export interface Scene {
  geometry: Geometry;
  arrays: Arrays;
  theme: Theme;
  chosen: Record<string, string>;
  racers: Racer[];
  /** How much thicker than on a desk lines and heads are. */
  thickness: number;
  /** How much larger than on a desk labels are. */
  letters: number;
  /** The names of the fonts of labels. */
  font: string;
  /** Whether Plotly has not drawn these paths yet: then what it will draw is drawn here. */
  ahead: boolean;
}

/** When a picture is painted. */
export interface Moment {
  position: number;
  playing: boolean;
  hidden: number[];
  lit: number | null;
  /** Nothing tells of what is still to come: neither the whole paths nor the same race, pinned. */
  futureIsHidden: boolean;
  /** The whole paths are not seen: for that reason, or because nobody has asked for them. */
  pathsAreHidden: boolean;
}

/** One kind of layer: see layers/marks.js. */
export interface Mark {
  /** Says where everything is on the screen. */
  measure(scene: Scene): void;
  /** Below Plotly's picture, on a canvas of so many pixels for one of the page. Drawn anew where it says another key. */
  groundKey?(): string;
  paintGround?(context: CanvasRenderingContext2D, ratio: number): void;
  /** As `paintKept`, below what all marks paint there. */
  paintUnder?(context: CanvasRenderingContext2D, moment: Moment, from: number | null): void;
  /** On the lower canvas, which is kept: what has been drawn `from` the position that it was last painted at, or null. */
  paintKept?(context: CanvasRenderingContext2D, moment: Moment, from: number | null): void;
  /** On the upper canvas, which is empty. */
  paintMoving?(context: CanvasRenderingContext2D, moment: Moment): void;
  /** The same as shapes of an SVG, for one chart. */
  shapes?(chart: number, moment: Moment): { clipped: Shape[]; free: Shape[] };
}

/** A path of an SVG. */
export interface Shape {
  path: string;
  fill: string;
  stroke: string;
  width: number;
  dash?: string;
  /** From 0 to 1, where it is not 1. */
  opacity?: number;
  /** Instead of a path: letters in a halo of `stroke`; the font is CSS. */
  text?: { content: string; left: number; middle: number; font: string };
}

/** The parts of a stage in the page. */
export interface Elements {
  body: HTMLElement;
  picture: HTMLElement;
  plot: PlotElement;
  ground: HTMLCanvasElement;
  under: HTMLCanvasElement;
  scenery: HTMLElement;
  kept: HTMLCanvasElement;
  moving: HTMLCanvasElement;
  /** The legend, and what chooses views of the whole picture. */
  above: HTMLElement;
  legend: HTMLElement;
  transport: HTMLElement;
  scrubber: HTMLInputElement;
  readout: HTMLElement;
  speedPicker: HTMLSelectElement;
  rate: HTMLElement;
  choices: HTMLElement;
  views: HTMLElement;
  notice: HTMLElement;
  sentence: HTMLElement;
  menu: HTMLElement;
  card: HTMLElement;
  code: HTMLElement;
  hint: HTMLElement;
  homeButton: HTMLElement;
}

/** An axis as Plotly has laid it out. What begins with an underscore is not promised by Plotly, hence its one minor version. */
export interface PlotlyAxis {
  type: string;
  range: Range;
  dtick: number | string;
  domain: Range;
  tickfont: { size: number };
  uirevision?: unknown;
  visible?: boolean;
  autorange?: boolean;
  _offset: number;
  _length: number;
  _inputRange?: Range | null;
  d2p(value: number): number;
  p2d(pixel: number): number;
}

export interface PlotlyLayout extends Record<string, any> {
  width: number;
  height: number;
  xaxis: PlotlyAxis;
  yaxis: PlotlyAxis;
  xaxis2?: PlotlyAxis;
  yaxis2?: PlotlyAxis;
}

export interface PlotElement extends HTMLElement {
  data?: Dict[];
  layout?: Dict;
  _fullLayout?: PlotlyLayout;
  _fullData?: Dict[];
  on(event: string, handler: (given: any) => void): void;
}

export interface PlotlyModule {
  react(plot: HTMLElement, data: Dict[], layout: Dict, config: Dict): Promise<void>;
  relayout(plot: HTMLElement, changes: Dict): Promise<void>;
  toImage(plot: HTMLElement | { data: Dict[]; layout: Dict }, options: Dict): Promise<string>;
  purge(plot: HTMLElement): void;
  register?(component: Dict): void;
  /** As if a hand pointed at marks. */
  Fx: {
    hover(plot: HTMLElement, marks: Dict[] | Dict, charts: string[]): void;
    unhover(plot: HTMLElement): void;
  };
}

/** What Streamlit hands to a component. */
export interface Component {
  parentElement: StageRoot;
  data: Uint8Array | ArrayBuffer | DataView;
  setTriggerValue(name: string, value: unknown): void;
}

export interface StageRoot extends HTMLElement {
  optvizStage?: import("./stage.js").Stage;
}

declare global {
  interface Window {
    Plotly?: PlotlyModule;
  }
}

// @ts-check
// Messages: one binary blob each: uint32 length of the header, JSON header, then arrays. See optviz/stage/message.py.

/** @import { Arrays, Component, Message, Numbers, SentHeader, Theme } from "./types.js" */

const MAPS_KEPT = 12;
const KINDS = { f4: Float32Array, f8: Float64Array, i4: Int32Array, u1: Uint8Array, u2: Uint16Array };

/**
 * Whatever form Streamlit hands the bytes over in.
 * @param {Component["data"]} data
 */
export function toBytes(data) {
  if (data instanceof Uint8Array) return data;
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/**
 * @param {Uint8Array} one
 * @param {Uint8Array} other
 */
export function sameBytes(one, other) {
  return one.length === other.length && one.every((byte, place) => byte === other[place]);
}

/**
 * Two-dimensional arrays become arrays of rows, as Plotly takes them; their columns are arrays of their own, "name:0".
 * @param {Uint8Array} bytes
 * @returns {{ header: SentHeader, arrays: Arrays }}
 */
export function unpack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = view.getUint32(0, true);
  /** @type {SentHeader} */
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + headerLength)));
  const first = bytes.byteOffset + 4 + headerLength + ((4 - (headerLength % 4)) % 4);
  const buffer = /** @type {ArrayBuffer} */ (bytes.buffer);
  /** @type {Arrays} */
  const arrays = new Map();
  for (const { name, shape, type, offset } of header.arrays) {
    if (!shape || !type || offset === undefined) continue; // it has come with an earlier message
    const Kind = KINDS[type];
    const from = first + offset;
    const length = shape.reduce((product, n) => product * n, 1);
    const flat = new Kind(buffer.slice(from, from + Kind.BYTES_PER_ELEMENT * length));
    const width = shape[1];
    if (width === undefined) {
      arrays.set(name, flat);
      continue;
    }
    arrays.set(name, rowsOf(flat, width));
    if (name.startsWith("map/")) continue;
    for (let column = 0; column < width; column += 1) arrays.set(`${name}:${column}`, columnOf(flat, width, column));
  }
  return { header, arrays };
}

/**
 * @param {Numbers} flat
 * @param {number} width
 */
function rowsOf(flat, width) {
  /** @type {Numbers[]} */
  const rows = [];
  for (let start = 0; start < flat.length; start += width) rows.push(flat.subarray(start, start + width));
  return rows;
}

/**
 * @param {Numbers} flat
 * @param {number} width
 * @param {number} column
 */
function columnOf(flat, width, column) {
  const values = flat.slice(0, flat.length / width);
  for (let row = 0; row < values.length; row += 1) values[row] = flat[row * width + column] ?? NaN;
  return values;
}

/** @type {Map<string, [string, Numbers | Numbers[]][]>} map key → arrays of the surface, for as long as the document lives */
const maps = new Map();
/** @type {Map<string, Map<string, any>>} stage → the parts and arrays of its last message, by name, for as long */
const kept = new Map();

/**
 * Puts back what was sent with an earlier message: the map of the surface, parts and arrays. Null where the stage does not
 * have it: then it has to be asked for.
 * @param {{ header: SentHeader, arrays: Arrays }} sent
 * @returns {Message | null}
 */
export function completed({ header, arrays }) {
  const map = [...arrays].filter(([name]) => name.startsWith("map/"));
  if (map.length) {
    maps.delete(header.map_key);
    maps.set(header.map_key, map);
    const [oldest] = maps.keys();
    if (maps.size > MAPS_KEPT && oldest !== undefined) maps.delete(oldest);
  }
  const surface = maps.get(header.map_key);
  if (header.map_key && !surface) return null;
  const before = kept.get(header.stage ?? "") ?? new Map();
  const now = new Map();
  const all = new Map([...arrays, ...(surface ?? [])]);
  for (const { name, key, shape } of header.arrays) {
    if (!key) continue; // the map's
    const pieces = shape ? [...arrays].filter(([piece]) => piece === name || piece.startsWith(`${name}:`))
      .map(([piece, numbers]) => [piece.slice(name.length), numbers]) : before.get(key);
    if (!pieces) return null;
    now.set(key, pieces);
    for (const [end, numbers] of pieces) all.set(name + end, numbers);
  }
  const { parts, ...rest } = header;
  for (const name of partsIn(rest)) {
    const part = parts[name] ?? before.get(name);
    if (part === undefined) return null;
    now.set(name, part);
  }
  kept.set(header.stage ?? "", now);
  return { header: withParts(rest, now), arrays: all };
}

/**
 * @param {any} value
 * @returns {string[]} the names of the parts that stand in it
 */
function partsIn(value) {
  if (!value || typeof value !== "object") return [];
  return typeof value.part === "string" ? [value.part] : Object.values(value).flatMap(partsIn);
}

/**
 * @param {any} value
 * @param {Map<string, any>} parts
 * @returns {any}
 */
function withParts(value, parts) {
  if (Array.isArray(value)) return value.map((item) => withParts(item, parts));
  if (!value || typeof value !== "object") return value;
  if (typeof value.part === "string") return parts.get(value.part);
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, withParts(item, parts)]));
}

/**
 * An array by its reference, "@name".
 * @param {Arrays} arrays
 * @param {string} reference
 * @returns {Numbers}
 */
export function arrayOf(arrays, reference) {
  const array = arrays.get(reference.slice(1));
  if (!array || Array.isArray(array)) throw new Error(`the message has no column ${reference}`);
  return array;
}

/**
 * A value with its references replaced: "@name" by the array, "@theme/name" by the colour; "@@name" is the text "@name".
 * @param {any} value
 * @param {Arrays} arrays
 * @param {Theme} theme
 * @returns {any}
 */
export function resolved(value, arrays, theme) {
  if (Array.isArray(value)) return value.map((item) => resolved(item, arrays, theme));
  if (value && typeof value === "object") {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolved(item, arrays, theme)]));
  }
  if (typeof value !== "string" || !value.startsWith("@")) return value;
  if (value.startsWith("@@")) return value.slice(1);
  return value.startsWith("@theme/") ? theme[value.slice("@theme/".length)] : arrays.get(value.slice(1));
}

// Strokes, markers and places on a canvas: no state, no figure.

export function rgb(text) {
  const hex = /^\s*#([0-9a-f]{6})/i.exec(text);
  if (hex) return [0, 2, 4].map((from) => parseInt(hex[1].slice(from, from + 2), 16));
  const parts = /rgba?\(([^)]+)\)/.exec(text)?.[1].split(/[,\s/]+/).map(Number);
  return parts && (parts.length < 4 || parts[3] > 0) ? parts.slice(0, 3) : null;
}

export function clip(context, { left, top, width, height }) {
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
}

// The value at a fractional index.
export function at(values, position) {
  const index = Math.floor(position);
  const rest = position - index;
  if (rest === 0 || index + 1 >= values.length) return values[Math.min(index, values.length - 1)];
  return values[index] * (1 - rest) + values[index + 1] * rest;
}

// Length of the path on the screen up to each point, so that dashes continue from frame to frame.
export function lengths(x, y) {
  const total = new Float32Array(x.length);
  for (let i = 1; i < x.length; i += 1) {
    const piece = Math.hypot(x[i] - x[i - 1], y[i] - y[i - 1]);
    total[i] = total[i - 1] + (Number.isFinite(piece) ? Math.min(piece, 1e4) : 0);
  }
  return total;
}

// Where a path that diverges after step `lost` leaves a box for good: the step, and the place on the box's edge.
export function exit(x, y, lost, box) {
  const inside = (i) => x[i] >= box.left && x[i] <= box.left + box.width && y[i] >= box.top && y[i] <= box.top + box.height;
  let step = lost;
  while (step >= 0 && !inside(step)) step -= 1;
  if (step < 0) return null;
  let share = 1;
  if (step < lost) {
    const [across, down] = [x[step + 1] - x[step], y[step + 1] - y[step]];
    if (across > 0) share = Math.min(share, (box.left + box.width - x[step]) / across);
    if (across < 0) share = Math.min(share, (box.left - x[step]) / across);
    if (down > 0) share = Math.min(share, (box.top + box.height - y[step]) / down);
    if (down < 0) share = Math.min(share, (box.top - y[step]) / down);
    return { step: step + 1, left: x[step] + share * across, top: y[step] + share * down };
  }
  return { step, left: x[step], top: y[step] };
}

export function stroke(context, x, y, from, to) {
  context.beginPath();
  let pen = false;
  const visit = (left, top) => {
    const known = Number.isFinite(left) && Number.isFinite(top);
    // Canvas coordinates far outside the picture lose their precision; the clip hides what is out there anyway.
    const bounded = (value) => Math.max(-1e5, Math.min(1e5, value));
    if (known && pen) context.lineTo(bounded(left), bounded(top));
    else if (known) context.moveTo(bounded(left), bounded(top));
    pen = known;
  };
  visit(at(x, from), at(y, from));
  for (let i = Math.floor(from) + 1; i < to; i += 1) visit(x[i], y[i]);
  visit(at(x, to), at(y, to));
  context.stroke();
}

export function dashOf(name) {
  return { solid: [], dash: [9, 5], dot: [2, 4], dashdot: [9, 4, 2, 4] }[name] ?? [];
}

export function markerPath(name, x, y, r) {
  const polygon = (corners, turn, inner = null) => {
    const count = inner ? corners * 2 : corners;
    const points = Array.from({ length: count }, (_, i) => {
      const angle = turn + (2 * Math.PI * i) / count;
      const radius = inner && i % 2 ? r * inner : r;
      return `${(x + radius * Math.sin(angle)).toFixed(2)},${(y - radius * Math.cos(angle)).toFixed(2)}`;
    });
    return `M${points.join("L")}Z`;
  };
  switch (name) {
    case "square": return polygon(4, Math.PI / 4);
    case "diamond": return polygon(4, 0);
    case "triangle-up": return polygon(3, 0);
    case "triangle-down": return polygon(3, Math.PI);
    case "hexagon": return polygon(6, 0);
    case "pentagon": return polygon(5, 0);
    case "triangle-right": return polygon(3, Math.PI / 2);
    case "star": return polygon(5, 0, 0.5);
    case "triangle-left": return polygon(3, -Math.PI / 2);
    case "hexagram": return polygon(6, 0, 0.58);
    case "star-diamond": return polygon(4, 0, 0.42);
    case "star-square": return polygon(4, Math.PI / 4, 0.42);
    case "star-triangle-up": return polygon(3, 0, 0.3);
    case "star-triangle-down": return polygon(3, Math.PI, 0.3);
    case "octagon": return polygon(8, Math.PI / 8);
    case "hourglass": return `M${x - r},${y - r}h${2 * r}L${x - r},${y + r}h${2 * r}Z`;
    default: return `M${x - r},${y}a${r},${r} 0 1,0 ${2 * r},0a${r},${r} 0 1,0 ${-2 * r},0Z`;
  }
}

// A piece of a pie, from one share of the turn to another, clockwise from the top.
export function piePath(x, y, r, from, to) {
  const corner = (share) => {
    const angle = 2 * Math.PI * share;
    return `${(x + r * Math.sin(angle)).toFixed(2)},${(y - r * Math.cos(angle)).toFixed(2)}`;
  };
  return `M${x.toFixed(2)},${y.toFixed(2)}L${corner(from)}A${r.toFixed(2)},${r.toFixed(2)} 0 ${to - from > 0.5 ? 1 : 0} 1 ${corner(to)}Z`;
}

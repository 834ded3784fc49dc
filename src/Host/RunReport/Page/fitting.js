// What 'gpu predict' does to a picture of a drawn sign, step by step and in the same float32 arithmetic, so that both see the same bytes:
// paper told from ink, dust left out, lines as wide as a pen's, fitted into 20 of 28 pixels, its centre of mass in the middle.
const f = Math.fround;
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);

function roundEven(value) {
  const floor = Math.floor(value);
  return value - floor === 0.5 ? floor + floor % 2 : Math.round(value);
}

function quantile(values, share) {
  return Float32Array.from(values).sort()[roundEven(share * (values.length - 1))];
}

// Which old pixels each new one covers, and by what share of its own length.
function shares(start, step, count, size) {
  return Array.from({ length: count }, (_, i) => {
    const [from, to] = [start + i * step, start + (i + 1) * step];
    const covered = [];
    for (let at = Math.max(0, Math.floor(from)); at <= Math.min(size - 1, Math.ceil(to) - 1); at++) {
      covered.push([at, f((Math.min(to, at + 1) - Math.max(from, at)) / step)]);
    }
    return covered;
  });
}

// A part of a picture in other pixels, each the mean over the area that it covers; outside is 0.
function sampled({ values, height, width }, x, y, step, newHeight, newWidth) {
  const [columns, rows] = [shares(x, step, newWidth, width), shares(y, step, newHeight, height)];
  const sum = (weights, valueAt) => weights.reduce((total, [at, share]) => f(total + f(share * valueAt(at))), 0);
  const narrow = new Float32Array(height * newWidth);
  for (let r = 0; r < height; r++) {
    for (let c = 0; c < newWidth; c++) narrow[r * newWidth + c] = sum(columns[c], at => values[r * width + at]);
  }
  const small = new Float32Array(newHeight * newWidth);
  for (let r = 0; r < newHeight; r++) {
    for (let c = 0; c < newWidth; c++) small[r * newWidth + c] = sum(rows[r], at => narrow[at * newWidth + c]);
  }
  return { values: small, height: newHeight, width: newWidth };
}

// The picture less its paper: a plane through the middles of its four sides; the grain is smoothed.
function flattened({ values, height, width }) {
  const row = y => quantile(values.subarray(y * width, (y + 1) * width), 0.5);
  const column = x => quantile(Float32Array.from({ length: height }, (_, y) => values[y * width + x]), 0.5);
  const [left, right, top, bottom] = [column(0), column(width - 1), row(0), row(height - 1)];
  const middle = f(f(f(f(left + right) + top) + bottom) / 4);
  const [slopeX, slopeY] = [f(f(right - left) / Math.max(1, width - 1)), f(f(bottom - top) / Math.max(1, height - 1))];
  const flat = values.map((value, i) => f(f(f(value - middle) - f(slopeX * f(i % width - (width - 1) / 2))) - f(slopeY * f(Math.floor(i / width) - (height - 1) / 2))));
  const smooth = flat.map((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const at = (dx, dy) => flat[clamp(y + dy, 0, height - 1) * width + clamp(x + dx, 0, width - 1)];
    const blurred = (a, b, c) => f(f(f(a + f(2 * b)) + c) / 4);
    const along = dy => blurred(at(-1, dy), at(0, dy), at(1, dy));
    return blurred(along(-1), along(0), along(1));
  });
  return { values: smooth, height, width };
}

// The value that parts dark from light best (N. Otsu, 1979).
function parting(values) {
  const bins = 64;
  const counts = new Array(bins).fill(0);
  values.forEach(value => { counts[Math.min(bins - 1, Math.floor(value * bins))]++; });
  const all = counts.reduce((sum, count, b) => sum + b * count, 0);
  let [below, sumBelow, best, at] = [0, 0, -1, 0];
  for (let b = 0; b < bins - 1; b++) {
    below += counts[b];
    sumBelow += b * counts[b];
    if (below === 0 || below === values.length) continue;
    const distance = sumBelow / below - (all - sumBelow) / (values.length - below);
    const between = below * (values.length - below) * distance * distance;
    if (between > best) [best, at] = [between, b];
  }
  return (at + 1) / bins;
}

function around(i, height, width, receive) {
  const [x, y] = [i % width, Math.floor(i / width)];
  for (let row = Math.max(0, y - 1); row <= Math.min(height - 1, y + 1); row++) {
    for (let column = Math.max(0, x - 1); column <= Math.min(width - 1, x + 1); column++) receive(row * width + column);
  }
}

// Keeps the spots of ink that are large, with their soft edges; contrast is drawn out.
function withoutDust({ values, height, width }, threshold) {
  const [spots, masses] = [new Int32Array(values.length), [0]];
  for (let i = 0; i < values.length; i++) {
    if (spots[i] || !(values[i] > threshold)) continue;
    let mass = 0;
    const open = [i];
    spots[i] = masses.length;
    while (open.length) {
      const pixel = open.pop();
      mass += values[pixel];
      around(pixel, height, width, next => {
        if (!spots[next] && values[next] > threshold) {
          spots[next] = masses.length;
          open.push(next);
        }
      });
    }
    masses.push(mass);
  }
  const least = 0.08 * Math.max(...masses);
  const isLarge = i => spots[i] > 0 && masses[spots[i]] >= least;
  const dark = values.filter((_, i) => isLarge(i));
  const [full, paper] = [dark.length ? quantile(dark, 0.6) : 1, f(threshold / 2)];
  const range = Math.max(f(full - paper), f(0.01));
  const kept = values.map((value, i) => {
    let isNear = false;
    around(i, height, width, next => { isNear ||= isLarge(next); });
    return isNear ? clamp(f(f(value - paper) / range), 0, 1) : 0;
  });
  return { values: kept, height, width };
}

function inkOf(picture) {
  const flat = flattened(picture);
  const [low, high] = [quantile(flat.values, 0.003), quantile(flat.values, 0.997)];
  const [sign, most] = [-low > high ? -1 : 1, Math.max(-low, high)];
  if (!(most >= 8)) return null;
  const ink = { ...flat, values: flat.values.map(value => clamp(f(sign * value / most), 0, 1)) };
  return withoutDust(ink, parting(ink.values));
}

function boxOf({ values, width }) {
  let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
  values.forEach((value, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (value > 0.25) [left, top, right, bottom] = [Math.min(left, x), Math.min(top, y), Math.max(right, x), Math.max(bottom, y)];
  });
  return right < 0 ? null : { x: left, y: top, longer: Math.max(right - left, bottom - top) + 1 };
}

// The mean width of its lines: twice the area over the length of its edge.
function lineWidth({ values, height, width }) {
  let [area, edge] = [0, 0];
  for (let y = 1; y < height; y++) {
    for (let x = 1; x < width; x++) {
      const i = y * width + x;
      const [across, down] = [f(values[i] - values[i - 1]), f(values[i] - values[i - width])];
      area += values[i];
      edge += Math.sqrt(f(f(across * across) + f(down * down)));
    }
  }
  return edge > 0 ? 2 * area / edge : Infinity;
}

// The same with lines that are wider by a radius on each side: the largest value in a circle.
function thickened({ values, height, width }, radius) {
  const reach = Math.ceil(radius);
  const wide = values.map((_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    let largest = 0;
    for (let dy = Math.max(-reach, -y); dy <= Math.min(reach, height - 1 - y); dy++) {
      for (let dx = Math.max(-reach, -x); dx <= Math.min(reach, width - 1 - x); dx++) {
        const cover = f(clamp(radius + 0.5 - Math.sqrt(dx * dx + dy * dy), 0, 1));
        largest = Math.max(largest, f(cover * values[(y + dy) * width + x + dx]));
      }
    }
    return largest;
  });
  return { values: wide, height, width };
}

function centred(sign, side) {
  let [mass, x, y] = [0, 0, 0];
  sign.values.forEach((value, i) => {
    mass += value;
    x += value * (i % sign.width + 0.5);
    y += value * (Math.floor(i / sign.width) + 0.5);
  });
  const step = boxOf(sign).longer / (20 / 28 * side);
  const placed = sampled(sign, x / mass - step * side / 2, y / mass - step * side / 2, step, side, side);
  return Uint8Array.from(placed.values, value => clamp(roundEven(f(value * 255)), 0, 255));
}

// The sign in a picture of side x side bytes, its ink light; null where nothing is drawn.
function fitted(values, size, side) {
  const step = Math.max(1, size / 160);
  const working = Math.floor(size / step);
  const ink = inkOf(sampled({ values, height: size, width: size }, 0, 0, step, working, working));
  const box = ink && boxOf(ink);
  if (!box) return null;
  const [inkSide, margin] = [80, 12];
  const scale = box.longer / inkSide;
  const sign = sampled(ink, box.x - margin * scale, box.y - margin * scale, scale, inkSide + 2 * margin, inkSide + 2 * margin);
  const [width, wanted] = [lineWidth(sign), 0.125 * inkSide];
  return centred(width < wanted ? thickened(sign, (wanted - width) / 2) : sign, side);
}

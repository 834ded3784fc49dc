// The network of the page: the formulas of the program's layers, in float64 over its float32 numbers. Pictures are channels-last.
const activations = {
  identity: x => x,
  relu: x => Math.max(0, x),
  'leaky-relu': x => (x > 0 ? x : 0.01 * x),
  sigmoid: x => 1 / (1 + Math.exp(-x)),
  tanh: Math.tanh,
  'scaled-tanh': x => 1.7159 * Math.tanh(2 * x / 3),
  elu: x => (x > 0 ? x : Math.expm1(x)),
  selu: x => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)),
  softplus: x => softplus(x),
  silu: x => x / (1 + Math.exp(-x)),
  gelu: x => x * (1 + errorFunction(x / Math.SQRT2)) / 2,
  'gelu-tanh': x => x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))) / 2,
  mish: x => x * Math.tanh(softplus(x)),
};

function softplus(x) {
  return Math.max(0, x) + Math.log1p(Math.exp(-Math.abs(x)));
}

// Its Taylor series, which is as good as float64 needs it here up to 4; beyond that it is 1 to 8 digits.
function errorFunction(x) {
  if (Math.abs(x) > 4) return Math.sign(x);
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > 1e-17; n++) {
    term *= -x * x / n;
    sum += term / (2 * n + 1);
  }
  return 2 / Math.sqrt(Math.PI) * sum;
}

function floatsOf(text) {
  return new Float32Array(Uint8Array.from(atob(text), letter => letter.charCodeAt(0)).buffer);
}

const layers = {
  same: (layer, x) => x,
  activation: (layer, x) => x.map(activations[layer.activation]),

  dense(layer, x) {
    const [weights, biases] = layer.values;
    const sums = Float64Array.from(biases);
    for (let i = 0; i < layer.inputs; i++) {
      if (x[i] !== 0) {
        for (let o = 0; o < layer.outputs; o++) sums[o] += x[i] * weights[i * layer.outputs + o];
      }
    }
    return sums.map(activations[layer.activation]);
  },

  convolution(layer, x) {
    const [weights, biases] = layer.values;
    const filters = biases.length;
    const sums = new Float64Array(layer.outputs);
    for (let place = 0; place < layer.outputs / filters; place++) {
      sums.set(biases, place * filters);
      underWindow(layer, place, (pixel, under) => {
        for (let c = 0; c < layer.channels; c++) {
          const value = x[pixel * layer.channels + c];
          const row = (under * layer.channels + c) * filters;
          if (value !== 0) for (let f = 0; f < filters; f++) sums[place * filters + f] += value * weights[row + f];
        }
      });
    }
    return sums.map(activations[layer.activation]);
  },

  largest: (layer, x) => pooled(layer, x, -Infinity, Math.max),

  // Padding counts as zeros.
  mean: (layer, x) => pooled(layer, x, 0, (sum, value) => sum + value).map(sum => sum / (layer.kernel[0] * layer.kernel[1])),

  normalisation(layer, x) {
    const [scale, shift, mean, variance] = layer.values;
    return x.map((value, i) => {
      const c = i % layer.channels;
      return (value - mean[c]) / Math.sqrt(variance[c] + 1e-5) * scale[c] + shift[c];
    });
  },

  normalisedSample(layer, x) {
    const [scale, shift] = layer.values;
    const mean = sumOf(x) / x.length;
    const deviation = Math.sqrt(sumOf(x.map(value => (value - mean) ** 2)) / x.length + 1e-5);
    return x.map((value, i) => (value - mean) / deviation * scale[i] + shift[i]);
  },

  shares(layer, x) {
    const y = x.slice();
    for (let first = 0; first < x.length; first += layer.channels) y.set(softmax(x.subarray(first, first + layer.channels)), first);
    return y;
  },

  leaky: (layer, x) => x.map(value => (value > 0 ? value : layer.slope * value)),
};

function sumOf(values) {
  return values.reduce((a, b) => a + b, 0);
}

function softmax(values) {
  const largest = Math.max(...values);
  const powers = values.map(value => Math.exp(value - largest));
  const sum = sumOf(powers);
  return powers.map(power => power / sum);
}

// Calls back with each pixel of the picture that the window covers at a place, and the pixel's number in the window.
function underWindow({ image, output, kernel, stride, padding }, place, receive) {
  const [top, left] = [Math.floor(place / output[1]) * stride[0] - padding[0], place % output[1] * stride[1] - padding[1]];
  for (let y = 0; y < kernel[0]; y++) {
    for (let x = 0; x < kernel[1]; x++) {
      const [row, column] = [top + y, left + x];
      if (row >= 0 && row < image[0] && column >= 0 && column < image[1]) receive(row * image[1] + column, y * kernel[1] + x);
    }
  }
}

function pooled(layer, x, start, add) {
  const y = new Float64Array(layer.outputs).fill(start);
  for (let place = 0; place < layer.outputs / layer.channels; place++) {
    underWindow(layer, place, pixel => {
      for (let c = 0; c < layer.channels; c++) y[place * layer.channels + c] = add(y[place * layer.channels + c], x[pixel * layer.channels + c]);
    });
  }
  return y;
}

// The probability of each class, or with no head what comes out of the last layer, for a picture of the network's size.
function probabilitiesOf(network, bytes) {
  let values = Float64Array.from(bytes, byte => byte * network.scale + network.offset);
  for (const layer of network.layers) {
    layer.values ??= layer.tensors.map(floatsOf);
    values = layers[layer.kind](layer, values);
  }
  if (network.head === "none") return values;
  if (network.head === "sigmoid") return values.map(activations.sigmoid);
  return softmax(values);
}

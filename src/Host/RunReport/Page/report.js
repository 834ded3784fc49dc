const numbers = JSON.parse(document.getElementById('numbers').textContent);
const percent = share => (100 * share).toFixed(share >= 0.99995 ? 1 : 2) + '%';
const nameOf = number => numbers.classes[number];

// A picture of a sample with what it is and what it was taken for.
function figureOf(item) {
  const figure = document.createElement('figure');
  const picture = document.createElement('img');
  picture.src = `data:image/png;base64,${item.picture}`;
  picture.alt = `sample ${item.number}`;
  const caption = document.createElement('figcaption');
  caption.textContent = item.sure === undefined ? `#${item.number}: ${nameOf(item.label)}`
    : `#${item.number}: ${nameOf(item.label)} (${percent(item.ofLabel)}), answered ${nameOf(item.answer)} (${percent(item.sure)})`;
  figure.append(picture, caption);
  return figure;
}

function openCell(cell) {
  const gallery = document.getElementById('gallery');
  const [label, answer] = [Number(cell.dataset.label), Number(cell.dataset.answer)];
  document.querySelectorAll('.confusion td.open').forEach(other => other.classList.remove('open'));
  cell.classList.add('open');
  const items = (label === answer ? numbers.right : numbers.mistakes).filter(item => item.label === label && item.answer === answer);
  const title = document.createElement('p');
  title.textContent = `${nameOf(label)}, answered ${nameOf(answer)}: ${items.length} of ${numbers.confusion[label][answer]} samples`;
  gallery.replaceChildren(title, ...items.map(figureOf));
  gallery.hidden = false;
}

if (numbers.mistakes) {
  document.getElementById('mistake-list').replaceChildren(...numbers.mistakes.slice(0, numbers.worst).map(figureOf));
  document.querySelectorAll('.confusion td').forEach(cell => cell.addEventListener('click', () => cell.textContent && openCell(cell)));
}

function drawing(network) {
  const board = document.getElementById('board');
  const seen = document.getElementById('seen');
  const bars = document.getElementById('bars');
  const pen = board.getContext('2d', { willReadFrequently: true });
  const size = board.width;
  seen.width = seen.height = network.side;
  const rows = numbers.classes.map(name => {
    const row = document.createElement('div');
    const [label, meter, value] = ['span', 'meter', 'span'].map(kind => document.createElement(kind));
    label.textContent = name;
    meter.setAttribute('aria-label', name);
    row.append(label, meter, value);
    bars.append(row);
    return { row, meter, value };
  });

  function show() {
    isDue = false;
    const pixels = pen.getImageData(0, 0, size, size).data;
    const ink = fitted(Float32Array.from({ length: size * size }, (_, i) => pixels[4 * i]), size, network.side);
    const bytes = ink && network.isLightPaper ? ink.map(byte => 255 - byte) : ink;
    const picture = new ImageData(network.side, network.side);
    const chances = bytes ? probabilitiesOf(network, bytes) : null;
    for (let i = 0; i < network.side * network.side; i++) picture.data.set([bytes?.[i] ?? 0, bytes?.[i] ?? 0, bytes?.[i] ?? 0, 255], 4 * i);
    seen.getContext('2d').putImageData(picture, 0, 0);
    const best = chances ? chances.indexOf(Math.max(...chances)) : -1;
    rows.forEach(({ row, meter, value }, c) => {
      meter.value = chances ? chances[c] : 0;
      value.textContent = chances ? percent(chances[c]) : '';
      row.classList.toggle('best', c === best);
    });
    bars.dataset.probabilities = JSON.stringify(chances ? [...chances] : []);
    bars.dataset.answer = best < 0 ? '' : nameOf(best);
  }

  let isDue = false;
  function clear() {
    pen.fillStyle = '#fff';
    pen.fillRect(0, 0, size, size);
    show();
  }

  pen.lineWidth = 20;
  pen.lineCap = pen.lineJoin = 'round';
  let last = null;
  const place = event => {
    const box = board.getBoundingClientRect();
    return [(event.clientX - box.left - board.clientLeft) * size / board.clientWidth, (event.clientY - box.top - board.clientTop) * size / board.clientHeight];
  };
  function draw(next) {
    pen.beginPath();
    pen.moveTo(...last);
    pen.lineTo(...next);
    pen.stroke();
    last = next;
    if (!isDue) requestAnimationFrame(show);
    isDue = true;
  }

  board.addEventListener('pointerdown', event => {
    last = place(event);
    board.setPointerCapture(event.pointerId);
    draw([last[0] + 0.1, last[1]]); // a line without a length is not drawn
  });
  board.addEventListener('pointermove', event => { if (last) draw(place(event)); });
  for (const end of ['pointerup', 'pointercancel']) board.addEventListener(end, () => { last = null; });
  document.getElementById('clear').addEventListener('click', clear);
  clear();
}

// A chart as a file, with its title, its keys and the colours that it has on this page: for a document, or a slide.
function saved(figure) {
  const drawing = figure.querySelector('svg').cloneNode(true);
  const [, , width, height] = drawing.getAttribute('viewBox').split(' ').map(Number);
  let x = 24;
  for (const part of figure.querySelectorAll('figcaption b, .key')) {
    const text = document.createElementNS('http://www.w3.org/2000/svg', 'text');
    text.textContent = part.textContent;
    text.setAttribute('x', x);
    text.setAttribute('y', -8);
    text.setAttribute('style', `font: ${part.matches('b') ? 'bold ' : ''}13px sans-serif; fill: ${part.style.getPropertyValue('--key') || 'var(--text)'}`);
    drawing.append(text);
    x += 8 * part.textContent.length + 20;
  }
  drawing.setAttribute('viewBox', `0 -28 ${Math.max(width, x)} ${height + 28}`);
  drawing.setAttribute('style', 'background: var(--card)');
  const colors = getComputedStyle(document.documentElement);
  return new XMLSerializer().serializeToString(drawing).replace(/var\((--\w+)\)/g, (_, name) => colors.getPropertyValue(name).trim());
}

document.querySelectorAll('figure.chart').forEach(figure => {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'save';
  button.textContent = 'save';
  button.title = 'save this chart as an SVG file';
  button.addEventListener('click', () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([saved(figure)], { type: 'image/svg+xml' }));
    link.download = `${figure.getAttribute('aria-label')}.svg`;
    link.click();
    URL.revokeObjectURL(link.href);
  });
  figure.querySelector('figcaption').append(button);
});

if (numbers.network) drawing(numbers.network);

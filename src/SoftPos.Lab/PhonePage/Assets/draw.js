// Draws what the back of the page says: nothing here decides what a screen shows or what can be touched.
'use strict';

const SVG = 'http://www.w3.org/2000/svg';

function element(name, className, text) {
  const made = document.createElement(name);
  if (className) {
    made.className = className;
  }
  if (text !== undefined) {
    made.textContent = text;
  }
  return made;
}

function shape(name, attributes) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  return made;
}

function drawing(width, height, className) {
  const made = shape('svg', { viewBox: `0 0 ${width} ${height}`, 'aria-hidden': 'true' });
  made.setAttribute('class', className);
  return made;
}

// Each sign has a shape of its own: nobody depends on colour.
function signOf(sign) {
  const svg = drawing(96, 96, `sign sign-${sign.toLowerCase()}`);
  const line = (d) => svg.append(shape('path', { d, class: 'stroke' }));
  if (sign === 'Wait') {
    for (const x of [24, 48, 72]) {
      svg.append(shape('circle', { cx: x, cy: 48, r: 8, class: 'dot' }));
    }
  } else if (sign === 'Tap') {
    line('M30 62 a20 20 0 0 0 0 -28');
    line('M42 70 a32 32 0 0 0 0 -44');
    line('M54 78 a44 44 0 0 0 0 -60');
    line('M66 86 a56 56 0 0 0 0 -76');
  } else {
    svg.append(shape('circle', { cx: 48, cy: 48, r: 42, class: 'stroke' }));
    if (sign === 'Good') {
      line('M28 50 l14 14 l28 -32');
    } else if (sign === 'Bad') {
      line('M32 32 l32 32 M64 32 l-32 32');
    } else {
      line('M36 38 a12 12 0 1 1 17 11 q-5 3 -5 10');
      svg.append(shape('circle', { cx: 48, cy: 70, r: 4, class: 'dot' }));
    }
  }
  return svg;
}

// The back of the phone with the place of its antenna, and a card that comes to it.
function antenna() {
  const svg = drawing(260, 170, 'antenna');
  svg.append(shape('rect', { x: 90, y: 8, width: 80, height: 154, rx: 12, class: 'outline' }));
  svg.append(shape('rect', { x: 100, y: 18, width: 16, height: 16, rx: 5, class: 'outline' }));
  for (const r of [12, 22, 32]) {
    svg.append(shape('circle', { cx: 130, cy: 66, r, class: 'ring' }));
  }
  const card = shape('g', { class: 'card' });
  card.append(shape('rect', { x: 150, y: 44, width: 84, height: 54, rx: 6, class: 'plastic' }));
  card.append(shape('rect', { x: 160, y: 58, width: 14, height: 11, rx: 2, class: 'chip' }));
  svg.append(card);
  return svg;
}

function dots(rows, label) {
  const size = rows.length;
  const svg = drawing(size, size, 'dots');
  svg.removeAttribute('aria-hidden');
  svg.setAttribute('role', 'img');
  svg.setAttribute('aria-label', label);
  svg.setAttribute('shape-rendering', 'crispEdges');
  svg.append(shape('rect', { x: 0, y: 0, width: size, height: size, class: 'paper' }));
  let d = '';
  rows.forEach((row, y) => {
    for (let x = 0; x < row.length; x++) {
      d += row[x] === '1' ? `M${x} ${y}h1v1h-1z` : '';
    }
  });
  svg.append(shape('path', { d, class: 'ink' }));
  return svg;
}

function keypad(press) {
  const pad = element('div', 'keypad');
  pad.dir = 'ltr';
  for (const digit of [1, 2, 3, 4, 5, 6, 7, 8, 9, 0]) {
    const key = element('button', digit === 0 ? 'key last' : 'key', String(digit));
    key.type = 'button';
    key.dataset.id = `digit:${digit}`;
    key.addEventListener('click', () => press({ what: 'digit', digit }));
    pad.append(key);
  }
  return pad;
}

function drawScreen(state, press) {
  const model = state.screen;
  const root = element('div', 'content');
  root.append(element('h2', 'title', model.title));
  if (model.kind === 'SetUp' && state.theme.welcome) {
    root.append(element('p', 'welcome', state.theme.welcome));
  }
  if (model.sign !== 'None' && !model.showsAntenna) {
    root.append(signOf(model.sign));
  }
  if (model.showsAntenna) {
    root.append(antenna());
  }
  const paper = element('div', 'paper-roll');
  for (const line of model.lines) {
    const drawn = element('p', `line ${line.role.toLowerCase()}`, line.text);
    drawn.dir = line.role === 'Receipt' || line.role === 'Amount' ? 'ltr' : 'auto';
    (line.role === 'Receipt' ? paper : root).append(drawn);
    if (line.role === 'Receipt' && !paper.parentNode) {
      root.append(paper);
    }
  }
  if (model.field) {
    const field = element(model.field.isLong ? 'textarea' : 'input', 'field');
    field.id = 'field';
    field.maxLength = model.field.maxLength;
    field.value = model.field.value;
    field.autocomplete = 'off';
    field.spellcheck = false;
    const label = element('label', 'label', model.field.label);
    label.htmlFor = 'field';
    root.append(label, field);
  }
  if (state.dots) {
    root.append(dots(state.dots, model.title));
  }
  if (model.hasKeypad) {
    root.append(keypad(press));
  }
  const actions = element('div', `actions ${model.kind.toLowerCase()}`);
  for (const action of model.actions) {
    const button = element('button', action.isMain ? 'action main' : 'action', action.label);
    button.type = 'button';
    button.dataset.id = action.id;
    button.disabled = !action.isEnabled;
    button.dir = 'auto';
    button.addEventListener('click', () => press({ what: 'act', name: action.id, text: document.getElementById('field')?.value ?? null }));
    actions.append(button);
  }
  root.append(actions);
  return root;
}

// A place goes out, and marks come back: which digit a place was is not known here afterwards.
function drawPin(pin, press) {
  const root = element('div', 'content');
  root.append(element('h2', 'title', pin.title));
  const amount = element('p', 'line amount', pin.amount);
  amount.dir = 'ltr';
  root.append(amount, element('p', 'line', pin.merchant));
  const marks = element('p', 'marks', pin.marks);
  marks.id = 'marks';
  const hint = element('p', 'line hint', pin.hint ?? '');
  hint.id = 'hint';
  root.append(marks, hint);
  const pad = element('div', 'pad');
  pad.dir = 'ltr';
  pin.rows.forEach((row) => row.forEach((label) => pad.append(element('span', row.length === 1 ? 'cell wide' : /^\d$/.test(label) ? 'cell' : 'cell word', label))));
  pad.addEventListener('pointerdown', (event) => {
    const box = pad.getBoundingClientRect();
    press({ what: 'touch', x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height });
    event.preventDefault();
  });
  root.append(pad);
  return root;
}

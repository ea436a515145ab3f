// Carries presses to the phone and draws the states that come back.
'use strict';

const find = (id) => document.getElementById(id);
const drawn = { screen: null, pin: null, sheet: null };
let id = null;
let source = null;
let catalogue = null;
let offered = null;

// One press after the other: two that overtake each other would be another amount.
let sending = Promise.resolve();

async function post(path, body) {
  const answer = await fetch(path, {
    method: 'POST', credentials: 'same-origin', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body),
  });
  if (answer.status === 401) {
    location.replace('/sign-in?to=phone');
  }
  return answer;
}

function press(command) {
  sending = sending.then(async () => {
    try {
      const answer = await post(`/phone/${id}`, command);
      trouble(answer.ok ? null : await answer.text());
      return answer.ok;
    } catch {
      trouble('The sandbox does not answer.');
      return false;
    }
  });
  return sending;
}

function trouble(text) {
  find('trouble').hidden = !text;
  find('trouble').textContent = text ?? '';
}

function remembered(name, value) {
  try {
    if (value !== undefined) {
      localStorage.setItem(`softpos-phone-${name}`, value);
    }
    return localStorage.getItem(`softpos-phone-${name}`);
  } catch {
    return null;
  }
}

function replace(place, key, state, make) {
  const text = JSON.stringify(state);
  if (drawn[key] === text) {
    return false;
  }
  drawn[key] = text;
  const focused = place.contains(document.activeElement) ? document.activeElement.dataset.id : null;
  place.replaceChildren(...(state ? [make()] : []));
  place.hidden = !state;
  if (focused) {
    [...place.querySelectorAll('[data-id]')].find((one) => one.dataset.id === focused)?.focus();
  }
  return true;
}

function paint(theme) {
  const phone = find('phone');
  for (const [name, colour] of Object.entries(theme.colours)) {
    phone.style.setProperty(`--${name.toLowerCase()}`, colour);
  }
  find('brand-name').textContent = theme.name;
  find('logo').hidden = !theme.logo;
  if (theme.logo) {
    find('logo').src = `/phone/logo/${theme.logo}`;
  }
}

function say(state) {
  const spoken = state.pin ? state.pin.title : state.screen.spoken;
  if (find('spoken').textContent === spoken) {
    return;
  }
  find('spoken').textContent = spoken;
  find('spoken').lang = state.screen.language;
  if (find('speak').checked && window.speechSynthesis) {
    const words = new SpeechSynthesisUtterance(spoken);
    words.lang = state.screen.language;
    speechSynthesis.cancel();
    speechSynthesis.speak(words);
  }
}

function feel(pulse) {
  const pattern = { Short: [40], Double: [60, 80, 60], Long: [300] }[pulse];
  if (pattern) {
    navigator.vibrate?.(pattern);
    const phone = find('phone');
    phone.classList.remove('felt');
    void phone.offsetWidth;
    phone.classList.add('felt');
  }
}

function sheetOf(state) {
  const sheet = element('div', 'sheet');
  const button = (label, className, command, name) => {
    const made = element('button', className, label);
    made.type = 'button';
    made.dataset.id = name;
    made.addEventListener('click', () => press(command));
    return made;
  };
  if (state.proof) {
    sheet.append(element('h3', '', 'Lock of the phone'), element('p', 'line', state.proof));
    sheet.append(button('Prove with finger or code', 'action main', { what: 'proof', isProven: true }, 'proof-yes'));
    sheet.append(button('Cancel', 'action', { what: 'proof', isProven: false }, 'proof-no'));
  } else {
    sheet.append(element('h3', '', 'Shared'), element('pre', 'shared', state.shared));
    sheet.append(button('Close', 'action main', { what: 'dismiss' }, 'dismiss'));
  }
  return sheet;
}

function show(state) {
  paint(state.theme);
  const screen = find('screen');
  screen.dir = state.screen.isRightToLeft ? 'rtl' : 'ltr';
  screen.lang = state.screen.language;
  const isNew = replace(screen, 'screen', { screen: state.screen, dots: state.dots, theme: state.theme }, () => drawScreen(state, press));
  find('phone').dataset.kind = state.screen.kind;
  if (isNew) {
    screen.scrollTop = 0;
    feel(state.screen.pulse);
  }
  showPin(state.pin);
  const sheet = state.proof || state.shared ? { proof: state.proof, shared: state.shared } : null;
  replace(find('sheet'), 'sheet', sheet, () => sheetOf(state));
  say(state);
  find('draft').hidden = state.isReviewed;
  find('tap').disabled = !state.wantsCard;
  find('phone').classList.toggle('wants-card', state.wantsCard);
  find('antenna').textContent = state.wantsCard ? 'The phone wants a card.' : 'The phone wants no card now.';
  find('lab-phone').value = state.phone;
  tell('lab-phone', catalogue.phones);
  find('theme').value = catalogue.themes.find((theme) => theme.text === state.theme.name)?.name ?? '';
  if (state.fault) {
    trouble(`The virtual phone could not do that: ${state.fault}`);
  }
}

function showPin(pin) {
  const place = find('pin');
  place.dir = pin?.isRightToLeft ? 'rtl' : 'ltr';
  place.lang = pin?.language ?? 'en';

  // The pad is drawn once; only the marks and the hint change, and look the same for every key.
  const still = pin ? { ...pin, marks: '', hint: null } : null;
  replace(place, 'pin', still, () => drawPin(pin, press));
  if (pin) {
    find('marks').textContent = pin.marks;
    find('marks').setAttribute('aria-label', String(pin.marks.length));
    find('hint').textContent = pin.hint ?? '';
  }
}

function tell(name, items) {
  find(`${name}-text`).textContent = items.find((item) => item.name === find(name).value)?.text ?? '';
}

function fill(name, items) {
  const groups = new Map();
  for (const item of items) {
    const option = element('option', '', item.kind || !item.text || name !== 'theme' ? item.name : item.text);
    option.value = item.name;
    if (!item.kind) {
      find(name).append(option);
      continue;
    }
    if (!groups.has(item.kind)) {
      const group = element('optgroup');
      group.label = item.kind;
      groups.set(item.kind, group);
      find(name).append(group);
    }
    groups.get(item.kind).append(option);
  }
}

async function offer() {
  const answer = await post(`/phone/${id}/code`, {});
  if (!answer.ok) {
    trouble(await answer.text());
    return;
  }
  offered = await answer.json();
  find('offered').hidden = false;
  find('offered-code').textContent = offered.code;
  find('offered-dots').replaceChildren(...(offered.dots ? [dots(offered.dots, 'Set-up code')] : []));
}

async function open(known) {
  source?.close();
  const answer = await post('/phone/open', { id: known, language: navigator.language });
  if (!answer.ok) {
    trouble(await answer.text());
    return;
  }
  id = (await answer.json()).id;
  remembered('id', id);
  offered = null;
  find('offered').hidden = true;
  source = new EventSource(`/phone/${id}/states`);
  source.addEventListener('state', (event) => show(JSON.parse(event.data)));
  source.addEventListener('error', () => {
    trouble('The sandbox does not answer; trying again.');

    // A sandbox that was started anew has the phone on its shelf and must take it down first.
    if (source.readyState === EventSource.CLOSED) {
      setTimeout(again, 2000);
    }
  });
  source.addEventListener('open', () => trouble(null));
}

function again() {
  open(id).catch(() => setTimeout(again, 2000));
}

function wire() {
  for (const name of ['large', 'contrast', 'speak']) {
    const box = find(name);
    box.checked = remembered(name) === 'yes';
    const set = () => find('phone').classList.toggle(name, box.checked);
    box.addEventListener('change', () => { remembered(name, box.checked ? 'yes' : 'no'); set(); });
    set();
  }
  find('card').addEventListener('change', () => tell('card', catalogue.cards));
  find('tap').addEventListener('click', () => {
    find('phone').classList.remove('tapped');
    void find('phone').offsetWidth;
    find('phone').classList.add('tapped');
    press({ what: 'tap', name: find('card').value });
  });
  find('lab-phone').addEventListener('change', () => press({ what: 'become', name: find('lab-phone').value }));
  find('theme').addEventListener('change', () => press({ what: 'theme', name: find('theme').value }));
  find('theme-use').addEventListener('click', async () => {
    const text = find('theme-text').value;
    const answer = await post(`/phone/${id}`, { what: 'theme', text });
    find('theme-fault').textContent = answer.ok ? '' : await answer.text();
  });
  find('offer').addEventListener('click', offer);
  find('scan').addEventListener('click', () => {
    press({ what: 'link', name: offered.link });
    find('offered').hidden = true;
  });
  find('another').addEventListener('click', () => open(null));
  document.addEventListener('visibilitychange', () => {
    if (document.hidden && !find('pin').hidden) {
      press({ what: 'hidden' });
    }
  });
}

(async () => {
  catalogue = await (await fetch('/phone/catalogue', { credentials: 'same-origin' })).json();
  fill('card', catalogue.cards);
  fill('lab-phone', catalogue.phones);
  fill('theme', catalogue.themes);
  find('card').value = 'visa';
  find('lab-pin').textContent = catalogue.pin;
  tell('card', catalogue.cards);
  wire();
  await open(remembered('id'));
})();

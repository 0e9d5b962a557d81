// The plain live page: fleet, latest requests and actor tree over /ws, through the same client that tests and the terminal use.
import { drawActors } from './model/actor-tree.js';
import { closed, createClient, opened, received } from './model/client.js';
import { actorList, hostCard, requestRow } from './views.js';

const MOST_REQUESTS = 20;
const random = { next: () => Math.random() };

let client = createClient(['fleet', 'actors', 'activity']);
/** @type {HTMLElement[]} */
let requests = [];
let drawing = false;
/** What each card was last drawn from: a state that is the same object is not drawn again. */
const cards = new Map();

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

async function start() {
  const session = await (await fetch('/api/session')).json();
  const locked = session.required && !session.authenticated;
  byId('sign-in').hidden = !locked;
  byId('main').hidden = locked;
  if (locked) show('closed', 'signed out');
  else connect();
}

byId('sign-in').addEventListener('submit', (event) => {
  event.preventDefault();
  const token = /** @type {HTMLInputElement} */ (byId('token')).value;
  fetch('/api/session', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ token }) })
    .then(async (answer) => {
      byId('sign-in-fault').textContent = answer.ok ? '' : (await answer.json()).error.message;
      if (answer.ok) await start();
    })
    .catch((error) => { byId('sign-in-fault').textContent = String(error); });
});

function connect() {
  show('connecting', 'connecting');
  const socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/ws`);
  let openedAt = null;
  socket.addEventListener('open', () => {
    openedAt = performance.now();
    client = opened(client);
  });
  socket.addEventListener('message', ({ data }) => {
    const step = received(client, data);
    client = step.client;
    for (const frame of step.send) socket.send(JSON.stringify(frame));
    for (const frame of step.deliver) if (frame.type === 'activity') for (const row of frame.rows) requests.unshift(requestRow(row));
    requests = requests.slice(0, MOST_REQUESTS);
    if (step.refill.includes('activity')) refill();
    for (const fault of step.faults) console.warn(`drover: ${fault}`);
    draw();
  });
  socket.addEventListener('close', () => {
    const after = closed(client, openedAt === null ? 0 : performance.now() - openedAt, random);
    client = after.client;
    show('closed', `connection lost; next try in ${Math.ceil(after.reconnectMs / 1000)} s`);
    setTimeout(() => void start().catch(retry), after.reconnectMs);
  });
}

/** Drover itself does not answer: as a socket that did not open. */
function retry() {
  const after = closed(client, 0, random);
  client = after.client;
  show('closed', `nobody answers; next try in ${Math.ceil(after.reconnectMs / 1000)} s`);
  setTimeout(() => void start().catch(retry), after.reconnectMs);
}

/** The latest rows as history holds them; without a database the stream alone shows. */
function refill() {
  fetch(`/api/activity?limit=${MOST_REQUESTS}`)
    .then(async (answer) => {
      if (!answer.ok) return;
      requests = (await answer.json()).rows.map(requestRow);
      draw();
    })
    .catch(() => undefined);
}

/** @param {string} state @param {string} text */
function show(state, text) {
  byId('connection').dataset.state = state;
  byId('connection').textContent = text;
}

function draw() {
  if (drawing) return;
  drawing = true;
  requestAnimationFrame(() => {
    drawing = false;
    if (client.connection === 'open') show('open', 'live');
    byId('version').textContent = client.version ?? '';
    const hosts = [...client.fleet.hosts].sort(([a], [b]) => (a < b ? -1 : 1));
    const live = hosts.filter(([, { state }]) => state.liveness.state === 'live').length;
    byId('summary').textContent = `${live} of ${hosts.length} hosts live`;
    byId('no-hosts').hidden = hosts.length > 0 || client.fleet.phase !== 'live';
    for (const id of cards.keys()) if (!client.fleet.hosts.has(id)) cards.delete(id);
    byId('hosts').replaceChildren(...hosts.map(([id, { state }]) => {
      const known = cards.get(id);
      if (known?.state === state) return known.card;
      const card = hostCard(id, state);
      cards.set(id, { state, card });
      return card;
    }));
    byId('activity').replaceChildren(...requests);
    if (client.actors !== null) byId('actors').textContent = drawActors(actorList(client.actors.actors), Date.now());
  });
}

start().catch(retry);

// Documents to elements. Text goes in as text alone: names come from hosts.

/** @param {string} tag @param {Record<string, string>} attributes @param {...(Node | string)} children */
function element(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

const round = (value, digits = 0) => (value === null ? '–' : value.toLocaleString('en-US', { maximumFractionDigits: digits, minimumFractionDigits: digits }));
/** In the reader's own time zone. */
const clock = (time) => new Date(time).toLocaleTimeString('en-GB');
const gb = (mb) => (mb === null ? '–' : (mb / 1024).toFixed(1));

export function hostCard(id, state) {
  const { liveness } = state;
  const facts = [state.generation === null ? null : `generation ${state.generation}`, state.build?.version, state.bootEpoch === null ? null : `boot ${state.bootEpoch}`, ...state.tags].filter(Boolean);
  const figures = [
    state.inflight.total === null ? null : `${state.inflight.total} in flight`,
    state.throughput.outputTokensPerSecond === null ? null : `${round(state.throughput.outputTokensPerSecond, 1)} tokens/s`,
    state.gaps.count === 0 ? null : `${state.gaps.count} ${state.gaps.count === 1 ? 'gap' : 'gaps'} (${state.gaps.lostMin}${state.gaps.lostMax === null ? ' or more' : state.gaps.lostMax > state.gaps.lostMin ? ` to ${state.gaps.lostMax}` : ''} lost)`,
  ].filter(Boolean);
  const card = element('article', { 'data-state': liveness.state, class: state.asOf === null ? '' : 'remembered' },
    element('h3', {}, state.name, element('span', {}, `${liveness.state} since ${clock(liveness.since)}`)),
    element('p', {}, [id === state.name ? null : id, ...facts].filter(Boolean).join(' · ')));
  if (liveness.reason !== null) card.append(element('p', { class: 'reason' }, `${liveness.reason.text}${liveness.nextTryAt === null ? '' : ` Next try ${clock(liveness.nextTryAt)}.`}`));
  const body = element('div', { class: 'body' });
  if (state.asOf !== null) body.append(element('p', {}, `As it was on ${new Date(state.asOf).toLocaleString('en-GB')}`));
  if (figures.length > 0) body.append(element('p', { class: 'figures' }, ...figures.map((figure) => element('span', {}, figure))));
  body.append(element('ul', {}, ...Object.entries(state.models).map(([key, model]) => element('li', { 'data-state': model.state }, element('span', {}, model.name || key), element('span', {}, modelText(model))))));
  body.append(...Object.values(state.gpus).map((gpu) => element('div', { class: 'gpu' },
    element('span', {}, gpu.name),
    element('meter', { min: '0', max: '100', value: String(gpu.utilPct ?? 0), title: 'utilisation' }),
    element('span', {}, `${gb(gpu.memUsedMb)} / ${gb(gpu.memTotalMb)} GB`))));
  card.append(body);
  return card;
}

function modelText(model) {
  const state = model.state || (model.peerId === null ? '' : `at ${model.peerId}`);
  if (model.inflight) return `${state}, ${model.inflight} in flight`;
  return model.unloadAt === null ? state : `${state}, until ${clock(model.unloadAt)}`;
}

export function requestRow(row) {
  const number = (text) => element('td', { class: 'number' }, text);
  return element('tr', {},
    element('td', {}, clock(row.ts)), element('td', {}, row.hostId), element('td', {}, row.model), element('td', {}, row.reqPath ?? ''),
    element('td', { class: row.status !== null && row.status >= 400 ? 'number failed' : 'number' }, row.status === null ? '–' : String(row.status)),
    number(round(row.inputTokens)), number(round(row.outputTokens)), number(round(row.tokensPerSecond, 1)), number(row.durationMs === null ? '–' : `${round(row.durationMs / 1000, 2)} s`));
}

/** A parent before its children, those by name. */
export function actorList(actors) {
  const key = (path) => path.replaceAll('/', '\u0000');
  return Object.values(actors).sort((a, b) => (key(a.path) < key(b.path) ? -1 : 1));
}

/**
 * Faults that the tests must find: each is planted alone (`npm run mutants`), and one of its tests must fail. A law whose tests
 * find none of its faults is not tested.
 */
export interface Watch {
  /** test/<file>.test.ts */
  file: string;
  /** A pattern of test names: a whole file may take long. */
  only?: string;
}

export interface Fault {
  /** Of the design. */
  law: 1 | 2 | 3 | 4 | 7 | 8 | 9;
  name: string;
  /** What a user would see. */
  why: string;
  file: string;
  /** In the file exactly once. */
  search: string;
  replace: string;
  tests: readonly Watch[];
}

const DAYS: readonly Watch[] = [{ file: 'reconcile-days' }, { file: 'reconcile-odd-days' }];

export const FAULTS: readonly Fault[] = [
  {
    law: 1, name: 'seq not raised', why: 'a change goes out under the number of the one before: clients drop it as old',
    file: 'src/actors/link/publishing.ts', search: '      seq += 1;\n', replace: '',
    tests: [{ file: 'link-laws', only: 'seq rises' }],
  },
  {
    law: 1, name: 'a hole is not noticed', why: 'a client that missed a delta goes on with a state that the server never had',
    file: 'src/model/client-fleet.ts', search: 'held.epoch !== epoch || seq > held.seq + 1)', replace: 'held.epoch !== epoch)',
    tests: [{ file: 'law1' }],
  },
  {
    law: 1, name: 'deltas of another epoch are taken', why: 'a mixture of the state before and after a restart is shown',
    file: 'src/model/client-fleet.ts', search: 'held === undefined || held.epoch !== epoch || seq', replace: 'held === undefined || seq',
    tests: [{ file: 'client' }, { file: 'law1' }],
  },
  {
    law: 1, name: 'a delta twice', why: 'a doubled or late delta takes the state back',
    file: 'src/model/client-fleet.ts', search: '  if (seq <= held.seq) return { fleet, send: [] };\n', replace: '',
    tests: [{ file: 'law1' }],
  },
  {
    law: 1, name: 'a delta replaces the fleet', why: 'one host\'s change wipes all others from the screen',
    file: 'src/model/client-fleet.ts', search: `    return hole(fleet, host);
  }
  return { fleet: { ...fleet, hosts: new Map(fleet.hosts).set(`, replace: `    return hole(fleet, host);
  }
  return { fleet: { ...fleet, hosts: new Map().set(`,
    tests: [{ file: 'law1', only: 'a fast host' }],
  },
  {
    law: 1, name: 'resume leaves out the oldest', why: 'a dashboard that comes back lacks one delta, and believes that it has all',
    file: 'src/actors/view/fleet-store.ts', search: 'found.deltas.slice(found.deltas.length - missing)', replace: 'found.deltas.slice(found.deltas.length - missing + 1)',
    tests: [{ file: 'websocket' }],
  },
  {
    law: 1, name: 'two publishers of one host', why: 'a link that was cut off still writes into the state of its successor',
    file: 'src/actors/view/feed.ts', search: 'publishers.get(host) === spec;\n    return {', replace: 'spec.host === host;\n    return {',
    tests: [{ file: 'websocket', only: 'the later one cuts the earlier off' }],
  },
  {
    law: 1, name: 'subscribed before the tick', why: 'what was published before a snapshot comes again after it',
    file: 'src/actors/view/broadcaster.ts', search: `      if (fleet === null) return;
      flush();
      switch`, replace: `      if (fleet === null) return;
      switch`,
    tests: [{ file: 'websocket', only: 'a tick holds back and joins' }],
  },

  {
    law: 2, name: 'watermark = max id', why: 'after a restart rows below the highest are never asked for',
    file: 'src/model/reconcile/watermark.ts', search: 'return settled.nextFree(this.floor);', replace: 'return (settled.highest() ?? this.floor - 1) + 1;',
    tests: DAYS,
  },
  {
    law: 2, name: 'conflict ignored', why: 'another row under a known id is taken for the known one: a whole boot is missed',
    file: 'src/model/reconcile/decide-boot.ts', search: 'if (fresh(row.upstreamId) || !sameRow(stored, row)) return false;', replace: '',
    tests: DAYS,
  },
  {
    law: 2, name: 'the same batch twice', why: 'a commit of unknown outcome that is tried again stops the writers, or stores its rows twice',
    file: 'src/io/postgres/insert-activity.ts', search: '    ON CONFLICT DO NOTHING`;', replace: '    `;',
    tests: [{ file: 'store', only: 'a batch written twice' }],
  },
  {
    law: 2, name: 'ids that begin again are not noticed', why: 'the rows of a host that restarted unseen are taken for known ones',
    file: 'src/model/reconcile/live-boot.ts', search: 'return !boot.ringAtConnect.has(id) && !boot.takenHere.has(id) && (', replace: 'return id < 0 && (',
    tests: [{ file: 'ids-again' }],
  },
  {
    law: 2, name: 'no gap for what the ring has passed', why: 'rows are lost and nobody is told',
    file: 'src/model/reconcile/open-boot.ts', search: '  return ranges.map((range) =>\n', replace: '  return ranges.slice(ranges.length).map((range) =>\n',
    tests: DAYS,
  },
  {
    law: 2, name: 'no gap at the end of a boot', why: 'what a host served between our last look and its death is lost without a word',
    file: 'src/model/reconcile/draft-gaps.ts', search: `  gaps.push({
    id: pen.newId(),`, replace: `  if (end.toTs === '') gaps.push({
    id: pen.newId(),`,
    tests: DAYS,
  },
  {
    law: 2, name: 'a boot ends at a row from before it', why: 'what a host served between two lives of its store is lost outside every gap\'s time',
    file: 'src/model/reconcile/open-boot.ts', search: 'resumes === null || (before.lastTs', replace: 'true || (before.lastTs',
    tests: [{ file: 'reconcile-odd-days', only: 'each while nobody looks' }],
  },
  {
    law: 2, name: 'unread rows of a store are lost for certain', why: 'the gaps count rows as lost that the store brings back',
    file: 'src/model/reconcile/draft-gaps.ts', search: 'mayReturn: boot.generation === 3', replace: 'mayReturn: false',
    tests: [{ file: 'reconcile-odd-days', only: 'the store brings it back' }],
  },
  {
    law: 2, name: 'a refused entry counts as queued', why: 'what the full queue refused is never read from the ring again',
    file: 'src/model/reconcile/live-boot.ts', search: '    boot.settled.remove(row.upstreamId);\n', replace: '',
    tests: [{ file: 'refused-entries' }],
  },
  {
    law: 2, name: 'a crashed persister\'s batch is forgotten', why: 'the rows in its hands are never stored',
    file: 'src/actors/writers/persister.ts', search: `      items.putBack();
      context.probe.queued`, replace: '      context.probe.queued',
    tests: DAYS,
  },
  {
    law: 2, name: 'a rejected row is in no gap', why: 'a row that PostgreSQL does not take is gone and nobody knows',
    file: 'src/io/postgres/write-batch.ts', search: '(row, error) => bad.push({ row, error }))', replace: '() => {})',
    tests: [{ file: 'store', only: 'one bad row among a thousand' }],
  },
  {
    law: 2, name: 'missing ids are not looked for', why: 'a row whose event was dropped waits for the next connect, or for ever',
    file: 'src/model/reconcile/live-boot.ts', search: 'return boot.top === null ? [] : boot.settled.missing(boot.floor, boot.top);', replace: 'return [];',
    tests: DAYS,
  },
  {
    law: 2, name: 'a process without rows is the boot\'s', why: 'ids that began again while Drover was down are taken for known ones after the next blip',
    file: 'src/model/reconcile/reconciler.ts', search: " && m.conn.process === 'same');", replace: ');',
    tests: [{ file: 'reconcile-found' }],
  },
  {
    law: 2, name: 'rows below a decided floor are taken', why: 'rows of a store that were stored in an earlier boot are stored again',
    file: 'src/model/reconcile/read-marks.ts', search: "    if (firm) m.boot.floorAt = 'firm';\n", replace: '',
    tests: [{ file: 'reconcile-found' }],
  },
  {
    law: 2, name: 'a ring below what was announced goes on', why: 'the announced rows of a host that restarted are lost without a gap',
    file: 'src/model/reconcile/decide-boot.ts', search: ' && top.upstreamId < announced) return false;', replace: ' && top.upstreamId < announced - 1e9) return false;',
    tests: [{ file: 'reconcile-found' }, { file: 'reconcile-rules' }],
  },
  {
    law: 2, name: 'ids of a held boot are the boot\'s', why: 'a gap claims rows that are stored in the next boot',
    file: 'src/model/reconcile/read-marks.ts', search: '  mine.top = known.highest;\n', replace: '',
    tests: [{ file: 'reconcile-found' }],
  },
  {
    law: 2, name: 'a loss between two processes is counted', why: 'more rows are lost than the gap says at most',
    file: 'src/model/reconcile/read-marks.ts', search: 'changed(m.boot, m.at.mono, known);', replace: 'changed(m.boot, m.at.mono);',
    tests: [{ file: 'reconcile-found' }],
  },

  {
    law: 3, name: 'the queue has no bound', why: 'an hour without the database eats all memory',
    file: 'src/actors/writers/writer-queue.ts', search: '    if (bytes + size > maxBytes) return false;\n', replace: '',
    tests: [{ file: 'database-away', only: 'away for long' }],
  },
  {
    law: 3, name: 'away is a crash', why: 'a database that goes away takes the writers down, and in the end Drover',
    file: 'src/actors/writers/persister.ts', search: "          if (error instanceof StoreError && error.code === 'away') return 'away';\n", replace: '',
    tests: DAYS,
  },
  {
    law: 3, name: 'a refused host is not told to catch up', why: 'what the full queue refused stays in the rings until they wrap',
    file: 'src/actors/writers/writer-queue.ts', search: '        behind.add(entry.hostId);\n', replace: '',
    tests: [{ file: 'refused-entries' }, { file: 'database-away', only: 'away for long' }],
  },
  {
    law: 3, name: 'no catch-up when the database is back', why: 'rows met meanwhile wait under a boot that nobody decides',
    file: 'src/actors/writers/persister.ts', search: "if (event.ready && lane === 'activity') onCatchUp?.(null);", replace: '',
    tests: DAYS,
  },
  {
    law: 3, name: 'ready without a database', why: 'a load balancer sends people to a Drover that answers 503',
    file: 'src/http/routes/health.ts', search: "const ready = database.state === 'ready' && tree", replace: 'const ready = tree',
    tests: [{ file: 'http', only: 'readyz' }],
  },
  {
    law: 3, name: 'an answer of 500 without a database', why: 'a client cannot tell an outage from a fault of ours',
    file: 'src/http/error-answers.ts', search: "error.code === 'away' ? 'database_away' : 'internal'", replace: "'internal'",
    tests: [{ file: 'http', only: 'database_away' }],
  },

  {
    law: 4, name: 'no budget for a slow reader', why: 'one dashboard that does not read eats all memory',
    file: 'src/actors/view/client-socket.ts', search: '  if (owed + size <= client.budget) return true;\n', replace: '  if (owed + size <= client.budget || size > 0) return true;\n',
    tests: [{ file: 'slow-client' }],
  },
  {
    law: 4, name: 'pongs without end', why: 'a dashboard that pings and does not read has its pongs queued without bound',
    file: 'src/actors/view/client-socket.ts', search: '  if (reads(client) && !client.waiting) put(env, client, pongFrame(payload));', replace: '  if (client.phase !== \'closing\') put(env, client, pongFrame(payload));',
    tests: [{ file: 'slow-client' }],
  },
  {
    law: 4, name: 'no fresh snapshot after a stall', why: 'a dashboard that reads again shows the old fleet until each host changes',
    file: 'src/actors/view/subscriptions.ts', search: "  if (held.has('fleet')) frames.push(topics.fleetTopic.fleetSnapshot(fleet));\n", replace: '',
    tests: [{ file: 'slow-client' }],
  },
  {
    law: 4, name: 'silence is not noticed', why: 'a reader that stalls behind a deep kernel buffer is served until that is full',
    file: 'src/actors/view/client-socket.ts', search: "    case 'pong': return stall(env, client);", replace: "    case 'pong': return;",
    tests: [{ file: 'slow-client' }],
  },
  {
    law: 4, name: 'a stalled reader stays for ever', why: 'dead dashboards gather',
    file: 'src/actors/view/client-socket.ts', search: "    case 'end': return closeClient(env, client, CLOSE_CODES.tryLater, env.limits.terminateMs);", replace: "    case 'end': return;",
    tests: [{ file: 'slow-client' }],
  },
  {
    law: 4, name: 'log text is never dropped', why: 'a chatty host fills the budget of every slow dashboard',
    file: 'src/actors/view/client-socket.ts', search: '  if (batch.lossy.length > 0 && owed + data.length > env.limits.lossyBytes) {', replace: '  if (batch.lossy.length > 0 && owed < 0) {',
    tests: [{ file: 'slow-client' }],
  },

  {
    law: 7, name: 'remembered without a time', why: 'models of yesterday look like models of now',
    file: 'src/model/host/host-memory.ts', search: '    memory.asOf = remembered.asOf ?? (known', replace: '    memory.asOf = !known ? remembered.asOf : (memory.present',
    tests: [{ file: 'host-state' }],
  },
  {
    law: 7, name: 'remembered as live', why: 'after a restart a host that is long gone is shown live',
    file: 'src/actors/link/body.ts', search: "{ state: 'connecting', reason: null, since: begun", replace: "{ state: host.remembered?.liveness.state ?? 'connecting', reason: null, since: begun",
    tests: [{ file: 'drain', only: 'with the host gone' }],
  },
  {
    law: 7, name: 'the last liveness without a link', why: 'a host that was disabled while it was live is shown live',
    file: 'src/actors/keeper/standing.ts', search: '{ ...liveness, lastContactAt: null }, last);', replace: '{ ...(last?.liveness ?? liveness), lastContactAt: null }, last);',
    tests: [{ file: 'contract-hosts', only: 'are added, changed, disabled' }],
  },
  {
    law: 7, name: 'nothing is remembered', why: 'after a restart a host that is down shows no models at all',
    file: 'src/actors/keeper/keeper.ts', search: '            self.task(save().finally(() => self.done()));', replace: '            self.done();',
    tests: [{ file: 'drain', only: 'with the host gone' }],
  },
  {
    law: 7, name: 'GPUs of another time', why: 'after a host has come back, what its cards did before is shown as what they do now',
    file: 'src/model/host/host-models.ts', search: '    forgetGpuFigures(memory);\n', replace: '',
    tests: [{ file: 'host-state' }],
  },
  {
    law: 7, name: 'a lost host looks present', why: 'when a stream ends its last state still claims to be of now',
    file: 'src/model/host/reduce.ts', search: '  if (memory.present) memory.asOf = timeOfMs(memory.contactAt ?? at.wall);\n', replace: '',
    tests: [{ file: 'host-state' }],
  },
  {
    law: 7, name: 'requests in flight outlive their host', why: 'after the stream has ended requests seem to run on',
    file: 'src/model/host/reduce.ts', search: `  memory.countsTrue = null;
  memory.inflight = { kind: 'unknown' };
  memory.requests.clear();
  memory.requestsCut = false;
  memory.throughput = null;`, replace: '  memory.throughput = null;',
    tests: [{ file: 'host-state' }],
  },

  {
    law: 8, name: 'a document that is no JSON throws', why: 'one broken frame takes the link down',
    file: 'src/io/llama-swap/checks.ts', search: `  } catch {
    return undefined;`, replace: `  } catch (error) {
    if (error !== null) throw error;
    return undefined;`,
    tests: [{ file: 'event-stream' }],
  },
  {
    law: 8, name: 'one wrong entry spoils the others', why: 'a single odd row hides all that came with it',
    file: 'src/io/llama-swap/rows.ts', search: '    if (row === null) continue;', replace: '    if (row === null) break;',
    tests: [{ file: 'event-stream' }],
  },
  {
    law: 8, name: 'malformed frames are not counted', why: 'nobody sees that a host talks nonsense',
    file: 'src/actors/link/body.ts', search: '        figures.malformed += 1;\n', replace: '',
    tests: [{ file: 'link-laws', only: 'whatever a host says' }],
  },
  {
    law: 8, name: 'malformed frames are not logged', why: 'nobody can find out what the host said',
    file: 'src/actors/link/body.ts', search: "if (++samples <= SAMPLES) log.warn(", replace: "if (++samples < 0) log.warn(",
    tests: [{ file: 'link-laws', only: 'whatever a host says' }],
  },
  {
    law: 8, name: 'a frame without an end is kept', why: 'a host that never ends its line eats all memory',
    file: 'src/io/llama-swap/event-stream.ts', search: '    maxBufferSize: maxFrameBytes,\n', replace: '',
    tests: [{ file: 'event-stream' }],
  },
  {
    law: 8, name: 'NUL reaches PostgreSQL', why: 'a model name with a NUL costs its row',
    file: 'src/io/postgres/array-text.ts', search: "text.includes('\\0') ? text.replaceAll('\\0', '\\uFFFD') : text;", replace: 'text;',
    tests: [{ file: 'store', only: 'NUL and lone surrogates' }],
  },
  {
    law: 8, name: 'a client may talk nonsense for ever', why: 'a broken client costs an answer a frame without end',
    file: 'src/actors/view/broadcaster.ts', search: '      if (client.badFrames >= limits.ws.badFrames) closeClient', replace: '      if (client.badFrames < 0) closeClient',
    tests: [{ file: 'websocket', only: 'bad frames' }],
  },

  {
    law: 9, name: 'sockets are not told', why: 'dashboards see a broken connection instead of 1012',
    file: 'src/http/server.ts', search: 'Promise.all([app.close(), deps.webSockets.close(GOING_AWAY)])', replace: 'Promise.all([app.close(), void GOING_AWAY])',
    tests: [{ file: 'http-life', only: 'closes sockets with 1012' }],
  },
  {
    law: 9, name: 'the writers are not flushed', why: 'the last rows before a stop are lost if the rings wrap',
    file: 'src/actors/writers/persister.ts', search: `            case 'shutdown':
              draining = true;
              return look('shutdown');`, replace: `            case 'shutdown':
              draining = true;
              return self.done();`,
    tests: [{ file: 'drain-order' }],
  },
  {
    law: 9, name: 'stopped in the order of the start', why: 'the database is gone before the last rows are written',
    file: 'src/supervisors/core.ts', search: 'newJob({ for: \'end\', reason }, [...state.slots.keys()], []);', replace: 'newJob({ for: \'end\', reason }, [...state.slots.keys()].reverse(), []);',
    tests: [{ file: 'supervisor-core' }],
  },
  {
    law: 9, name: 'a second signal is waited out', why: 'Ctrl-C twice does not end it',
    file: 'src/main.ts', search: `      tree.kill();
      return stopping;`, replace: '      return stopping;',
    tests: [{ file: 'drain-order' }],
  },
  {
    law: 9, name: 'new requests while it drains', why: 'a client is served by a process that is about to die in the middle of the answer',
    file: 'src/http/app.ts', search: "    if (options.draining() && request", replace: "    if (options.draining() && !options.draining() && request",
    tests: [{ file: 'http-life', only: 'a request that was on its way' }],
  },
];

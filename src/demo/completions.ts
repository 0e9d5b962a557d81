/**
 * The paths that reach a model, as far as a control plane uses them: chat completions, streamed or not, with llama.cpp's timings.
 * A `sim` object in the body may say `n` (tokens), `delay_ms` (each), `prompt_n`, `status`.
 */
import type { Clock } from '../model/seams.ts';
import type { Engine, EngineRequest, FlightEnd } from './engine.ts';
import type { Answer, Sink, WireRequest } from './wire.ts';
import { send } from './wire.ts';

export interface CompletionState {
  clock: Clock;
  engine: Engine;
  date(): string;
  nowS(): number;
  error(status: number, message: string): Answer;
  /** v218 on: 404; before: 400. */
  unknownModel(): Answer;
  failedStart(): Answer;
}

export const MODEL_PATHS = ['/v1/chat/completions', '/v1/completions', '/v1/embeddings', '/v1/rerank', '/v1/responses', '/v1/messages', '/v1/audio/speech'];

interface Sim { n: number; delayMs: number; promptN: number; status: number }

function numberOf(value: unknown, fallback: number): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : fallback;
}

function readSim(body: Record<string, unknown>): Sim {
  const sim = typeof body['sim'] === 'object' && body['sim'] !== null ? (body['sim'] as Record<string, unknown>) : {};
  return {
    n: numberOf(sim['n'], numberOf(body['max_tokens'], 12)),
    delayMs: numberOf(sim['delay_ms'], 15),
    promptN: numberOf(sim['prompt_n'], 20),
    status: numberOf(sim['status'], 200),
  };
}

export function complete(state: CompletionState, request: WireRequest, reqPath: string, sink: Sink): () => void {
  const { clock, engine } = state;
  let body: Record<string, unknown>;
  try {
    body = JSON.parse(request.body) as Record<string, unknown>;
  } catch {
    body = {};
  }
  const { model } = body;
  if (typeof model !== 'string') {
    send(sink, state.error(404, 'no model id could be identified'));
    return () => {};
  }
  const sim = readSim(body);
  const streamed = body['stream'] === true;
  const timings = {
    cache_n: 0, prompt_n: sim.promptN, prompt_ms: sim.promptN / 48, prompt_per_token_ms: 1 / 48, prompt_per_second: 48_000,
    predicted_n: sim.n, predicted_ms: sim.n * sim.delayMs, predicted_per_token_ms: sim.delayMs, predicted_per_second: 1_000 / Math.max(sim.delayMs, 1),
  };
  const frame = (value: unknown): void => sink.chunk(Buffer.from(`data: ${JSON.stringify(value)}\n\n`));
  const base = { created: state.nowS(), id: 'chatcmpl-sim', model, object: streamed ? 'chat.completion.chunk' : 'chat.completion' };
  let over = false;

  function tokens(): void {
    frame({ ...base, choices: [{ finish_reason: null, index: 0, delta: { role: 'assistant', content: null } }] });
    let sent = 0;
    const next = (): void => {
      if (over || sent >= sim.n) return;
      frame({ ...base, choices: [{ finish_reason: null, index: 0, delta: { content: `fox${sent} ` } }] });
      sent += 1;
      clock.setTimeout(next, sim.delayMs);
    };
    clock.setTimeout(next, sim.delayMs / 2);
  }

  function ended(how: FlightEnd): void {
    over = true;
    if (how === 'unknown-model') return void send(sink, state.unknownModel());
    if (how === 'load-failed') return void send(sink, state.failedStart());
    if (streamed && sim.status === 200 && begun) {
      if (how === 'done') {
        frame({ ...base, choices: [{ finish_reason: 'stop', index: 0, delta: {} }], timings });
        sink.chunk(Buffer.from('data: [DONE]\n\n'));
      }
      return sink.end();
    }
    if (how === 'cancelled') return void send(sink, { status: 200, headers: [['Date', state.date()]], body: '' });
    if (how === 'unloaded') return void send(sink, state.error(500, 'unspecific error: group: model unloaded'));
    const good = { ...base, choices: [{ finish_reason: 'stop', index: 0, message: { role: 'assistant', content: 'fox '.repeat(sim.n) } }], usage: { completion_tokens: sim.n, prompt_tokens: sim.promptN, total_tokens: sim.n + sim.promptN }, timings };
    const bad = { error: { code: sim.status, message: 'simulated', type: 'server_error' } };
    send(sink, { status: sim.status, headers: [['Content-Type', 'application/json; charset=utf-8'], ['Date', state.date()], ['Server', 'llama.cpp']], body: JSON.stringify(sim.status === 200 ? good : bad) });
  }

  let begun = false;
  const input: EngineRequest = {
    model, reqPath, durationMs: sim.n * sim.delayMs, status: sim.status,
    contentType: streamed ? 'text/event-stream' : 'application/json; charset=utf-8',
    onRun() {
      if (!streamed || sim.status !== 200) return;
      begun = true;
      sink.head(200, [['Content-Type', 'text/event-stream'], ['Date', state.date()], ['Server', 'llama.cpp'], ['X-Accel-Buffering', 'no'], ['Transfer-Encoding', 'chunked']]);
      tokens();
    },
    onEnd: ended,
  };
  if (sim.status === 200) Object.assign(input, { inputTokens: sim.promptN, outputTokens: sim.n, promptPerSecond: timings.prompt_per_second, tokensPerSecond: timings.predicted_per_second });
  const flight = engine.request(input);
  return () => {
    // The client has gone: its request ends without counts, as a cancelled one does.
    if (!over) engine.cancel(flight.id);
  };
}

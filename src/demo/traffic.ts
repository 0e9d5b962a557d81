/** People at work: requests in the rhythm of chance, most for the model that is loaded, some for another, some for vectors, a few that fail. */
import type { Clock, Random } from '../model/seams.ts';
import type { SimHost, SimModelSpec, SimRequest } from './sim-types.ts';

export interface TrafficOptions {
  clock: Clock;
  random: Random;
  host: SimHost;
  models: SimModelSpec[];
  perMinute: number;
}

/** Returns its end. */
export function startTraffic({ clock, random, host, models, perMinute }: TrafficOptions): () => void {
  const between = (low: number, high: number): number => low + random.next() * (high - low);
  const chats = models.filter((model) => model.embeds !== true);
  const embedder = models.find((model) => model.embeds === true);
  let favourite = chats[0];
  let timer = clock.setTimeout(next, 300);

  function draw(): SimRequest {
    const roll = random.next();
    if (roll < 0.02) return { model: 'no-such-model' };
    if (roll < 0.08) favourite = chats[Math.floor(random.next() * chats.length)];
    if (embedder !== undefined && roll > 0.75) {
      return { model: embedder.id, reqPath: '/v1/embeddings', durationMs: between(20, 200), inputTokens: Math.floor(between(50, 900)), outputTokens: 0, cacheTokens: -1, draftTokens: -1, draftAccTokens: -1, promptPerSecond: -1, tokensPerSecond: -1 };
    }
    const outputTokens = Math.floor(between(20, 600));
    const tokensPerSecond = between(25, 140);
    const inputTokens = Math.floor(between(30, 4_000));
    return {
      model: favourite?.id ?? 'unknown', contentType: 'text/event-stream', inputTokens, outputTokens, tokensPerSecond,
      cacheTokens: Math.floor(random.next() * inputTokens * 0.5), promptPerSecond: between(800, 6_000), durationMs: (outputTokens / tokensPerSecond) * 1_000,
      ...(random.next() < 0.03 ? { status: 500, error: 'the request exceeds the available context size', inputTokens: 0, outputTokens: 0, tokensPerSecond: 0, promptPerSecond: 0, durationMs: 30 } : {}),
    };
  }

  function next(): void {
    // As a queue of people: nobody asks a host that is drowning.
    if (host.running && host.inflight < 12) {
      const request = draw();
      host.request(request);
      if (random.next() < 0.2) host.log('upstream', `slot update_slots: id  0 | task ${Math.floor(random.next() * 10_000)} | prompt done, n_tokens = ${request.inputTokens ?? 0}\n`, request.model);
    }
    timer = clock.setTimeout(next, (-Math.log(1 - random.next()) * 60_000) / perMinute);
  }
  return () => clock.clearTimeout(timer);
}

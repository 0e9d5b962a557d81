/** The demo: a lively fleet of simulated hosts of all three generations, some of them troubled. */
import type { Clock, Random } from '../model/seams.ts';
import type { Release } from './releases.ts';
import { createSimHost } from './sim-host.ts';
import type { SimGpuSpec, SimHost, SimModelSpec } from './sim-types.ts';
import { startTraffic } from './traffic.ts';

export interface DemoFleetOptions {
  clock: Clock;
  random: Random;
  /** How many; default 8. Beyond the eight drawn here more of the same follow. */
  hosts?: number;
  /** Listen on 127.0.0.1; default true. Without, `host.port()` reaches them. */
  listen?: boolean;
}

export interface DemoHost {
  id: string;
  name: string;
  /** '' when nothing listens. */
  url: string;
  apiKey: string | null;
  tags: string[];
  host: SimHost;
}

export interface DemoFleet {
  hosts: DemoHost[];
  stop(): Promise<void>;
}

type Trouble = 'none' | 'flaps' | 'restarts' | 'drops' | 'reloads';

interface Plan {
  id: string;
  name: string;
  release: Release;
  tags: string[];
  gpus: [count: number, name: string, memMb: number];
  models: SimModelSpec[];
  /** Requests a minute. */
  perMinute: number;
  trouble: Trouble;
  apiKey?: string;
  store?: boolean;
  offsetMinutes?: number;
}

const CHAT: SimModelSpec = { id: 'qwen3-8b-q4', name: 'Qwen3 8B', description: 'everyday chat', aliases: ['gpt-4o-mini', 'chat'], loadMs: 2_500, stopMs: 300, ttlS: 180, contextLength: 32_768, capabilities: { function_calling: true } };
const CODER: SimModelSpec = { id: 'qwen3-coder-30b-q4', name: 'Qwen3 Coder 30B', description: 'code', aliases: ['coder'], loadMs: 5_000, stopMs: 500, ttlS: 120, contextLength: 65_536 };
const LARGE: SimModelSpec = { id: 'llama-3.3-70b-q4', name: 'Llama 3.3 70B', description: 'slow and thorough', loadMs: 9_000, stopMs: 800, ttlS: 90, contextLength: 16_384 };
const VISION: SimModelSpec = { id: 'gemma-3-27b-q5', name: 'Gemma 3 27B', description: 'sees pictures', loadMs: 4_000, stopMs: 400, ttlS: 150 };
const SMALL: SimModelSpec = { id: 'phi-4-mini', name: 'Phi-4 mini', loadMs: 900, stopMs: 100, ttlS: 60 };
const EMBED: SimModelSpec = { id: 'bge-m3', name: 'BGE-M3', description: 'embeddings', embeds: true, resident: true, loadMs: 600, contextLength: 8_192 };
const BROKEN: SimModelSpec = { id: 'mixtral-8x22b-q2', name: 'Mixtral 8x22B', description: 'does not fit', loadMs: 1_500, fails: true };

const PLANS: Plan[] = [
  { id: 'atlas', name: 'Atlas', release: 'v250', tags: ['office', 'rtx'], gpus: [2, 'NVIDIA GeForce RTX 4090', 24_564], models: [CHAT, CODER, VISION, EMBED], perMinute: 40, trouble: 'none', store: true },
  { id: 'borealis', name: 'Borealis', release: 'v250', tags: ['lab'], gpus: [4, 'NVIDIA A100-SXM4-80GB', 81_920], models: [LARGE, CHAT, CODER, EMBED], perMinute: 70, trouble: 'none', apiKey: 'demo-borealis-key', offsetMinutes: -480 },
  { id: 'cinder', name: 'Cinder', release: 'v240', tags: ['lab'], gpus: [1, 'NVIDIA RTX 6000 Ada', 49_140], models: [CHAT, LARGE, BROKEN], perMinute: 18, trouble: 'restarts' },
  { id: 'dune', name: 'Dune', release: 'v235', tags: ['office'], gpus: [1, 'NVIDIA GeForce RTX 3090', 24_576], models: [CHAT, CODER, SMALL], perMinute: 24, trouble: 'drops', offsetMinutes: 60 },
  { id: 'ember', name: 'Ember', release: 'v220', tags: ['home'], gpus: [1, 'NVIDIA GeForce RTX 4070', 12_282], models: [SMALL, CHAT, EMBED], perMinute: 12, trouble: 'flaps', offsetMinutes: 330 },
  { id: 'fjord', name: 'Fjord', release: 'v208', tags: ['home'], gpus: [0, '', 0], models: [SMALL, CHAT], perMinute: 10, trouble: 'none' },
  { id: 'grove', name: 'Grove', release: 'v208', tags: ['attic'], gpus: [0, '', 0], models: [CHAT, VISION], perMinute: 8, trouble: 'reloads' },
  { id: 'harbor', name: 'Harbor', release: 'after-v250', tags: ['office', 'rtx'], gpus: [2, 'NVIDIA GeForce RTX 5090', 32_607], models: [CODER, CHAT, EMBED, { ...SMALL, peer: 'atlas', id: 'peer-mini' }], perMinute: 50, trouble: 'none' },
];

const cards = ([count, name, memTotalMb]: Plan['gpus'], id: string): SimGpuSpec[] => Array.from({ length: count }, (_, index) => ({ name, memTotalMb, uuid: `GPU-${id}-${index}` }));

export async function startDemoFleet(options: DemoFleetOptions): Promise<DemoFleet> {
  const { clock, random, hosts: count = PLANS.length, listen = true } = options;
  const stops: (() => void)[] = [];
  const hosts = await Promise.all(Array.from({ length: count }, async (_, index): Promise<DemoHost> => {
    const plan = PLANS[index % PLANS.length] as Plan;
    const round = Math.floor(index / PLANS.length);
    const id = round === 0 ? plan.id : `${plan.id}-${round + 1}`;
    const host = createSimHost({
      clock, random, release: plan.release, models: plan.models, gpus: cards(plan.gpus, id), remember: 'ring',
      offsetMinutes: plan.offsetMinutes ?? 0, store: plan.store ?? false, ...(plan.apiKey === undefined ? {} : { apiKeys: [plan.apiKey] }),
    });
    let url = '';
    if (listen) url = await host.listen();
    else host.start();
    stops.push(startTraffic({ clock, random, host, models: plan.models, perMinute: plan.perMinute }), startTrouble(plan.trouble, host, clock, random));
    return { id, name: round === 0 ? plan.name : `${plan.name} ${round + 1}`, url, apiKey: plan.apiKey ?? null, tags: plan.tags, host };
  }));
  return {
    hosts,
    async stop() {
      for (const stop of stops) stop();
      await Promise.all(hosts.map(({ host }) => host.close()));
    },
  };
}

/** What a host suffers now and then. Returns the end of its troubles. */
function startTrouble(trouble: Trouble, host: SimHost, clock: Clock, random: Random): () => void {
  if (trouble === 'none') return () => {};
  const everyMs = { flaps: 25_000, restarts: 90_000, drops: 20_000, reloads: 120_000 }[trouble];
  let timer = clock.setTimeout(strike, everyMs / 2);
  function strike(): void {
    switch (trouble) {
      case 'flaps': host.restart(random.next() < 0.5 ? 'kill' : 'term', { downMs: 1_000 + random.next() * 5_000 }); break;
      case 'restarts': host.restart('term', { downMs: 2_000 }); break;
      case 'drops': host.dropNext(1 + Math.floor(random.next() * 3), { kinds: ['metrics'] }); break;
      case 'reloads': host.reload(); break;
      case 'none': return;
      default: trouble satisfies never;
    }
    timer = clock.setTimeout(strike, everyMs * (0.6 + 0.8 * random.next()));
  }
  return () => clock.clearTimeout(timer);
}

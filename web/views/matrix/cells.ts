/** Which hosts and models the matrix has, and in which order: that of their names, so that nothing moves while one looks. */
import type { HeldHost } from '../../../src/model/client-fleet.ts';
import type { Names } from '../../state/names.ts';
import { isLoaded, isUp } from '../../ui/model-word.ts';

export interface HostRow { id: string; held: HeldHost }
/** `loadedAt`: hosts that have it loaded. `upAt`: those and where it is waited for. */
export interface ModelHead { key: string; name: string; hosts: number; loadedAt: number; upAt: number }
export interface MatrixFilter { q: string; model: string; loaded: boolean }

/** Made once: it costs more than a thousand comparisons. */
const NAMES = new Intl.Collator();
const found = (text: string, words: string): boolean => words.toLowerCase().split(/\s+/).every((word) => text.toLowerCase().includes(word));

export function hostsOf(fleet: ReadonlyMap<string, HeldHost>, q: string): HostRow[] {
  return [...fleet].map(([id, held]) => ({ id, held })).filter(({ id, held: { state } }) => q === '' || found([id, state.name, ...state.tags.map((tag) => `#${tag}`)].join('\n'), q))
    .sort((a, b) => NAMES.compare(a.held.state.name, b.held.state.name) || (a.id < b.id ? -1 : 1));
}

export function modelsOf(hosts: readonly HostRow[], { model, loaded }: Omit<MatrixFilter, 'q'>, names: Names): ModelHead[] {
  const heads = new Map<string, ModelHead>();
  for (const { held: { state: { models } } } of hosts) {
    for (const [key, one] of Object.entries(models)) {
      const head = heads.get(key) ?? { key, name: names.model(key), hosts: 0, loadedAt: 0, upAt: 0 };
      head.hosts += 1;
      if (isLoaded(one)) head.loadedAt += 1;
      if (isUp(one)) head.upAt += 1;
      heads.set(key, head);
    }
  }
  return [...heads.values()].filter(({ key, name, upAt }) => (!loaded || upAt > 0) && (model === '' || found(`${key}\n${name}`, model)))
    .sort((a, b) => NAMES.compare(a.name, b.name) || (a.key < b.key ? -1 : 1));
}

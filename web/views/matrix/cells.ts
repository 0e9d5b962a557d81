/** Which hosts and models the matrix has, and in which order: that of their names, so that nothing moves while one looks. */
import type { HeldHost } from '../../../src/model/client-fleet.ts';
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

export function modelsOf(hosts: readonly HostRow[], { model, loaded }: Omit<MatrixFilter, 'q'>): ModelHead[] {
  const heads = new Map<string, ModelHead>();
  for (const { held: { state: { models } } } of hosts) {
    for (const [key, one] of Object.entries(models)) {
      const head = heads.get(key) ?? { key, name: key, hosts: 0, loadedAt: 0, upAt: 0 };
      // The first that a host gives it, as everywhere.
      if (head.name === key && one.name !== '') head.name = one.name;
      head.hosts += 1;
      if (isLoaded(one)) head.loadedAt += 1;
      if (isUp(one)) head.upAt += 1;
      heads.set(key, head);
    }
  }
  const names = new Map<string, number>();
  for (const { name } of heads.values()) names.set(name, (names.get(name) ?? 0) + 1);
  // A name that is not one model's alone gives way to the key.
  return [...heads.values()].map((head) => (names.get(head.name) === 1 ? head : { ...head, name: head.key })).filter(({ key, name, upAt }) => (!loaded || upAt > 0) && (model === '' || found(`${key}\n${name}`, model)))
    .sort((a, b) => NAMES.compare(a.name, b.name) || (a.key < b.key ? -1 : 1));
}

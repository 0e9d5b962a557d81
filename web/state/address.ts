/** The address is the state: what a view filters, sorts and selects stands in its query. */
import { useMemo } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { navigate } from 'wouter/use-browser-location';

/**
 * Changes the query: null or '' or [] takes a name out. `step`: one that Back undoes (a detail opened, a zoom, a range, a filter
 * chosen). Without it the entry of the page's history is replaced, as while somebody types or sorts.
 */
export type SetParams = (change: Readonly<Record<string, string | readonly string[] | null>>, step?: 'step') => void;

export function useParams(): [URLSearchParams, SetParams] {
  const [params] = useSearchParams();
  return [params, changeParams];
}

/** With each entry of the history that is a step: the address that it was made from. */
interface StepState { from: string }

/** What waits for the page to be back; null: it is not on its way. */
let returning: (() => void)[] | null = null;

/** A change to the address that the last step was made from is that step undone: it goes back, so that opening and closing leaves no pile of entries. */
const changeParams: SetParams = (changes, step) => {
  if (returning !== null) {
    returning.push(() => changeParams(changes, step));
    return;
  }
  const params = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    params.delete(name);
    for (const one of Array.isArray(value) ? value as readonly string[] : [value as string | null]) if (one !== null && one !== '') params.append(name, one);
  }
  const query = params.toString();
  const [here, target] = [addressWith(new URLSearchParams(location.search).toString()), addressWith(query)];
  if (target === here) return;
  const state = history.state as StepState | null;
  if (state?.from === target && history.length > 1) goBack();
  else if (step === undefined) navigate(target, { replace: true, state });
  else navigate(target, { state: { from: here } satisfies StepState });
};

const addressWith = (query: string): string => (query === '' ? location.pathname : `${location.pathname}?${query}`);

/** A browser may refuse to go back without a word. */
const BACK_MS = 1_000;

function goBack(): void {
  const waiting: (() => void)[] = [];
  returning = waiting;
  const there = (): void => {
    clearTimeout(patience);
    removeEventListener('popstate', there);
    returning = null;
    for (const run of waiting) run();
  };
  const patience = setTimeout(there, BACK_MS);
  addEventListener('popstate', there);
  history.back();
}

/** The values of a repeatable name, the same set until the address changes. */
export function useChosen(params: URLSearchParams, name: string): ReadonlySet<string> {
  const key = params.getAll(name).join('\n');
  return useMemo(() => new Set(key === '' ? [] : key.split('\n')), [key]);
}

/** What stands behind the prefix of the path, decoded whole: a model's key may hold slashes and more. */
export function usePathRest(prefix: string): string {
  // Asked for the sake of being told of a change; its value has been decoded in part.
  useLocation();
  const raw = location.pathname.slice(prefix.length);
  try {
    return decodeURIComponent(raw);
  } catch {
    return raw;
  }
}

export function toggled(chosen: ReadonlySet<string>, value: string): string[] {
  return chosen.has(value) ? [...chosen].filter((one) => one !== value) : [...chosen, value];
}

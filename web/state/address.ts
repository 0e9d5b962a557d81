/** The address is the state: what a view filters, sorts and selects stands in its query. */
import { useCallback, useMemo } from 'react';
import { useLocation, useSearchParams } from 'wouter';

export type SetParams = (change: Readonly<Record<string, string | readonly string[] | null>>) => void;

/** The query, and a change of it: null or '' or [] takes a name out. The page's history keeps one entry for a view, not one for a key. */
export function useParams(): [URLSearchParams, SetParams] {
  const [params, setParams] = useSearchParams();
  const change = useCallback<SetParams>((changes) => {
    setParams((before) => {
      const after = new URLSearchParams(before);
      for (const [name, value] of Object.entries(changes)) {
        after.delete(name);
        for (const one of Array.isArray(value) ? value as readonly string[] : [value as string | null]) if (one !== null && one !== '') after.append(name, one);
      }
      return after;
    }, { replace: true });
  }, [setParams]);
  return [params, change];
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

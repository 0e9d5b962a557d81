/** The tab's title and icon: what is wrong, then what is shown. */
import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { partsOf } from '../format/actor-path.ts';
import { useParams } from '../state/address.ts';
import { useConnection, useSession } from '../state/hooks.ts';
import { useNames, type Names } from '../state/names.ts';
import { iconOf, troubleOf } from './trouble.ts';
import { NAVIGATION } from './views.ts';

export function Tab(): null {
  const [path] = useLocation();
  const [params] = useParams();
  const names = useNames();
  const { state } = useSession();
  const trouble = useConnection(troubleOf);
  const shown = state === 'out' ? 'Sign in' : placeOf(location.pathname, params, names);
  const settled = useSettled(trouble);
  const wrong = state === 'out' ? '' : settled;
  useEffect(() => {
    document.title = `${wrong === '' ? '' : `(${wrong}) `}${shown} · Drover`;
    document.querySelector('link[rel=icon]')?.setAttribute('href', iconOf(wrong));
  }, [shown, wrong, path]);
  return null;
}

/** Trouble shows at once; that all is well only when it has stayed so: who looks elsewhere sees no host that flaps blink. */
const WELL_MS = 5_000;

function useSettled(trouble: string): string {
  const [shown, show] = useState(trouble);
  useEffect(() => {
    const timer = setTimeout(() => show(trouble), trouble === '' ? WELL_MS : 0);
    return () => clearTimeout(timer);
  }, [trouble]);
  return trouble === '' ? shown : trouble;
}

/** By the raw path: a model's key may hold slashes and more. */
export function placeOf(path: string, params: URLSearchParams, names: Names): string {
  const [, view = '', ...rest] = path.split('/');
  const id = decoded(rest.join('/'));
  if (view === 'hosts' && id !== '') return names.host(id);
  if (view === 'models' && id !== '') return names.model(id);
  if (view === 'matrix') return 'Matrix';
  const entry = NAVIGATION.find(({ path: to }) => to === `/${view}`);
  if (entry === undefined) return 'No such view';
  const [actor, hosts] = [params.get('actor'), params.getAll('host')];
  if (view === 'actors' && actor !== null) return partsOf(actor).tail;
  return view !== '' && hosts.length === 1 ? `${entry.name} of ${names.host(hosts[0] ?? '')}` : entry.name;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** A time: relative where it stands, absolute on hover. */
import type { ReactElement } from 'react';
import { absolute, clockTime, msOf, relative } from '../format/times.ts';
import { span, UNKNOWN } from '../format/figures.ts';
import { usePreferences } from '../state/hooks.ts';
import { useNow } from '../state/now.ts';

/** "4 s ago". */
export function Ago({ at }: { at: string | null }): ReactElement {
  const now = useNow();
  return at === null ? <>{UNKNOWN}</> : <Stamp at={at}>{relative(msOf(at), now)}</Stamp>;
}

/** "4 s": how long it has been so. */
export function For({ since }: { since: string | null }): ReactElement {
  const now = useNow();
  return since === null ? <>{UNKNOWN}</> : <Stamp at={since}>{span(now - msOf(since))}</Stamp>;
}

/** "14:03:59". */
export function At({ at }: { at: string | null }): ReactElement {
  const { zone } = usePreferences();
  return at === null ? <>{UNKNOWN}</> : <Stamp at={at}>{clockTime(msOf(at), zone)}</Stamp>;
}

function Stamp({ at, children }: { at: string; children: string }): ReactElement {
  const { zone } = usePreferences();
  return <time dateTime={at} title={absolute(msOf(at), zone)}>{children}</time>;
}

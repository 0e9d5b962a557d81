/** A time: relative where it stands, absolute on hover. `host`: the host that it is about, for those who read times in its zone. */
import type { ReactElement } from 'react';
import { msOfTime } from '../../src/model/time.ts';
import { absolute, clockTime, relative } from '../format/times.ts';
import { span, UNKNOWN } from '../format/figures.ts';
import { useZone } from '../state/hooks.ts';
import { useAsOfNow } from '../state/now.ts';

/** "4 s ago". */
export function Ago({ at, host }: { at: string | null; host?: string | undefined }): ReactElement {
  const text = useAsOfNow((now) => (at === null ? UNKNOWN : relative(msOfTime(at), now)));
  return at === null ? <>{text}</> : <Stamp at={at} host={host}>{text}</Stamp>;
}

/** "4 s": how long it has been so. */
export function For({ since, host }: { since: string | null; host?: string | undefined }): ReactElement {
  const text = useAsOfNow((now) => (since === null ? UNKNOWN : span(now - msOfTime(since))));
  return since === null ? <>{text}</> : <Stamp at={since} host={host}>{text}</Stamp>;
}

/** "14:03:59". */
export function At({ at, host }: { at: string | null; host?: string | undefined }): ReactElement {
  const zone = useZone(host);
  return at === null ? <>{UNKNOWN}</> : <Stamp at={at} host={host}>{clockTime(msOfTime(at), zone)}</Stamp>;
}

function Stamp({ at, host, children }: { at: string; host?: string | undefined; children: string }): ReactElement {
  const zone = useZone(host);
  return <time dateTime={at} title={absolute(msOfTime(at), zone)}>{children}</time>;
}

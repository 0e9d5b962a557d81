/** Where one can go: a rail on the left, a bar at the bottom of a phone. */
import type { ReactElement } from 'react';
import { Link, useLocation } from 'wouter';
import { useLine } from '../state/hooks.ts';
import { Icon } from '../ui/icon.tsx';
import { showPalette } from './overlay.ts';
import { NAVIGATION } from './views.ts';

export function Navigation(): ReactElement {
  const [path] = useLocation();
  return (
    <nav aria-label="Views" className="fixed inset-x-0 bottom-0 z-10 border-t border-line bg-panel sm:sticky sm:top-0 sm:h-dvh sm:border-t-0 sm:border-r">
      <div className="hidden h-12 items-center gap-2 px-3.5 sm:flex">
        <img src="/icon.svg" alt="" className="size-6" />
        <span className="hidden text-lg font-semibold lg:inline">Drover</span>
      </div>
      <div className="flex sm:block">
        <ul className="flex min-w-0 grow justify-between sm:grid sm:justify-stretch sm:gap-0.5 sm:p-2">
          {NAVIGATION.map(({ path: to, name, icon }) => {
            const here = to === '/' ? path === '/' || path.startsWith('/hosts/') : path.startsWith(to) || (to === '/matrix' && path.startsWith('/models/'));
            return (
              <li key={to}>
                <Link
                  href={to} aria-current={here ? 'page' : undefined} title={name}
                  className={`${SLOT} aria-[current=page]:bg-chosen aria-[current=page]:font-medium aria-[current=page]:text-ink sm:h-9 sm:min-w-0 sm:flex-row sm:justify-start sm:gap-2.5 sm:px-2 sm:text-base`}
                >
                  <Icon name={icon} className="size-[1.125rem]" /><span className="max-[389px]:sr-only sm:sr-only lg:not-sr-only">{name}</span>
                </Link>
              </li>
            );
          })}
        </ul>
        <button type="button" className={`${SLOT} sm:hidden`} onClick={showPalette} aria-label="Search everywhere"><Icon name="search" className="size-[1.125rem]" /><span className="max-[389px]:sr-only">Search</span></button>
      </div>
      <LineMark />
    </nav>
  );
}

/** On a phone each is 44 px at least, and the smallest ones show no words. */
const SLOT = 'flex h-12 min-w-11 flex-col items-center justify-center gap-0.5 rounded-md text-xs text-soft hover:bg-hover hover:text-ink';

/** By colour, shape and word; a phone has no room for the word, and the banner for it. */
function LineMark(): ReactElement {
  const { state } = useLine();
  const [mark, word] = state === 'open' ? ['bg-good', 'connected'] : state === 'connecting' ? ['bg-busy breathe', 'connecting'] : ['border-2 border-bad', 'not connected'];
  return (
    <p role="status" data-line={state} title={word} className="pointer-events-none absolute top-1 right-1 flex items-center justify-center gap-2 text-sm text-faint sm:pointer-events-auto sm:top-auto sm:right-auto sm:bottom-3 sm:left-0 sm:w-full sm:px-4 lg:justify-start">
      <span className={`size-2 rounded-full ${mark}`} /><span className="sr-only lg:not-sr-only">{word}</span>
    </p>
  );
}

/** Where one can go: a rail on the left, a bar at the bottom of a phone. */
import type { ReactElement } from 'react';
import { Link, useLocation } from 'wouter';
import { useLine } from '../state/hooks.ts';
import { Icon } from '../ui/icon.tsx';
import { NAVIGATION } from './views.ts';

export function Navigation(): ReactElement {
  const [path] = useLocation();
  return (
    <nav aria-label="Views" className="fixed inset-x-0 bottom-0 z-10 border-t border-line bg-panel sm:sticky sm:top-0 sm:h-dvh sm:border-t-0 sm:border-r">
      <div className="hidden h-12 items-center gap-2 px-3.5 sm:flex">
        <img src="/icon.svg" alt="" className="size-6" />
        <span className="hidden text-lg font-semibold lg:inline">Drover</span>
      </div>
      <ul className="flex justify-around sm:grid sm:justify-stretch sm:gap-0.5 sm:p-2">
        {NAVIGATION.map(({ path: to, name, icon }) => {
          const here = to === '/' ? path === '/' || path.startsWith('/hosts/') : path.startsWith(to) || (to === '/matrix' && path.startsWith('/models/'));
          return (
            <li key={to}>
              <Link
                href={to} aria-current={here ? 'page' : undefined} title={name}
                className="flex flex-col items-center gap-0.5 rounded-md px-1 py-1.5 text-xs text-soft hover:bg-hover hover:text-ink aria-[current=page]:bg-chosen aria-[current=page]:font-medium aria-[current=page]:text-ink sm:h-9 sm:flex-row sm:gap-2.5 sm:px-2 sm:py-0 sm:text-base"
              >
                <Icon name={icon} className="size-[1.125rem]" /><span className="sm:sr-only lg:not-sr-only">{name}</span>
              </Link>
            </li>
          );
        })}
      </ul>
      <LineMark />
    </nav>
  );
}

function LineMark(): ReactElement {
  const { state } = useLine();
  const [colour, word] = state === 'open' ? ['bg-good', 'connected'] : state === 'connecting' ? ['bg-busy breathe', 'connecting'] : ['bg-bad', 'not connected'];
  return (
    <p role="status" data-line={state} className="absolute bottom-3 left-0 hidden w-full items-center justify-center gap-2 px-4 text-sm text-faint sm:flex lg:justify-start">
      <span className={`size-2 rounded-full ${colour}`} /><span className="sm:sr-only lg:not-sr-only">{word}</span>
    </p>
  );
}

/** A button that opens a small panel below it; a press elsewhere, Escape or the focus going on closes it. */
import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';
import { Icon, type IconName } from './icon.tsx';

export interface DropDownProps { label: string; icon: IconName; children: ReactNode; className?: string }

export function DropDown({ label, icon, children, className = 'w-44' }: DropDownProps): ReactElement {
  const element = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event): void => {
      const menu = element.current;
      if (menu?.open !== true) return;
      const inside = event.target instanceof Node && menu.contains(event.target);
      if (event instanceof KeyboardEvent ? event.key !== 'Escape' : inside) return;
      if (event instanceof KeyboardEvent && inside) {
        event.preventDefault();
        menu.querySelector('summary')?.focus();
      }
      menu.open = false;
    };
    const kinds = ['pointerdown', 'keydown', 'focusin'];
    for (const kind of kinds) addEventListener(kind, close);
    return () => {
      for (const kind of kinds) removeEventListener(kind, close);
    };
  }, []);
  return (
    <details ref={element} className="relative">
      <summary className="inline-flex h-8 list-none items-center gap-1.5 rounded-md border border-edge bg-panel px-2.5 font-medium hover:bg-hover"><Icon name={icon} />{label}</summary>
      <div className={`panel absolute right-0 z-10 mt-1 grid grid-cols-[minmax(0,1fr)] gap-0.5 p-2 shadow-xl ${className}`}>{children}</div>
    </details>
  );
}

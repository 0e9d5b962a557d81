/** Which columns the fleet's table has; the host's name always stays. */
import { useEffect, useRef, type ReactElement } from 'react';
import { usePreferences } from '../../state/hooks.ts';
import { prefer } from '../../state/preferences.ts';
import { Icon } from '../../ui/icon.tsx';
import { COLUMNS } from './columns.tsx';

export function ColumnChoice(): ReactElement {
  const { hiddenColumns } = usePreferences();
  const element = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (event: Event): void => {
      const inside = event.target instanceof Node && element.current?.contains(event.target) === true;
      if (element.current?.open === true && (event instanceof KeyboardEvent ? event.key === 'Escape' : !inside)) element.current.open = false;
    };
    for (const kind of ['pointerdown', 'keydown']) addEventListener(kind, close);
    return () => {
      for (const kind of ['pointerdown', 'keydown']) removeEventListener(kind, close);
    };
  }, []);
  return (
    <details ref={element} className="relative">
      <summary className="inline-flex h-8 list-none items-center gap-1.5 rounded-md border border-edge bg-panel px-2.5 font-medium hover:bg-hover"><Icon name="columns" />Columns</summary>
      <fieldset className="panel absolute right-0 z-10 mt-1 grid w-44 gap-0.5 p-2 shadow-xl">
        <legend className="sr-only">Columns</legend>
        {COLUMNS.filter(({ id }) => id !== 'name').map(({ id, name }) => (
          <label key={id} className="flex h-7 cursor-pointer items-center gap-2 rounded-sm px-1.5 hover:bg-hover">
            <input type="checkbox" checked={!hiddenColumns.includes(id)} onChange={({ target }) => prefer({ hiddenColumns: target.checked ? hiddenColumns.filter((one) => one !== id) : [...hiddenColumns, id] })} />{name}
          </label>
        ))}
      </fieldset>
    </details>
  );
}

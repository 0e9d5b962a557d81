/** Which columns the fleet's table has; the host's name always stays. */
import type { ReactElement } from 'react';
import { usePreferences } from '../../state/hooks.ts';
import { prefer } from '../../state/preferences.ts';
import { DropDown } from '../../ui/drop-down.tsx';
import { COLUMNS } from './columns.tsx';

export function ColumnChoice(): ReactElement {
  const { hiddenColumns } = usePreferences();
  return (
    <DropDown label="Columns" icon="columns">
      <fieldset className="contents">
        <legend className="sr-only">Columns</legend>
        {COLUMNS.filter(({ id }) => id !== 'name').map(({ id, name }) => (
          <label key={id} className="flex h-7 cursor-pointer items-center gap-2 rounded-sm px-1.5 hover:bg-hover">
            <input type="checkbox" checked={!hiddenColumns.includes(id)} onChange={({ target }) => prefer({ hiddenColumns: target.checked ? hiddenColumns.filter((one) => one !== id) : [...hiddenColumns, id] })} />{name}
          </label>
        ))}
      </fieldset>
    </DropDown>
  );
}

/** Typing adds a filter: what is known by that name is listed under the field; the arrows move, Enter or a press chooses. */
import { useId, useState, type KeyboardEvent, type ReactElement } from 'react';
import { counted } from '../../format/figures.ts';
import { SearchField } from '../../ui/field.tsx';
import { asTyped, suggest, type FilterName, type Known, type Suggestion } from './suggestions.ts';

/** More are reached by typing on. */
const MOST = 12;

export function Search({ look, onChoose }: { look: () => Known; onChoose: (name: FilterName, value: string) => void }): ReactElement {
  const id = useId();
  const [{ typed, known, at }, set] = useState<{ typed: string; known: Known | null; at: number }>({ typed: '', known: null, at: 0 });
  const [isOpen, setOpen] = useState(false);
  const text = typed.trim();
  const found = known === null ? [] : suggest(text, known);
  const shown = found.length > 0 ? found.slice(0, MOST) : text === '' ? [] : [asTyped(text)];
  const open = isOpen && shown.length > 0;
  // What nobody knows is chosen on purpose alone.
  const active = found.length > 0 ? Math.min(at, shown.length - 1) : at - 1;

  const type = (next: string): void => {
    set((before) => ({ typed: next, known: before.known ?? look(), at: 0 }));
    setOpen(true);
  };
  const choose = ({ name, value }: Suggestion): void => {
    onChoose(name, value);
    set({ typed: '', known: null, at: 0 });
    setOpen(false);
  };
  const pressed = (event: KeyboardEvent): void => {
    // What is typed is no filter yet: it must not stay beside rows that do not pass it. A second press leaves the field.
    if (event.key === 'Escape' && typed !== '') {
      set((before) => ({ ...before, typed: '', at: 0 }));
      event.preventDefault();
      return;
    }
    if (!open) {
      if (event.key === 'ArrowDown') setOpen(true);
      return;
    }
    const last = found.length > 0 ? shown.length - 1 : shown.length;
    switch (event.key) {
      case 'ArrowDown': set((before) => ({ ...before, at: Math.min(last, before.at + 1) })); break;
      case 'ArrowUp': set((before) => ({ ...before, at: Math.max(0, before.at - 1) })); break;
      case 'Enter': {
        const one = shown[active];
        if (one !== undefined) choose(one);
        break;
      }
      default: return;
    }
    event.preventDefault();
  };
  const says = found.length > 0 ? counted(found.length, 'suggestion') : `Nothing known is called “${text}”. Hosts, models, paths and statuses can be searched; not the texts of errors.`;
  const unapplied = !isOpen && text !== '';
  return (
    <div className="relative w-full sm:w-72" onBlur={({ currentTarget, relatedTarget }) => { if (!currentTarget.contains(relatedTarget)) setOpen(false); }}>
      <SearchField
        label="Host, model, path or status" type="text" role="combobox" aria-autocomplete="list" aria-expanded={open} aria-controls={open ? `${id}-list` : undefined} aria-activedescendant={open && active >= 0 ? `${id}-${active}` : undefined}
        value={typed} onChange={({ target }) => type(target.value)} onKeyDown={pressed} onFocus={() => { set((before) => ({ ...before, known: look() })); setOpen(true); }}
      />
      <p role="status" className="sr-only">{open ? says : unapplied ? 'What is typed is not applied.' : ''}</p>
      {unapplied ? <span aria-hidden="true" className="pointer-events-none absolute top-1 right-1 rounded-sm bg-panel px-1.5 py-0.5 text-sm text-warn">not applied</span> : null}
      {open ? (
        <div role="presentation" className="panel absolute top-full left-0 z-10 mt-1 w-full p-1 shadow-xl sm:w-96" onMouseDown={(event) => event.preventDefault()}>
          {found.length > 0 ? null : <p className="px-2 py-1.5 text-soft wrap-anywhere">{says}</p>}
          <div role="listbox" id={`${id}-list`} aria-label="Filters of that name" className="grid">
            {shown.map((one, index) => (
              <button
                key={`${one.name} ${one.value}`} type="button" role="option" tabIndex={-1} id={`${id}-${index}`} aria-selected={index === active} title={one.value} onClick={() => choose(one)}
                className="flex h-8 items-center gap-2 rounded-sm px-2 text-start hover:bg-hover aria-selected:bg-chosen"
              >
                <span className="w-12 shrink-0 text-sm text-soft">{one.name}</span><span className="truncate">{one.label}</span>
                {one.known ? one.label === one.value || one.name === 'status' ? null : <span className="ml-auto truncate text-sm text-soft">{one.value}</span> : <span className="ml-auto shrink-0 text-sm text-soft">exactly as typed</span>}
              </button>
            ))}
          </div>
          {found.length > MOST ? <p className="px-2 py-1 text-sm text-soft">{found.length - MOST} more: type on</p> : null}
        </div>
      ) : null}
    </div>
  );
}

/** What is typed into or chosen from, each with its label. */
import type { InputHTMLAttributes, ReactElement, ReactNode, SelectHTMLAttributes } from 'react';
import { useId } from 'react';
import { Icon } from './icon.tsx';

const BOX = 'h-8 w-full rounded-md border border-edge bg-panel px-2 text-ink';

export interface TextFieldProps extends InputHTMLAttributes<HTMLInputElement> { label: string; /** Beside the label, such as "optional". */ mark?: string; hint?: ReactNode; fault?: string | null }

export function TextField({ label, mark, hint, fault = null, className = '', ...rest }: TextFieldProps): ReactElement {
  const id = useId();
  return (
    <div className={`grid gap-1 ${className}`}>
      <label htmlFor={id} className="font-medium">{label}{mark === undefined ? null : <span className="ml-1.5 text-sm font-normal text-faint">{mark}</span>}</label>
      <input id={id} className={`${BOX} ${fault === null ? '' : 'border-bad'}`} aria-invalid={fault !== null} aria-describedby={`${id}-hint`} {...rest} />
      <p id={`${id}-hint`} className={`text-sm ${fault === null ? 'text-faint' : 'text-bad'}`}>{fault ?? hint}</p>
    </div>
  );
}

/** `/` leads to the first one of a view. */
export function SearchField({ label, className = '', ...rest }: InputHTMLAttributes<HTMLInputElement> & { label: string }): ReactElement {
  return (
    <label className={`relative block ${className}`}>
      <span className="sr-only">{label}</span>
      <Icon name="search" className="pointer-events-none absolute top-2 left-2 text-faint" />
      <input type="search" data-search className={`${BOX} pl-8`} placeholder={label} autoComplete="off" spellCheck={false} {...rest} />
    </label>
  );
}

export function Choice({ label, className = '', children, ...rest }: SelectHTMLAttributes<HTMLSelectElement> & { label: string }): ReactElement {
  return (
    <label className={`block ${className}`}>
      <span className="sr-only">{label}</span>
      <select className={BOX} {...rest}>{children}</select>
    </label>
  );
}

export interface SegmentsProps<T extends string> { label: string; value: T; options: readonly { value: T; label: string; icon?: ReactElement }[]; onChange: (value: T) => void }

/** One of a few, all in sight. */
export function Segments<T extends string>({ label, value, options, onChange }: SegmentsProps<T>): ReactElement {
  const name = useId();
  return (
    <fieldset className="inline-flex h-8 shrink-0 rounded-md border border-edge bg-panel p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label key={option.value} className="relative inline-flex cursor-pointer items-center gap-1.5 rounded-sm px-2 text-soft hover:text-ink has-checked:bg-chosen has-checked:font-medium has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-accent">
          <input type="radio" name={name} value={option.value} checked={option.value === value} onChange={() => onChange(option.value)} className="absolute size-px opacity-0" />
          {option.icon}{option.label}
        </label>
      ))}
    </fieldset>
  );
}

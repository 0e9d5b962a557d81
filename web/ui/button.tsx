/** What is pressed. `quiet` among data, `solid` for the one thing to do here, `danger` for what destroys. */
import type { ButtonHTMLAttributes, ReactElement } from 'react';

const LOOKS = {
  plain: 'border border-edge bg-panel text-ink hover:bg-hover',
  quiet: 'text-soft hover:bg-hover hover:text-ink',
  solid: 'bg-accent text-on-accent hover:brightness-110',
  danger: 'border border-bad text-bad hover:bg-bad hover:text-panel',
} as const;

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> { look?: keyof typeof LOOKS }

export function Button({ look = 'plain', className = '', type = 'button', ...rest }: ButtonProps): ReactElement {
  return <button type={type} className={`inline-flex h-8 shrink-0 items-center justify-center gap-1.5 rounded-md px-2.5 font-medium whitespace-nowrap transition-colors disabled:opacity-50 ${LOOKS[look]} ${className}`} {...rest} />;
}

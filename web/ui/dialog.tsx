/** A dialog over the page: the browser's own, which keeps the focus inside, closes on Escape and gives the focus back. */
import { useId, useLayoutEffect, useRef, type ReactElement, type ReactNode } from 'react';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

export interface DialogProps { title: string; onClose: () => void; children: ReactNode; className?: string; bare?: boolean }

/** Open as long as it stands. `bare`: without a head; the title is then for screen readers alone. */
export function Dialog({ title, onClose, children, className = 'w-full max-w-lg', bare = false }: DialogProps): ReactElement {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Closed while it still stands in the page: else the browser has nobody to give the focus back from.
  useLayoutEffect(() => {
    const dialog = element.current;
    dialog?.showModal();
    // The browser would take the first button: the one that closes.
    dialog?.querySelector<HTMLElement>('[data-first], input, select, textarea')?.focus();
    return () => dialog?.close();
  }, []);
  return (
    <dialog
      ref={element} aria-labelledby={id} onCancel={(event) => { event.preventDefault(); onClose(); }}
      onPointerDown={(event) => { if (event.target === element.current) onClose(); }}
      className={`panel m-auto max-h-[85dvh] p-0 shadow-2xl backdrop:bg-ground/70 ${className}`}
    >
      <div className="grid">
        <header className={bare ? 'sr-only' : 'flex items-center justify-between gap-4 border-b border-line py-2 pr-2 pl-4'}>
          <h2 id={id} className="min-w-0 wrap-anywhere text-lg font-medium">{title}</h2>
          {bare ? null : <Button look="quiet" onClick={onClose} aria-label="Close" className="px-2"><Icon name="close" /></Button>}
        </header>
        {children}
      </div>
    </dialog>
  );
}

export interface ConfirmProps { title: string; children: ReactNode; action: string; onConfirm: () => void; onClose: () => void; busy?: boolean }

/** Before what destroys: the title names its target, the button says what will happen. */
export function Confirm({ title, children, action, onConfirm, onClose, busy = false }: ConfirmProps): ReactElement {
  return (
    <Dialog title={title} onClose={onClose} className="w-full max-w-md">
      <div className="grid gap-4 p-4">
        <div className="text-soft">{children}</div>
        <div className="flex justify-end gap-2">
          <Button onClick={onClose} data-first>Keep</Button>
          <Button look="danger" onClick={onConfirm} disabled={busy}>{action}</Button>
        </div>
      </div>
    </Dialog>
  );
}

/** Puts a text where one can paste it from. */
import { useEffect, useState, type ReactElement } from 'react';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

const SAID_MS = 1_500;

/** `what`: said by screen readers and on hover. `text` is made when it is asked for. `label`: where there is more than one thing to copy. */
export function CopyButton({ what, text, label = 'Copy' }: { what: string; text: () => string; label?: string }): ReactElement {
  const [said, say] = useState<'Copied' | 'Refused' | null>(null);
  useEffect(() => {
    if (said === null) return undefined;
    const timer = setTimeout(() => say(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return (
    <Button look="quiet" className="h-7 px-1.5 text-sm" title={`Copy ${what}`} aria-label={`Copy ${what}`} onClick={({ currentTarget }) => { void copy(text(), currentTarget).then((done) => say(done ? 'Copied' : 'Refused')); }}>
      <Icon name="copy" /><span role="status">{said ?? label}</span>
    </Button>
  );
}

/** The clipboard proper is there over https and on loopback alone; the old way works on a plain address of the local net as well. */
async function copy(text: string, button: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = document.createElement('textarea');
    area.value = text;
    // Beside an open dialog nothing can be selected.
    (button.closest('dialog') ?? document.body).append(area);
    area.select();
    try {
      return document.execCommand('copy');
    } finally {
      area.remove();
      button.focus();
    }
  }
}

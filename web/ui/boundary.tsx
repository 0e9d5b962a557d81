/** A view that breaks leaves the others standing, says so, and can be tried again. */
import { Component, useEffect, useState, type ReactElement, type ReactNode } from 'react';
import { useLine } from '../state/hooks.ts';
import { Fault } from './notes.tsx';

export class Boundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };
  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }
  override render(): ReactNode {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return isMissingPart(error) ? <Missing /> : <Broken error={error} retry={() => this.setState({ error: null })} />;
  }
}

/** A part of the page that did not come: its server was away, or has a newer page. The browser keeps that failure, so the page is loaded anew. */
function isMissingPart(error: unknown): boolean {
  return error instanceof TypeError && /import/i.test(error.message);
}

function Missing(): ReactElement {
  const { state } = useLine();
  const [lost, lose] = useState(state !== 'open');
  if (state !== 'open' && !lost) lose(true);
  useEffect(() => {
    if (lost && state === 'open') location.reload();
  }, [lost, state]);
  const error = new Error(state === 'open' ? 'A part of this view did not come.' : 'This view comes when Drover answers again.');
  return <div className="p-4"><Fault error={error} {...(state === 'open' ? { retry: () => location.reload() } : {})} /></div>;
}

function Broken({ error, retry }: { error: unknown; retry: () => void }): ReactElement {
  return <div className="p-4"><Fault error={error instanceof Error ? new Error(`This view broke: ${error.message}`) : error} retry={retry} /></div>;
}

/** A view that breaks leaves the others standing, says so, and can be tried again. */
import { Component, type ReactElement, type ReactNode } from 'react';
import { Fault } from './notes.tsx';

export class Boundary extends Component<{ children: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };
  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }
  override render(): ReactNode {
    const { error } = this.state;
    return error === null ? this.props.children : <Broken error={error} retry={() => (isMissingPart(error) ? location.reload() : this.setState({ error: null }))} />;
  }
}

/** A part of the page that did not come: its server was away, or has a newer page. The browser keeps that failure, so the page is loaded anew. */
function isMissingPart(error: unknown): boolean {
  return error instanceof TypeError && /import/i.test(error.message);
}

function Broken({ error, retry }: { error: unknown; retry: () => void }): ReactElement {
  return <div className="p-4"><Fault error={error instanceof Error ? new Error(`This view broke: ${error.message}`) : error} retry={retry} /></div>;
}

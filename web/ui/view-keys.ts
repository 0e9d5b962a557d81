/** Which keys are a view's own: those that nobody types into a field or a dialog, and that are no shortcut of the browser's. */

export function isTyping({ target }: KeyboardEvent): boolean {
  return target instanceof HTMLInputElement ? !['checkbox', 'radio'].includes(target.type) : target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement;
}

/** Neither part of a shortcut, nor already answered, nor meant for an open dialog. */
export function isPlain(event: KeyboardEvent): boolean {
  return !event.ctrlKey && !event.metaKey && !event.altKey && !event.defaultPrevented && document.querySelector('dialog[open]') === null;
}

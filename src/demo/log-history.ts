/** The last 100 KiB of a log, which may begin inside a line. */
const CAP = 100 * 1024;

export interface LogHistory { add(text: string): void; text(): string; clear(): void }

export function createLogHistory(): LogHistory {
  let parts: string[] = [];
  let size = 0;
  return {
    add(text) {
      parts.push(text);
      size += text.length;
      if (size > 2 * CAP) {
        parts = [parts.join('').slice(-CAP)];
        size = CAP;
      }
    },
    text: () => parts.join('').slice(-CAP),
    clear() {
      parts = [];
      size = 0;
    },
  };
}

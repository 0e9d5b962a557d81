/** So many at a time, first come, first served: for work that may wait for other hosts. */
export interface Turns {
  /** `granted` is called once, at once or later, with the way to end the turn. */
  take(granted: (release: () => void) => void): void;
}

export function createTurns(atOnce: number): Turns {
  const waiting: ((release: () => void) => void)[] = [];
  let taken = 0;
  const pump = (): void => {
    while (taken < atOnce && waiting.length > 0) {
      taken += 1;
      let open = true;
      waiting.shift()!(() => {
        if (!open) return;
        open = false;
        taken -= 1;
        pump();
      });
    }
  };
  return {
    take(granted) {
      waiting.push(granted);
      pump();
    },
  };
}

/** Asked of the keeper by others. `restart` resolves when the host's tree runs again. */
export type KeeperCommand =
  | { type: 'roster'; hostId: string; settled: () => void }
  | { type: 'restart'; hostId: string; settled: () => void };

/** The way to the keeper of now; commands given while it is away wait for the next one. Held by the composition root. */
export interface KeeperDoor {
  /** The roster says something else of this host: resolves when it is so. */
  changed(hostId: string): Promise<void>;
  restart(hostId: string): Promise<void>;
  /** For the keeper: takes what waits, then hears of what comes. */
  listen(listener: (command: KeeperCommand) => void): () => void;
}

export function createKeeperDoor(): KeeperDoor {
  const waiting: KeeperCommand[] = [];
  let hear: ((command: KeeperCommand) => void) | null = null;
  const give = (type: KeeperCommand['type'], hostId: string): Promise<void> => new Promise((resolve) => {
    const command: KeeperCommand = { type, hostId, settled: resolve };
    if (hear) hear(command);
    else waiting.push(command);
  });
  return {
    changed: (hostId) => give('roster', hostId),
    restart: (hostId) => give('restart', hostId),
    listen(listener) {
      hear = listener;
      for (const command of waiting.splice(0)) listener(command);
      return () => {
        if (hear === listener) hear = null;
      };
    },
  };
}

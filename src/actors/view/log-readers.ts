/** Who reads which model's own log: a host is asked for it with the first reader and let go with the last. */

export interface LogReaders {
  /** False: the host has as many open as it may. */
  add(host: string, model: string): boolean;
  remove(host: string, model: string): void;
}

/** `changed` gets all models of the host that have readers now. */
export function createLogReaders(mostPerHost: number, changed: (host: string, models: readonly string[]) => void): LogReaders {
  const hosts = new Map<string, Map<string, number>>();
  return {
    add(host, model) {
      const models = hosts.get(host) ?? new Map<string, number>();
      const readers = models.get(model) ?? 0;
      if (readers === 0 && models.size >= mostPerHost) return false;
      models.set(model, readers + 1);
      hosts.set(host, models);
      if (readers === 0) changed(host, [...models.keys()]);
      return true;
    },
    remove(host, model) {
      const models = hosts.get(host);
      const readers = models?.get(model);
      if (models === undefined || readers === undefined) return;
      if (readers > 1) return void models.set(model, readers - 1);
      models.delete(model);
      if (models.size === 0) hosts.delete(host);
      changed(host, [...models.keys()]);
    },
  };
}

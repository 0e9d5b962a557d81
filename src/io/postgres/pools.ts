/** The connections of one Drover, in pools apart, so that a busy writer never starves a reader or a lease. */
import postgres from 'postgres';
import type { Options, PostgresType, Sql } from 'postgres';

export interface Pools {
  writers: Sql;
  reads: Sql;
  /** One connection: retention's. Its ATTACH and DETACH wait for locks, and nothing may wait behind them. */
  partitions: Sql;
  /** One connection: leases, health, and the advisory lock of one Drover per database, which lives as long as it does. */
  leases: Sql;
}

export const POOL_SIZES: Readonly<Record<keyof Pools, number>> = { writers: 4, reads: 8, partitions: 1, leases: 1 };

export interface PoolOptions {
  url: string;
  connectTimeoutS: number;
  /** The connection of `leases` is gone. It may be called more than once. */
  onLost(): void;
}

export interface OpenPools extends Pools {
  /** Cuts every connection; queries in flight reject with CONNECTION_DESTROYED. Safe to call twice. */
  end(): Promise<void>;
}

/** Opens nothing yet: porsager connects at the first query. */
export function openPools(options: PoolOptions): OpenPools {
  const open = (name: keyof Pools, more: Options<Record<string, PostgresType>> = {}): Sql =>
    connectTo(options.url, { connect_timeout: options.connectTimeoutS, max: POOL_SIZES[name], ...more }, `drover ${name}`);
  const pools: Pools = {
    writers: open('writers'),
    reads: open('reads', { idle_timeout: 60 }),
    partitions: open('partitions', { idle_timeout: 60 }),
    // A life's limit would drop the lock.
    leases: open('leases', { max_lifetime: null, idle_timeout: 0, onclose: () => options.onLost() }),
  };
  return {
    ...pools,
    async end() {
      await Promise.all(Object.values(pools).map((sql: Sql) => sql.end({ timeout: 0 })));
    },
  };
}

/** One porsager client with the options that every connection of Drover has. Times are read and written in UTC. */
export function connectTo(url: string, options: Options<Record<string, PostgresType>> = {}, applicationName = 'drover'): Sql {
  return postgres(url, { onnotice: () => undefined, ...options, connection: { application_name: applicationName, TimeZone: 'UTC', ...options.connection } });
}

/**
 * Pools that stay the same objects over every reconnect: whoever holds one is always on the connections of now. Without any,
 * every query rejects at once with CONNECTION_ENDED, which `classify` calls 'away'.
 */
export interface SwitchedPools extends Pools {
  switchTo(pools: Pools | null): void;
}

export function createSwitchedPools(): SwitchedPools {
  let now: Pools | null = null;
  const ended = postgres({ host: '127.0.0.1', port: 1, max: 1 });
  void ended.end({ timeout: 0 });
  const face = (name: keyof Pools): Sql => {
    const target = (): Sql => now?.[name] ?? ended;
    return new Proxy((() => undefined) as unknown as Sql, {
      apply: (_target, _this, args) => Reflect.apply(target() as unknown as (...given: unknown[]) => unknown, undefined, args),
      get: (_target, key) => Reflect.get(target(), key) as unknown,
    });
  };
  return {
    writers: face('writers'),
    reads: face('reads'),
    partitions: face('partitions'),
    leases: face('leases'),
    switchTo(pools) {
      now = pools;
    },
  };
}

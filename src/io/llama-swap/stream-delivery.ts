/** Between undici's callbacks and the reader: one socket read becomes one call, whatever HTTP chunks it held. */
import type { HostFault } from '../../model/host/liveness.ts';
import type { StreamReader } from '../../model/seams.ts';

export interface StreamDelivery {
  start(reader: StreamReader): void;
  /** false: nobody has started to read, and what waits is over the bound. */
  chunk(bytes: Uint8Array): boolean;
  end(fault: HostFault | null): void;
  /** No further call to the reader. */
  drop(): void;
}

/** undici hands over the chunks of one read in one synchronous run: they are joined in the microtask after it. */
export function createStreamDelivery(options: { maxHeld: number }): StreamDelivery {
  let reader: StreamReader | null = null;
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  let ended: { fault: HostFault | null } | null = null;
  let armed = false;
  let dropped = false;

  function flush(): void {
    armed = false;
    if (reader === null || dropped) return;
    if (held.length > 0) {
      const bytes = held.length === 1 ? held[0]! : Buffer.concat(held, heldBytes);
      held = [];
      heldBytes = 0;
      reader.chunk(bytes);
    }
    // The reader may have dropped the delivery meanwhile.
    if (ended === null || dropped) return;
    dropped = true;
    reader.end(ended.fault);
  }

  function arm(): void {
    if (armed) return;
    armed = true;
    queueMicrotask(flush);
  }

  return {
    start(to) {
      reader = to;
      arm();
    },
    chunk(bytes) {
      if (dropped) return true;
      held.push(bytes);
      heldBytes += bytes.length;
      arm();
      return reader !== null || heldBytes <= options.maxHeld;
    },
    end(fault) {
      ended ??= { fault };
      arm();
    },
    drop() {
      dropped = true;
      held = [];
    },
  };
}

/** One connection to a host's event stream: opened, judged by its head, decoded read by read, cut at will. Never pushes back. */
import { createEventDecoder, type EventCounters } from '../../io/llama-swap/event-stream.ts';
import { streamFault } from '../../io/llama-swap/stream-head.ts';
import type { HostEvent } from '../../model/host/host-event.ts';
import type { HostFault } from '../../model/host/liveness.ts';
import { HostError } from '../../model/host/liveness.ts';
import type { HostPort } from '../../model/seams.ts';

export interface ConnectionEvents {
  /** 200 and an event stream. */
  opened(): void;
  /** What one socket read completed; may be empty. */
  events(events: HostEvent[], bytes: number): void;
  /** Last call. `fault` null: the host ended it cleanly. */
  ended(fault: HostFault | null): void;
  /** What no outcome explains. */
  crash(error: unknown): void;
}

export interface Connection {
  readonly counters: Readonly<EventCounters>;
  /** No event comes after this. */
  cut(): void;
}

export function openConnection(port: HostPort, to: ConnectionEvents, maxFrameBytes?: number): Connection {
  const abort = new AbortController();
  const decoder = createEventDecoder(maxFrameBytes === undefined ? {} : { maxFrameBytes });
  let open = true;
  /** Runs a callback of the wire: not after the end, and a throw is a crash. */
  const guard = (run: () => void): void => {
    if (!open) return;
    try {
      run();
    } catch (error) {
      to.crash(error);
    }
  };
  const end = (fault: HostFault | null): void => guard(() => {
    open = false;
    to.ended(fault);
  });

  port.open(abort.signal).then(
    (stream) => {
      const fault = streamFault(stream);
      if (fault !== null) {
        end(fault);
        abort.abort();
        return;
      }
      guard(() => {
        to.opened();
        stream.start({
          chunk: (bytes) => guard(() => to.events(decoder.push(bytes), bytes.byteLength)),
          end,
        });
      });
    },
    (error: unknown) => {
      if (error instanceof HostError) end(error.fault);
      else guard(() => to.crash(error));
    },
  );
  return {
    counters: decoder.counters,
    cut() {
      open = false;
      abort.abort();
    },
  };
}

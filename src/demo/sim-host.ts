/**
 * A simulated llama-swap host: one host program with three mouths. It speaks the wire of the releases below as real hosts were
 * recorded speaking it, and shares no code with the product's decoder, so that neither can hide the other's mistakes.
 * Time and chance are passed in: on a virtual clock and a seeded Random it repeats itself exactly.
 *
 * Life: created stopped → `start()` → running → `kill()`, `term()` (stopped again) … → `close()`. `restart` and `upgrade` are
 * these in one call. While it is stopped its port refuses.
 */
import { createHttpPort } from './http-transport.ts';
import { createMemoryPort } from './memory-port.ts';
import { createCore, register } from './core.ts';
import type { SimHost, SimHostOptions } from './sim-types.ts';

export function createSimHost(options: SimHostOptions): SimHost {
  const core = createCore(options);
  const http = createHttpPort(core);
  const host = core.control as SimHost;
  host.listen = (port) => http.listen(port ?? 0);
  host.port = () => createMemoryPort(core, options);
  host.close = () => http.close();
  register(host, core);
  return host;
}

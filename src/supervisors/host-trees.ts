/** The keeper's hands: starts and stops hosts' trees under `hosts`, and hears of their ends. */
import type { Start } from '../actors/child.ts';
import type { HostTrees } from '../actors/keeper/keeper.ts';
import type { Limits } from '../model/limits.ts';
import type { Tree } from './supervision-tree.ts';
import { HOSTS, hostChild, hostTree } from './tree.ts';

/** `tree`: asked when it is needed, since the keeper is made before the tree that holds it. */
export function createHostTrees(tree: () => Tree, link: (hostId: string) => Start, drain: Limits['drain']): HostTrees {
  const prefix = `${HOSTS}/${hostChild('')}`;
  /** The host of a tree's own path; null: another actor's. */
  const hostOf = (path: string): string | null => {
    const id = path.startsWith(prefix) ? path.slice(prefix.length) : '';
    return id === '' || id.includes('/') ? null : id;
  };
  return {
    async start(hostId) {
      const answer = await tree().call(HOSTS, { fn: 'start_child', child: { id: hostChild(hostId), supervisor: hostTree(link(hostId), drain) } });
      if (!Array.isArray(answer) || answer[0] !== 'ok') throw new Error(`start_child answered ${JSON.stringify(answer)}`);
    },
    async stop(hostId) {
      const pid = tree().whereis(prefix + hostId);
      if (pid !== null) await tree().call(HOSTS, { fn: 'terminate_child', pid });
    },
    running: () => tree().registry.list().flatMap(({ path }) => hostOf(path) ?? []),
    onExit: (listener) => tree().registry.monitor(({ type, path, reason }) => {
      const hostId = type === 'exited' ? hostOf(path) : null;
      if (hostId !== null) listener(hostId, typeof reason === 'string' ? reason : JSON.stringify(reason));
    }),
  };
}
